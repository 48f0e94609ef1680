"""Views: what an action sees instead of the containers of its state.

A view has the interface of the container that it stands for and turns each access into reads and writes of cells, as
few as it can. What it cannot track finely it reads whole, correctly and slower. A view belongs to one session and is
used for all of its runs.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence, MutableSet
from typing import Any, Self

from modelcheck.errors import SpecError
from modelcheck.spec.shape import MapShape, QueueShape, RecordShape, Shape, check_value, keys_changed
from modelcheck.statespace.cells import ABSENT, Cell, Collection
from modelcheck.statespace.session import Session
from modelcheck.values import ordered, show


class ValueSlot:
    """Where a single value is read and assigned."""

    __slots__ = ("_cell", "_session")

    def __init__(self, session: Session, cell: Cell) -> None:
        self._session = session
        self._cell = cell

    def _view(self) -> Any:
        """What the attribute or item is."""
        return self._session.read(self._cell)

    def _assign(self, value: Any) -> None:
        """Make it something else."""
        self._session.write(self._cell, value)


class _Elements:
    """What sets, bags and tables share: a collection of cells, one per element."""

    _session: Session
    _shape: Shape
    _collection: Collection

    def __init__(self, session: Session, shape: Shape, collection: Collection) -> None:
        self._session = session
        self._shape = shape
        self._collection = collection

    def _view(self) -> Any:
        return self

    def _pickable(self) -> Collection | None:
        """The collection, if its elements in the state are still those it has now."""
        return None if self._collection.index in self._session.touched else self._collection

    def _read(self, element: Any) -> Any:
        return self._session.read(self._collection.cell(element))

    def _write(self, element: Any, value: Any) -> None:
        self._session.touched.add(self._collection.index)
        self._session.write(self._collection.cell(element), value)

    def _present(self) -> list[Any]:
        return ordered(cell.element for cell in self._session.present(self._collection))


class TrackedSet(_Elements, MutableSet[Any]):
    """A set: one cell per element."""

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, element: object) -> bool:
        return bool(self._read(element))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._session.present(self._collection))

    def add(self, value: Any) -> None:
        """As `set.add`; looks at nothing."""
        check_value(value, f"an element of {self._shape.path}")
        self._write(value, True)

    def discard(self, value: Any) -> None:
        """As `set.discard`; looks at nothing."""
        self._write(value, False)

    def __ge__(self, other: Any) -> bool:
        return all(element in self for element in ordered(other))

    def issuperset(self, other: Iterable[Any]) -> bool:
        """As `set.issuperset`; looks at the elements of the other only."""
        return self >= set(other)

    def update(self, *others: Iterable[Any]) -> None:
        """As `set.update`."""
        for other in others:
            for element in list(other):
                self.add(element)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """As `set.difference_update`."""
        for other in others:
            for element in list(other):
                self.discard(element)

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc]
        self.update(other)
        return self

    def __isub__(self, other: Any) -> Self:  # type: ignore[misc]
        self.difference_update(other)
        return self

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Any:
        return set(items)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in {"intersection_update", "symmetric_difference_update"}:
            raise AttributeError(name)
        return getattr(set(self), name)

    def __repr__(self) -> str:
        return repr(set(self))

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        wanted = self._shape.freeze(set(value) if isinstance(value, TrackedSet) else value)
        for element in self._present():
            if element not in wanted:
                self.discard(element)
        self.update(ordered(wanted))


class TrackedBag(_Elements, MutableMapping[Any, int]):
    """A Counter: one cell per element, holding how often it occurs."""

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, element: Any) -> int:
        count: int = self._read(element)
        return count

    def __setitem__(self, element: Any, count: int) -> None:
        check_value(element, f"an element of {self._shape.path}")
        if not isinstance(count, int) or count < 0:
            self._shape.freeze(Counter({element: count}))
        self._write(element, count)

    def __delitem__(self, element: Any) -> None:
        self._write(element, 0)

    def __contains__(self, element: object) -> bool:
        cell = self._collection.cell(element)
        return cell in self._session.written or self._session.read(cell) > 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._session.present(self._collection))

    def total(self) -> int:
        """As `Counter.total`."""
        return sum(self._session.read(cell) for cell in self._session.present(self._collection))

    def update(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.update`: adds to the counts; looks at nothing."""
        for element, count in Counter(other, **counts).items():
            check_value(element, f"an element of {self._shape.path}")
            self._session.touched.add(self._collection.index)
            self._session.update(self._collection.cell(element), ("add", count))

    def subtract(self, other: Any = (), /, **counts: int) -> None:
        """As `Counter.subtract`."""
        for element, count in Counter(other, **counts).items():
            self[element] -= count

    def elements(self) -> Iterator[Any]:
        """As `Counter.elements`."""
        return self._plain().elements()

    def most_common(self, n: int | None = None) -> list[tuple[Any, int]]:
        """As `Counter.most_common`."""
        return self._plain().most_common(n)

    def copy(self) -> Counter[Any]:
        """As `Counter.copy`."""
        return self._plain()

    def _plain(self) -> Counter[Any]:
        return Counter(dict(self.items()))

    def __add__(self, other: Any) -> Counter[Any]:
        return self._plain() + Counter(other)

    def __repr__(self) -> str:
        return repr(self._plain())

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        wanted = self._shape.freeze(Counter(dict(value)) if isinstance(value, TrackedBag) else value)
        for element in self._present():
            if element not in wanted:
                self[element] = 0
        for element, count in wanted.items():
            self[element] = count


