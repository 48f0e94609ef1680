"""The places of a state of any size, read off what ``init`` makes of symbolic sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import z3
from attrs import frozen

from modelcheck.spec import Machine
from modelcheck.spec.shapes.shape import (
    AliasShape,
    BagShape,
    MapShape,
    QueueShape,
    RecordShape,
    SetShape,
    Shape,
    TableShape,
)
from modelcheck.statespace.cells import ABSENT
from modelcheck.statespace.views.records import tracked_class, tracked_record
from modelcheck.symbolic.domains import Domain
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.listing import NOTHING_LISTED
from modelcheck.symbolic.names.families import Family, Index, NamesSession
from modelcheck.symbolic.names.functions import SymFunction
from modelcheck.symbolic.names.uniform import other_at
from modelcheck.symbolic.names.views import FixedSlot, FrozenSetSlot, FunctionView, PlaceSlot, RecordAt, SetOfNames
from modelcheck.symbolic.session import Cell
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, is_symbolic
from modelcheck.symbolic.views.layout import SymbolicLayout
from modelcheck.symbolic.views.records import tied_shapes

_REMEDY = "Prove it at one size, or keep it in dicts over names, sets of names, and single values."


@frozen(eq=False)
class Place:
    """A place of the state: a cell, a family of cells, or a set; what is true of it at the start.

    Attributes:
        shape: Its shape.
        held: The cell, family or elements.
        sizes: The sizes of the dicts over names that it is in.
        ways: How it is found in what ``init`` made: attributes and keys, and None for the item of any name.
    """

    shape: Shape
    held: Cell | Elements
    sizes: Index
    ways: tuple[Any, ...]

    def value(self, made: Mapping[str, Any], names: Index) -> Any:
        """What ``init`` put there, for some names."""
        left = iter(names)
        value: Any = made
        for way in self.ways:
            value = value.at(next(left)) if way is None else _part(value, way)
        return value


class NamesLayout(SymbolicLayout):
    """The places of a machine's state.

    Args:
        machine: The machine, at some size.
        made: The variables that ``init`` makes of symbolic sizes.

    Attributes:
        places: All places.
        functions: The dicts over names by the ids of their shapes: the shape of what they have for a name, and the size.
    """

    def __init__(self, machine: Machine, made: Mapping[str, Any]) -> None:
        self.machine = machine
        self.cells: dict[int, Cell] = {}
        self.collections: dict[int, Elements] = {}
        self.places: dict[int, Place] = {}
        self.functions: dict[int, tuple[Shape, z3.ArithRef]] = {}
        self._frozen: set[int] = set()
        self._classes: dict[tuple[Any, ...], type] = {}
        self._tied = tied_shapes(machine.shape)
        self.listing = NOTHING_LISTED
        for name, shape in machine.shape.fields.items():
            if name not in made:
                raise other_at(machine, name)
            self._lay_out(shape, made[name], (), (name,))

    @property
    def families(self) -> Iterator[Family]:
        """The families of cells."""
        return (each.held for each in self.places.values() if isinstance(each.held, Family))

    def _lay_out(self, shape: Shape, value: Any, sizes: Index, ways: tuple[Any, ...]) -> None:
        if isinstance(shape, AliasShape):
            raise UnsupportedError(f"{shape.path} is the same object as {shape.target.path}", place=self.machine.place, remedy=_REMEDY)
        if isinstance(shape, RecordShape):
            if type(value) is not shape.cls:
                raise other_at(self.machine, shape.path)
            for name, each in shape.fields.items():
                self._lay_out(each, getattr(value, name), sizes, (*ways, name))
        elif isinstance(shape, MapShape) and isinstance(value, SymFunction):
            first, *others = shape.items.values()
            if any(not _alike(first, other) for other in others):
                raise UnsupportedError(f"{shape.path} has things of different kinds for its names", place=self.machine.place, remedy=_REMEDY)
            self.functions[id(shape)] = (first, value.size)
            self._lay_out(first, value.value, (*sizes, value.size), (*ways, None))
        elif isinstance(shape, MapShape):
            if not isinstance(value, dict) or set(value) != set(shape.items):
                raise other_at(self.machine, shape.path)
            for key, each in shape.items.items():
                self._lay_out(each, value[key], sizes, (*ways, key))
        else:
            self.places[id(shape)] = Place(shape, self._held(shape, value, sizes, ways), sizes, ways)

    def _held(self, shape: Shape, value: Any, sizes: Index, ways: tuple[Any, ...]) -> Cell | Elements:
        path = _path(ways)
        if type(shape) is Shape and _is_frozenset(value):
            self._frozen.add(id(shape))
        if isinstance(shape, SetShape) or id(shape) in self._frozen:
            found = self.collections[id(shape)] = Elements(path, False)
            return found
        if sizes and type(shape) is not Shape:
            raise UnsupportedError(
                f"{path} is a {shape.kind_name} for each name", place=self.machine.place, remedy="Keep a set, or single values, for each name."
            )
        if isinstance(shape, (BagShape, TableShape)):
            found = self.collections[id(shape)] = Elements(path, 0 if isinstance(shape, BagShape) else ABSENT)
            return found
        if sizes:
            return Family(path, Domain(), sizes)
        cell = self.cells[id(shape)] = Cell(path, Domain())
        return cell

    def live(self, session: Any) -> Any:
        """See `SymbolicLayout.live`."""
        for family in self.families:
            session.prepare_family(family)
        return super().live(session)

    def _slot(self, shape: Shape, session: Any, views: dict[int, Any]) -> Any:
        return self._slot_at(shape, session, views, ())

    def _slot_at(self, shape: Shape, session: NamesSession, views: dict[int, Any], index: Index) -> Any:
        if id(shape) in self.functions:
            first, size = self.functions[id(shape)]
            return FixedSlot(FunctionView(shape.path, size, lambda name: self._slot_at(first, session, views, (*index, name))))
        if isinstance(shape, RecordShape) and index:
            return self._record_at(shape, session, views, index)
        if id(shape) in self.collections and (isinstance(shape, SetShape) or id(shape) in self._frozen):
            view = SetOfNames(session, shape, self.collections[id(shape)], index)
            return FrozenSetSlot(view) if id(shape) in self._frozen else FixedSlot(view)
        if not index:
            return super()._slot(shape, session, views)
        held = self.places[id(shape)].held
        assert isinstance(held, Family)
        return PlaceSlot(session, held, index)

    def _record_at(self, shape: RecordShape, session: NamesSession, views: dict[int, Any], index: Index) -> RecordAt:
        kind = (shape.cls, *shape.fields)
        if kind not in self._classes:
            self._classes[kind] = tracked_class(shape.cls, shape.path, shape.fields)
        slots = {name: self._slot_at(each, session, views, index) for name, each in shape.fields.items()}
        return RecordAt(tracked_record(self._classes[kind], shape.constants, slots), shape.path)


def _part(value: Any, way: Any) -> Any:
    return value[way] if isinstance(value, Mapping) else getattr(value, way)


def _is_frozenset(value: Any) -> bool:
    if isinstance(value, (SymSet, GuardedList)):
        return value.kind is frozenset
    return isinstance(value, frozenset) and not is_symbolic(value)


def _alike(one: Shape, other: Shape) -> bool:
    """Whether two shapes are built in the same way."""
    if type(one) is not type(other) or isinstance(one, AliasShape):
        return False
    if isinstance(one, RecordShape) and isinstance(other, RecordShape) and (one.cls is not other.cls or one.constants != other.constants):
        return False
    if isinstance(one, QueueShape) and isinstance(other, QueueShape) and one.kind is not other.kind:
        return False
    ours, theirs = one.children(), other.children()
    return ours.keys() == theirs.keys() and all(_alike(ours[key], theirs[key]) for key in ours)


def _path(ways: tuple[Any, ...]) -> str:
    """A place as messages call it: ``servers[·].term``."""
    text = ""
    for way in ways:
        attribute = isinstance(way, str) and way.isidentifier()
        text += "[·]" if way is None else f".{way}" if attribute and text else way if attribute else f"[{way!r}]"
    return text
