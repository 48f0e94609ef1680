"""Symbolic values with z3 constants replaced."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.symbolic.present import Present
from modelcheck.symbolic.terms import Guarded
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    field_values,
    is_symbolic,
    rebuilt,
)
from modelcheck.symbolic.values.merging import merge
from modelcheck.symbolic.values.scalars import boolean, integer

Pairs = list[tuple[Any, Any]]


def substituted(value: Any, pairs: Pairs) -> Any:
    """A value with constants in its terms replaced."""
    if isinstance(value, z3.ExprRef):
        return z3.substitute(value, *pairs)
    if isinstance(value, SymBool):
        return boolean(z3.simplify(z3.substitute(value.term, *pairs)))
    if isinstance(value, SymInt):
        return integer(z3.substitute(value.term, *pairs))
    if isinstance(value, SymUnion):
        return merge(_guarded(value.alternatives, pairs))
    if isinstance(value, SymSet):
        return SymSet(_guarded(value.items, pairs), value.kind)
    if isinstance(value, GuardedList):
        return GuardedList(_guarded(value.items, pairs), value.bound, value.kind)
    if hasattr(type(value), "__symbolic_substituted__"):
        return value.__symbolic_substituted__(pairs)
    if isinstance(value, tuple):
        return tuple(substituted(each, pairs) for each in value)
    if is_symbolic(value):
        return rebuilt(value, {name: substituted(each, pairs) for name, each in field_values(value).items()})
    return value


def _guarded(options: list[Guarded], pairs: Pairs) -> list[Guarded]:
    return [(z3.simplify(z3.substitute(guard, *pairs)), substituted(each, pairs)) for guard, each in options]


def with_fresh_names(items: list[Guarded], bound: tuple[Any, ...]) -> tuple[list[Guarded], tuple[Any, ...]]:
    """Items that are meant for all values of some variables, with other variables: so that one list can be spoken of twice."""
    if not bound:
        return items, bound
    pairs = [(each, Present.paths.bound("n")) for each in bound]
    return [(z3.substitute(guard, *pairs), substituted(value, pairs)) for guard, value in items], tuple(new for _, new in pairs)
