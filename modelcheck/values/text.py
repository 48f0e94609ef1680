"""Values as people read them: enum members by name, sets in order, records by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

import attrs

from modelcheck.values.frozen import Bag, FrozenRecord
from modelcheck.values.order import order_key, ordered


def show(value: Any) -> str:
    """One line of text for a value.

    >>> show(frozenset({2, 1})), show((None, "x"))
    ('{1, 2}', "(None, 'x')")
    """
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (str, int, float, bytes)) or value is None:
        return repr(value)
    if isinstance(value, AbstractSet):
        return "{" + ", ".join(map(show, ordered(value))) + "}" if value else "{}"
    if isinstance(value, FrozenRecord):
        return f"{value._name}({_fields(value)})" if value or not value._name else value._name
    if isinstance(value, Bag):
        return "{" + ", ".join(f"{show(k)} x{n}" for k, n in sorted(value.items(), key=order_key)) + "}"
    return _show_compound(value)


def _show_compound(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if attrs.has(type(value)):
        return f"{type(value).__name__}({_fields({f.name: getattr(value, f.name) for f in attrs.fields(type(value))})})"
    return repr(value)


def _fields(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={show(value)}" for name, value in fields.items())
