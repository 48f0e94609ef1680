"""A part of a history as the native procedures want it: states and kinds of operations as small integers.

Operations with equal names, arguments and results are of one *kind*. The object is asked once for each pair of a state
and a kind, so plain Python costs little here. Times become ranks: all different, a call before a return of equal time.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from modelcheck.consistency._linearizability import Nature, Outcome, Search
from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects import SequentialObject, agrees
from modelcheck.consistency.ranking import ranks
from modelcheck.consistency.texts import observed_texts
from modelcheck.errors import HistoryError

Answer = tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]
"""What the native searches answer: the outcome; a linearization; the operation whose return nothing explains; some
configurations before it, each a state and an order; steps tried; the most configurations at once."""


class Problem:
    """One part of a history, with what its object says.

    Args:
        operations: Of this part. Those that only read and never returned are left out.
        object_: The sequential object.
        is_part: Whether all operations have one key, so that an overwrite of the key overwrites all there is.
    """

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject, *, is_part: bool) -> None:
        self.object = object_ = observed_texts(operations, object_) if is_part else object_
        self._kinds: dict[tuple[str, Any, Any], int] = {}
        self._by_kind: list[tuple[str, Any, Any]] = []
        self._states: dict[Any, int] = {}
        self.states: list[Any] = []
        self.initial = self._state(object_.initial)
        self.operations = [o for o in operations if o.finish is not None or o.name not in object_.reads]
        kinds = array("i", map(self._kind, self.operations))
        natures = array("B", [self._nature(*kind, is_part=is_part) for kind in self._by_kind])
        self.calls, self.returns = ranks(self.operations)
        self.search = Search(self.calls, self.returns, kinds, natures, self.initial, self.step)

    def _state(self, state: Any) -> int:
        found = self._states.get(state)
        if found is None:
            found = self._states[state] = len(self.states)
            self.states.append(state)
        return found

    def _kind(self, operation: Operation) -> int:
        kind = (operation.name, operation.argument, operation.result)
        try:
            found = self._kinds.get(kind)
        except TypeError as error:
            raise HistoryError(
                f"the operation {operation} has an argument or a result that cannot be hashed",
                place=operation.place,
                remedy="Use tuples and frozensets instead of lists, sets and dicts.",
            ) from error
        if found is None:
            found = self._kinds[kind] = len(self._by_kind)
            self._by_kind.append(kind)
        return found

    def _nature(self, name: str, argument: Any, result: Any, *, is_part: bool) -> int:
        if self.object.is_pure(name, argument, result):
            return int(Nature.pure)
        if is_part and name in self.object.overwrites and agrees(result, self._apply(0, name, argument)[1]):
            return int(Nature.overwrite)
        return int(Nature.general)

    def _apply(self, state: int, name: str, argument: Any) -> tuple[Any, Any]:
        try:
            return self.object.apply(self.states[state], name, argument)
        except (TypeError, ValueError, IndexError, KeyError) as error:
            raise HistoryError(
                f"the object {self.object.name!r} cannot do {name}({argument!r}): {type(error).__name__}: {error}",
                remedy="Is this the right object for the history?",
            ) from error

    def step(self, state: int, kind: int) -> int:
        """The state after an operation of a kind, or -1 if its recorded result cannot come from this state."""
        name, argument, observed = self._by_kind[kind]
        new, result = self._apply(state, name, argument)
        return self._state(new) if agrees(observed, result) else -1
