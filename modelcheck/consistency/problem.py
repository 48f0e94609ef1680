"""A part of a history as the native procedures want it: states and kinds of operations as small integers.

Operations with equal names, arguments and results are of one *kind*. The object is asked once for each pair of a state
and a kind, so plain Python costs little here. Times become ranks: all different, a call before a return of equal time.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from modelcheck.consistency._linearizability import NEVER, Nature, Outcome, Search
from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects import UNKNOWN, CasRegister, Register, SequentialObject, agrees
from modelcheck.consistency.texts import observed_texts
from modelcheck.errors import HistoryError

Answer = tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]
"""What the native searches answer: the outcome; a linearization; the operation whose return nothing explains; some
configurations before it, each a state and an order; steps tried; the most configurations at once."""


_READ, _WRITE, _SWAPPED, _NOT_SWAPPED, _MAY_SWAP, _IGNORED = range(6)
# As RegisterKind in steps.hpp.
_NATURE_OF = tuple(map(int, (Nature.pure, Nature.overwrite, Nature.general, Nature.pure, Nature.general, Nature.pure)))


def _natures_of(actions: array[int]) -> array[int]:
    return array("B", [_NATURE_OF[action] for action in actions[::3]])


def _is_swap(object_: SequentialObject, argument: Any) -> bool:
    is_pair = isinstance(argument, tuple) and len(argument) == len(("expected", "new"))
    return is_pair and type(object_) is CasRegister


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
        reads = object_.reads
        self.operations = [o for o in operations if o.finish is not None or o.name not in reads]
        kinds = array("i", self._number_kinds())
        actions = self._actions()
        natures = self._natures(is_part=is_part) if actions is None else _natures_of(actions)
        calls = array("q", [o.call for o in self.operations])
        returns = array("q", [NEVER if o.finish is None else o.finish for o in self.operations])
        self.search = Search(calls, returns, kinds, natures, self.initial, self.step, actions)

    def _actions(self) -> array[int] | None:
        """What each kind does to a register, so that the search need not ask; ``None`` for other objects."""
        if type(self.object) not in (Register, CasRegister):
            return None
        actions = array("i")
        for name, argument, result in self._by_kind:
            action = self._action(name, argument, result)
            if action is None:
                return None
            actions.extend(action)
        return actions

    def _action(self, name: str, argument: Any, result: Any) -> tuple[int, int, int] | None:
        if name == "read":
            return (_IGNORED, 0, 0) if result is UNKNOWN else (_READ, self._state(result), 0)
        if name == "write":
            return (_WRITE, self._state(argument), 0) if result is None or result is UNKNOWN else None
        if name != "cas" or not (result is UNKNOWN or isinstance(result, bool)) or not _is_swap(self.object, argument):
            return None
        action = _MAY_SWAP if result is UNKNOWN else _SWAPPED if result else _NOT_SWAPPED
        return action, self._state(argument[1]), self._state(argument[0])

    def _state(self, state: Any) -> int:
        found = self._states.get(state)
        if found is None:
            found = self._states[state] = len(self.states)
            self.states.append(state)
        return found

    def _number_kinds(self) -> list[int]:
        """The kind of each operation; one tight loop, for it is most of the work on a short history."""
        kinds, numbers = self._kinds, []
        for operation in self.operations:
            kind = (operation.name, operation.argument, operation.result)
            try:
                numbers.append(kinds.setdefault(kind, len(kinds)))
            except TypeError as error:
                raise HistoryError(
                    f"the operation {operation} has an argument or a result that cannot be hashed",
                    place=operation.place,
                    remedy="Use tuples and frozensets instead of lists, sets and dicts.",
                ) from error
        self._by_kind = list(kinds)
        return numbers

    def _natures(self, *, is_part: bool) -> array[int]:
        return array("B", [self._nature(*kind, is_part=is_part) for kind in self._by_kind])

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
