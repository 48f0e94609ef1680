"""Frozensets that are iterated in one order whatever the hash seed.

A frozenset that is stored, alone or inside another value, is kept as its twin of the class `OrderedFrozenSet`, so that
the spec's code meets the twin when it reads the state. The twin is equal to the frozenset, has its hash and passes for
one; only ``type(x) is frozenset`` tells them apart. What is computed of it by operators and methods is such a twin too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from enum import Enum
from typing import Any

from modelcheck.values.fields import attributes_of, is_transparent
from modelcheck.values.frozen import Bag, FrozenDict
from modelcheck.values.interchangeable import Interchangeable
from modelcheck.values.order import order_key, ordered


class OrderedFrozenSet(frozenset[Any]):
    """A frozenset that is iterated in the total order of values."""

    __slots__ = ("_order",)
    __class__ = property(lambda _: frozenset)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(self._order)
        except AttributeError:
            self._order: list[Any] = ordered(frozenset.__iter__(self))
            return iter(self._order)

    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, self))}}})" if self else "frozenset()"

    def __copy__(self) -> OrderedFrozenSet:
        return self

    copy = __copy__

    def __deepcopy__(self, memo: dict[int, Any]) -> OrderedFrozenSet:
        return OrderedFrozenSet(copy.deepcopy(item, memo) for item in self)

    def __reduce__(self) -> Any:
        return frozenset, (tuple(self),)


OrderedFrozenSet.__name__ = OrderedFrozenSet.__qualname__ = "frozenset"  # In what a spec's code shows of it.
OrderedFrozenSet.__module__ = "builtins"


def _keeping_order(name: str) -> Any:
    """The method of frozensets, with an ordered result."""
    inherited = getattr(frozenset, name)

    def method(self: OrderedFrozenSet, *others: Any) -> Any:
        found = inherited(self, *others)
        return OrderedFrozenSet(found) if isinstance(found, frozenset) else found

    return method


for _name in ("and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor"):
    setattr(OrderedFrozenSet, f"__{_name}__", _keeping_order(f"__{_name}__"))
for _name in ("difference", "intersection", "symmetric_difference", "union"):
    setattr(OrderedFrozenSet, _name, _keeping_order(_name))


def kept(value: Any) -> Any:
    """A value as it is kept in a state: the frozensets in it, and the dicts, have the total order.

    >>> list(kept(("x", frozenset({8, 0, 3})))[1])
    [0, 3, 8]
    """
    kind = type(value)
    if kind in _WITHOUT_SETS:
        return value
    if kind is frozenset:
        return OrderedFrozenSet(map(kept, value))
    if isinstance(value, tuple):
        items = [kept(item) for item in tuple.__iter__(value)]
        return value if _same(items, value) else tuple.__new__(kind, items)
    if kind is FrozenDict or kind is Bag:
        return kind({kept(key): kept(value[key]) for key in sorted(value, key=order_key)})
    if isinstance(value, (type, Enum, Interchangeable)) or not is_transparent(value):
        return value
    return _rebuilt(value)


_WITHOUT_SETS = frozenset({int, str, bool, float, bytes, type(None), OrderedFrozenSet})


def _same(items: list[Any], value: tuple[Any, ...]) -> bool:
    return all(one is other for one, other in zip(items, tuple.__iter__(value), strict=True))


def _rebuilt(value: Any) -> Any:
    """An object with its attributes kept; the object itself if that changes none."""
    changed = {name: new for name, old in attributes_of(value).items() if (new := kept(old)) is not old}
    if not changed:
        return value
    made = copy.copy(value)
    for name, new in changed.items():
        object.__setattr__(made, name, new)
    return made
