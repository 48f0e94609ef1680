"""The containers of a live state on ordinary objects: Python's own, in one order, and told when they would mix up values.

A set, bag or dict of Python's takes 1 and True for one element. The state keeps them apart, so one that holds either
must not be given the other: what would come out depends on which was there first.
"""

from __future__ import annotations

import itertools
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.values import identity, ordered


def mixed_up(path: str, one: Any, other: Any) -> SpecError:
    """The error for two elements of a container that Python holds for equal, and that are not the same value."""
    same = type(one) is type(other)
    remedy = f"Let the == of {type(one).__name__} see all that is in it." if same else "Let all its elements be of one type."
    return SpecError(f"{path} meets both {one!r} and {other!r}, which Python holds for equal", remedy=remedy)


def check_apart(path: str, there: Iterable[Any], element: Any) -> None:
    """Make sure that an element, which Python finds in a container, is there as it is."""
    element = hashable(element)
    found = next((each for each in there if each is element or each == element), element)
    if found is not element and identity(found) != identity(element):
        raise mixed_up(path, found, element)


def hashable(element: Any) -> Any:
    """Sets take a set for the frozenset with the same elements when they are asked for it."""
    return frozenset(element) if isinstance(element, AbstractSet) and not isinstance(element, frozenset) else element


def in_order(values: Iterable[Any]) -> Iterable[Any]:
    """The values in an order that depends on nothing but them."""
    return ordered(values) if isinstance(values, AbstractSet) else list(values)


class OrderedSet(set[Any]):
    """A set that is iterated in the total order of values, so that no action depends on hash seeds."""

    __class__ = property(lambda _: set)
    path = "a set"

    def __iter__(self) -> Iterator[Any]:
        return iter(ordered(super().__iter__()))

    def __contains__(self, element: object) -> bool:
        found = super().__contains__(element)
        if found:
            check_apart(self.path, super().__iter__(), element)
        return found

    def add(self, element: Any, /) -> None:
        """As `set.add`."""
        if element not in self:
            super().add(element)

    def discard(self, element: Any, /) -> None:
        """As `set.discard`."""
        if element in self:
            super().discard(element)

    def remove(self, element: Any, /) -> None:
        """As `set.remove`."""
        if element not in self:
            raise KeyError(element)
        self.discard(element)

    def update(self, *others: Iterable[Any]) -> None:
        """As `set.update`."""
        for other in others:
            for element in in_order(other):
                self.add(element)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """As `set.difference_update`."""
        for other in others:
            for element in in_order(other):
                self.discard(element)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """As `set.intersection_update`."""
        kept = [in_order(other) for other in others]
        for element in itertools.chain(*kept):
            _ = element in self  # Refused if an equal one is there, which of the two is kept being Python's affair.
        self.difference_update(self - self.intersection(*kept))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """As `set.symmetric_difference_update`."""
        for element in OrderedSet(other):
            (self.discard if element in self else self.add)(element)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """As `set.issuperset`."""
        return all(element in self for element in in_order(other))

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """As `set.isdisjoint`."""
        return not any(element in self for element in in_order(other))

    def pop(self) -> Any:
        """As `set.pop`: the first one."""
        for item in self:
            self.remove(item)
            return item
        raise KeyError("pop from an empty set")

    def __choose__(self) -> Any:
        from modelcheck.spec.choice import choose  # noqa: PLC0415 - a cycle only at import time.

        return choose(list(self))

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"


def _changing(name: str) -> Any:
    """The operator that changes a set, by the method of this name."""

    def operator(self: OrderedSet, other: Any) -> Any:
        if not isinstance(other, (set, frozenset)):
            return NotImplemented
        getattr(self, name)(other)
        return self

    return operator


def _keeping_order(name: str) -> Any:
    """The method of sets, with an ordered result."""
    inherited = getattr(set, name)

    def method(self: OrderedSet, *others: Any) -> Any:
        found = inherited(self, *others)
        return OrderedSet(found) if isinstance(found, set) else found

    return method


for _name in ("and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor"):
    setattr(OrderedSet, f"__{_name}__", _keeping_order(f"__{_name}__"))
for _name, _method in {"ior": "update", "isub": "difference_update", "iand": "intersection_update", "ixor": "symmetric_difference_update"}.items():
    setattr(OrderedSet, f"__{_name}__", _changing(_method))
for _name in ("copy", "difference", "intersection", "symmetric_difference", "union"):
    setattr(OrderedSet, _name, _keeping_order(_name))


class OrderedKeys(KeysView[Any]):
    """The keys of a dict, of which operators make sets that are iterated in the total order."""

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> OrderedSet:
        return OrderedSet(it)

    def __repr__(self) -> str:
        return f"dict_keys({list(self)})"


class OrderedItems(ItemsView[Any, Any]):
    """The items of a dict, likewise."""

    _mapping: Mapping[Any, Any]

    def __contains__(self, item: object) -> bool:
        match item:
            case (key, value):  # A Counter has a value for a key that is not in it.
                return key in self._mapping and bool(self._mapping[key] == value)
        return False

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> OrderedSet:
        return OrderedSet(it)

    def __repr__(self) -> str:
        return f"dict_items({list(self)})"


class LiveDict(dict[Any, Any]):
    """A dict, of whose keys and items operators make sets in order."""

    __class__ = property(lambda _: dict)

    def keys(self) -> Any:
        """As `dict.keys`."""
        return OrderedKeys(self)

    def items(self) -> Any:
        """As `dict.items`."""
        return OrderedItems(self)


def has(container: Any, key: Any) -> bool:
    """Whether a dict has a key.

    Raises:
        SpecError: if it has one that Python holds for equal, and that is another value.
    """
    found = dict.__contains__(container, key)
    if found:
        check_apart(container.path, dict.__iter__(container), key)
    return found


class DistinctDict(LiveDict):
    """A dict that is told when it would take two keys for one."""

    path = "a dict"

    def __contains__(self, key: object) -> bool:
        return has(self, key)

    def __getitem__(self, key: Any) -> Any:
        if key not in self:
            raise KeyError(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None, /) -> Any:
        """As `dict.get`."""
        return super().__getitem__(key) if key in self else default

    def __setitem__(self, key: Any, value: Any) -> None:
        has(self, key)
        super().__setitem__(key, value)

    def __delitem__(self, key: Any) -> None:
        has(self, key)
        super().__delitem__(key)

    def pop(self, key: Any, *default: Any) -> Any:
        """As `dict.pop`."""
        has(self, key)
        return super().pop(key, *default)

    def setdefault(self, key: Any, default: Any = None, /) -> Any:
        """As `dict.setdefault`."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other: Any = (), /, **more: Any) -> None:
        """As `dict.update`."""
        for key, value in dict(other, **more).items():
            self[key] = value

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self


def placed(container: Any, path: str) -> Any:
    """A container of this module, told where in the state it stands."""
    container.path = path
    return container
