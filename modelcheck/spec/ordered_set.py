"""A set that is iterated in one order whatever the hash seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelcheck.values import ordered, show


class OrderedSet(set[Any]):
    """A set that is iterated in the total order of values, so that no action depends on hash seeds."""

    def __iter__(self) -> Iterator[Any]:
        return iter(ordered(super().__iter__()))

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
        return show(self) if self else "set()"


def _keeping_order(name: str) -> Any:
    """The method of sets, with an ordered result."""
    inherited = getattr(set, name)

    def method(self: OrderedSet, *others: Any) -> Any:
        found = inherited(self, *others)
        return OrderedSet(found) if isinstance(found, set) else found

    return method


for _name in ("and", "or", "sub", "xor", "rand", "ror", "rsub", "rxor"):
    setattr(OrderedSet, f"__{_name}__", _keeping_order(f"__{_name}__"))
for _name in ("copy", "difference", "intersection", "symmetric_difference", "union"):
    setattr(OrderedSet, _name, _keeping_order(_name))
