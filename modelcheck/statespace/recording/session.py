"""A session: one run of an action or property, recorded.

Every first read of a cell is logged with what was found; writes go to an overlay and are seen by later reads. What is
logged is exactly what the run's outcome can depend on, so it is the path of the run in the decision tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FrameType
from typing import Any, Protocol

from modelcheck.errors import ImpureError, InternalError
from modelcheck.spec.choice import Disabled
from modelcheck.spec.run import check_choices, options_of
from modelcheck.spec.shapes.stored import check_count, check_value
from modelcheck.statespace.cells import Cell, Collection, Operation, Projection, Update, apply
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.values import identity

Event = tuple[int, int, int, int]
ContentKey = Callable[[int], int]


class _Pending(tuple[Operation, ...]):
    """Operations on a cell that was not read."""

    __slots__ = ()


class Table(Protocol):
    """What the kernel may find a number missing in."""

    def result_id(self, ident: int, /) -> int:
        """The number that belongs to another one; the kernel knows it from now on."""


class Filtering(Protocol):
    """A filter, as a session knows it; see `modelcheck.statespace.recording.filters`."""

    index: int

    def passes(self, cell: Cell) -> bool:
        """Whether the loop may do something for the element of a cell."""

    def content(self, ids: Mapping[int, int]) -> int:
        """The content key of the elements that pass in a state."""


class Finder(Protocol):
    """Finds filters."""

    def of(self, collection: Collection, frame: FrameType, *, statements: bool) -> Filtering | None:
        """The filter of the loop over a collection that is about to begin in a frame."""


class Seal(Protocol):
    """Ends who looks at what is sealed."""

    def look(self) -> None:
        """Somebody looks."""


class Registry:
    """Projections and updates, one per cell and function or list of operations.

    Attributes:
        projections: By their numbers in the kernel; filters too.
        updates: The same way.
    """

    def __init__(self, space: kernel.Space) -> None:
        self._space = space
        self.projections: dict[int, Table] = {}
        self.updates: dict[int, Update] = {}
        self._projection_of: dict[Any, Projection] = {}
        self._update_of: dict[Any, Update] = {}

    def projection(self, cell: Cell, function: Callable[[Any], Any]) -> Projection:
        """The projection of a cell by a function."""
        key = (cell.index, function)
        found = self._projection_of.get(key)
        if found is None:
            found = self._projection_of[key] = Projection(self._space, cell, function)
            self.projections[found.index] = found
        return found

    def update(self, cell: Cell, operations: tuple[Operation, ...]) -> Update:
        """The update of a cell by a list of operations."""
        key = (cell.index, identity(tuple(operations)))
        found = self._update_of.get(key)
        if found is None:
            found = self._update_of[key] = Update(self._space, cell, tuple(operations))
            self.updates[found.index] = found
        return found


class Session:
    """The state as one run sees it.

    Args:
        registry: Of the exploration.
        following: Whether this is the state after the step, in a step property.

    Attributes:
        written: What the run wrote, by cell, in the order of writing.
        touched: The collections written to.
        removed: The cells of keys that the run deleted and did not put back.
        moved: The cells of keys that the run deleted at some time: put back, a key is the last of its dict.
        assigned: What slots refer to instead of their views.
        filters: Finds what a loop looks at; None: everything.
        seal: Told of every look at the session, if there is one, and ends it.
    """

    def __init__(self, registry: Registry, *, following: bool = False) -> None:
        self._registry = registry
        self.following = following
        self._read_kind = kernel.READ_NEXT if following else kernel.READ
        self._whole_kind = kernel.WHOLE_NEXT if following else kernel.WHOLE
        self.events: list[Event] = []
        self._state: Mapping[int, int] = {}
        self._content: ContentKey = _no_content
        self._found: dict[int, Any] = {}
        self._projected: dict[tuple[int, int], Any] = {}
        self._wholes: set[int] = set()
        self._filtered: set[int] = set()
        self.filters: Finder | None = None
        self.seal: Seal | None = None
        self._written: dict[Cell, Any] = {}
        self._touched: set[int] = set()
        self._removed: set[Cell] = set()
        self._moved: set[Cell] = set()
        self._assigned: dict[Any, Any] = {}

    def begin(self, state: Mapping[int, int], events: list[Event], content: ContentKey) -> None:
        """Start a run on a state, given by the ids of the cells whose id is not 0, and log to ``events``."""
        self._state = state
        self.events = events
        self._content = content
        self._found = {}
        self._projected = {}
        self._wholes = set()
        self._filtered = set()
        self._written = {}
        self._touched = set()
        self._removed = set()
        self._moved = set()
        self._assigned = {}

    @property
    def written(self) -> dict[Cell, Any]:
        """See above."""
        self._look()
        return self._written

    @property
    def touched(self) -> set[int]:
        """See above."""
        self._look()
        return self._touched

    @property
    def removed(self) -> set[Cell]:
        """See above."""
        self._look()
        return self._removed

    @property
    def moved(self) -> set[Cell]:
        """See above."""
        self._look()
        return self._moved

    @property
    def assigned(self) -> dict[Any, Any]:
        """See above."""
        self._look()
        return self._assigned

    def _look(self) -> None:
        """Somebody looks at the session."""
        if self.seal is not None:
            self.seal.look()

    def read(self, cell: Cell) -> Any:
        """The value in a cell."""
        self._look()
        if cell not in self._written:
            return self._stored(cell)
        value = self._written[cell]
        if isinstance(value, _Pending):
            operations, value = value, self._stored(cell)
            for operation in operations:
                value = apply(operation, value)
            self._written[cell] = value
        return value

    def _is_known(self, cell: Cell) -> bool:
        """Whether the run has found out what the cell holds: by itself, or with the whole of its collection.

        That includes the cells made after the collection was read. Whether a cell existed by then depends on earlier runs,
        and what a run looks at must not.
        """
        if cell.index in self._found:
            return True
        if cell.collection is None or cell.collection.index not in self._wholes:
            return False
        self._found[cell.index] = cell.values[self._state.get(cell.index, 0)]
        return True

    def _stored(self, cell: Cell) -> Any:
        index = cell.index
        if index in self._found or (cell.collection is not None and self._is_known(cell)):
            return self._found[index]
        ident = self._state.get(index, 0)
        self.events.append((self._read_kind, index, 0, ident))
        value = self._found[index] = cell.values[ident]
        return value

    def write(self, cell: Cell, value: Any) -> None:
        """Put a value into a cell.

        Raises:
            SpecError: if it is not a value.
        """
        self._look()
        self._written[cell] = check_value(value, cell.path)

    def update(self, cell: Cell, operation: Operation) -> None:
        """Change a cell without reading it, if it was not read yet."""
        self._look()
        before = self._written.get(cell)
        if self._is_known(cell) or (cell in self._written and not isinstance(before, _Pending)):
            self._written[cell] = apply(operation, self.read(cell))
        else:
            self._written[cell] = _Pending((*(before or ()), operation))

    def project(self, cell: Cell, function: Callable[[Any], Any]) -> Any:
        """A function of the value in a cell; the run depends on the result only."""
        self._look()
        if cell in self._written or self._is_known(cell):
            return function(self.read(cell))
        projection = self._registry.projection(cell, function)
        key = (cell.index, projection.index)
        if key not in self._projected:
            result = projection.result_id(self._state.get(cell.index, 0))
            self.events.append((self._read_kind, cell.index, projection.index, result))
            self._projected[key] = projection.results[result]
        return self._projected[key]

    def filter_of(self, collection: Collection, frame: FrameType, *, statements: bool = False) -> Filtering | None:
        """What the loop over a collection looks at that is about to begin in a frame; None: everything."""
        self._look()
        return None if self.filters is None else self.filters.of(collection, frame, statements=statements)

    def whole(self, collection: Collection, passing: Filtering | None = None) -> list[Cell]:
        """The cells of a collection that pass and do not hold its default in the state that the run began with; all are read at once."""
        self._look()
        cells = [cell for cell in collection.cells.values() if self._state.get(cell.index, 0)]
        if passing is not None:
            if collection.index not in self._wholes and passing.index not in self._filtered:
                self._filtered.add(passing.index)
                self.events.append((self._whole_kind, collection.index, passing.index, passing.content(self._state)))
            return [cell for cell in cells if passing.passes(cell)]
        if collection.index not in self._wholes:
            self._wholes.add(collection.index)
            self.events.append((self._whole_kind, collection.index, 0, self._content(collection.index)))
        return cells

    def present(self, collection: Collection, passing: Filtering | None = None) -> list[Cell]:
        """The cells of a collection that pass and do not hold its default now; reads them all."""
        before = [cell for cell in self.whole(collection, passing) if cell not in self._written]
        written = [cell for cell in self._written if cell.collection is collection]
        if passing is not None:
            written = [cell for cell in written if passing.passes(cell)]
        return before + [cell for cell in written if not collection.is_default(self.read(cell))]

    # Elements of collections ------------------------------------------------------------------------------------------------------------------

    def put(self, cell: Cell, value: Any) -> None:
        """Write to a cell of a collection."""
        self._look()
        self._touch(cell)
        self.write(cell, value)

    def put_update(self, cell: Cell, operation: Operation) -> None:
        """Change a cell of a collection without reading it, if it was not read yet."""
        self._look()
        self._touch(cell)
        self.update(cell, operation)

    def remove(self, cell: Cell) -> None:
        """Delete a key."""
        self._look()
        self._touch(cell)
        self._written.pop(cell, None)
        self._written[cell] = cell.values[0]
        self._removed.add(cell)
        self._moved.add(cell)

    def _touch(self, cell: Cell) -> None:
        assert cell.collection is not None
        self._touched.add(cell.collection.index)
        if cell in self._removed:
            self._removed.discard(cell)
            self._written[cell] = self._written.pop(cell)

    def replace(self, collection: Collection, content: Mapping[Any, Any]) -> None:
        """Make the content of a collection that of a mapping, whatever the run did to it before."""
        self._look()
        wanted = {collection.cell(element): value for element, value in content.items()}
        before = self.whole(collection)
        for cell in [cell for cell in self._written if cell.collection is collection]:
            del self._written[cell]
        self._written.update((cell, cell.values[0]) for cell in before if cell not in wanted)
        self._written.update(wanted)

    def pick_element(self, collection: Collection, chosen: int | None) -> Cell | None:
        """One present element of a collection that the run did not write to; the first unless ``chosen`` says which cell. None: there is none."""
        self._look()
        cells = collection.cells.values()
        present = (cell for cell in cells if self._state.get(cell.index, 0))
        cell = next((c for c in present if chosen is None or c.index == chosen), None)
        self.events.append((kernel.EACH, collection.index, 0, -1 if cell is None else cell.index))
        return cell

    def changed(self) -> list[str]:
        """The places that the run changed."""
        if not (self._written or self._assigned):
            return []
        return [cell.path for cell in self._written] + [slot.path for slot in self._assigned]

    def effect(self) -> list[tuple[int, int, int]]:
        """The writes of the run, as the kernel takes them.

        Raises:
            SpecError: if an element of a bag occurs less than 0 times, or not a whole number of times.
        """
        for cell, value in self._written.items():
            if cell.collection is not None and type(cell.collection.default) is int and not isinstance(value, _Pending):
                check_count(cell.collection.path, cell.element, value)
        return [
            (cell.index, self._registry.update(cell, value).index, 0)
            if isinstance(value, _Pending)
            else (cell.index, 0, cell.id_of(value))
            for cell, value in self._written.items()
        ]


def _no_content(collection: int) -> int:
    raise InternalError(f"there is no state to read collection {collection} of")


class TreeChooser:
    """Makes the choices of a recorded run: those of the script, then the first of each.

    Attributes:
        picked: The values taken, in order.
        offered: The number of options of each choice; None where they were not listed.
    """

    def __init__(self, session: Session, script: Sequence[int]) -> None:
        self._session = session
        self._script = script
        self._at = 0
        self.picked: list[Any] = []
        self.offered: list[int | None] = []

    def pick(self, options: Iterable[Any]) -> Any:
        """See `modelcheck.spec.choice.Chooser`."""
        chosen = self._script[self._at] if self._at < len(self._script) else None
        self._at += 1
        check_choices(self._at)
        pickable = getattr(type(options), "pickable", None)  # By name: asking for the protocol takes ten times as long.
        collection = None if pickable is None else pickable(options)
        if collection is not None:
            cell = self._session.pick_element(collection, chosen)
            if cell is None:
                raise Disabled
            self.picked.append(cell.element)
            self.offered.append(None)
            return cell.element
        found = options_of(options)
        if not found:
            raise Disabled
        option = chosen or 0
        if option >= len(found):
            raise ImpureError(f"a choice has {len(found)} options in one run, and had more in another")
        self.offered.append(len(found))
        self._session.events.append((kernel.CHOOSE, 0, len(found), option))
        self.picked.append(found[option])
        return found[option]
