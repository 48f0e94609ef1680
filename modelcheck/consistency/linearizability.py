"""Linearizability of a history: the choice of procedures.

The history is split by key where the object allows it, and each part is decided by the first of these that can:

1. values that enter the object once: near-linear procedures on their intervals (:mod:`.unique`);
2. some steps of Wing and Gong's depth-first search with Lowe's memory (``wing_gong.hpp``), which often is lucky;
3. the just-in-time frontier with few configurations, which finds most explanations and is exact while it is never full
   (``frontier.hpp``); then with more;
4. the frontier without bound, in turns with the depth-first search.

Every linearization is checked before it is believed. *Cost*: linear in the history while few operations overlap; the
problem is NP-complete, and the frontier is exponential in the operations in flight at worst. Time and memory are
limited, and what is not decided within them is ``unknown``.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Sequence

from attrs import frozen

from modelcheck.consistency._linearizability import Outcome
from modelcheck.consistency.history import History, Operation, Progress
from modelcheck.consistency.objects import SequentialObject
from modelcheck.consistency.problem import Answer, Problem
from modelcheck.consistency.unique import decide_unique
from modelcheck.errors import InternalError
from modelcheck.verdict import Verdict

WIDTHS = (4, 16, 128, 2048)
"""Configurations kept by the quick searches; the first ones cost next to nothing and find most explanations."""

LUCKY_STEPS, MOST_LUCKY_STEPS = 32, 200_000
"""Steps for each operation that the depth-first search gets before all else, and for all together."""

TURNS_S = (2.0, 8.0, 32.0)
"""Seconds that each of the two complete searches gets in turn."""


@frozen
class Limits:
    """How much a check may use.

    Args:
        time_s: Seconds.
        memory_bytes: Bytes of the search's own tables.
    """

    time_s: float = 60.0
    memory_bytes: int = 2 << 30


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
    """

    verdict: Verdict
    procedure: str
    order: tuple[int, ...] | None = None
    answer: Answer | None = None
    problem: Problem | None = None
    reason: str | None = None


def parts_of(operations: Iterable[Operation], object_: SequentialObject) -> list[Part]:
    """The operations by key; one part if some operation touches the whole object."""
    operations = tuple(operations)
    if type(object_).key_of is SequentialObject.key_of:
        return [Part(None, operations)] if operations else []
    parts: dict[Hashable, list[Operation]] = {}
    for operation in operations:
        key = object_.key_of(operation.name, operation.argument)
        if key is None:
            return [Part(None, operations)]
        parts.setdefault(key, []).append(operation)
    return [Part(key, tuple(part)) for key, part in parts.items()]


class Deadline:
    """An instant, as the seconds that are left until then."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds until the deadline, at least zero."""
        return max(0.0, self._end - time.monotonic())


def is_one_part(part: Part, object_: SequentialObject) -> bool:
    """Whether an overwrite overwrites all that the part's operations can see."""
    return part.key is not None or type(object_).key_of is SequentialObject.key_of


def decide_part(
    part: Part, object_: SequentialObject, limits: Limits, *, needs_order: bool = False, needs_answer: bool = False
) -> PartResult:
    """Decide one part by the cheapest procedure that can.

    Args:
        part: The operations.
        object_: The object.
        limits: For this part.
        needs_order: Whether a procedure that gives no linearization will not do.
        needs_answer: Whether a procedure that does not name the first unexplained return will not do.
    """
    deadline = Deadline(limits.time_s)
    if not (needs_order or needs_answer):
        unique = decide_unique(part.operations, object_, time_limit_s=limits.time_s)
        if unique is not None:
            return PartResult(Verdict.HOLDS if unique[0] else Verdict.VIOLATED, unique[1])
    problem = Problem(part.operations, object_, is_part=is_one_part(part, object_))
    steps = min(LUCKY_STEPS * len(problem.operations) + LUCKY_STEPS, MOST_LUCKY_STEPS)
    answer = problem.search.wing_gong(seconds=deadline.left_s, memory=limits.memory_bytes, steps=steps)
    found = _judge(problem, answer, "depth-first search")
    if found.verdict is Verdict.HOLDS or (found.verdict is Verdict.VIOLATED and not needs_answer):
        return found
    for width in WIDTHS:
        found = _frontier(problem, deadline.left_s, limits.memory_bytes, width)
        if found.verdict is not Verdict.UNKNOWN:
            return found
    return _compete(problem, deadline, limits.memory_bytes, needs_answer=needs_answer)


