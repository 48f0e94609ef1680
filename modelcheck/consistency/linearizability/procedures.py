"""Linearizability of a history: the choice of procedures.

If a key-value map explains its operations in the order of their calls, that is the answer. Otherwise the history is
split by key where the object allows it, and each part is decided by the first of these that can:

1. values that enter the object once: near-linear procedures on their intervals (:mod:`.unique`); queues with repeated values
   by the order of their dequeues (:mod:`.queues`); counters by what each read can have seen (:mod:`.counters`);
2. some steps of Wing and Gong's depth-first search with Lowe's memory (``wing_gong.hpp``), which often is lucky;
3. the just-in-time frontier with few configurations, which finds most explanations and is exact while it is never full
   (``frontier.hpp``); then with more. In between the frontier in which operations that never returned may take effect
   again and again: what has no explanation even then has none (``relaxed.hpp``);
4. the frontier without bound, in turns with the depth-first search and with the relaxed frontier, refined until exact.

Every linearization is checked before it is believed. *Cost*: linear in the history while few operations overlap; the
problem is NP-complete, and the frontier is exponential in the operations in flight at worst. Time and memory are
limited, and what is not decided within them is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeGuard

from attrs import evolve, frozen

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import History, Operation, Progress
from modelcheck.consistency.linearizability.counters import COUNTS, decide_counter
from modelcheck.consistency.linearizability.kernel._linearizability import Outcome, replays
from modelcheck.consistency.linearizability.problem import Answer, Problem
from modelcheck.consistency.linearizability.queues import QUEUES, decide_queue
from modelcheck.consistency.linearizability.unique import decide_unique
from modelcheck.consistency.objects.maps import KeyValue
from modelcheck.consistency.objects.sequential import Family, SequentialObject
from modelcheck.errors import HistoryError
from modelcheck.limits.deadline import MEMORY_UP, TIME_UP, Allowance, Deadline, LimitReached
from modelcheck.verdict import Verdict

WIDTHS = (4, 16, 128, 2048)
"""Configurations kept by the quick searches; the first ones cost next to nothing and find most explanations."""

RELAXED_AFTER, RELAXED_WIDTH, REFINED_WIDTH = 16, 2048, 1 << 16
"""The width after which the relaxed frontier is tried, its own, and its own when it is refined."""

RELAXED = (Family.REGISTER, Family.CAS_REGISTER)
"""Objects with few states; on those without bound, such as queues, reuse leads ever further."""

LUCKY_STEPS, MOST_LUCKY_STEPS = 32, 200_000
"""Steps for each operation that the depth-first search gets before all else, and for all together."""

QUEUE_SHARE = 0.5
"""Of the time that is left, what the order of a queue's dequeues gets before the general searches."""

BYTES_OF_OPERATION = 200
"""What the intervals, events and kinds of one operation take, whichever procedure decides."""

IN_ORDER = "order of the calls"
"""The procedure that takes the operations of a key-value map as they were called, which a lone client's always are."""

TURNS_S = (2.0, 8.0, 32.0)
"""Seconds that each of the two complete searches gets in turn."""


@frozen
class Part:
    """The operations of one key, or all of them (``key`` is then ``None``)."""

    key: Hashable | None
    operations: tuple[Operation, ...]


@frozen
class PartResult:
    """What was found about one part.

    Args:
        verdict: Holds, violated or unknown.
        procedure: What decided.
        order: Indices into the problem's operations, where an order was found.
        answer: The frontier's own words, where it refuted; the depth-first search has none.
        problem: Where a general search ran.
        reason: Why it is unknown.
        is_first: Whether the return that ``answer`` names is the first that nothing explains, and not just one of them.
    """

    verdict: Verdict
    procedure: str
    order: Sequence[int] | None = None
    answer: Answer | None = None
    problem: Problem | None = None
    reason: str | None = None
    is_first: bool = True


def parts_of(operations: Iterable[Operation], object_: SequentialObject) -> list[Part]:
    """The operations by key; one part if some operation touches the whole object."""
    operations = tuple(operations)
    if type(object_).key_of is SequentialObject.key_of:
        return [Part(None, operations)] if operations else []
    parts: dict[Hashable, tuple[Hashable, list[Operation]]] = {}
    for operation in operations:
        key = key_of(operation, object_)
        if key is None:
            return [Part(None, operations)]
        parts.setdefault(exact(key), (key, []))[1].append(operation)
    return [Part(key, tuple(part)) for key, part in parts.values()]


def key_of(operation: Operation, object_: SequentialObject) -> Hashable | None:
    """The part of the object that an operation touches.

    Raises:
        HistoryError: The object does not know the operation, or its argument has another form than the object's.
    """
    try:
        return object_.key_of(operation.name, operation.argument)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        if object_.operations and operation.name not in object_.operations:
            raise object_.unknown_operation(operation.name) from error
        raise HistoryError(
            f"the object {object_.name!r} cannot do {operation.name}({operation.argument!r})",
            place=operation.place,
            remedy="Is this the right object for the history?",
        ) from error


