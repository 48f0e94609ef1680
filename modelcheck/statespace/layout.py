"""The layout: how the shape of a state is spread over cells, and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelcheck.spec import Machine, State
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
    variables,
)
from modelcheck.statespace.cells import ABSENT, Cell, Collection
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.session import Session
from modelcheck.statespace.views.elements import TrackedBag, TrackedSet, TrackedTable
from modelcheck.statespace.views.queues import TrackedDeque, TrackedList
from modelcheck.statespace.views.records import TrackedMap, slots_of, tracked_class, tracked_record
from modelcheck.statespace.views.slots import ContainerSlot, ValueSlot
from modelcheck.values import Bag, FrozenDict, FrozenRecord, OrderedFrozenSet, identity, kept, order_key, ordered, show

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
        queues: The indices of the cells that hold a list or deque.
    """

    def __init__(self, machine: Machine, space: kernel.Space) -> None:
        self.machine = machine
        self.cells: list[Cell] = []
        self.collections: dict[int, Collection] = {}
        self.queues: set[int] = set()
        self._space = space
        self._objects: dict[Any, Any] = {}
        self._fixed: dict[int, Cell] = {}
        self._dynamic: dict[int, Collection] = {}
        self._classes: dict[tuple[Any, ...], type] = {}
        first = machine.first_state
        for shape, snapshot in variables(machine.shape, first):
            self._add(shape, snapshot)
        space.seal()

    def _add(self, shape: Shape, snapshot: Any) -> None:
        if type(shape) in _COLLECTIONS:
            collection = Collection(
                self._space.add_collection(), shape.path, _COLLECTIONS[type(shape)][1], self._element
            )
            self._dynamic[id(shape)] = self.collections[collection.index] = collection
        else:
            cell = self._fixed[id(shape)] = Cell(self._space.add_cell(), shape.path, self._object(snapshot), self._objects)
            self._register(cell)
            if isinstance(shape, QueueShape):
                self.queues.add(cell.index)

    def _register(self, cell: Cell) -> Cell:
        assert cell.index == len(self.cells)
        self.cells.append(cell)
        return cell

    def _object(self, value: Any) -> Any:
        return self._objects.setdefault(identity(value), kept(value))

    def _element(self, collection: Collection, element: Any) -> Cell:
        cell = self._register(
            Cell(
                self._space.add_cell(collection.index),
                f"{collection.path}[{show(element)}]",
                collection.default,
                self._objects,
                collection,
                self._object(element),
            )
        )
        if collection.default is False:
            cell.id_of(True)
        return cell

    def is_whole(self) -> bool:
        """Whether no cell and no value was half added, when a run was ended from outside."""
        known = sum(cell.collection is None for cell in self.cells) + sum(len(each.cells) for each in self.collections.values())
        return known == len(self.cells) == self._space.cells and all(cell.is_whole() for cell in self.cells)

    # From live objects and to snapshots -------------------------------------------------------------------------------------------------------

    def writes(self, state: State) -> list[tuple[int, int, int]]:
        """The writes that turn the void state, in which all ids are 0, into the given one."""
        found: list[tuple[int, int, int]] = []
        for shape, content in variables(self.machine.shape, state):
            self._collect(shape, content, lambda cell, value: found.append((cell.index, 0, cell.id_of(value))))
        return [write for write in found if write[2]]

    def _collect(self, shape: Shape, snapshot: Any, put: Callable[[Cell, Any], None]) -> None:
        if isinstance(shape, SetShape):
            for element in ordered(snapshot):
                put(self._dynamic[id(shape)].cell(element), True)
        elif isinstance(shape, (BagShape, TableShape)):
            for element, value in snapshot.items():
                put(self._dynamic[id(shape)].cell(element), value)
        else:
            put(self._fixed[id(shape)], snapshot)

    def ids(self, state: State) -> dict[int, int]:
        """The ids of the cells of a state, those that are not 0."""
        return {cell: ident for cell, _, ident in self.writes(state)}

    def snapshot(self, ids: Mapping[int, int], value: Callable[[Any], Any] = lambda value: value) -> State:
        """The state in which the cells have the given ids, and all others 0.

        Args:
            ids: Those that are not 0.
            value: Applied to each value and element.
        """
        present: dict[int, list[Cell]] = {index: [] for index in self.collections}
        for index, collection in self.collections.items():
            present[index] = [cell for cell in list(collection.cells.values()) if ids.get(cell.index, 0)]
        fields = self.machine.shape.fields
        return State(
            {
                name: self._snapshot(shape, ids, present, value)
                for name, shape in fields.items()
                if not isinstance(shape, AliasShape)
            }
        )

    def _snapshot(
        self,
        shape: Shape,
        ids: Mapping[int, int],
        present: Mapping[int, list[Cell]],
        value: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        if isinstance(shape, RecordShape):
            fields = {
                name: self._snapshot(field, ids, present, value)
                for name, field in shape.fields.items()
                if not isinstance(field, AliasShape)
            }
            return FrozenRecord(shape.cls.__name__, fields)
        if isinstance(shape, MapShape):
            return FrozenDict(
                {
                    k: self._snapshot(item, ids, present, value)
                    for k, item in shape.items.items()
                    if not isinstance(item, AliasShape)
                }
            )
        if id(shape) in self._fixed:
            cell = self._fixed[id(shape)]
            return value(cell.values[ids.get(cell.index, 0)])
        cells = present[self._dynamic[id(shape)].index]
        if isinstance(shape, SetShape):
            return OrderedFrozenSet(value(cell.element) for cell in cells)
        items = {
            value(cell.element): value(cell.values[ids[cell.index]])
            for cell in sorted(cells, key=lambda cell: order_key(cell.element))
        }
        return Bag(items) if isinstance(shape, BagShape) else FrozenDict(items)

    def place(self, shape: Shape) -> Cell | Collection:
        """Where the values of a shape are that has no shapes inside."""
        return self._fixed[id(shape)] if id(shape) in self._fixed else self._dynamic[id(shape)]

    def content(self, shape: Shape, ids: Mapping[int, int]) -> Any:
        """The value of a shape that has no shapes inside, in the state in which the cells have the given ids."""
        place = self.place(shape)
        if isinstance(place, Cell):
            return place.values[ids.get(place.index, 0)]
        present = [cell for cell in place.cells.values() if ids.get(cell.index, 0)]
        return self._snapshot(shape, ids, {place.index: present})

    # Views ------------------------------------------------------------------------------------------------------------------------------------

    def tracked(self, session: Session) -> Any:
        """An object of the spec's class whose variables are views of the session."""
        views: dict[int, Any] = {}
        return self._record(self.machine.shape, self.machine.constants, session, views)

    def _record(self, shape: RecordShape, constants: Mapping[str, Any], session: Session, views: dict[int, Any]) -> Any:
        kind = (shape.cls, *shape.fields)  # Two networks may differ in which budgets are part of the state.
        if kind not in self._classes:
            self._classes[kind] = tracked_class(shape.cls, shape.path, shape.fields)
        slots: dict[str, Any] = {}
        made = views[id(shape)] = tracked_record(self._classes[kind], constants, slots)
        slots.update((name, self._slot(field, session, views)) for name, field in shape.fields.items())
        return made

    def _slot(self, shape: Shape, session: Session, views: dict[int, Any]) -> ValueSlot | ContainerSlot:
        if type(shape) is Shape:
            return ValueSlot(session, self._fixed[id(shape)])
        return ContainerSlot(session, shape, self._view(shape, session, views))

    def _view(self, shape: Shape, session: Session, views: dict[int, Any]) -> Any:
        if isinstance(shape, AliasShape):
            return views[id(shape.target)]
        if isinstance(shape, RecordShape):
            return self._record(shape, shape.constants, session, views)
        if isinstance(shape, MapShape):
            slots: dict[Any, Any] = {}
            made: Any = TrackedMap(shape, slots)
            views[id(shape)] = made
            slots.update((key, self._slot(item, session, views)) for key, item in shape.items.items())
            return made
        if isinstance(shape, QueueShape):
            made = (TrackedDeque if shape.kind is deque else TrackedList)(session, shape, self._fixed[id(shape)])
        else:
            made = _COLLECTIONS[type(shape)][0](session, shape, self._dynamic[id(shape)])
        views[id(shape)] = made
        return made

    # Assigned containers ----------------------------------------------------------------------------------------------------------------------

    def settle(self, session: Session, live: Any) -> None:
        """Write the objects that a run assigned to slots into the cells of these slots.

        All of them are looked at before the first is written, since they may be views of each other's cells.
        """
        if not session.assigned:
            return
        found = list(self._assigned(slots_of(live), self.machine.shape.fields, {}))
        for shape, snapshot in found:
            self._replace(session, shape, snapshot)

    def _assigned(
        self, slots: Mapping[Any, Any], shapes: Mapping[Any, Shape], memo: dict[int, Any]
    ) -> Iterator[tuple[Shape, Any]]:
        for name, shape in shapes.items():
            slot = slots[name]
            if isinstance(slot, ValueSlot):
                continue
            live = slot.get()
            if isinstance(shape, AliasShape) or live is not slot.view:
                snapshot = shape.freeze(live, memo)
                if not isinstance(shape, AliasShape):
                    yield shape, snapshot
                continue
            memo[id(shape)] = live
            if isinstance(shape, RecordShape):
                yield from self._assigned(slots_of(live), shape.fields, memo)
            elif isinstance(shape, MapShape):
                yield from self._assigned(live.slots, shape.items, memo)

    def _replace(self, session: Session, shape: Shape, snapshot: Any) -> None:
        if isinstance(shape, RecordShape):
            for name, field in shape.fields.items():
                self._replace(session, field, snapshot.get(name))
        elif isinstance(shape, MapShape):
            for key, item in shape.items.items():
                self._replace(session, item, snapshot.get(key))
        elif type(shape) in _COLLECTIONS:
            content = dict.fromkeys(ordered(snapshot), True) if isinstance(shape, SetShape) else snapshot
            session.replace(self._dynamic[id(shape)], content)
        elif not isinstance(shape, AliasShape):
            session.write(self._fixed[id(shape)], snapshot)
