"""Symbolic views: what an action sees instead of the containers of its state, when it is run on symbolic values."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import z3

from modelcheck.errors import SpecError
from modelcheck.spec import Machine
from modelcheck.spec.choice import Disabled
from modelcheck.spec.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    check_count,
    check_value,
    keys_changed,
)
from modelcheck.statespace.cells import ABSENT
from modelcheck.statespace.records import TrackedMap, slots_of, tracked_class, tracked_record
from modelcheck.statespace.slots import ValueSlot
from modelcheck.symbolic import operators
from modelcheck.symbolic.domains import Elements
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.session import Cell, Session
from modelcheck.symbolic.terms import (
    Guarded,
    GuardedList,
    Present,
    SymSet,
    UnsupportedError,
    boolean,
    conj,
    decide,
    describe,
    disj,
    equality,
    is_symbolic,
    merge,
    neg,
    over,
    truth,
)  # fmt: skip


class _Slot:
    """Where a container is found; what is assigned is copied into it."""

    def __init__(self, view: Any) -> None:
        self._view = view

    def get(self) -> Any:
        """The view of the container."""
        return self._view

    def assign(self, value: Any) -> None:
        """Give the container the content of another one. In Python the old object keeps its content; here it can no longer be used."""
        if value is self._view:
            return
        old = self._view
        old._assign(value)
        kept = dict(old.__dict__)
        cls: Any = type(old)
        self._view = cls.__new__(cls)
        self._view.__dict__.update(kept)
        old.__dict__.update({name: _Replaced() for name in ("_elements", "_cell", "slots") if name in kept})
        old_session = kept.get("_session") or kept["session"]
        old_session.at_begin.append(lambda: self._restore(old, kept))

    def _restore(self, view: Any, kept: dict[str, Any]) -> None:
        view.__dict__.update(kept)
        self._view = view


class _Replaced:
    """Stands in a view whose container was replaced by an assignment."""

    def _refuse(self, *_: Any) -> Any:
        raise UnsupportedError(
            "a container was used after another one was assigned to its variable",
            remedy="Take what is needed from it before.",
        )

    __getattr__ = __iter__ = __len__ = __contains__ = __getitem__ = _refuse


class _RecordSlot:
    """Where a record is found; what is assigned is copied into its fields."""

    def __init__(self, shape: RecordShape, tracked: Any) -> None:
        self._shape = shape
        self._tracked = tracked

    def get(self) -> Any:
        """The tracked record."""
        return self._tracked

    def assign(self, value: Any) -> None:
        """Give the record the fields of another one."""
        if value is self._tracked:
            return
        self._shape.expect(value)
        for name, slot in slots_of(self._tracked).items():
            slot.assign(getattr(value, name))


class _Collection:
    """What sets, bags and dicts that start empty share."""

    def __init__(self, session: Session, shape: Shape, elements: Elements) -> None:
        self._session = session
        self._shape = shape
        self._elements = elements

    def _assigned_from(self, value: Any) -> None:
        if isinstance(value, _Collection):
            self._session.share(self._elements, value._elements)
        else:
            self._session.lend(value)

    def _check(self, element: Any) -> Any:
        return element if is_symbolic(element) else check_value(element, f"an element of {self._shape.path}")

    def __symbolic_items__(self) -> tuple[list[Guarded], tuple[Any, ...]]:
        found: list[Guarded] = []
        bound: list[Any] = []
        for element in self._elements.ordered():
            holes = [Present.paths.bound("n") for _ in range(element.holes)]
            bound += holes
            found.append((self._session.present(self._elements, element, holes), self._session.element(element, holes)))
        return found, tuple(bound)

    def __symbolic_pick__(self, paths: Paths) -> Any:
        elements = self._elements.ordered()
        if not elements:
            raise Disabled
        element = elements[paths.branch(len(elements))]
        holes = [paths.fresh("pick") for _ in range(element.holes)]
        paths.assume(self._session.present(self._elements, element, holes))
        return self._session.element(element, holes)

    def __symbolic_len__(self) -> Any:
        return operators.length(GuardedList(*self.__symbolic_items__()))

    def __symbolic_truth__(self) -> z3.BoolRef:
        items, bound = self.__symbolic_items__()
        some = disj(*(guard for guard, _ in items))
        return z3.Exists(list(bound), some) if bound else some

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(self._session.look_up(self._elements, value))

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        return iter(GuardedList(*self.__symbolic_items__()))

    def __contains__(self, value: object) -> bool:
        return decide(self.__symbolic_member__(value))

    def __eq__(self, other: object) -> Any:
        raise UnsupportedError(
            f"{self._shape.path} was compared with {describe(other)}", remedy="Compare its items one by one."
        )

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"{self._shape.path}.{name} cannot be followed symbolically",
            remedy="Use in, add, discard, len, all, any, or a comprehension.",
        )


class SymbolicSet(_Collection):
    """A set variable."""

    __stands_for__ = set
    __hash__ = None

    def __symbolic_set__(self) -> SymSet:
        return SymSet(GuardedList(*self.__symbolic_items__()).finite())

    def __eq__(self, other: object) -> Any:
        return operators.equal(self, other)

    def add(self, value: Any) -> None:
        """As `set.add`."""
        self._session.keep(self._elements, self._check(value), True)

    def discard(self, value: Any) -> None:
        """As `set.discard`."""
        self._session.keep(self._elements, self._check(value), False)

    def remove(self, value: Any) -> None:
        """As `set.remove`."""
        if not decide(self.__symbolic_member__(value)):
            raise KeyError(describe(value))
        self.discard(value)

    def clear(self) -> None:
        """As `set.clear`."""
        self._assign(frozenset())

    def update(self, *others: Any) -> None:
        """As `set.update`."""
        for other in others:
            for guard, value in GuardedList(*operators.items_of(other)).finite():
                now = self.__symbolic_member__(value)
                self._session.keep(self._elements, self._check(value), boolean(disj(guard, now)))

    def difference_update(self, *others: Any) -> None:
        """As `set.difference_update`."""
        for other in others:
            for guard, value in GuardedList(*operators.items_of(other)).finite():
                now = self.__symbolic_member__(value)
                self._session.keep(self._elements, self._check(value), boolean(conj(neg(guard), now)))

    def intersection_update(self, *others: Any) -> None:
        """As `set.intersection_update`."""
        wanted = self.__symbolic_set__()
        for other in others:
            wanted = wanted & operators.as_set(other)
        self._assign(wanted)

    def symmetric_difference_update(self, other: Any) -> None:
        """As `set.symmetric_difference_update`."""
        self._assign(self.__symbolic_set__() ^ operators.as_set(other))

    def __iand__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.intersection_update(other)
        return self

    def __ixor__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.symmetric_difference_update(other)
        return self

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        wanted = operators.as_set(value)
        for guard, element in GuardedList(*self.__symbolic_items__()).finite():
            self._session.keep(self._elements, element, boolean(conj(guard, wanted.member(element))))
        self.update(wanted)
        self._assigned_from(value)

    def __ior__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.update(other)
        return self

    def __isub__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.difference_update(other)
        return self

    def __or__(self, other: Any) -> Any:
        return self.__symbolic_set__() | operators.as_set(other)

    def __and__(self, other: Any) -> Any:
        return self.__symbolic_set__() & operators.as_set(other)

    def __sub__(self, other: Any) -> Any:
        return self.__symbolic_set__() - operators.as_set(other)

    def __rsub__(self, other: Any) -> Any:
        return operators.as_set(other) - self.__symbolic_set__()

    __ror__, __rand__ = __or__, __and__

    def __le__(self, other: Any) -> Any:
        return self.__symbolic_set__() <= operators.as_set(other)

    def __ge__(self, other: Any) -> Any:
        return boolean(
            conj(*(disj(neg(guard), self.__symbolic_member__(value)) for guard, value in operators.as_set(other).items))
        )

    def __lt__(self, other: Any) -> Any:
        return self.__symbolic_set__() < operators.as_set(other)

    def __gt__(self, other: Any) -> Any:
        return operators.as_set(other) < self.__symbolic_set__()

    def __xor__(self, other: Any) -> Any:
        return self.__symbolic_set__() ^ operators.as_set(other)

    __rxor__ = __xor__

    def issubset(self, other: Any) -> Any:
        """As `set.issubset`."""
        return self <= other

    def issuperset(self, other: Any) -> Any:
        """As `set.issuperset`."""
        return self >= other

    def isdisjoint(self, other: Any) -> Any:
        """As `set.isdisjoint`."""
        return operators.negated(self & other)

    def union(self, *others: Any) -> Any:
        """As `set.union`."""
        return self.__symbolic_set__().union(*others)

    def intersection(self, other: Any) -> Any:
        """As `set.intersection`."""
        return self & other

    def difference(self, other: Any) -> Any:
        """As `set.difference`."""
        return self - other

    def copy(self) -> Any:
        """As `set.copy`."""
        return self.__symbolic_set__()


class SymbolicBag(_Collection):
    """A Counter variable."""

    __stands_for__ = Counter
    __symbolic_keyed__ = True

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(self._session.look_up(self._elements, value) > 0)

    def __getitem__(self, element: Any) -> Any:
        return self._session.look_up(self._elements, element)

    def __setitem__(self, element: Any, count: Any) -> None:
        if not is_symbolic(count):
            check_count(self._shape.path, element, count)
        if is_symbolic(count) and decide(truth(count < 0)):
            raise SpecError(
                f"{self._shape.path} holds an element a negative number of times", remedy="Guard with require(...)."
            )
        self._session.keep(self._elements, self._check(element), count)

    def __delitem__(self, element: Any) -> None:
        self._session.keep(self._elements, element, 0)

    def get(self, element: Any, default: Any = None) -> Any:
        """As `Counter.get`."""
        return operators.conditional(boolean(self.__symbolic_member__(element)), lambda: self[element], lambda: default)

    def update(self, other: Any = (), /, **counts: Any) -> None:
        """As `Counter.update`."""
        if isinstance(other, Mapping):
            pairs = list(other.items())
        else:
            pairs = [
                (value, operators.conditional(boolean(guard), lambda: 1, lambda: 0))
                for guard, value in GuardedList(*operators.items_of(other)).finite()
            ]
        for element, count in [*pairs, *counts.items()]:
            self[element] = self[element] + count

    def subtract(self, other: Any = ()) -> None:
        """As `Counter.subtract`."""
        for guard, value in GuardedList(*operators.items_of(other)).finite():
            self[value] = self[value] - operators.conditional(boolean(guard), lambda: 1, lambda: 0)

    def total(self) -> Any:
        """As `Counter.total`."""
        GuardedList(*self.__symbolic_items__()).finite()
        return operators.total(
            [self._session.look_up(self._elements, element.skeleton) for element in self._elements.ordered()]
        )

    def items(self) -> Any:
        """As `Counter.items`."""
        items, bound = self.__symbolic_items__()
        return GuardedList([(guard, (element, self[element])) for guard, element in items], bound)

    def values(self) -> Any:
        """As `Counter.values`."""
        items, bound = self.__symbolic_items__()
        return GuardedList([(guard, self[element]) for guard, element in items], bound)

    def keys(self) -> Any:
        """As `Counter.keys`."""
        return GuardedList(*self.__symbolic_items__())

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        for _, element in GuardedList(*self.__symbolic_items__()).finite():
            self[element] = 0
        for element, count in operators.dict_of(value).items():
            self[element] = count
        self._assigned_from(value)


class SymbolicTable(_Collection):
    """A dict variable whose keys come and go."""

    __stands_for__ = dict
    __symbolic_keyed__ = True

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return neg(truth(operators.identical(self._session.look_up(self._elements, value), ABSENT)))

    def _present_value(self, found: Any) -> Any:
        options = [(guard, value) for guard, value in operators.alternatives_of(found) if value is not ABSENT]
        return merge(options)

    def __getitem__(self, key: Any) -> Any:
        found = self._session.look_up(self._elements, key)
        if decide(truth(operators.identical(found, ABSENT))):
            raise KeyError(describe(key))
        return self._present_value(found) if found is not ABSENT else found

    def __setitem__(self, key: Any, value: Any) -> None:
        self._session.keep(self._elements, self._check(key), value)

    def __delitem__(self, key: Any) -> None:
        if not decide(self.__symbolic_member__(key)):
            raise KeyError(describe(key))
        self._session.keep(self._elements, key, ABSENT)

    def get(self, key: Any, default: Any = None) -> Any:
        """As `dict.get`."""
        return operators.conditional(
            boolean(self.__symbolic_member__(key)),
            lambda: self._present_value(self._session.look_up(self._elements, key)),
            lambda: default,
        )

    def pop(self, key: Any, *default: Any) -> Any:
        """As `dict.pop`."""
        if default and not decide(self.__symbolic_member__(key)):
            return default[0]
        value = self[key]
        del self[key]
        return value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if not decide(self.__symbolic_member__(key)):
            self[key] = default
        return self[key]

    def items(self) -> Any:
        """As `dict.items`."""
        items = GuardedList(*self.__symbolic_items__()).finite()
        return GuardedList(
            [(guard, (key, self._present_value(self._session.look_up(self._elements, key)))) for guard, key in items]
        )

    def keys(self) -> Any:
        """As `dict.keys`."""
        return GuardedList(*self.__symbolic_items__())

    def values(self) -> Any:
        """As `dict.values`."""
        return GuardedList([(guard, pair[1]) for guard, pair in self.items().items])

    def update(self, other: Any = (), /, **more: Any) -> None:
        """As `dict.update`."""
        for key, value in dict(other, **more).items():
            self[key] = value

    def clear(self) -> None:
        """As `dict.clear`."""
        for _, key in GuardedList(*self.__symbolic_items__()).finite():
            self._session.keep(self._elements, key, ABSENT)

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        pairs = [*value.items()]
        self.clear()
        for key, each in pairs:
            self[key] = each
        self._assigned_from(value)


class SymbolicQueue:
    """A deque or list variable: a cell that holds a tuple."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, session: Session, shape: QueueShape, cell: Cell) -> None:
        self._session = session
        self._shape = shape
        self._cell = cell

    @property
    def __stands_for__(self) -> type:
        return self._shape.kind

    def _all(self) -> Any:
        return self._session.read(self._cell)

    def _change(self, value: Any) -> None:
        self._session.write(self._cell, value)

    def __symbolic_len__(self) -> Any:
        return operators.length(self._all())

    def __symbolic_truth__(self) -> z3.BoolRef:
        return truth(self._all())

    def __symbolic_items__(self) -> tuple[list[Guarded], tuple[Any, ...]]:
        return operators.items_of(self._all())

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(operators.contains(self._all(), value))

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        return iter(operators.iterated(self._all()))

    def __contains__(self, value: object) -> bool:
        return decide(self.__symbolic_member__(value))

    def __getitem__(self, key: Any) -> Any:
        found = operators.item(self._all(), key)
        return over(found, list) if isinstance(key, slice) and self._shape.kind is list else found

    def __setitem__(self, key: Any, value: Any) -> None:
        listed = list(operators.iterated(self._all()))
        if is_symbolic(key):
            for at, old in enumerate(listed):
                listed[at] = operators.conditional(
                    operators.equal(key, at), operators.constantly(value), operators.constantly(old)
                )
        else:
            listed[key] = value
        self._change(tuple(listed))

    def __delitem__(self, key: Any) -> None:
        listed = list(operators.iterated(self._all()))
        del listed[key]
        self._change(tuple(listed))

    def append(self, value: Any) -> None:
        """As `list.append`."""
        self._change(over(self._all(), lambda items: (*items, value)))

    def appendleft(self, value: Any) -> None:
        """As `deque.appendleft`."""
        self._change(over(self._all(), lambda items: (value, *items)))

    def extend(self, values: Iterable[Any]) -> None:
        """As `list.extend`."""
        for value in operators.iterated(values):
            self.append(value)

    def insert(self, index: int, value: Any) -> None:
        """As `list.insert`."""
        self._change(over(self._all(), lambda items: (*items[:index], value, *items[index:])))

    def _nonempty(self) -> Any:
        if not decide(self.__symbolic_truth__()):
            raise IndexError("pop from an empty sequence")
        return operators.split(self._all()) if not isinstance(self._all(), tuple) else self._all()

    def pop(self, index: int = -1) -> Any:
        """As `list.pop`."""
        items = list(self._nonempty())
        value = items.pop(index)
        self._change(tuple(items))
        return value

    def popleft(self) -> Any:
        """As `deque.popleft`."""
        if self._shape.kind is not deque:
            raise AttributeError("'list' object has no attribute 'popleft'")
        return self.pop(0)

    def remove(self, value: Any) -> None:
        """As `list.remove`."""
        items = list(operators.iterated(self._all()))
        for at, each in enumerate(items):
            if decide(equality(each, value)):
                del items[at]
                self._change(tuple(items))
                return
        raise ValueError("remove(x): x not in list")

    def clear(self) -> None:
        """As `list.clear`."""
        self._change(())

    def copy(self) -> Any:
        """As `list.copy`."""
        return over(self._all(), list)

    def __eq__(self, other: object) -> Any:
        theirs = other._all() if isinstance(other, SymbolicQueue) else over(other, tuple)
        return operators.equal(self._all(), theirs)

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        if isinstance(value, SymbolicQueue):
            self._change(value._all())
            self._session.share(self._cell, value._cell)
        else:
            self._change(over(value, lambda each: tuple(operators.iterated(each))))
            self._session.lend(value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"{self._shape.path}.{name} cannot be followed symbolically",
            remedy="Use append, popleft, indexing or iteration.",
        )


