"""Plain values: when two are the same, in which order they are tried, and sets that are iterated in that order."""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from enum import Enum

import attrs


def key(value):
    """What is equal for two objects only if they have the same types and content throughout; the order within sets, bags and dicts does not count."""
    kind = type(value)
    if isinstance(value, Enum):
        return (kind, value.name)
    if value is None or kind in (bool, int, str, bytes):
        return (kind, value)
    if isinstance(value, float):
        return (kind, repr(value))
    if isinstance(value, (set, frozenset)):
        return ("set" if isinstance(value, set) else "frozenset", frozenset(map(key, value)))
    if isinstance(value, Counter):
        return ("bag", frozenset((key(item), count) for item, count in value.items() if count))
    if isinstance(value, dict):
        return ("dict", frozenset((key(item), key(held)) for item, held in value.items()))
    if isinstance(value, (tuple, list, deque)):
        return (kind, tuple(map(key, value)))
    return (kind.__name__, tuple((name, key(held)) for name, held in fields(value)))


def fields(value):
    """The fields of an object, with what they hold."""
    if attrs.has(type(value)):
        return [(field.name, getattr(value, field.name)) for field in attrs.fields(type(value))]
    if dataclasses.is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    if hasattr(value, "__dict__"):
        return [(name, held) for name, held in vars(value).items() if not name.startswith("_")]
    raise TypeError(f"{value!r} is not a plain value")


def rank(value):
    """A key to sort values of any types: numbers by size, strings by alphabet, enum members as defined, tuples and objects by their fields."""
    if isinstance(value, Enum):
        return (5, type(value).__qualname__, list(type(value)).index(value))
    for place, kinds in enumerate([type(None), bool, (int, float), str, bytes]):
        if isinstance(value, kinds):
            return (place, 0 if value is None else value)
    if isinstance(value, (tuple, list)):
        return (6, tuple(map(rank, value)))
    if isinstance(value, (set, frozenset)):
        return (7, len(value), sorted(map(rank, value)))
    return (9, type(value).__qualname__, tuple(rank(held) for _, held in fields(value)))


class SortedSet(set):
    """A set in order."""

    def __iter__(self):
        return iter(sorted(super().__iter__(), key=rank))

    def pop(self):
        for item in self:
            self.remove(item)
            return item
        raise KeyError


class SortedFrozenSet(frozenset):
    """A frozenset in order."""

    def __iter__(self):
        return iter(sorted(super().__iter__(), key=rank))


def _in_order(cls, name):
    inherited = getattr(cls, name)

    def method(self, *others):
        found = inherited(self, *others)
        kinds = {set: SortedSet, frozenset: SortedFrozenSet}
        return kinds[type(found)](found) if type(found) in kinds else found

    setattr(cls, name, method)


for _name in ("and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor"):
    _in_order(SortedSet, f"__{_name}__")
    _in_order(SortedFrozenSet, f"__{_name}__")
for _name in ("copy", "difference", "intersection", "symmetric_difference", "union"):
    _in_order(SortedSet, _name)
    _in_order(SortedFrozenSet, _name)


class Bag(Counter):
    """A bag of the state, from which what it holds 0 times is gone at once."""

    def __setitem__(self, item, count):
        if count < 0:
            raise ValueError(count)
        if count == 0:
            self.pop(item, None)
        else:
            super().__setitem__(item, count)

    def become(self, counts):
        self.clear()
        self.update(dict(counts))
        return self

    def __iadd__(self, other):
        return self.become(Counter(self) + Counter(other))

    def __isub__(self, other):
        return self.become(Counter(self) - Counter(other))

    def __ior__(self, other):
        return self.become(Counter(self) | Counter(other))

    def __iand__(self, other):
        return self.become(Counter(self) & Counter(other))
