"""Immutable twins of Python's containers, in which a state is kept and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(Mapping[K, V], Generic[K, V]):
    """A dict that cannot change. Its items are kept in the order given.

    >>> FrozenDict({1: "a"})[1]
    'a'
    """

    __slots__ = ("_hash", "_items")

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items: dict[K, V] = dict(items or {})
        self._hash: int | None = None

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._items.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"


class Bag(FrozenDict[K, int]):
    """How often each element occurs; absent elements occur 0 times.

    >>> Bag({"x": 2})["y"]
    0
    """

    __slots__ = ()

    def __getitem__(self, key: K) -> int:
        return self._items.get(key, 0)

    def __contains__(self, key: object) -> bool:
        return key in self._items


class FrozenRecord(Mapping[str, Any]):
    """The fields of a record (a process, a network) at one moment, readable as attributes and as a mapping.

    >>> FrozenRecord("Server", {"term": 1}).term
    1
    """

    __slots__ = ("_fields", "_name")

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_fields", dict(fields))

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_fields")[name]
        except KeyError:
            raise AttributeError(f"{self._name} has no field {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a state cannot be changed; use step() to take an action")

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenRecord) and (self._name, self._fields) == (other._name, other._fields)

    def __hash__(self) -> int:
        return hash((self._name, frozenset(self._fields.items())))

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{k}={v!r}' for k, v in self._fields.items())})"
