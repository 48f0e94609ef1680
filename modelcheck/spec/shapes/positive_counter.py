"""A Counter without entries of 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from modelcheck.spec.shapes.containers import OrderedItems, OrderedKeys, check_apart
from modelcheck.spec.shapes.stored import check_count
from modelcheck.values import ordered


class PositiveCounter(Counter[Any]):
    """A Counter in which an element that comes to 0 is gone at once, and one that would occur less often is refused.

    Attributes:
        path: Where it is in the state, for messages.
    """

    path = "a bag"

    @classmethod
    def of(cls, counts: Mapping[Any, int], path: str) -> PositiveCounter:
        """The bag at a place, with counts that are known to be positive."""
        made = cls()
        dict.update(made, counts)
        made.path = path
        return made

    def __setitem__(self, element: Any, count: Any) -> None:
        if element in self:
            check_apart(self.path, self, element)
        if check_count(self.path, element, count):
            super().__setitem__(element, int(count))
        else:
            super().pop(element, None)

    def keys(self) -> Any:
        """As `dict.keys`."""
        return OrderedKeys(self)

    def items(self) -> Any:
        """As `dict.items`."""
        return OrderedItems(self)

    def setdefault(self, element: Any, default: Any = 0) -> int:
        """As `dict.setdefault`."""
        if element not in self:
            self[element] = default
        return self[element]

    def update(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.update`: adds to the counts."""
        for element, count in counted(other, counts).items():
            self[element] += count

    def subtract(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.subtract`."""
        for element, count in counted(other, counts).items():
            self[element] -= count

    def __iadd__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(Counter(self) + Counter(dict(other.items())))

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(Counter(self) - Counter(dict(other.items())))

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(Counter(self) | Counter(dict(other.items())))

    def __iand__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(Counter(self) & Counter(dict(other.items())))

    def _become(self, wanted: Counter[Any]) -> Any:
        for element in [element for element in self if element not in wanted]:
            del self[element]
        for element, count in wanted.items():
            self[element] = count
        return self

    def __repr__(self) -> str:
        return repr(Counter(self))


def counted(other: Any, counts: Mapping[str, int]) -> Counter[Any]:
    """How often each element occurs in what `Counter.update` was given; a set is taken in the total order."""
    found: Counter[Any] = Counter(ordered(other) if isinstance(other, AbstractSet) else other)
    for element, count in counts.items():
        found[element] += count
    return found
