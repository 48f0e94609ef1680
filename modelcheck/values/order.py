"""One total order over all values, whatever their types.

Sets are iterated, printed and written to files in this order, so that nothing depends on hash seeds. Values of one type
are ordered as Python orders them, enum members as they are defined; types are ordered by a fixed rank. Values that
Python holds for equal and that are not one value (`modelcheck.values.identity`) are ordered by their types, last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType
from typing import Any, TypeVar

from modelcheck.values.fields import attributes_of, extra_attributes, is_transparent

T = TypeVar("T")
_FIRST: tuple[Any, ...] = ()


def order_key(value: Any) -> tuple[Any, ...]:
    """A key for `sorted` that compares any two values; it is equal for two values exactly if they are the same value.

    >>> sorted([(2,), "b", 3, None, True, "a"], key=order_key)
    [None, True, 3, 'a', 'b', (2,)]
    """
    if value is None:
        return (0,)
    kind = type(value)
    if kind is bool:
        return (1, value)
    if kind is int:
        return (2, value, 0, _FIRST)
    if kind is str:
        return (3, value, _FIRST)
    return _compound_key(value)


def _compound_key(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Enum):
        return _enum_key(value)
    if isinstance(value, (int, float)):
        return (2, *_number(value), _kind(value, int, float))
    if isinstance(value, str):
        return (3, str.__str__(value), _kind(value, str))
    if isinstance(value, bytes):
        return (4, bytes.__getitem__(value, slice(None)), _kind(value, bytes))
    if isinstance(value, (tuple, list)):
        return (6, tuple(map(order_key, value)), _kind(value, tuple))
    if isinstance(value, AbstractSet):
        return (7, len(value), sorted(map(order_key, value)), _kind(value, frozenset))
    if isinstance(value, Mapping):
        name = getattr(value, "_name", "")
        return (8, sorted((order_key(k), order_key(v)) for k, v in value.items()), name, _kind(value, dict))
    kind = type(value)
    return (9, kind.__qualname__, _content(value), kind.__module__)


def _kind(value: Any, *usual: type) -> tuple[Any, ...]:
    """What sets a value apart from those of the usual types that have the same content: its class, and attributes of its own."""
    kind = type(value)
    if kind in usual or (kind.__qualname__, kind.__module__) == ("frozenset", "builtins"):
        return _FIRST
    return (kind.__qualname__, kind.__module__, tuple((n, order_key(part)) for n, part in sorted(extra_attributes(value))))


def _number(value: float) -> tuple[Any, ...]:
    """The number, and among equal ones a mark: integers first, then the negative zero, then others."""
    if isinstance(value, int):
        return (int.__index__(value), 0)
    number = float.__float__(value)
    return (math.inf, 4) if number != number else (number, 1 if math.copysign(1, number) < 0 else 2)  # noqa: PLR0124 - nan.


def _enum_key(value: Enum) -> tuple[Any, ...]:
    kind = type(value)
    names = kind._member_names_
    at = names.index(value._name_) if value._name_ in names else -1
    return (5, kind.__qualname__, at, order_key(value._value_) if isinstance(value, Flag) else _FIRST, kind.__module__)


def _content(value: Any) -> tuple[Any, ...]:
    """What orders the objects of one class."""
    if isinstance(value, (Decimal, Fraction)):
        number = Fraction(value) if isinstance(value, Fraction) or value.is_finite() else Fraction(0)
        return (number, repr(value))
    if isinstance(value, timedelta):
        return (value.days, value.seconds, value.microseconds)
    if isinstance(value, (datetime, time)):
        return (str(value.replace(tzinfo=None)), value.fold, repr(value))
    if isinstance(value, date):
        return (str(value),)
    if isinstance(value, (FunctionType, BuiltinFunctionType, type)):
        return (value.__qualname__, str(value.__module__))
    if is_transparent(value):
        return tuple((name, order_key(part)) for name, part in attributes_of(value).items())
    return (repr(value),)


def ordered(values: Iterable[T]) -> list[T]:
    """The values as a list in the total order."""
    return sorted(values, key=order_key)
