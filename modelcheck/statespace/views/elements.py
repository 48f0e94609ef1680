"""Views of sets, bags and dicts that start empty: a collection of cells, one per element.

Membership of an element is what is read and written. Iterating, counting and comparing look at the collection as a whole.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import ItemsView, Iterable, Iterator, KeysView, MutableMapping, MutableSet
from collections.abc import Set as AbstractSet
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.spec.shapes.containers import OrderedItems, OrderedKeys, OrderedSet, hashable, in_order
from modelcheck.spec.shapes.positive_counter import PositiveCounter, counted
from modelcheck.spec.shapes.shape import Shape
from modelcheck.spec.shapes.stored import check_count, check_value
from modelcheck.statespace.cells import ABSENT, Cell, Collection
from modelcheck.statespace.recording.session import Filtering, Session
from modelcheck.statespace.views.slots import View, operated, plain
from modelcheck.values import order_key, ordered, show


class Elements(View):
    """What sets, bags and tables share."""

    def __init__(self, session: Session, shape: Shape, collection: Collection) -> None:
        self._session = session
        self._shape = shape
        self._collection = collection

    def pickable(self) -> Collection | None:
        """The collection, if its elements in the state before the step are those it has now."""
        untouched = not self._session.following and self._collection.index not in self._session.touched
        return self._collection if untouched else None

    def _cell(self, element: Any) -> Cell:
        return self._collection.cell(element)

    def _read(self, element: Any) -> Any:
        return self._session.read(self._cell(element))

    def _write(self, element: Any, value: Any) -> None:
        check_value(element, f"an element of {self._shape.path}")
        self._session.put(self._cell(element), value)


@operated
class TrackedSet(Elements, MutableSet[Any]):
    """A set."""

    __class__ = property(lambda _: set)

    def plain(self) -> OrderedSet:
        """See `View.plain`."""
        return OrderedSet(cell.element for cell in self._session.present(self._collection))

    def __contains__(self, element: object) -> bool:
        return bool(self._read(hashable(element)))

    def __iter__(self) -> Iterator[Any]:
        passing = self._session.filter_of(self._collection, sys._getframe(1), statements=True)
        return iter(ordered(cell.element for cell in self._session.present(self._collection, passing)))

    def __len__(self) -> int:
        return len(self._session.present(self._collection))

    def add(self, value: Any) -> None:
        """As `set.add`; looks at nothing."""
        self._write(value, True)

    def discard(self, value: Any) -> None:
        """As `set.discard`; looks at nothing."""
        self._session.put(self._cell(hashable(value)), False)

    def clear(self) -> None:
        """As `set.clear`."""
        self.difference_update(self)

    def __ge__(self, other: Any) -> Any:
        if not isinstance(other, AbstractSet):
            return NotImplemented
        for element in ordered(other):
            if self._collection.met_otherwise(element):
                return self.plain() >= plain(other)  # As in `frozenset <= set`, which does not ask the set.
            if element not in self:
                return False
        return True

    def issuperset(self, other: Iterable[Any]) -> bool:
        """As `set.issuperset`; looks at the elements of the other only."""
        return all(element in self for element in in_order(other))

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """As `set.isdisjoint`; looks at the elements of the other only."""
        return not any(element in self for element in in_order(other))

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
            _ = element in self  # Refused if it met an equal one.
        whole = self.plain()
        self.difference_update(whole - whole.intersection(*kept))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """As `set.symmetric_difference_update`."""
        for element in ordered(OrderedSet(other)):
            (self.discard if element in self else self.add)(element)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._changed(self.update, other)

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._changed(self.difference_update, other)

    def __iand__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._changed(self.intersection_update, other)

    def __ixor__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._changed(self.symmetric_difference_update, other)

    def _changed(self, change: Any, other: Any) -> Any:
        if not isinstance(other, AbstractSet):
            return NotImplemented
        change(other)
        return self

    def __getattr__(self, name: str) -> Any:
        """The other methods of sets look at the whole and give ordinary sets."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.plain(), name)


