"""When two values are the same value.

Python holds ``1 == True == 1.0``. An action can tell them apart (``isinstance``, ``match``, printing), so a cell must
too: interning by ``==`` alone would merge states that behave differently. `identity` is as fine as what code can see:
the types throughout, the digits of a decimal number, the zone of a moment, all attributes of an object, whatever the
class's own ``__eq__`` looks at.

>>> identity((1, 2)) == identity((True, 2))
False
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import PosixPath, PurePath, PurePosixPath, PureWindowsPath, WindowsPath
from types import BuiltinFunctionType, FunctionType
from typing import Any, cast

from modelcheck.values._identity import identity as identity  # noqa: PLC0414 - it is meant to be taken from here.
from modelcheck.values._identity import settle
from modelcheck.values.fields import attributes_of, extra_attributes, is_by_object, is_transparent
from modelcheck.values.frozen import FrozenDict, FrozenRecord
from modelcheck.values.interchangeable import Interchangeable
from modelcheck.values.sets import OrderedFrozenSet

SINGLE = (bool, type(None), Enum, type, FunctionType, BuiltinFunctionType, Interchangeable)
"""Of these there is one object each."""
_EXACT = frozenset({bytes, date, timedelta})
"""Equal objects of one of these types cannot be told apart, no more than numbers, truth values and texts."""


def _other(value: Any) -> Any:
    """The key of a value that is no tuple, frozenset, text or whole number."""
    kind = type(value)
    if kind in _EXACT:
        return (kind, value)
    if _is_object(cast("Any", kind)):
        return _of_object(value, kind)
    if isinstance(value, Enum):
        return (kind, value._value_ if isinstance(value, Flag) else value._name_)
    if isinstance(value, (type, FunctionType, BuiltinFunctionType, Interchangeable)):
        return (kind, value)
    if kind in BY_TEXT:
        return (kind, str(value))
    for base, key in _CONTENT:
        if isinstance(value, base):
            return _of_built_in(value, kind, base, key)
    return _of_mapping(value, kind)


@functools.lru_cache(maxsize=1024)
def _is_object(cls: type) -> bool:
    """Whether objects of a class are none of the types that are treated each in its way."""
    special = (Enum, type, FunctionType, BuiltinFunctionType, Interchangeable, Mapping, *(base for base, _ in _CONTENT))
    return cls not in BY_TEXT and not issubclass(cls, special)


def _of_object(value: Any, kind: type) -> Any:
    hash(value)
    if is_by_object(kind):
        return (kind, value)
    if is_transparent(value):
        return (kind, tuple((name, identity(part)) for name, part in attributes_of(value).items()))
    return (kind, value, repr(value))


def _of_built_in(value: Any, kind: type, base: type, key: Callable[[Any], Any]) -> Any:
    if kind is base:
        return (kind, key(value))
    if kind is OrderedFrozenSet:
        return (frozenset, key(value))
    return (kind, key(value), tuple((name, identity(part)) for name, part in sorted(extra_attributes(value))))


def _of_mapping(value: Mapping[Any, Any], kind: type) -> Any:
    """Snapshots have no order of their own; the order of another mapping can be seen."""
    pairs = ((identity(key), identity(inner)) for key, inner in value.items())
    if isinstance(value, FrozenDict):
        return (kind, frozenset(pairs))
    if isinstance(value, FrozenRecord):
        return (kind, value._name, frozenset(pairs))  # Records without fields differ by the names of their classes only.
    return (kind, tuple(pairs))


def _of_float(value: float) -> Any:
    return float.__repr__(value)  # Python holds 0.0 == -0.0, and nan for unequal to itself.


def _of_time(value: time | datetime) -> Any:
    return (str(value.replace(tzinfo=None)), value.fold, identity(value.tzinfo))


BY_TEXT = frozenset(
    {
        *(PurePath, PurePosixPath, PureWindowsPath, PosixPath, WindowsPath),
        *(IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network),
    }
)
"""Classes whose objects note down what they were asked; their text is all that is in them."""

_CONTENT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (tuple, lambda value: tuple(map(identity, tuple.__iter__(value)))),
    (frozenset, lambda value: frozenset(map(identity, frozenset.__iter__(value)))),
    (str, str.__str__),
    (int, int.__index__),
    (float, _of_float),
    (bytes, lambda value: bytes.__getitem__(value, slice(None))),
    (complex, lambda value: (_of_float(value.real), _of_float(value.imag))),
    (Decimal, lambda value: tuple(value.as_tuple())),
    (datetime, _of_time),
    (time, _of_time),
    (timezone, lambda value: value.__getinitargs__()),
    (range, lambda value: (identity(value.start), identity(value.stop), identity(value.step))),
)
"""The built-in types of values, and what makes two of a type the same; an object of a subclass has attributes beside that."""

settle(_other, OrderedFrozenSet)


def copied(value: Any) -> Any:
    """The same value as another object, wherever it is told apart by ``is``; what there is only one of stays.

    >>> pair = (1, "one")
    >>> copied(pair) == pair, copied(pair) is pair
    (True, False)
    """
    kind = type(value)
    if kind is str or kind is bytes:
        return (value + value)[: len(value)]
    if kind is int:
        return value + 1 - 1
    if kind is float:
        return float(repr(value))
    if kind in (tuple, frozenset, OrderedFrozenSet):
        return kind(map(copied, value)) if value else value
    if isinstance(value, SINGLE):
        return value
    try:
        return copy.copy(value)
    except (TypeError, copy.Error):  # Such as views of memory: they are tied to something outside.
        return value
