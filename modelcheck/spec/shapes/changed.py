"""What an action changed that stays as it is, and the errors that say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec.record import Record, fixed_fields
from modelcheck.values import identity, show, value_problem


def constant_changed(cls: type, path: str, value: Any, found: Any) -> SpecError:
    """The error for an assignment to a field that keeps its value."""
    name = path.rpartition(".")[2]
    if name in fixed_fields(cls):
        return SpecError(
            f"{path} is annotated Fixed and changed from {show(value)} to {show(found)}",
            remedy="Remove Fixed[...] from the field, or keep its value.",
        )
    if issubclass(cls, Record):
        return SpecError(
            f"{path} is {show(value)} in all initial states, so that its actions are left out, and became {show(found)}",
            remedy="Give a budget in init; what may happen later only, let the method unused() of a subclass leave in.",
        )
    return SpecError(
        f"an action assigned {show(found)} to the constant {name!r}", remedy="Keep what changes in a variable set by init."
    )


def as_good_as(found: Any, value: Any) -> bool:
    """Whether two objects are the same, or would be if their class defined when they are."""
    if found is value:
        return True
    if found.__class__ is not value.__class__:
        return False
    if type(value).__hash__ is vars(object)["__hash__"]:
        return True
    return bool(found == value) and (value_problem(value) is not None or identity(found) == identity(value))


def unknown_attribute(path: str, name: str, fields: Mapping[str, Any]) -> SpecError:
    """The error for an assignment to an attribute that is no part of the state."""
    known = ", ".join(fields)
    if not path:
        return SpecError(
            f"an action assigned to {name!r}, which is no variable",
            remedy=f"Set self.{name} in init; the variables are {known}.",
        )
    return SpecError(
        f"{path}.{name} was assigned, and is no field of its class",
        remedy=f"Declare the field in the class; it has {known}.",
    )
