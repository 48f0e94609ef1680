"""Consistency models of objects that ask for less than real time: sequential and causal consistency.

*Sequential* (Lamport 1979): some order of all operations explains what every client saw and keeps each client's own
order. Keys cannot be looked at one by one, for it is not a local property. The search is over how far each client has
come; reads are taken as soon as they are possible, and no place is visited twice. *Cost*: exponential in the clients.

*Causal* (Ahamad and others 1995; here as Biswas and Enea 2019): a client never sees something older than what it has
seen already, directly or through what others saw. It is decided for reads and writes of unique values, by saturation
in polynomial time; each operation is a transaction of one step.

Operations that never returned may be left out, and stand on their own: their clients went on without them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from modelcheck.consistency._equality import exact, kept, same
from modelcheck.consistency.history import History, Operation, no_overlap
from modelcheck.consistency.isolation.transactions import decide_transactions
from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.maps import KeyValue, MultiRegister
from modelcheck.consistency.objects.registers import Register
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject, agrees, applied
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.errors import UsageError
from modelcheck.limits.deadline import Allowance
from modelcheck.verdict import Verdict

ORDERINGS: Final = ("sequential", "causal")
"""What may be asked of objects besides linearizability."""


def decide_ordering(history: History, object_: SequentialObject, consistency: str, limits: Allowance) -> HistoryResult:
    """Whether a history of an object is sequentially or causally consistent; to be called under a watch for the limits."""
    if consistency == "causal":
        return _causal(history, object_, limits)
    if consistency != "sequential":
        raise UsageError(f"an object cannot be {consistency!r}", remedy="Choose linearizable, sequential or causal.")
    search = _SequentialSearch(history.operations, object_)
    holds = search.run()
    return HistoryResult(
        Verdict.HOLDS if holds else Verdict.VIOLATED,
        consistency,
        object_.name,
        len(history),
        "search over clients",
        None if holds else "no order explains all clients",
        linearization=tuple(search.order) if holds else None,
    )


@frozen(slots=True)
class _Step:
    """A place to go to: how far each client is there, the state, and how it was reached."""

    place: tuple[int, ...]
    state: Any
    length: int
    operation: Operation | None


class _SequentialSearch:
    """Depth-first search over how far each client has come."""

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject) -> None:
        self.object = object_
        lanes: dict[Hashable, list[Operation]] = {}
        for at, operation in enumerate(operations):
            lane = operation.process if operation.finish is not None else ("unfinished", at)
            if operation.finish is not None or operation.name not in object_.reads:
                lanes.setdefault(lane, []).append(operation)
        self.lanes = list(lanes.values())
        for own in self.lanes:
            own.sort(key=lambda o: o.call)
            no_overlap(own)
        self.order: list[Operation] = []

    def run(self) -> bool:
        """Whether there is an order; ``order`` then holds it."""
        visited: set[tuple[tuple[int, ...], Hashable]] = set()
        stack: list[_Step] = [_Step(tuple(0 for _ in self.lanes), self.object.initial, 0, None)]
        while stack:
            step = stack.pop()
            del self.order[step.length :]
            if step.operation is not None:
                self.order.append(step.operation)
            place = self._take_reads(step.place, step.state)
            key = exact(step.state)
            if (place, key) in visited:
                continue
            visited.add((place, key))
            if self._is_done(place):
                return True
            stack.extend(self._steps(place, step.state))
        return False

    def _is_done(self, place: tuple[int, ...]) -> bool:
        return all(at == len(lane) or lane[at].finish is None for at, lane in zip(place, self.lanes, strict=True))

    def _take_reads(self, place: tuple[int, ...], state: Any) -> tuple[int, ...]:
        """Go on where an operation changes nothing; that can only help."""
        reached = list(place)
        for lane, operations in enumerate(self.lanes):
            while reached[lane] < len(operations):
                operation = operations[reached[lane]]
                if operation.finish is None or not self.object.is_pure(
                    operation.name, operation.argument, operation.result
                ):
                    break
                if not agrees(operation.result, applied(self.object, state, operation.name, operation.argument)[1]):
                    break
                self.order.append(operation)
                reached[lane] += 1
        return tuple(reached)

    def _steps(self, place: tuple[int, ...], state: Any) -> Iterator[_Step]:
        """The next operation of each client, where it is possible."""
        for lane, at in enumerate(place):
            if at == len(self.lanes[lane]):
                continue
            operation = self.lanes[lane][at]
            new, result = applied(self.object, state, operation.name, operation.argument)
            if operation.finish is None or agrees(operation.result, result):
                yield _Step((*place[:lane], at + 1, *place[lane + 1 :]), new, len(self.order), operation)


_READ_AND_WRITTEN: Final = (Family.REGISTER, Family.KEY_VALUE, Family.MULTI_REGISTER)
"""The objects whose operations read or write one key, but for ``append`` and ``txn``."""


def _causal(history: History, object_: SequentialObject, limits: Allowance) -> HistoryResult:
    transactions = tuple(_transaction(operation, object_) for operation in history.operations)
    failed = tuple(_transaction(operation, object_) for operation in history.failed if operation.name != "cas")
    found = decide_transactions(History(transactions, failed, history.source), "rw-register", "causal", limits)
    unwritten = _unwritten(transactions, failed)
    if unwritten is not None and found.verdict is not Verdict.VIOLATED:
        found = evolve(found, verdict=Verdict.VIOLATED, reason=None, anomalies=(unwritten,))
    return evolve(found, model=object_.name)


def _unwritten(transactions: Sequence[Operation], failed: Sequence[Operation]) -> Anomaly | None:
    """A read of what nobody wrote. Transactions take it to be written by somebody outside, but an object has no outside."""
    steps = [(step, operation) for operation in (*transactions, *failed) for step in operation.argument]
    written = {exact((key, value)) for (kind, key, value), _ in steps if kind == "w"}
    for (kind, key, value), operation in steps:
        is_known = operation.finish is not None and value is not None and value is not UNKNOWN
        if kind == "r" and is_known and exact((key, value)) not in written:
            where = "" if key is None else f" from {key!r}"
            return Anomaly("unwritten", (operation,), message=f"{value!r} was read{where}, and nobody wrote it")
    return None


def _transaction(operation: Operation, object_: SequentialObject) -> Operation:
    """An operation on a register as a transaction of one step."""
    name, argument = operation.name, operation.argument
    key: Any = None
    each = object_.each if isinstance(object_, Independent) else object_
    is_keyed = each is not object_ or object_.family is not Family.REGISTER
    if object_.family in _READ_AND_WRITTEN or (each is not object_ and each.family is Family.REGISTER):
        if name in ("read", "get"):
            key = (argument[0] if isinstance(object_, Independent) else argument) if is_keyed else None
            seen = None if same(operation.result, _initial(object_, key)) else operation.result
            return evolve(operation, name="txn", argument=(("r", key, seen),), result=None)
        if name in ("write", "put"):
            key, value = argument if is_keyed else (None, argument)
            return evolve(operation, name="txn", argument=(("w", key, value),))
    raise UsageError(
        f"causal consistency of {object_.name!r} with {name!r} cannot be decided",
        remedy="It can for a register, a multi-register and a key-value map that are only read and written.",
    )


def _initial(object_: SequentialObject, key: Any) -> Any:
    if isinstance(object_, KeyValue | MultiRegister):
        return dict(object_.initial).get(kept(key), object_.absent)
    if isinstance(object_, Independent):
        return object_.each.initial
    return object_.initial if isinstance(object_, Register) else None