def _compete(problem: Problem, deadline: Deadline, memory: int, *, needs_answer: bool) -> PartResult:
    """The two complete searches in turn, each time for longer; the last turn is the frontier's."""
    for turn_s in TURNS_S:
        found = _frontier(problem, min(turn_s, deadline.left_s), memory, 0)
        if found.verdict is not Verdict.UNKNOWN or found.reason != _REASONS[Outcome.time_out]:
            break
        answer = problem.search.wing_gong(seconds=min(turn_s, deadline.left_s), memory=memory)
        found = _judge(problem, answer, "depth-first search")
        if found.verdict is Verdict.HOLDS or (found.verdict is Verdict.VIOLATED and not needs_answer):
            break
    else:
        return _frontier(problem, deadline.left_s, memory, 0)
    if found.reason == _REASONS[Outcome.memory_out]:
        answer = problem.search.wing_gong(seconds=deadline.left_s, memory=memory)
        other = _judge(problem, answer, "depth-first search")
        return found if other.verdict is Verdict.UNKNOWN else other
    return found


def _frontier(problem: Problem, seconds: float, memory: int, width: int) -> PartResult:
    answer = problem.search.frontier(width=width, seconds=seconds, memory=memory)
    return _judge(problem, answer, f"frontier of {width} configurations" if width else "frontier")


_REASONS = {
    Outcome.time_out: "the time limit was reached",
    Outcome.memory_out: "the memory limit was reached",
    Outcome.truncated: "the search was cut short",
}


def _judge(problem: Problem, answer: Answer, procedure: str) -> PartResult:
    outcome, order = answer[0], answer[1]
    if outcome == Outcome.holds:
        if not problem.search.explains(order):
            raise InternalError(f"the {procedure} found an order that does not explain the history")
        return PartResult(Verdict.HOLDS, procedure, tuple(order), problem=problem)
    if outcome == Outcome.violated:
        names_return = answer[2] >= 0
        return PartResult(Verdict.VIOLATED, procedure, answer=answer if names_return else None, problem=problem)
    return PartResult(Verdict.UNKNOWN, procedure, reason=_REASONS[outcome])


def decide(
    history: History,
    object_: SequentialObject,
    limits: Limits,
    *,
    needs_order: bool = False,
    progress: Progress | None = None,
) -> tuple[Part | None, PartResult, dict[str, int], tuple[Operation, ...] | None]:
    """Decide a whole history, small parts first.

    Returns:
        The part that decided if it is violated or unknown, its result, how many parts each procedure decided, and a
        linearization of everything if one was asked for.
    """
    deadline = Deadline(limits.time_s)
    parts = sorted(parts_of(history.operations, object_), key=lambda part: len(part.operations))
    procedures: dict[str, int] = {}
    orders: list[tuple[Operation, ...]] = []
    unknown: tuple[Part, PartResult] | None = None
    done = 0
    for part in parts:
        limit = Limits(deadline.left_s, limits.memory_bytes)
        found = decide_part(part, object_, limit, needs_order=needs_order)
        procedures[found.procedure] = procedures.get(found.procedure, 0) + 1
        if found.verdict is Verdict.VIOLATED:
            return part, found, procedures, None
        if found.verdict is Verdict.UNKNOWN:
            unknown = unknown or (part, found)
        if found.order is not None and found.problem is not None:
            orders.append(tuple(found.problem.operations[at] for at in found.order))
        done += len(part.operations)
        if progress is not None:
            progress(done, len(history))
    if unknown is not None:
        return *unknown, procedures, None
    whole = merged(orders) if needs_order else None
    return None, PartResult(Verdict.HOLDS, ", ".join(procedures) or "nothing to decide"), procedures, whole


def merged(orders: Sequence[Sequence[Operation]]) -> tuple[Operation, ...]:
    """One linearization from those of the parts: each operation at the earliest instant that its part allows."""
    placed: list[tuple[int, int, int, Operation]] = []
    for which, order in enumerate(orders):
        instant = order[0].call if order else 0
        for at, operation in enumerate(order):
            instant = max(instant, operation.call)
            placed.append((instant, which, at, operation))
    return tuple(entry[3] for entry in sorted(placed, key=lambda entry: entry[:3]))
