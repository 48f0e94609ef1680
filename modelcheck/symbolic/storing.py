"""Whether a symbolic value may be stored: as in Python, one that contains a mutable set may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3

from modelcheck.spec.shapes.stored import check_value
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.terms import TRUE, conj
from modelcheck.symbolic.values.kinds import SymSet, SymUnion, field_values, is_compared_by_fields, is_symbolic


def check_stored(value: Any, path: str) -> Any:
    """The value itself, if it may be stored.

    Raises:
        SpecError: if it is mutable, unhashable, or compares by identity.
    """
    if not is_symbolic(value):
        return check_value(value, path)
    for guard in _mutable(value, TRUE):
        if decide(guard):
            check_value(set(), path)
    return value


def _mutable(value: Any, guard: z3.BoolRef) -> Iterator[z3.BoolRef]:
    """The conditions under which there is a mutable set in a value."""
    if isinstance(value, SymSet):
        if value.kind is set:
            yield guard
        for there, each in value.items:
            yield from _mutable(each, conj(guard, there))
    elif isinstance(value, SymUnion):
        for one, each in value.alternatives:
            yield from _mutable(each, conj(guard, one))
    elif isinstance(value, tuple):
        for each in value:
            yield from _mutable(each, guard)
    elif is_compared_by_fields(value):
        for each in field_values(value).values():
            yield from _mutable(each, guard)
