"""Cells: the places of a state, each holding the id of a value.

Ids are given in the order in which a cell first takes its values; id 0 is the value in the first initial state, and
"absent" for an element of a set or bag and for a key of a dict that starts empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelcheck.errors import InternalError
from modelcheck.spec.shapes.containers import mixed_up
from modelcheck.spec.shapes.stored import check_count
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.values import identity, kept, show

Operation = tuple[Any, ...]


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


class Cell:
    """One place of the state.

    Equal values are one object in all cells, so that an ``is`` that tells them apart comes out otherwise when a run is
    repeated on copies.

    Attributes:
        index: Its number in the kernel.
        path: Where it is, as Python text.
        values: The values by id.
        collection: The collection that it belongs to, if any,
        element: and the element or key that it stands for there.
    """

    __slots__ = ("_ids", "_objects", "collection", "element", "index", "path", "values")

    def __init__(
        self,
        index: int,
        path: str,
        default: Any,
        objects: dict[Any, Any],
        collection: Collection | None = None,
        element: Any = None,
    ) -> None:
        self.index = index
        self.path = path
        self.collection = collection
        self.element = element
        self._objects = objects
        self.values = [default]
        self._ids = {identity(default): 0}

    def id_of(self, value: Any) -> int:
        """The id of a value, new if the cell never held it."""
        key = identity(value)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.values)
            self.values.append(self._objects.setdefault(key, kept(value)))
        return found

    def is_whole(self) -> bool:
        """Whether each id has a value."""
        return len(self._ids) == len(self.values)

    def rehash(self) -> Any:
        """A value or element that is no longer what it was when it was stored, or ``ABSENT`` if all are as they were."""
        for ident, value in enumerate(self.values):
            if self._ids.get(identity(value)) != ident:
                return value
        if self.collection is not None and self.collection.cells.get(identity(self.element)) is not self:
            return self.element
        return ABSENT


class Collection:
    """The cells of a set, a bag, or a dict that starts empty: one per element, made when the element is first met.

    Attributes:
        index: Its number in the kernel.
        path: Where it is.
        default: What a cell of it holds when the element is absent.
        cells: The cells by the identity of their element.
    """

    __slots__ = ("_equal", "_register", "cells", "default", "index", "path")

    def __init__(self, index: int, path: str, default: Any, register: Callable[[Collection, Any], Cell]) -> None:
        self.index = index
        self.path = path
        self.default = default
        self.cells: dict[Any, Cell] = {}
        self._equal: dict[Any, Any] = {}
        self._register = register

    def is_default(self, value: Any) -> bool:
        """Whether a value of one of its cells says that the element is absent."""
        return value is self.default or (type(value) is int and self.default == 0 and value == 0)

    def met_otherwise(self, element: Any) -> bool:
        """Whether it met an element before that Python holds for equal to this one, and that is another value."""
        return element in self._equal and identity(element) not in self.cells

    def cell(self, element: Any) -> Cell:
        """The cell of an element.

        Raises:
            SpecError: if it met an element before that Python holds for equal, and that is another value all the same (1 and True).
        """
        key = identity(element)
        found = self.cells.get(key)
        if found is None:
            if element in self._equal:
                raise mixed_up(self.path, self._equal[element], element)
            self._equal[element] = element
            found = self.cells[key] = self._register(self, element)
        return found


class Projection:
    """A function of a cell's value that is read instead of the value: the length of a queue, its head."""

    __slots__ = ("_ids", "_known", "_space", "cell", "function", "index", "results")

    def __init__(self, space: kernel.Space, cell: Cell, function: Callable[[Any], Any]) -> None:
        self._space = space
        self._known: set[int] = set()
        self._ids: dict[Any, int] = {}
        self.index = space.add_projection()
        self.cell = cell
        self.function = function
        self.results: list[Any] = []

    def result_id(self, value_id: int) -> int:
        """The id of the function's result for a value of the cell; the kernel knows it from now on."""
        result = self.function(self.cell.values[value_id])
        key = identity(result)
        if key not in self._ids:
            self._ids[key] = len(self.results)
            self.results.append(result)
        if value_id not in self._known:
            self._known.add(value_id)
            self._space.set_projection(self.index, value_id, self._ids[key])
        return self._ids[key]


class Update:
    """A change of a cell that does not need to know what is in it: append to a queue, add to a count."""

    __slots__ = ("_space", "cell", "index", "operations")

    def __init__(self, space: kernel.Space, cell: Cell, operations: tuple[Operation, ...]) -> None:
        self._space = space
        self.index = space.add_update()
        self.cell = cell
        self.operations = operations

    def supply(self, old_id: int) -> int:
        """The id of what a value becomes; the kernel knows it from now on."""
        value = self.cell.values[old_id]
        for operation in self.operations:
            value = apply(operation, value)
        if self.cell.collection is not None:
            check_count(self.cell.collection.path, self.cell.element, value)
        new_id = self.cell.id_of(value)
        self._space.set_update(self.index, old_id, new_id)
        return new_id


def apply(operation: Operation, value: Any) -> Any:
    """The value after an operation: ``("append", x)``, ``("popleft",)`` on tuples, ``("add", n)`` on counts."""
    match operation:
        case ("append", item):
            return (*value, item)
        case ("popleft",):
            return value[1:]
        case ("add", count):
            return value + count
    raise InternalError(f"unknown operation {show(operation)}")
