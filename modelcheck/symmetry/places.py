"""Where the cells of a layout are, and what renamings make of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelcheck.spec.record import AT_BOOT
from modelcheck.spec.shapes.shape import AliasShape, MapShape, RecordShape, Shape
from modelcheck.statespace.cells import Cell, Collection
from modelcheck.statespace.layout import Layout
from modelcheck.symmetry.renaming import mentioned, renamed
from modelcheck.values import Interchangeable, identity

Way = tuple[Any, ...]
"""The fields and keys that lead to a place: the names of fields, and keys in tuples."""


class Places:
    """The places of a layout by the ways to them.

    Args:
        layout: The layout.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._ways = {_key(place): way for way, shape in _leaves(layout.machine.shape, ()) for place in [layout.place(shape)]}
        self._place_at = {identity(way): layout.place(shape) for way, shape in _leaves(layout.machine.shape, ())}
        self._records = {identity(way): shape for way, shape in _records(layout.machine.shape, ())}

    def names(self, cell: Cell, ident: int) -> list[Interchangeable]:
        """The names that a cell with a value mentions, each once: in the keys that lead to it, in its element and in the value."""
        found = mentioned((self._way(cell), cell.element, cell.values[ident]))
        return list(dict.fromkeys(found))

    def all_names(self) -> Iterator[Interchangeable]:
        """The names mentioned anywhere by now, some more than once."""
        for cell in list(self._layout.cells):
            for ident in range(len(cell.values)):
                yield from self.names(cell, ident)
        for way in self._ways.values():
            yield from mentioned(way)

    def image(self, cell: Cell, ident: int, to: Mapping[Any, Any]) -> tuple[int, int] | None:
        """What a renaming makes of a cell and an id; None if there is no such place."""
        place = self._place_at.get(identity(renamed(self._way(cell), to)))
        if cell.collection is not None:
            if not isinstance(place, Collection) or place.default is not cell.collection.default:
                return None
            place = place.cell(renamed(cell.element, to))
        if not isinstance(place, Cell) or (place.index in self._layout.queues) != (cell.index in self._layout.queues):
            return None
        return place.index, place.id_of(renamed(cell.values[ident], to))

    def keeps_records(self, to: Mapping[Any, Any]) -> bool:
        """Whether what never changes of a record is, renamed, that of the record at the renamed place."""
        for way, shape in _records(self._layout.machine.shape, ()):
            other = self._records.get(identity(renamed(way, to)))
            if other is None or other.cls is not shape.cls or not _same_constants(shape, other, to):
                return False
        return True

    def _way(self, cell: Cell) -> Way:
        return self._ways[_key(cell if cell.collection is None else cell.collection)]


def _key(place: Cell | Collection) -> tuple[bool, int]:
    return isinstance(place, Cell), place.index


def _same_constants(shape: RecordShape, other: RecordShape, to: Mapping[Any, Any]) -> bool:
    names = shape.constants.keys() - {AT_BOOT}
    return names == other.constants.keys() - {AT_BOOT} and all(
        _alike(renamed(shape.constants[name], to), other.constants[name]) for name in names if list(mentioned(shape.constants[name]))
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether two constants are one value, or list the same things: that their order tells names apart would be seen in what the spec does."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and frozenset(map(identity, one)) == frozenset(map(identity, other))
    return bool(identity(one) == identity(other))


def _parts(shape: Shape) -> Iterable[tuple[Any, Shape]]:
    if isinstance(shape, RecordShape):
        return shape.fields.items()
    return (((key,), part) for key, part in shape.items.items()) if isinstance(shape, MapShape) else ()


def _leaves(shape: Shape, way: Way) -> Iterator[tuple[Way, Shape]]:
    """What a shape comes down to, with the ways there."""
    if isinstance(shape, (RecordShape, MapShape)):
        for step, part in _parts(shape):
            yield from _leaves(part, (*way, step))
    elif not isinstance(shape, AliasShape):
        yield way, shape


def _records(shape: Shape, way: Way) -> Iterator[tuple[Way, RecordShape]]:
    if isinstance(shape, RecordShape):
        yield way, shape
    for step, part in _parts(shape):
        yield from _records(part, (*way, step))
