"""What may be stored in a state, and what to store in place of what may not."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec.record import Record
from modelcheck.values import fields_of, kept, problem_of, show

_RECORDS = "Attributes, dicts with fixed keys and other records may hold records; store a name or a frozen class elsewhere."
_FREEZE_HINT = "Store an immutable value instead: a tuple, a frozenset, or a frozen attrs class."


def check_value(value: Any, path: str) -> Any:
    """The value itself, if it may be stored.

    Raises:
        SpecError: if it is mutable, unhashable, or compares by identity.
    """
    if isinstance(value, Record):
        raise SpecError(
            f"{path} was given a {type(value).__name__}, and a record stays where init put it", remedy=_RECORDS
        )
    problem = problem_of(value)
    if problem is not None:
        record = record_in(value)
        if record is not None:
            raise SpecError(
                f"{path} was given a {value.__class__.__name__} with a {type(record).__name__} in it", remedy=_RECORDS
            )
        shown = "a number" if isinstance(value, (int, float)) else show(value)
        raise SpecError(f"{path} was given {shown}: {problem.what}", remedy=problem.remedy or _instead(value, path))
    return value


def stored(value: Any, path: str) -> Any:
    """The value as it is kept, if it may be stored: the sets in it are iterated in the total order from now on.

    Raises:
        SpecError: as `check_value`.
    """
    return kept(check_value(value, path))


def record_in(value: Any) -> Record | None:
    """A record that is the value, or an item, key or field of it at any depth."""
    if isinstance(value, Record):
        return value
    items: Iterable[Any] = ()
    if isinstance(value, Mapping):
        items = [*value.keys(), *value.values()]
    elif isinstance(value, (tuple, list, AbstractSet, deque)):
        items = value
    else:
        items = (fields_of(value) or {}).values()
    return next((found for item in items if (found := record_in(item)) is not None), None)


def _instead(value: Any, path: str) -> str:
    """What to store in place of what is no value."""
    kind = value.__class__
    if isinstance(value, (int, float)):
        return "Keep numbers small, and store None for one that is not known."
    if isinstance(value, (dict, list, set, deque)):
        for plain in (Counter, dict, list, set, deque):
            if isinstance(value, plain) and kind is not plain and value is not plain:
                return f"Use an ordinary {plain.__name__}."
        if path.startswith("an item of "):
            return "Use a tuple for each item, or a dict with a key for each list: {0: [], 1: []}."
    elif kind.__module__ not in ("builtins", "_thread") and hasattr(value, "__dict__"):
        if path.startswith(("an element of ", "a key of ", "an item of ")):
            return f"Freeze {kind.__name__}: decorate it with attrs.frozen."
        return f"Derive {kind.__name__} from modelcheck.Record to change its fields, or freeze it: attrs.frozen."
    return _FREEZE_HINT


def check_count(path: str, element: Any, count: Any) -> int:
    """The number itself, if an element of a bag may occur so often.

    Raises:
        SpecError: if it is not a whole number from 0.
    """
    if not isinstance(count, int) or count < 0:
        raise SpecError(
            f"{path} holds {show(element)} {count} times", remedy="Counts are integers from 0; guard with require(...)."
        )
    return int(count)