class SymbolicMap(TrackedMap):
    """A dict with fixed keys, which a symbolic key may index."""

    __class__ = property(type)  # What passes for a dict here is taken for an ordinary one.
    session: Session

    def __getitem__(self, key: Any) -> Any:
        return operators.item(self, key) if is_symbolic(key) else super().__getitem__(key)

    def places(self) -> list[Cell | Elements]:
        """The cells and collections of its values."""
        found: list[Cell | Elements] = []
        for slot in self.slots.values():
            if isinstance(slot, ValueSlot):
                found.append(slot._cell)  # type: ignore[arg-type]
            elif isinstance(slot, _Slot):
                found += _places_of(slot.get())
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        if not is_symbolic(key):
            super().__setitem__(key, value)
            return
        options = [(equality(key, each), each) for each in self.slots]
        if decide(neg(disj(*(guard for guard, _ in options)))):
            raise UnsupportedError(f"{self._shape.path} may be assigned under a key that it does not have")
        for guard, each in options:
            if Present.paths.feasible(guard):
                old = self[each]
                self.slots[each].assign(merge([(guard, value), (neg(guard), old)]))

    def _assign(self, value: Any) -> None:
        self._shape.expect(value)
        if value.keys() != self.slots.keys():
            raise keys_changed(self._shape, value.keys())
        for key, item in list(value.items()):
            self.slots[key].assign(item)
        if isinstance(value, SymbolicMap):
            self.session.share(*self.places(), *value.places())
        else:
            self.session.lend(value)


