"""One total order over all values, whatever their types.

Sets are iterated, printed and written to files in this order, so that nothing depends on hash seeds. Values of one type
are ordered as Python orders them, enum members as they are defined; types are ordered by a fixed rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, TypeVar

import attrs

T = TypeVar("T")


def order_key(value: Any) -> tuple[Any, ...]:
    """A key for `sorted` that compares any two values.

    >>> sorted([(2,), "b", 3, None, True, "a"], key=order_key)
    [None, True, 3, 'a', 'b', (2,)]
    """
    if value is None:
        return (0,)
    kind = type(value)
    if kind is bool:
        return (1, value)
    if kind is int or kind is float:
        return (2, value)
    if kind is str:
        return (3, value)
    return _compound_key(value)


def _compound_key(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Enum):
        kind = type(value)
        return (
            5,
            kind.__qualname__,
            list(kind.__members__).index(value.name) if value.name in kind.__members__ else -1,
            str(value),
        )
    if isinstance(value, bytes):
        return (4, value)
    if isinstance(value, (int, float, str)):
        return (2 if isinstance(value, (int, float)) else 3, value)
    if isinstance(value, AbstractSet):
        return (7, len(value), sorted(map(order_key, value)))
    if isinstance(value, Mapping):
        return (8, sorted((order_key(k), order_key(v)) for k, v in value.items()))
    if isinstance(value, (tuple, list)):
        return (6, tuple(map(order_key, value)))
    return (9, type(value).__qualname__, _field_keys(value))


def _field_keys(value: Any) -> Any:
    if attrs.has(type(value)):
        return tuple(order_key(getattr(value, field.name)) for field in attrs.fields(type(value)))
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        return tuple(order_key(getattr(value, name)) for name in names)
    return (order_key(repr(value)),)


def ordered(values: Iterable[T]) -> list[T]:
    """The values as a list in the total order."""
    return sorted(values, key=order_key)