def is_one_part(part: Part, object_: SequentialObject) -> bool:
    """Whether an overwrite overwrites all that the part's operations can see."""
    return part.key is not None or type(object_).key_of is SequentialObject.key_of


def decide_part(
    part: Part, object_: SequentialObject, limits: Allowance, *, needs_order: bool = False, needs_answer: bool = False
) -> PartResult:
    """Decide one part by the cheapest procedure that can.

    Args:
        part: The operations.
        object_: The object.
        limits: For this part.
        needs_order: Whether a procedure that gives no linearization will not do.
        needs_answer: Whether a procedure that does not name the first unexplained return will not do.
    """
    return _Decision(object_, limits, needs_order=needs_order, needs_answer=needs_answer).of(part)


class _Decision:
    """Decides parts of a history one after the other, within limits for all together."""

    def __init__(
        self,
        object_: SequentialObject,
        limits: Allowance,
        *,
        needs_order: bool = False,
        needs_answer: bool = False,
        watch: Callable[[int], None] | None = None,
    ) -> None:
        self.object, self.memory = object_, limits.memory_bytes
        self.deadline = Deadline(limits.time_s, limits.memory_bytes)
        self.needs_order, self.needs_answer = needs_order, needs_answer
        self.watch = watch

    def of(self, part: Part) -> PartResult:
        """Decide one part."""
        try:
            self.deadline.check(BYTES_OF_OPERATION * len(part.operations))
            return self._first(part)
        except LimitReached as limit:
            return PartResult(Verdict.UNKNOWN, "none", reason=str(limit))

    def _first(self, part: Part) -> PartResult:
        """Try the near-linear procedures, then the searches."""
        is_register = self.object.family in RELAXED
        problem = self._problem(part) if is_register else None
        if not (self.needs_order or self.needs_answer):
            unique = problem.unique() if problem else decide_unique(part.operations, self.object, self.deadline)
            if unique is not None:
                return PartResult(Verdict.HOLDS if unique[0] else Verdict.VIOLATED, unique[1])
            counted = decide_counter(part.operations, self.object)
            if counted is not None:
                return PartResult(Verdict.HOLDS if counted else Verdict.VIOLATED, COUNTS)
        problem = problem or self._problem(part)
        return self._of_queue(problem) or self._searched(problem)

    def _of_queue(self, problem: Problem) -> PartResult | None:
        """What the order of the dequeues says, if this is a queue."""
        if self.needs_answer or self.object.family is not Family.QUEUE:
            return None
        try:
            share = Deadline(QUEUE_SHARE * self.deadline.left_s, self.memory)
            order = decide_queue(problem.operations, self.object, share)
        except LimitReached:
            return None
        if order is False:
            return PartResult(Verdict.VIOLATED, QUEUES, problem=problem)
        if order is None or not problem.search.explains(order):
            return None
        return PartResult(Verdict.HOLDS, QUEUES, order, problem=problem)

    def _searched(self, problem: Problem) -> PartResult:
        """Try the general searches, the quick ones first."""
        steps = min(LUCKY_STEPS * len(problem.operations) + LUCKY_STEPS, MOST_LUCKY_STEPS)
        found = self._depth_first(problem, self.deadline.left_s, steps)
        if self._is_enough(found):
            return found
        for width in WIDTHS:
            found = self._frontier(problem, self.deadline.left_s, width)
            if found.verdict is Verdict.UNKNOWN and width == RELAXED_AFTER and self.object.family in RELAXED:
                found = self._relaxed(problem, self.deadline.left_s, RELAXED_WIDTH, rounds=1)
            if found.verdict is Verdict.UNKNOWN and width == RELAXED_AFTER and self.object.family not in RELAXED:
                found = self._depth_first(problem, min(TURNS_S[0], self.deadline.left_s), 0)
                found = found if self._is_enough(found) else evolve(found, verdict=Verdict.UNKNOWN)
            if found.verdict is not Verdict.UNKNOWN:
                return found
        return self._compete(problem)

    def _problem(self, part: Part) -> Problem:
        problem = Problem(part.operations, self.object, is_part=is_one_part(part, self.object))
        problem.search.watch = self._look
        return problem

    def _look(self, done: int) -> None:
        """What a search does now and then."""
        self.deadline.check()
        if self.watch is not None:
            self.watch(done)

    def _is_enough(self, found: PartResult) -> bool:
        """Whether a result of the depth-first search, which never names an unexplained return, will do."""
        return found.verdict is Verdict.HOLDS or (found.verdict is Verdict.VIOLATED and not self.needs_answer)

    def _compete(self, problem: Problem) -> PartResult:
        """The complete searches in turn, each time for longer; the last turn is the frontier's."""
        is_unfinished = self.object.family in RELAXED and any(o.finish is None for o in problem.operations)
        for turn_s in TURNS_S:
            found = self._frontier(problem, min(turn_s, self.deadline.left_s), 0)
            if found.verdict is not Verdict.UNKNOWN or found.reason != TIME_UP:
                break
            if is_unfinished:
                found = self._relaxed(problem, min(turn_s, self.deadline.left_s), REFINED_WIDTH, rounds=0)
                if found.verdict is not Verdict.UNKNOWN:
                    break
            found = self._depth_first(problem, min(turn_s, self.deadline.left_s), 0)
            if self._is_enough(found):
                break
        else:
            return self._frontier(problem, self.deadline.left_s, 0)
        if found.reason == MEMORY_UP:
            other = self._depth_first(problem, self.deadline.left_s, 0)
            return found if other.verdict is Verdict.UNKNOWN else other
        return found

    def _frontier(self, problem: Problem, seconds: float, width: int) -> PartResult:
        answer = Answer(*problem.search.frontier(width=width, seconds=seconds, memory=self.memory))
        return _judge(problem, answer, f"frontier of {width} configurations" if width else "frontier")

    def _relaxed(self, problem: Problem, seconds: float, width: int, *, rounds: int) -> PartResult:
        answer = Answer(*problem.search.relaxed(width=width, seconds=seconds, memory=self.memory, rounds=rounds))
        return evolve(_judge(problem, answer, "frontier that reuses lost operations"), is_first=False)

    def _depth_first(self, problem: Problem, seconds: float, steps: int) -> PartResult:
        answer = Answer(*problem.search.wing_gong(seconds=seconds, memory=self.memory, steps=steps))
        return _judge(problem, answer, "depth-first search")


