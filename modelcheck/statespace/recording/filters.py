"""Filters: what a loop over a collection looks at, where its condition rejects elements without looking at the state.

A filter says for each element whether the loop may do something for it. The run then depends on the elements that pass,
and not on the others: in the tree, the read of the whole collection has the filter beside it, as the read of a cell may
have a projection. The kernel asks for elements that it has not met.

An element is rejected if the condition is False for it (the object, not a value that counts as false) and came out so
without a look at the state, at choices, or at local variables that may change. While a condition is tried, the sessions
are sealed: whoever touches one learns nothing, and the element passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import partial
from types import FrameType
from typing import Any, NoReturn

import attrs

from modelcheck.spec.choice import choosing
from modelcheck.statespace.cells import Cell, Collection
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.coverage import Coverage
from modelcheck.statespace.recording.loops import Condition, Loop, Not, Test, loop_of
from modelcheck.statespace.recording.session import Registry, Session
from modelcheck.values import Interchangeable, OrderedFrozenSet, fields_of, identity, value_problem

_ATOMS = frozenset({int, str, bool, float, bytes, type(None)})
_WORD = 2**64


class _LookedError(BaseException):
    """A condition looked at the state. Derived from BaseException so that ``except Exception`` does not swallow it."""


@attrs.define
class _Seal:
    """Ends who looks at what is sealed; as a chooser, who makes a choice.

    Attributes:
        broken: Whether somebody did.
    """

    broken: bool = False

    def look(self) -> NoReturn:
        """See `modelcheck.statespace.recording.session.Seal`."""
        self.broken = True
        raise _LookedError

    def pick(self, options: Any) -> NoReturn:
        """See `modelcheck.spec.choice.Chooser`."""
        del options
        self.look()


class Filter:
    """The elements of a collection for which a loop may do something.

    Args:
        space: The kernel's space.
        collection: What the loop runs over.
        loop: The loop,
        values: the values of local variables that it mentions, of those that cannot change,
        sessions: and what is sealed while its condition is tried.
        rejecting: Called when an element is rejected: the loop will not come to it, although it could.

    Attributes:
        index: Its number among the projections of the kernel.
    """

    def __init__(
        self,
        space: kernel.Space,
        collection: Collection,
        loop: Loop,
        values: Mapping[str, Any],
        sessions: Sequence[Session],
        rejecting: Callable[[], None],
    ) -> None:
        self.index = space.add_projection()
        self._space = space
        self._collection = collection
        self._condition = loop.condition
        self._values = values
        self._sessions = sessions
        self._rejecting = rejecting
        self._seal = _Seal()
        self._cells: list[Cell] = []
        self._passes: dict[Cell, bool] = {}

    def result_id(self, place: int) -> int:
        """Whether an element passes, by its place in the collection; the kernel knows it from now on."""
        for cell in list(self._collection.cells.values())[len(self._cells) :]:
            self._cells.append(cell)
        cell = self._cells[place]
        passes = int(self.passes(cell))
        self._space.set_projection(self.index, place, passes)
        return passes

    def passes(self, cell: Cell) -> bool:
        """Whether the loop may do something for the element of a cell."""
        found = self._passes.get(cell)
        if found is None:
            with self._sealed():
                found = self._passes[cell] = self._holds(self._condition, cell.element) is not False
            if not found:
                self._rejecting()
        return found

    def content(self, ids: Mapping[int, int]) -> int:
        """The content key of the elements that pass in a state, as the kernel makes it."""
        cells = (cell for cell in list(self._collection.cells.values()) if ids.get(cell.index, 0))
        return sum(kernel.mix(cell.index, ids[cell.index]) for cell in cells if self.passes(cell)) % _WORD

    @contextmanager
    def _sealed(self) -> Iterator[None]:
        for session in self._sessions:
            session.seal = self._seal
        try:
            with choosing(self._seal):
                yield
        finally:
            for session in self._sessions:
                session.seal = None

    def _holds(self, condition: Condition, element: Any) -> bool | None:
        """Whether a condition holds for an element; None if that cannot be told."""
        if isinstance(condition, Test):
            return self._tried(condition, element)
        if isinstance(condition, Not):
            holds = self._holds(condition.term, element)
            return None if holds is None else not holds
        for term in condition.terms:
            holds = self._holds(term, element)
            if holds is not (not condition.stops):
                return holds
        return not condition.stops

    def _tried(self, test: Test, element: Any) -> bool | None:
        if any(name not in self._values for name in test.names):
            return None
        self._seal.broken = False
        try:
            value = test.run(element, *(self._values[name] for name in test.names))
        except (Exception, _LookedError):  # noqa: BLE001 - the loop itself raises it, if it comes to this element.
            return None
        return value if isinstance(value, bool) and not self._seal.broken else None


class Filters:
    """The filters of an exploration, one per collection, loop, and values of the local variables that it mentions.

    Args:
        registry: Of the exploration: the filters are found there too.
        space: The kernel's space.
        sessions: What a condition must not look at.
        lives: The specs that look at the sessions. Conditions may mention them: what they hold besides the state is constant.
        coverage: Learns in which code a loop passes over elements.
    """

    def __init__(
        self, registry: Registry, space: kernel.Space, sessions: Sequence[Session], lives: Sequence[Any], coverage: Coverage
    ) -> None:
        self._coverage = coverage
        self._registry = registry
        self._space = space
        self._sessions = sessions
        self._lives = lives
        self._found: dict[Any, Filter] = {}
        self._numbered: dict[int, Filter] = {}

    def of(self, collection: Collection, frame: FrameType, *, statements: bool) -> Filter | None:
        """The filter of the loop over a collection that is about to begin in a frame; None if it looks at everything.

        Args:
            collection: What the loop runs over.
            frame: Where it begins.
            statements: Whether ``for`` statements count.
        """
        loop = loop_of(frame)
        if loop is None or (loop.is_statement and not statements):
            return None
        variables = frame.f_locals if loop.names else {}
        values = {name: variables[name] for name in loop.names if name in variables and self._stays(variables[name])}
        key = (collection.index, loop, tuple((name, self._key(value)) for name, value in values.items()))
        found = self._found.get(key)
        if found is None:
            rejecting = partial(self._coverage.met, frame.f_code)
            found = self._found[key] = Filter(self._space, collection, loop, values, self._sessions, rejecting)
            self._registry.projections[found.index] = self._numbered[found.index] = found
        return found

    def close(self) -> None:
        """Let go of all filters, which refer to those who refer to this."""
        self._found.clear()
        self._numbered.clear()
        self._registry.projections.clear()
        self._sessions = self._lives = ()

    def content(self, index: int, ids: Mapping[int, int]) -> int:
        """The content key of what passes the filter of a number in a state."""
        return self._numbered[index].content(ids)

    def _is_live(self, value: Any) -> bool:
        return any(value is live for live in self._lives)

    def _stays(self, value: Any) -> bool:
        return self._is_live(value) or _is_constant(value)

    def _key(self, value: Any) -> Any:
        return id(value) if self._is_live(value) else identity(value)


def _is_constant(value: Any) -> bool:
    """Whether nothing can change what an object is. Functions and methods are left out, which may hold something that does."""
    kind = type(value)
    if kind in _ATOMS or isinstance(value, (Enum, type, Interchangeable)):
        return True
    if kind in (tuple, frozenset, OrderedFrozenSet) or (isinstance(value, tuple) and hasattr(kind, "_fields")):
        return all(map(_is_constant, value))
    fields = fields_of(value)
    return fields is not None and value_problem(value) is None and all(map(_is_constant, fields.values()))