class _Keyed(Elements, MutableMapping[Any, Any]):
    """What bags and tables share: keys, in the order of a dict that has them in the total order when a run begins."""

    def _keys(self, passing: Filtering | None = None) -> list[Any]:
        session = self._session
        before = session.whole(self._collection, passing)
        moved = session.moved
        kept = sorted((cell.element for cell in before if cell not in moved), key=order_key)
        stored = set(before)
        written = [cell for cell in session.written if cell.collection is self._collection]
        if passing is not None:
            written = [cell for cell in written if passing.passes(cell)]
        return kept + [c.element for c in written if (c in moved or c not in stored) and c not in session.removed]

    def __iter__(self) -> Iterator[Any]:
        return self._each(self._session.filter_of(self._collection, sys._getframe(1)))

    def _each(self, passing: Filtering | None) -> Iterator[Any]:
        keys = self._keys(passing)
        for key in keys:
            yield key
            if self._keys(passing) != keys:
                raise SpecError(
                    f"{self._shape.path} gained or lost a key while a loop runs over it",
                    remedy=f"Loop over a copy: for key in list({self._shape.path}).",
                )

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self._keys())

    def __len__(self) -> int:
        return len(self._keys())

    def popitem(self) -> tuple[Any, Any]:
        """As `dict.popitem`: the last one."""
        keys = self._keys()
        if not keys:
            raise KeyError("popitem(): dictionary is empty")
        return keys[-1], self.pop(keys[-1])

    def pop(self, key: Any, *default: Any) -> Any:
        """As `dict.pop`."""
        if key in self:
            value = self[key]
            del self[key]
            return value
        if default:
            return default[0]
        raise KeyError(key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if key not in self:
            self[key] = default
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """As `dict.get`."""
        return self[key] if key in self else default  # noqa: SIM401 - this is what get does.

    def keys(self) -> KeysView[Any]:
        """As `dict.keys`."""
        return OrderedKeys(self)

    def items(self) -> ItemsView[Any, Any]:
        """As `dict.items`."""
        return OrderedItems(self)

    def clear(self) -> None:
        """As `dict.clear`."""
        for key in self._keys():
            del self[key]


@operated
class TrackedBag(_Keyed):
    """A Counter: a cell holds how often its element occurs. As in `PositiveCounter`, one that comes to 0 is gone at once."""

    __class__ = property(lambda _: Counter)

    def plain(self) -> PositiveCounter:
        """See `View.plain`."""
        return PositiveCounter.of({element: self[element] for element in self._keys()}, self._shape.path)

    def __getitem__(self, element: Any) -> int:
        count: int = self._read(element)
        return count

    def __setitem__(self, element: Any, count: int) -> None:
        check_value(element, f"an element of {self._shape.path}")
        if check_count(self._shape.path, element, count):
            self._session.put(self._cell(element), int(count))
        else:
            self._session.remove(self._cell(element))

    def __delitem__(self, element: Any) -> None:
        self._session.remove(self._cell(element))

    def __contains__(self, element: object) -> bool:
        cell = self._cell(element)
        return cell not in self._session.removed if cell in self._session.written else self._session.read(cell) > 0

    def total(self) -> int:
        """As `Counter.total`."""
        return sum(self[element] for element in self._keys())

    def update(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.update`: adds to the counts; looks at nothing."""
        for element, count in counted(plain(other), counts).items():
            check_value(element, f"an element of {self._shape.path}")
            if type(count) is int and count > 0:
                self._session.put_update(self._cell(element), ("add", count))
            else:
                self[element] += count

    def subtract(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.subtract`."""
        for element, count in counted(plain(other), counts).items():
            self[element] -= count

    def elements(self) -> Iterator[Any]:
        """As `Counter.elements`."""
        return self.plain().elements()

    def most_common(self, n: int | None = None) -> list[tuple[Any, int]]:
        """As `Counter.most_common`."""
        return self.plain().most_common(n)

    def copy(self) -> Counter[Any]:
        """As `Counter.copy`."""
        return self.plain()

    def __pos__(self) -> Counter[Any]:
        return +self.plain()

    def __iadd__(self, other: Any) -> Any:
        return self._become(self.plain() + Counter(dict(other.items())))

    def __isub__(self, other: Any) -> Any:
        return self._become(self.plain() - Counter(dict(other.items())))

    def __ior__(self, other: Any) -> Any:
        return self._become(self.plain() | Counter(dict(other.items())))

    def __iand__(self, other: Any) -> Any:
        return self._become(self.plain() & Counter(dict(other.items())))

    def _become(self, wanted: Counter[Any]) -> Any:
        for element in self._keys():
            if element not in wanted:
                del self[element]
        for element, count in wanted.items():
            self[element] = count
        return self


@operated
class TrackedTable(_Keyed):
    """A dict whose keys come and go."""

    __class__ = property(lambda _: dict)

    def plain(self) -> dict[Any, Any]:
        """See `View.plain`."""
        return {key: self[key] for key in self._keys()}

    def __getitem__(self, key: Any) -> Any:
        value = self._read(key)
        if value is ABSENT:
            raise KeyError(key)
        return value

    def __setitem__(self, key: Any, value: Any) -> None:
        check_value(key, f"a key of {self._shape.path}")
        check_value(value, f"{self._shape.path}[{show(key)}]")
        self._write(key, value)

    def __delitem__(self, key: Any) -> None:
        if key not in self:
            raise KeyError(key)
        self._session.remove(self._cell(key))

    def __contains__(self, key: object) -> bool:
        return bool(self._session.project(self._cell(key), _is_present))

    def copy(self) -> dict[Any, Any]:
        """As `dict.copy`."""
        return self.plain()

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self


def _is_present(value: Any) -> bool:
    return value is not ABSENT
