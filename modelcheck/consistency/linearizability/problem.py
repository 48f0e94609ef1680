"""A part of a history as the native procedures want it: states and kinds of operations as small integers.

Operations with the same names, arguments and results are of one *kind*. The object is asked once for each pair of a state
and a kind, so plain Python costs little here. Times become ranks: all different, a call before a return of equal time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from modelcheck.consistency._equality import exact, same
from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import Nature, Outcome, Search
from modelcheck.consistency.linearizability.texts import observed_texts
from modelcheck.consistency.linearizability.unique import ZONES
from modelcheck.consistency.objects.sequential import Family, SequentialObject, agrees, applied
from modelcheck.errors import HistoryError


class Answer(NamedTuple):
    """What the native searches answer."""

    outcome: Outcome
    order: list[int]
    """A linearization, if there is one."""
    unexplained: int
    """The operation whose return nothing explains, or -1."""
    before: list[tuple[int, list[int]]]
    """Some configurations before that return, each a state and an order."""
    steps: int
    """How many were tried."""
    widest: int
    """The most configurations at once."""


REPEATS = 32
"""Steps of an object that are taken twice, to find one that is not a function."""


class Problem:
    """One part of a history, with what its object says.

    Args:
        operations: Of this part. Those that only read and never returned are left out.
        object_: The sequential object.
        is_part: Whether all operations have one key, so that an overwrite of the key overwrites all there is.
    """

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject, *, is_part: bool) -> None:
        self.object, self.states = object_, list[Any]()
        self._states: dict[Hashable, int] = {}
        self._kinds: list[tuple[str, Any, Any]] = []
        self._repeats = REPEATS
        try:
            search = None
            if object_.family in (Family.REGISTER, Family.CAS_REGISTER):
                swaps = object_.family is Family.CAS_REGISTER
                search = Search.of_register(operations, object_.initial, swaps=swaps)
            self.search = search or self._general(operations, object_, is_part=is_part)
        except TypeError as error:
            raise _not_hashable(operations, error) from error
        self.operations = self.search.operations

    def unique(self) -> tuple[bool, str] | None:
        """Whether a register is linearizable and what decided, where all values written are different; or ``None``."""
        holds = self.search.unique_values_hold()
        return None if holds is None else (holds, ZONES)

    def _general(self, operations: Sequence[Operation], object_: SequentialObject, *, is_part: bool) -> Search:
        """The search that asks the object in Python for each pair of a state and a kind."""
        self.object = observed_texts(operations, object_) if is_part else object_
        initial = self._state(self.object.initial)
        search = Search(operations, self.object.reads)
        self._kinds = search.kinds
        for name, _, _ in self._kinds:
            if self.object.operations and name not in self.object.operations:
                raise self.object.unknown_operation(name)
        natures = bytes(self._nature(*kind, is_part=is_part) for kind in search.kinds)
        search.define(natures=natures, initial=initial, step=self.step)
        return search

    def _state(self, state: Any) -> int:
        key = exact(state)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = len(self.states)
            self.states.append(state)
        return found

    def _nature(self, name: str, argument: Any, result: Any, *, is_part: bool) -> int:
        if self.object.is_pure(name, argument, result):
            return int(Nature.pure)
        if is_part and name in self.object.overwrites and agrees(result, self._apply(0, name, argument)[1]):
            return int(Nature.overwrite)
        return int(Nature.general)

    def _apply(self, state: int, name: str, argument: Any) -> tuple[Any, Any]:
        before = self.states[state]
        outcome = applied(self.object, before, name, argument)
        if self._repeats > 0:
            self._repeats -= 1
            if not same(applied(self.object, before, name, argument), outcome):
                raise HistoryError(
                    f"the object {self.object.name!r} does {name}({argument!r}) in the state {before!r} "
                    "differently each time",
                    remedy="Its apply must depend on nothing but its arguments, and change none of them.",
                )
        return outcome

    def step(self, state: int, kind: int) -> int:
        """The state after an operation of a kind, or -1 if its recorded result cannot come from this state."""
        name, argument, observed = self._kinds[kind]
        new, result = self._apply(state, name, argument)
        return self._state(new) if agrees(observed, result) else -1


def _not_hashable(operations: Sequence[Operation], error: TypeError) -> Exception:
    """The error that names the operation which cannot be looked up; the one given if there is none."""
    for operation in operations:
        try:
            hash((operation.argument, operation.result))
        except TypeError:
            return HistoryError(
                f"the operation {operation} has an argument or a result that cannot be hashed",
                place=operation.place,
                remedy="Use tuples and frozensets instead of lists, sets and dicts.",
            )
    return error
