"""Values as people read them: enum members by name, sets in order, records by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any

from modelcheck.values.fields import attributes_of, fields_of, is_by_object, is_transparent
from modelcheck.values.frozen import Bag, FrozenRecord
from modelcheck.values.order import order_key, ordered

_BUILT_IN = (str, int, float, bytes)


def show(value: Any) -> str:
    """One line of text for a value.

    >>> show(frozenset({2, 1})), show((None, "x"))
    ('{1, 2}', "(None, 'x')")
    """
    if isinstance(value, Enum):
        return value.name or f"{type(value).__name__}({value.value})"
    if value is None:
        return "None"
    if isinstance(value, _BUILT_IN):
        return _show_built_in(value)
    if isinstance(value, AbstractSet):
        return "{" + ", ".join(map(show, ordered(value))) + "}" if value else "{}"
    if isinstance(value, FrozenRecord):
        return f"{value._name}({_fields(value)})" if value or not value._name else value._name
    if isinstance(value, Bag):
        return "{" + ", ".join(f"{show(k)} x{n}" for k, n in sorted(value.items(), key=order_key)) + "}"
    return _show_compound(value)


def _show_built_in(value: Any) -> str:
    """Texts and numbers as Python writes them; those of a class of the user's with its name."""
    kind = type(value)
    base = next(each for each in _BUILT_IN if isinstance(value, each))
    if kind in _BUILT_IN or kind is bool or getattr(kind, "__repr__") is not getattr(base, "__repr__"):  # noqa: B009 - as below.
        return repr(value)
    return f"{kind.__name__}({base.__repr__(value)})"


def _has_no_text(cls: type) -> bool:
    """Whether objects of a class are shown by their address."""
    return getattr(cls, "__repr__") is getattr(object, "__repr__")  # noqa: B009 - mypy knows too much about the attribute.


def _show_compound(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}"
    fields = fields_of(value)
    if fields is not None:
        return f"{type(value).__name__}({_fields(fields)})"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, (FunctionType, BuiltinFunctionType)):
        return value.__qualname__
    if _has_no_text(type(value)) and not is_by_object(type(value)) and is_transparent(value):
        return f"{type(value).__name__}({_fields(attributes_of(value))})"
    return _represented(value)


def _represented(value: Any) -> str:
    """What ``repr`` says; if that raises, which is a mistake of the value's class and no reason to show nothing, what it is."""
    try:
        return repr(value)
    except BaseException as error:
        if isinstance(error, (MemoryError, KeyboardInterrupt)) or type(error).__module__.startswith("modelcheck."):
            raise
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def _fields(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={show(value)}" for name, value in fields.items())
