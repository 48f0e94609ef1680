"""The subject of ``match``, made concrete where its patterns look at it.

Python asks neither a value nor us whether it is None, or of which class it is, so a pattern must meet nothing that is several values at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modelcheck.symbolic.operators.built_in import is_instance, type_of
from modelcheck.symbolic.operators.library import symbolic_part
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import (
    Symbolic,
    SymBool,
    SymInt,
    describe,
    field_values,
    is_plain_record,
    rebuilt,
)
from modelcheck.symbolic.values.merging import split

_REMEDY = "Match the class of a frozen attrs record, or compare with == in a guard."


def matched(subject: Any, names: tuple[str, ...] | None, classes: tuple[Any, ...]) -> Any:
    """The subject of ``match``: a union takes one of its alternatives, and so do the parts that the patterns look at.

    Args:
        subject: The value.
        names: The attributes that the patterns name; None if they do not look into the subject.
        classes: The classes that the patterns name.

    Raises:
        UnsupportedError: if a pattern would be answered wrongly.
    """
    subject = split(subject)
    if isinstance(subject, SymBool):
        subject = bool(subject)
    for each in classes:
        if isinstance(each, type) and is_instance(subject, each) is not isinstance(subject, each):
            called = f"a {type_of(subject).__name__} of the state" if hasattr(type(subject), "__stands_for__") else describe(subject)
            raise UnsupportedError(f"a pattern asks for the class {each.__qualname__}, and its subject is {called}", remedy=_REMEDY)
    if names is None:
        return subject
    if type(subject) in (tuple, list):
        return type(subject)(matched(each, names, classes) for each in subject)
    if isinstance(subject, tuple) and hasattr(subject, "_fields"):
        return tuple.__new__(type(subject), (matched(each, names, classes) for each in subject))
    if is_plain_record(subject):
        subject = rebuilt(subject, {name: matched(each, names, classes) for name, each in field_values(subject).items()})
        _check_attributes(subject, [name for name in names if name not in field_values(subject)])
    elif not isinstance(subject, Symbolic):
        _check_attributes(subject, (*names, *getattr(type(subject), "__match_args__", ())))
    return subject


def _check_attributes(subject: Any, names: Iterable[str]) -> None:
    """Make sure that nothing undecided is in the attributes that a pattern looks at."""
    for name in names:
        found = symbolic_part(getattr(subject, name, None))
        if found is not None and not isinstance(found, SymInt):
            raise UnsupportedError(f"a pattern looks at {name} of a {type(subject).__name__}, in which there is {describe(found)}", remedy=_REMEDY)
