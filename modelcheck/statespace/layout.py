"""The layout: how the shape of a state is spread over cells, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelcheck.spec import Machine, State
from modelcheck.spec.shape import AliasShape, BagShape, MapShape, QueueShape, RecordShape, SetShape, Shape, TableShape
from modelcheck.statespace import _kernel as kernel
from modelcheck.statespace.cells import ABSENT, Cell, Collection
from modelcheck.statespace.session import Session
from modelcheck.statespace.views import (
    RecordSlot,
    TrackedBag,
    TrackedMap,
    TrackedQueue,
    TrackedSet,
    TrackedTable,
    ValueSlot,
    tracked_class,
)
from modelcheck.values import Bag, FrozenDict, FrozenRecord, order_key, ordered, show

_COLLECTIONS: dict[type, tuple[type, Any]] = {
    SetShape: (TrackedSet, False),
    BagShape: (TrackedBag, 0),
    TableShape: (TrackedTable, ABSENT),
}


class Layout:
    """The cells of a machine's state.

    Args:
        machine: The machine.
        space: The kernel's space, which gets the cells; it is sealed here.

    Attributes:
        cells: All cells by index.
        collections: All collections by index.
    """

    def __init__(self, machine: Machine, space: kernel.Space) -> None:
        self.machine = machine
        self.cells: list[Cell] = []
        self.collections: dict[int, Collection] = {}
        self._space = space
        self._fixed: dict[int, Cell] = {}
        self._dynamic: dict[int, Collection] = {}
        self._classes: dict[type, type] = {}
        first = machine.initial_states()[0]
        for name, shape in machine.shape.fields.items():
            self._add(shape, first.get(name))
        space.seal()

    def _add(self, shape: Shape, snapshot: Any) -> None:
        if isinstance(shape, RecordShape):
            for name, field in shape.fields.items():
                self._add(field, snapshot.get(name))
        elif isinstance(shape, MapShape):
            for key, item in shape.items.items():
                self._add(item, snapshot.get(key))
        elif type(shape) in _COLLECTIONS:
            collection = Collection(
                self._space.add_collection(), shape.path, _COLLECTIONS[type(shape)][1], self._element
            )
            self._dynamic[id(shape)] = self.collections[collection.index] = collection
        elif not isinstance(shape, AliasShape):
            cell = self._fixed[id(shape)] = Cell(self._space.add_cell(), shape.path, snapshot)
            self._register(cell)

    def _register(self, cell: Cell) -> Cell:
        assert cell.index == len(self.cells)
        self.cells.append(cell)
        return cell

    def _element(self, collection: Collection, element: Any) -> Cell:
        cell = self._register(
            Cell(
                self._space.add_cell(collection.index),
                f"{collection.path}[{show(element)}]",
                collection.default,
                element,
            )
        )
        if collection.default is False:
            cell.id_of(True)
        return cell

    # From live objects and to snapshots -------------------------------------------------------------------------------------------------------

    def writes(self, state: State) -> list[tuple[int, int, int]]:
        """The writes that turn the void state, in which all ids are 0, into the given one."""
        found: list[tuple[int, int, int]] = []
        for name, shape in self.machine.shape.fields.items():
            self._collect(shape, state.get(name), lambda cell, value: found.append((cell.index, 0, cell.id_of(value))))
        return [write for write in found if write[2]]

    def _collect(self, shape: Shape, snapshot: Any, put: Callable[[Cell, Any], None]) -> None:
        if isinstance(shape, RecordShape):
            for name, field in shape.fields.items():
                self._collect(field, snapshot.get(name), put)
        elif isinstance(shape, MapShape):
            for key, item in shape.items.items():
                self._collect(item, snapshot.get(key), put)
        elif isinstance(shape, SetShape):
            for element in ordered(snapshot):
                put(self._dynamic[id(shape)].cell(element), True)
        elif isinstance(shape, (BagShape, TableShape)):
            for element, value in snapshot.items():
                put(self._dynamic[id(shape)].cell(element), value)
        elif not isinstance(shape, AliasShape):
            put(self._fixed[id(shape)], snapshot)

    def ids(self, state: State) -> dict[int, int]:
        """The ids of the cells of a state, those that are not 0."""
        return {cell: ident for cell, _, ident in self.writes(state)}

    def snapshot(self, ids: Mapping[int, int]) -> State:
        """The state in which the cells have the given ids, and all others 0."""
        present: dict[int, list[Cell]] = {index: [] for index in self.collections}
        for index, collection in self.collections.items():
            present[index] = [cell for cell in list(collection.cells.values()) if ids.get(cell.index, 0)]
        fields = self.machine.shape.fields
        return State(
            {
                name: self._snapshot(shape, ids, present)
                for name, shape in fields.items()
                if not isinstance(shape, AliasShape)
            }
        )

    def _snapshot(self, shape: Shape, ids: Mapping[int, int], present: Mapping[int, list[Cell]]) -> Any:
        if isinstance(shape, RecordShape):
            fields = {
                name: self._snapshot(field, ids, present)
                for name, field in shape.fields.items()
                if not isinstance(field, AliasShape)
            }
            return FrozenRecord(shape.cls.__name__, fields)
        if isinstance(shape, MapShape):
            return FrozenDict(
                {
                    k: self._snapshot(item, ids, present)
                    for k, item in shape.items.items()
                    if not isinstance(item, AliasShape)
                }
            )
        if id(shape) in self._fixed:
            cell = self._fixed[id(shape)]
            return cell.values[ids.get(cell.index, 0)]
        cells = present[self._dynamic[id(shape)].index]
        if isinstance(shape, SetShape):
            return frozenset(cell.element for cell in cells)
        items = {
            cell.element: cell.values[ids[cell.index]]
            for cell in sorted(cells, key=lambda cell: order_key(cell.element))
        }
        return Bag(items) if isinstance(shape, BagShape) else FrozenDict(items)

    # Views ------------------------------------------------------------------------------------------------------------------------------------

    def tracked(self, session: Session) -> Any:
        """An object of the spec's class whose variables are views of the session."""
        slots: dict[str, Any] = {}
        live: Any = object.__new__(self._class(self.machine.cls, self.machine.shape.fields))
        live.__dict__.update(self.machine.constants, _slots=slots)
        views: dict[int, Any] = {}
        slots.update((name, self._slot(shape, session, views)) for name, shape in self.machine.shape.fields.items())
        return live

    def _class(self, cls: type, names: Mapping[str, Any]) -> type:
        if cls not in self._classes:
            self._classes[cls] = tracked_class(cls, names)
        return self._classes[cls]

    def _slot(self, shape: Shape, session: Session, views: dict[int, Any]) -> Any:
        if isinstance(shape, AliasShape):
            return views[id(shape.target)]
        if isinstance(shape, RecordShape):
            return self._record_slot(shape, session, views)
        if isinstance(shape, MapShape):
            slots: dict[Any, Any] = {}
            made: Any = TrackedMap(shape, slots)
            views[id(shape)] = made
            slots.update((key, self._slot(item, session, views)) for key, item in shape.items.items())
            return made
        if type(shape) in _COLLECTIONS:
            made = _COLLECTIONS[type(shape)][0](session, shape, self._dynamic[id(shape)])
        elif isinstance(shape, QueueShape):
            made = TrackedQueue(session, shape, self._fixed[id(shape)])
        else:
            made = ValueSlot(session, self._fixed[id(shape)])
        views[id(shape)] = made
        return made

    def _record_slot(self, shape: RecordShape, session: Session, views: dict[int, Any]) -> RecordSlot:
        slots: dict[str, Any] = {}
        live: Any = object.__new__(self._class(shape.cls, shape.fields))
        live.__dict__.update(shape.constants, _slots=slots)
        made = views[id(shape)] = RecordSlot(shape, live)
        slots.update((name, self._slot(field, session, views)) for name, field in shape.fields.items())
        return made