_REASONS = {
    Outcome.time_out: TIME_UP,
    Outcome.memory_out: MEMORY_UP,
    Outcome.truncated: "the search was cut short",
}


def _judge(problem: Problem, answer: Answer, procedure: str) -> PartResult:
    outcome, order = answer.outcome, answer.order
    if outcome is Outcome.holds:
        return PartResult(Verdict.HOLDS, procedure, order, problem=problem)
    if outcome is Outcome.violated:
        names_return = answer.unexplained >= 0
        return PartResult(Verdict.VIOLATED, procedure, answer=answer if names_return else None, problem=problem)
    return PartResult(Verdict.UNKNOWN, procedure, reason=_REASONS[outcome])


def decide(
    history: History,
    object_: SequentialObject,
    limits: Allowance,
    *,
    needs_order: bool = False,
    progress: Progress | None = None,
) -> tuple[Part | None, PartResult, dict[str, int], tuple[Operation, ...] | None]:
    """Decide a whole history, small parts first.

    Returns:
        The part that decided if it is violated or unknown, its result, how many parts each procedure decided, and a
        linearization of everything if one was asked for.
    """
    if _is_plain_map(object_) and replays(history.operations, object_.absent):
        order = tuple(o for o in history.operations if o.finish is not None or o.name != "get")
        return None, PartResult(Verdict.HOLDS, IN_ORDER), {IN_ORDER: 1}, order if needs_order else None
    parts = sorted(parts_of(history.operations, object_), key=lambda part: len(part.operations))
    procedures: dict[str, int] = {}
    orders: list[tuple[Operation, ...]] = []
    unknown: tuple[Part, PartResult] | None = None
    decision = _Decision(object_, limits, needs_order=needs_order)
    done = 0
    for part in parts:
        decision.watch = _furthest(progress, done, len(history))
        found = decision.of(part)
        procedures[found.procedure] = procedures.get(found.procedure, 0) + 1
        if found.verdict is Verdict.VIOLATED:
            return part, found, procedures, None
        if found.verdict is Verdict.UNKNOWN:
            unknown = unknown or (part, found)
        if needs_order and found.order is not None and found.problem is not None:
            orders.append(tuple(found.problem.operations[at] for at in found.order))
        done += len(part.operations)
        if progress is not None:
            progress(done, len(history))
    if unknown is not None:
        return *unknown, procedures, None
    whole = merged(orders) if needs_order else None
    return None, PartResult(Verdict.HOLDS, ", ".join(procedures) or "nothing to decide"), procedures, whole


def _is_plain_map(object_: SequentialObject) -> TypeGuard[KeyValue]:
    """Whether an object is a key-value map without entries, and nothing else."""
    return object_.family is Family.KEY_VALUE and isinstance(object_, KeyValue) and not object_.initial


def _furthest(progress: Progress | None, before: int, total: int) -> Callable[[int], None] | None:
    """Tells the progress within a part: the furthest that any of its searches came."""
    if progress is None:
        return None
    furthest = 0

    def watch(done: int) -> None:
        nonlocal furthest
        furthest = max(furthest, done)
        progress(before + furthest, total)

    return watch


def merged(orders: Sequence[Sequence[Operation]]) -> tuple[Operation, ...]:
    """One linearization from those of the parts: each operation at the earliest instant that its part allows."""
    placed: list[tuple[int, int, int, Operation]] = []
    for which, order in enumerate(orders):
        instant = order[0].call if order else 0
        for at, operation in enumerate(order):
            instant = max(instant, operation.call)
            placed.append((instant, which, at, operation))
    return tuple(entry[3] for entry in sorted(placed, key=lambda entry: entry[:3]))
