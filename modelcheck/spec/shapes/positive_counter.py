"""A Counter without entries of 0."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from modelcheck.spec.shapes.containers import OrderedItems, OrderedKeys, has
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

    def __contains__(self, element: object) -> bool:
        return has(self, element)

    def __getitem__(self, element: Any) -> int:
        return super().__getitem__(element) if element in self else 0

    def get(self, element: Any, default: Any = None, /) -> Any:
        """As `dict.get`."""
        return super().__getitem__(element) if element in self else default

    def __setitem__(self, element: Any, count: Any) -> None:
        if check_count(self.path, element, count):
            has(self, element)
            super().__setitem__(element, int(count))
        else:
            self.pop(element, None)

    def __delitem__(self, element: Any) -> None:
        self.pop(element, None)

    def pop(self, element: Any, *default: Any) -> Any:
        """As `dict.pop`."""
        has(self, element)
        return super().pop(element, *default)

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
        return self._become(self + Counter(dict(other.items())))

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(self - Counter(dict(other.items())))

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(self | Counter(dict(other.items())))

    def __iand__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._become(self & Counter(dict(other.items())))

    def copy(self) -> PositiveCounter:
        """As `Counter.copy`."""
        return PositiveCounter.of(self, self.path)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> PositiveCounter:
        made = memo[id(self)] = PositiveCounter.of({copy.deepcopy(element, memo): self[element] for element in self}, self.path)
        return made

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
