"""The object of the spec's class that an action is run on: its variables are views of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelcheck.spec import Machine
from modelcheck.spec.shapes.containers import OrderedSet
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    keys_changed,
    variables,
)
from modelcheck.statespace.cells import ABSENT
from modelcheck.statespace.views.records import TrackedMap, tracked_class, tracked_record
from modelcheck.statespace.views.slots import ValueSlot
from modelcheck.symbolic import operators
from modelcheck.symbolic.domains import Domain
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.listing import NOTHING_LISTED, Listing
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.session import Cell, Session
from modelcheck.symbolic.terms import UnsupportedError, disj, neg
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import SymSet, alternatives_of, as_set, describe, is_symbolic, kind_of
from modelcheck.symbolic.values.merging import concrete, merge, settled, split
from modelcheck.symbolic.views.collection import Collection
from modelcheck.symbolic.views.keyed import SymbolicBag, SymbolicTable
from modelcheck.symbolic.views.queues import SymbolicQueue
from modelcheck.symbolic.views.records import RecordSlot, tied_shapes, two_paths
from modelcheck.symbolic.views.sets import SymbolicSet
from modelcheck.values import show


class ContainerSlot:
    """Where a container is found; what is assigned is copied into it."""

    def __init__(self, view: Any, *, tied: bool) -> None:
        self._view = view
        self._tied = tied

    def get(self) -> Any:
        """The view of the container."""
        return self._view

    def assign(self, value: Any) -> None:
        """Give the container the content of another one. In Python the old object keeps its content; here it can no longer be used."""
        if value is self._view:
            return
        old = self._view
        if self._tied:
            raise two_paths(old._shape)
        _check_kind(old._shape, value)
        session = getattr(old, "_session", None) or old.session
        session.sharing.replaced(*_places_of(old))
        old._assign(value)
        kept = dict(old.__dict__)
        cls: Any = type(old)
        self._view = cls.__new__(cls)
        self._view.__dict__.update(kept)
        old.__dict__.update({name: _Replaced(old._shape.path) for name in ("_elements", "_cell", "slots") if name in kept})
        session.at_begin.append(lambda: self._restore(old, kept))

    def _restore(self, view: Any, kept: dict[str, Any]) -> None:
        view.__dict__.update(kept)
        self._view = view


def _check_kind(shape: Shape, value: Any) -> None:
    """Make sure that a container, each that it can be, is of the kind that a variable keeps.

    Raises:
        SpecError: if it is not.
    """
    for guard, each in alternatives_of(value):
        kind = kind_of(each)
        follows = is_symbolic(each) or hasattr(type(each), "__stands_for__")
        if ((follows and kind not in shape.kinds) or (not follows and each.__class__ not in shape.kinds)) and decide(guard):
            raise shape.other_kind(describe(each) if follows else show(each))


class _Replaced:
    """Stands in a view whose container was replaced by an assignment."""

    def __init__(self, path: str) -> None:
        self._path = path

    def _refuse(self, *_: Any) -> Any:
        raise UnsupportedError(
            f"the container that {self._path} held was used after another one was assigned to it",
            remedy="Take what is needed from it before.",
            about=self._path,
        )

    __getattr__ = __iter__ = __len__ = __contains__ = __getitem__ = _refuse


class _ListedSlot:
    """Where a container is found of which all values are listed: the run has an ordinary one."""

    def __init__(self, session: Session, cell: Cell, shape: Shape, *, tied: bool) -> None:
        self._session = session
        self._tied = tied
        self._cell = cell
        self._shape = shape

    def get(self) -> Any:
        """The container."""
        return self._session.container(self._cell, self._shape)

    def assign(self, value: Any) -> None:
        """Put another container in its place."""
        if value is not self.get():
            if self._tied:
                raise two_paths(self._shape)
            self._session.replace(self._cell, self._shape, _ordinary(value))


def _ordinary(value: Any) -> Any:
    """A container with the content of one that may be symbolic."""
    value = split(value)
    if isinstance(value, SymSet) or hasattr(type(value), "__symbolic_set__"):
        return OrderedSet(settled(as_set(value)))
    return value.__stands_for__(operators.dict_of(value)) if isinstance(value, Collection) else value


class SymbolicMap(TrackedMap):
    """A dict with fixed keys, which a symbolic key may index."""

    __class__ = property(type)  # What passes for a dict here is taken for an ordinary one.
    __stands_for__ = dict
    session: Session

    def __symbolic_concrete__(self) -> Any:
        return {key: concrete(self[key]) for key in self.slots}

    def __repr__(self) -> str:
        return self._shape.path if Present.paths is None else repr(self.__symbolic_concrete__())

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.__symbolic_concrete__(), spec)

    def __getitem__(self, key: Any) -> Any:
        return operators.item(self, key) if is_symbolic(key) else super().__getitem__(key)

    def places(self) -> list[Any]:
        """The dict itself, by its shape, and the cells and collections of its values."""
        found: list[Any] = [self._shape]
        for slot in self.slots.values():
            if isinstance(slot, ValueSlot):
                found.append(slot._cell)
            elif isinstance(slot, ContainerSlot):
                found += _places_of(slot.get())
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        self.session.sharing.check_change(self._shape)
        if not is_symbolic(key):
            super().__setitem__(key, value)
            return
        options = [(equality(key, each), each) for each in self.slots]
        if decide(neg(disj(*(guard for guard, _ in options)))):
            raise UnsupportedError(f"{self._shape.path} may be assigned under a key that it does not have")
        for guard, each in options:
            slot = self.slots[each]
            if isinstance(slot, ValueSlot):
                if Present.paths.feasible(guard):
                    slot.assign(merge([(guard, value), (neg(guard), slot.get())]))
            elif decide(guard):
                slot.assign(value)

    def expect(self, value: Any) -> None:
        """Make sure that a value is a dict with the keys of this one.

        Raises:
            SpecError: if it is not.
        """
        _check_kind(self._shape, value)
        if value.keys() != self.slots.keys():
            raise keys_changed(self._shape, value.keys())

    def _assign(self, value: Any) -> None:
        value = split(value)
        self.expect(value)
        for key, item in list(value.items()):
            self.slots[key].assign(item)
        if isinstance(value, SymbolicMap):
            self.session.sharing.share(*self.places(), *value.places())
        else:
            self.session.sharing.lend(value, *self.places())


def _places_of(view: Any) -> list[Any]:
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

    Args:
        machine: The machine.
        listing: The values of variables whose domain is not to be found out.

    Attributes:
        cells: The cell of each shape that is a single value or a queue, by the shape's id.
        collections: The elements of each set, bag or growing dict, by the shape's id.
    """

    def __init__(self, machine: Machine, listing: Listing = NOTHING_LISTED) -> None:
        self.machine = machine
        self.listing = listing
        self.cells: dict[int, Cell] = {}
        self.collections: dict[int, Elements] = {}
        self._classes: dict[tuple[Any, ...], type] = {}
        self._tied = tied_shapes(machine.shape)
        for shape, _ in variables(machine.shape, machine.first_state):
            self._add(shape)

    def _add(self, shape: Shape) -> None:
        if type(shape) in _VIEWS and shape.path not in self.listing.paths:
            self.collections[id(shape)] = Elements(shape.path, _VIEWS[type(shape)][1])
        else:
            self.cells[id(shape)] = Cell(shape.path, Domain(self.listing.values(shape.path)))

    def listed_cells(self) -> list[Cell]:
        """The cells whose values are listed, in the order of the listing."""
        by_path = {cell.path: cell for cell in self.cells.values()}
        return [by_path[path] for path in self.listing.paths]

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
        tied = id(shape) in self._tied
        if isinstance(shape, MapShape):
            slots: dict[Any, Any] = {}
            dictionary = SymbolicMap(shape, slots)
            dictionary.session = session
            made = views[id(shape)] = ContainerSlot(dictionary, tied=tied)
            slots.update((key, self._slot(each, session, views)) for key, each in shape.items.items())
            return made
        if type(shape) in _VIEWS and id(shape) in self.cells:
            made = _ListedSlot(session, self.cells[id(shape)], shape, tied=tied)
        elif type(shape) in _VIEWS:
            made = ContainerSlot(_VIEWS[type(shape)][0](session, shape, self.collections[id(shape)]), tied=tied)
        elif isinstance(shape, QueueShape):
            made = ContainerSlot(SymbolicQueue(session, shape, self.cells[id(shape)]), tied=tied)
        else:
            made = ValueSlot(session, self.cells[id(shape)])  # type: ignore[arg-type]
        views[id(shape)] = made
        return made

    def _record(
        self, shape: RecordShape, constants: Mapping[str, Any], session: Session, views: dict[int, Any]
    ) -> RecordSlot:
        kind = (shape.cls, *shape.fields)
        if kind not in self._classes:
            self._classes[kind] = tracked_class(shape.cls, shape.path, shape.fields)
        slots: dict[str, Any] = {}
        tracked = tracked_record(self._classes[kind], constants, slots)
        made = views[id(shape)] = RecordSlot(session, shape, tracked, tied=id(shape) in self._tied)
        slots.update((name, self._slot(each, session, views)) for name, each in shape.fields.items())
        return made