class TrackedTable(_Elements, MutableMapping[Any, Any]):
    """A dict whose keys come and go: one cell per key."""

    __hash__ = None  # type: ignore[assignment]

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
        if self._read(key) is ABSENT:
            raise KeyError(key)
        self._session.touched.add(self._collection.index)
        self._session.written[self._collection.cell(key)] = ABSENT

    def __contains__(self, key: object) -> bool:
        present: bool = self._session.project(self._collection.cell(key), _is_present)
        return present

    def __iter__(self) -> Iterator[Any]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._session.present(self._collection))

    def copy(self) -> dict[Any, Any]:
        """As `dict.copy`."""
        return dict(self)

    def __or__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return {**self, **other}

    def __ior__(self, other: Mapping[Any, Any]) -> TrackedTable:  # noqa: PYI034 - the class is final in effect.
        self.update(other)
        return self

    def __repr__(self) -> str:
        return repr(dict(self))

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        wanted = self._shape.freeze(value)
        for key in self._present():
            if key not in wanted:
                del self[key]
        self.update(wanted)


def _is_present(value: Any) -> bool:
    return value is not ABSENT


class TrackedQueue(MutableSequence[Any]):
    """A deque or list: one cell holding a tuple. Its length, its head, appending and taking the head do not read the rest."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, session: Session, shape: QueueShape, cell: Cell) -> None:
        self._session = session
        self._shape = shape
        self._cell = cell

    def _view(self) -> Any:
        return self

    def _all(self) -> Any:
        return self._shape.kind(self._session.read(self._cell))

    def _change(self, items: Iterable[Any]) -> None:
        self._session.write(self._cell, tuple(items))

    def __len__(self) -> int:
        length: int = self._session.project(self._cell, len)
        return length

    def __bool__(self) -> bool:
        return bool(self._session.project(self._cell, bool))

    def __getitem__(self, index: Any) -> Any:
        if index == 0 and self:
            return self._session.project(self._cell, _head)
        return self._all()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        items = self._all()
        items[index] = value
        self._change(items)

    def __delitem__(self, index: Any) -> None:
        items = self._all()
        del items[index]
        self._change(items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def insert(self, index: int, value: Any) -> None:
        """As `list.insert`."""
        items = self._all()
        items.insert(index, value)
        self._change(items)

    def append(self, value: Any) -> None:
        """As `list.append`; looks at nothing."""
        check_value(value, f"an item of {self._shape.path}")
        self._session.update(self._cell, ("append", value))

    def pop(self, index: int = -1) -> Any:
        """As `list.pop`."""
        items = self._all()
        value = items.pop() if index == -1 else items.pop(index)
        self._change(items)
        return value

    def popleft(self) -> Any:
        """As `deque.popleft`; looks at the head only."""
        if self._shape.kind is not deque:
            raise AttributeError("'list' object has no attribute 'popleft'")
        if not self:
            raise IndexError("pop from an empty deque")
        head = self[0]
        self._session.update(self._cell, ("popleft",))
        return head

    def appendleft(self, value: Any) -> None:
        """As `deque.appendleft`."""
        self.insert(0, value)

    def clear(self) -> None:
        """As `list.clear`; looks at nothing."""
        self._change(())

    def copy(self) -> Any:
        """As `list.copy`."""
        return self._all()

    def __eq__(self, other: object) -> bool:
        return bool(self._all() == (other._all() if isinstance(other, TrackedQueue) else other))

    def __add__(self, other: Any) -> Any:
        return self._all() + (other._all() if isinstance(other, TrackedQueue) else other)

    def __repr__(self) -> str:
        return repr(self._all())

    def sort(self, **options: Any) -> None:
        """As `list.sort`."""
        self._change(sorted(self._all(), **options))

    def _assign(self, value: Any) -> None:
        if value is not self:
            self._session.write(
                self._cell, self._shape.freeze(value._all() if isinstance(value, TrackedQueue) else value)
            )


def _head(items: tuple[Any, ...]) -> Any:
    return items[0]


class TrackedMap(Mapping[Any, Any]):
    """A dict with fixed keys: each value is a slot of its own, and the keys are no part of the state."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, shape: MapShape, slots: Mapping[Any, Any]) -> None:
        self._shape = shape
        self._slots = slots

    def _view(self) -> Any:
        return self

    def __getitem__(self, key: Any) -> Any:
        return self._slots[key]._view()

    def __setitem__(self, key: Any, value: Any) -> None:
        if key not in self._slots:
            raise keys_changed(self._shape, {*self._slots, key})
        self._slots[key]._assign(value)

    def __delitem__(self, key: Any) -> None:
        raise keys_changed(self._shape, set(self._slots) - {key})

    def pop(self, key: Any, *default: Any) -> Any:
        """Not possible: the keys stay."""
        del default
        raise keys_changed(self._shape, set(self._slots) - {key})

    def __contains__(self, key: object) -> bool:
        return key in self._slots

    def __iter__(self) -> Iterator[Any]:
        return iter(self._slots)

    def __len__(self) -> int:
        return len(self._slots)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if key not in self._slots:
            self[key] = default
        return self[key]

    def update(self, other: Any = (), /, **more: Any) -> None:
        """As `dict.update`."""
        for key, value in dict(other, **more).items():
            self[key] = value

    def copy(self) -> dict[Any, Any]:
        """As `dict.copy`."""
        return dict(self)

    def __or__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return {**self, **other}

    def __ior__(self, other: Any) -> TrackedMap:  # type: ignore[misc]  # noqa: PYI034 - the class is final in effect.
        self.update(other)
        return self

    def __repr__(self) -> str:
        return repr(dict(self))

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        if not isinstance(value, Mapping):
            self._shape.freeze(value)
        if value.keys() != self._slots.keys():
            raise keys_changed(self._shape, value.keys())
        for key, item in list(value.items()):
            self._slots[key]._assign(item)


