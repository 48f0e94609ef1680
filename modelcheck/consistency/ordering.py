"""Consistency models of objects besides linearizability.

*Sequential* (Lamport 1979): some order of all operations explains what every client saw and keeps each client's own
order. Keys cannot be looked at one by one, for it is not a local property. What is linearizable is sequentially
consistent, and what is not causal is not, so these are asked first. Then the search is over how far each client has come;
reads are taken as soon as they are possible, and no place is visited twice. *Cost*: exponential in the clients.

The others are about registers that are only read and written: ``views.py`` has causal consistency, PRAM and the session
guarantees, ``stale.py`` regular and k-atomic registers.

Operations that never returned may be left out. They come after what their clients had done before, and before nothing:
their clients went on without them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from modelcheck.consistency._equality import exact
from modelcheck.consistency.accesses import Accesses
from modelcheck.consistency.history import History, Operation, no_overlap
from modelcheck.consistency.linearizability.procedures import decide
from modelcheck.consistency.objects.sequential import SequentialObject, agrees, applied
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.consistency.stale import anomaly_of_regular, stale_parts, staleness
from modelcheck.consistency.views import VIEWS, anomaly_of_views
from modelcheck.errors import HistoryError, UsageError
from modelcheck.limits.deadline import Allowance, Deadline
from modelcheck.verdict import Verdict

ORDERINGS: Final = ("sequential", *VIEWS, "regular", "2-atomic", "3-atomic")
"""What may be asked of objects besides linearizability; any number may stand before ``-atomic``."""


def is_ordering(consistency: str) -> bool:
    """Whether objects can be asked for it, besides linearizability."""
    return consistency in ORDERINGS or staleness(consistency) is not None


def decide_ordering(history: History, object_: SequentialObject, consistency: str, limits: Allowance) -> HistoryResult:
    """Whether a history of an object keeps one of :data:`ORDERINGS`; to be called under a watch for the limits."""
    if not is_ordering(consistency):
        raise UsageError(
            f"an object cannot be {consistency!r}", remedy=f"Choose linearizable or one of {', '.join(ORDERINGS)}."
        )
    if consistency == "sequential":
        return _sequential(history, object_, limits)
    accesses = Accesses(history.operations, object_, consistency)
    found = HistoryResult(Verdict.HOLDS, consistency, object_.name, len(history), "views of the clients")
    depth = staleness(consistency)
    if depth is not None:
        return _k_atomic(accesses, depth, found, limits)
    if consistency == "regular":
        anomaly, procedure = anomaly_of_regular(accesses), "intervals of the writes"
    else:
        anomaly, procedure = anomaly_of_views(accesses, consistency), "saturation"
    if anomaly is None:
        return evolve(found, procedure=procedure)
    return evolve(found, verdict=Verdict.VIOLATED, procedure=procedure, anomalies=(anomaly,))


def _k_atomic(accesses: Accesses, depth: int, found: HistoryResult, limits: Allowance) -> HistoryResult:
    """Each key is linearizable as a register that remembers its last values, or not."""
    deadline = Deadline(limits.time_s)
    recorded = {(a.operation.process, a.operation.call): a.operation for a in accesses.all}
    for key, history, object_ in stale_parts(accesses, depth):
        _, answer, procedures, _ = decide(history, object_, Allowance(deadline.left_s, limits.memory_bytes))
        found = evolve(found, procedure=", ".join(procedures))
        if answer.verdict is Verdict.UNKNOWN:
            return evolve(found, verdict=answer.verdict, reason=answer.reason)
        if answer.verdict is Verdict.VIOLATED:
            stuck = answer.answer and answer.problem and answer.problem.operations[answer.answer.unexplained]
            operations = (stuck,) if stuck else history.operations[-1:]
            where = "" if key is None else f" of {key!r}"
            told = f"no order of the operations{where} lets every read see one of the last {depth} writes; it stuck at the return of"
            shown = tuple(recorded[o.process, o.call] for o in operations)
            return evolve(found, verdict=answer.verdict, anomalies=(Anomaly("too old", shown, message=told),))
    return found


def _sequential(history: History, object_: SequentialObject, limits: Allowance) -> HistoryResult:
    """Sequential consistency, by way of what implies it and of what it implies."""
    result = HistoryResult(Verdict.HOLDS, "sequential", object_.name, len(history), "search over clients")
    no_overlap(history.operations)
    _, strict, _, order = decide(
        history, object_, Allowance(limits.time_s / 4, limits.memory_bytes), needs_order=True
    )
    if strict.verdict is Verdict.HOLDS:
        return evolve(result, procedure=f"linearizable: {strict.procedure}", linearization=order)
    anomaly = _not_causal(history, object_)
    if anomaly is not None:
        return evolve(result, verdict=Verdict.VIOLATED, procedure="saturation: not causal", anomalies=(anomaly,))
    search = _SequentialSearch(history.operations, object_)
    if search.run():
        return evolve(result, linearization=tuple(search.order))
    reason = "no order explains all clients"
    return evolve(result, verdict=Verdict.VIOLATED, reason=reason, anomalies=(search.stuck(),))


def _not_causal(history: History, object_: SequentialObject) -> Anomaly | None:
    """What keeps a history of registers from being causal, if that can be told."""
    try:
        accesses = Accesses(history.operations, object_, "causal")
        return anomaly_of_views(accesses, "causal+") or anomaly_of_views(accesses, "causal")
    except (UsageError, HistoryError):
        return None


@frozen
class _Lane:
    """Operations of one client in order, or one that never returned.

    Args:
        operations: In the order of the client.
        after: For a lost operation the lane of its client, and how far that must have come.
    """

    operations: tuple[Operation, ...]
    after: tuple[int, int] | None = None


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
        own: dict[Hashable, list[Operation]] = {}
        lost: list[tuple[Operation, Hashable, int]] = []
        for operation in sorted(operations, key=lambda o: o.call):
            done = own.setdefault(operation.process, [])
            if operation.finish is not None:
                done.append(operation)
            elif operation.name not in object_.reads:
                lost.append((operation, operation.process, len(done)))
        number = {process: at for at, process in enumerate(own)}
        self.lanes = [_Lane(tuple(done)) for done in own.values()]
        self.lanes += [_Lane((operation,), (number[process], done)) for operation, process, done in lost]
        self.order: list[Operation] = []
        self.furthest: tuple[int, ...] = tuple(0 for _ in self.lanes)

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
            reached = place, exact(step.state)
            if reached in visited:
                continue
            visited.add(reached)
            if sum(place) > sum(self.furthest):
                self.furthest = place
            if self._is_done(place):
                return True
            stack.extend(self._steps(place, step.state))
        return False

    def stuck(self) -> Anomaly:
        """Where the search came furthest: the next operation of each client."""
        lanes = zip(self.furthest, self.lanes, strict=True)
        shown = tuple(lane.operations[at] for at, lane in lanes if at < len(lane.operations) and lane.after is None)
        told = f"at most {sum(self.furthest):,} operations can be put in order; then none of these can be the next"
        return Anomaly("no order of all clients", shown, message=told)

    def _is_done(self, place: tuple[int, ...]) -> bool:
        return all(at == len(lane.operations) or lane.after for at, lane in zip(place, self.lanes, strict=True))

    def _take_reads(self, place: tuple[int, ...], state: Any) -> tuple[int, ...]:
        """Go on where an operation changes nothing; that can only help."""
        reached = list(place)
        for number, lane in enumerate(self.lanes):
            while reached[number] < len(lane.operations) and lane.after is None:
                operation = lane.operations[reached[number]]
                if not self.object.is_pure(operation.name, operation.argument, operation.result):
                    break
                if not agrees(operation.result, applied(self.object, state, operation.name, operation.argument)[1]):
                    break
                self.order.append(operation)
                reached[number] += 1
        return tuple(reached)

    def _steps(self, place: tuple[int, ...], state: Any) -> Iterator[_Step]:
        """The next operation of each client, where it is possible."""
        for number, at in enumerate(place):
            lane = self.lanes[number]
            if at == len(lane.operations) or (lane.after and place[lane.after[0]] < lane.after[1]):
                continue
            operation = lane.operations[at]
            new, result = applied(self.object, state, operation.name, operation.argument)
            if operation.finish is None or agrees(operation.result, result):
                yield _Step((*place[:number], at + 1, *place[number + 1 :]), new, len(self.order), operation)
