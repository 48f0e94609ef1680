"""A state cut into the pieces that people look at: a text for each variable, and for each field of each record in it.

A collection that is long is a list of texts, one for each element, so that it can be shown a line each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelcheck.spec import State
from modelcheck.values import Bag, FrozenRecord, field_names, fields_of, order_key, ordered, show

Place = tuple[str, str, str]
"""A variable, a key of it and a field of that, each empty where there is none."""

Text = str | list[str]

_LONG = 48


def cells(state: State) -> dict[Place, Text]:
    """The texts of a state, in the order of its variables."""
    return dict(_cells(state))


def _cells(state: State) -> Iterator[tuple[Place, Text]]:
    for name, value in state.items():
        if isinstance(value, FrozenRecord):
            yield from (((name, "", field), text(inner)) for field, inner in value.items())
        elif isinstance(value, Mapping) and not isinstance(value, Bag) and value:
            for key, item in value.items():
                held = _record(item)
                if held is None:
                    yield (name, show(key), ""), text(item)
                else:
                    yield from (((name, show(key), field), text(inner)) for field, inner in held.items())
        else:
            yield (name, "", ""), text(value)


def _record(value: Any) -> Mapping[str, Any] | None:
    """The fields of a record, which is shown a cell per field; messages and other values are shown whole."""
    if isinstance(value, FrozenRecord):
        return dict(value)
    return None


def text(value: Any) -> Text:
    """A value as text, a long collection as one text for each element."""
    whole = show(value)
    if len(whole) <= _LONG:
        return whole
    if isinstance(value, Bag):
        return [show(key) + (f" x{count}" if count > 1 else "") for key, count in sorted(value.items(), key=order_key)]
    if isinstance(value, frozenset):
        return [show(item) for item in ordered(value)]
    if isinstance(value, Mapping) and not isinstance(value, FrozenRecord):
        return [f"{show(key)}: {show(inner)}" for key, inner in value.items()]
    if isinstance(value, tuple) and field_names(type(value)) is None and fields_of(value) is None:
        return [show(item) for item in value]
    return whole