class RecordSlot:
    """Where a record is found: the record itself cannot be exchanged, its fields can."""

    def __init__(self, shape: RecordShape, tracked: Any) -> None:
        self._shape = shape
        self._tracked = tracked

    def _view(self) -> Any:
        return self._tracked

    def _assign(self, value: Any) -> None:
        if value is self._tracked:
            return
        self._shape._expect(value, (self._shape.cls,), self._shape.cls.__name__)
        for name, slot in self._tracked.__dict__["_slots"].items():
            slot._assign(getattr(value, name))


class _Attribute:
    """A descriptor that reads and assigns one field of a tracked record."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, record: Any, cls: type) -> Any:
        return self if record is None else record.__dict__["_slots"][self._name]._view()

    def __set__(self, record: Any, value: Any) -> None:
        record.__dict__["_slots"][self._name]._assign(value)


def _refuse(record: Any, name: str, value: Any) -> None:
    if name in record.__dict__["_slots"]:
        record.__dict__["_slots"][name]._assign(value)
    elif name in record.__dict__:
        raise SpecError(
            f"an action assigned {show(value)} to the constant {name!r}",
            remedy="Keep what changes in a variable set by init.",
        )
    else:
        known = ", ".join(record.__dict__["_slots"])
        raise SpecError(
            f"an action assigned to {name!r}, which is no variable",
            remedy=f"Set self.{name} in init; the variables are {known}.",
        )


def tracked_class(cls: type, names: Iterable[str]) -> type:
    """A subclass whose fields are read from and assigned to slots."""
    members: dict[str, Any] = {name: _Attribute(name) for name in names}
    members |= {
        "_tracked": True,
        "__setattr__": _refuse,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
    }
    return type(cls.__name__, (cls,), members)