def _places_of(view: Any) -> list[Cell | Elements]:
    if isinstance(view, SymbolicMap):
        return view.places()
    return [view._cell if isinstance(view, SymbolicQueue) else view._elements]


_VIEWS: dict[type, tuple[Any, Any]] = {
    SetShape: (SymbolicSet, False),
    BagShape: (SymbolicBag, 0),
    TableShape: (SymbolicTable, ABSENT),
}


class SymbolicLayout:
    """The cells of a machine's state.

    Attributes:
        cells: The cell of each shape that is a single value or a queue, by the shape's id.
        collections: The elements of each set, bag or growing dict, by the shape's id.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.cells: dict[int, Cell] = {}
        self.collections: dict[int, Elements] = {}
        self._classes: dict[type, type] = {}
        for shape in machine.shape.fields.values():
            self._add(shape)

    def _add(self, shape: Shape) -> None:
        if isinstance(shape, RecordShape):
            for each in shape.fields.values():
                self._add(each)
        elif isinstance(shape, MapShape):
            for each in shape.items.values():
                self._add(each)
        elif type(shape) in _VIEWS:
            self.collections[id(shape)] = Elements(shape.path, _VIEWS[type(shape)][1])
        elif not isinstance(shape, AliasShape):
            self.cells[id(shape)] = Cell(shape.path)

    def live(self, session: Session) -> Any:
        """An object of the spec's class whose variables are views of the session."""
        for elements in self.collections.values():
            session.prepare(elements)
        return self._record(self.machine.shape, self.machine.constants, session, {}).get()

    def _slot(self, shape: Shape, session: Session, views: dict[int, Any]) -> Any:
        made: Any
        if isinstance(shape, AliasShape):
            return views[id(shape.target)]
        if isinstance(shape, RecordShape):
            return self._record(shape, shape.constants, session, views)
        if isinstance(shape, MapShape):
            slots: dict[Any, Any] = {}
            dictionary = SymbolicMap(shape, slots)
            dictionary.session = session
            made = views[id(shape)] = _Slot(dictionary)
            slots.update((key, self._slot(each, session, views)) for key, each in shape.items.items())
            return made
        if type(shape) in _VIEWS:
            made = _Slot(_VIEWS[type(shape)][0](session, shape, self.collections[id(shape)]))
        elif isinstance(shape, QueueShape):
            made = _Slot(SymbolicQueue(session, shape, self.cells[id(shape)]))
        else:
            made = ValueSlot(session, self.cells[id(shape)])  # type: ignore[arg-type]
        views[id(shape)] = made
        return made

    def _record(
        self, shape: RecordShape, constants: Mapping[str, Any], session: Session, views: dict[int, Any]
    ) -> _RecordSlot:
        if shape.cls not in self._classes:
            self._classes[shape.cls] = tracked_class(shape.cls, shape.path, shape.fields)
        slots: dict[str, Any] = {}
        made = views[id(shape)] = _RecordSlot(shape, tracked_record(self._classes[shape.cls], constants, slots))
        slots.update((name, self._slot(each, session, views)) for name, each in shape.fields.items())
        return made
