"""A monitor that tells whether what the clients of a spec see is linearizable.

Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990. Instead of the history, the
state holds every explanation of it that is still possible: a state of the sequential object, and which operations in
flight have taken effect already, with what result. Two histories that leave the same explanations are the same state.
An operation is made to take effect only when the return of an operation demands it (Lowe, "Testing for
linearizability", 2017, just-in-time linearization), which loses nothing: an operation in flight can as well take effect
later.

An operation that is never completed may take effect at any later time, or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from attrs import frozen

from modelcheck.errors import SpecError
from modelcheck.spec.declare import invariant
from modelcheck.spec.record import Fixed, Part
from modelcheck.values import identity, show


class SequentialObject(Protocol):
    """What the clients believe to talk to; `modelcheck.consistency` has the usual ones."""

    @property
    def initial(self) -> Any:
        """The first state, an immutable value."""

    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """The state after an operation, and its result."""


class Explanation(tuple[Any, frozenset[tuple[Any, Any]]]):
    """A state of the object, and the results of operations in flight. Two that Python holds for equal, such as of 1 and of True, are two."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Explanation) and identity(tuple(self)) == identity(tuple(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(identity(tuple(self)))


@frozen(eq=False)
class Call:
    """A call or a return, as it happened in a run.

    Attributes:
        history: The history that it belongs to.
        client: Who called.
        operation: What was called; None for a return.
        value: The argument, or the result.
    """

    history: History
    client: Any
    operation: str | None
    value: Any


_noted: ContextVar[list[Call] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[Call]]:
    """Note the calls and returns of the runs within the block."""
    calls: list[Call] = []
    token = _noted.set(calls)
    try:
        yield calls
    finally:
        _noted.reset(token)


def _each(values: frozenset[Any]) -> Iterator[Any]:
    """The elements in any order, where it does not matter."""
    return frozenset.__iter__(values) if isinstance(values, frozenset) else iter(values)


def _note(call: Call) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.append(call)


class History(Part):
    """The operations of clients on one object, at most one in flight per client.

    Attributes:
        object: The object that they believe to talk to.
        pending: The operation in flight of each client, with its argument.
        explanations: Each a state of the object and the results that operations in flight have had in it.
    """

    object: Fixed[SequentialObject]
    pending: dict[Any, tuple[str, Any]] = {}  # noqa: RUF012 - Record copies the default for each history.
    explanations: frozenset[Explanation]

    @classmethod
    def of(cls, sequential: SequentialObject) -> History:
        """A history without operations, of an object in its initial state."""
        return cls(object=sequential, explanations=frozenset({Explanation((sequential.initial, frozenset()))}))

    def unused(self) -> frozenset[str]:
        """Nothing; operations begin after ``init``, so that clients come and go."""
        if self.pending:
            client, (operation, _) = next(iter(self.pending.items()))
            raise SpecError(
                f"client {show(client)} invoked {operation} in init, and the operations of clients begin with the first step",
                remedy="Call invoke(client, ...) in an action.",
            )
        return frozenset()

    def invoke(self, client: Any, operation: str, argument: Any = None) -> None:
        """A client calls an operation."""
        if client in self.pending:
            raise SpecError(
                f"client {show(client)} invoked {operation} while {self.pending[client][0]} is in flight",
                remedy="Complete it first.",
            )
        self.pending[client] = (operation, argument)
        _note(Call(self, client, operation, argument))

    def complete(self, client: Any, result: Any = None) -> None:
        """The operation of a client returns with a result."""
        if client not in self.pending:
            raise SpecError(
                f"client {show(client)} completed an operation that it never invoked",
                remedy="Call invoke(client, ...) first.",
            )
        in_flight = dict(self.pending.items())
        self.explanations = frozenset(
            Explanation((state, effects - {effect}))
            for state, effects in self._until(client, in_flight)
            for effect in _each(effects)
            if effect[0] == client and identity(effect[1]) == identity(result)
        )
        del self.pending[client]
        _note(Call(self, client, None, result))

    def _until(self, client: Any, in_flight: dict[Any, tuple[str, Any]]) -> Iterator[Explanation]:
        """The explanations that follow by letting operations take effect, that of the client last; each is followed up once."""
        todo = list(_each(self.explanations))
        met = set(todo)
        while todo:
            state, effects = explanation = todo.pop()
            done = {who for who, _ in _each(effects)}
            if client in done:
                yield explanation
                continue
            for who, (operation, argument) in in_flight.items():
                if who not in done:
                    after, result = self.object.apply(state, operation, argument)
                    following = Explanation((after, effects | {(who, result)}))
                    if following not in met:
                        met.add(following)
                        todo.append(following)

    @invariant
    def linearizable(self) -> bool:
        """Every operation can be given a moment between its call and its return at which it seems to take effect."""
        return len(self.explanations) > 0
