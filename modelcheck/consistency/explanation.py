"""Why a history is not linearizable, in as few operations as can be found.

Three facts, each true by itself:

* The first return that nothing explains. Every beginning of a linearizable history is linearizable, so nothing after
  that return matters. The frontier gives it together with the configurations just before.
* A *core*: operations that cannot all be right **whatever all other operations did**. An operation outside the core is
  assumed to have happened at any time after its call with any result, or never. Dropping it instead would prove
  nothing: a read looks wrong as soon as the write that it saw is left out.
* Of those outside the core, the ones whose *call* matters: had they begun earlier, there would be an explanation.

The core is looked for among the last operations first, and then made small by relaxing operations in ever smaller
groups as long as the rest is still contradictory (Zeller and
Hildebrandt, "Simplifying and isolating failure-inducing input", 2002); each question goes to the fast procedures.
*Cost*: some hundred questions. When the time is up the core is merely larger than it need be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from modelcheck.consistency.history import Operation
from modelcheck.consistency.limits import Deadline, Limits
from modelcheck.consistency.linearizability import Part, PartResult, decide_part
from modelcheck.consistency.objects import UNKNOWN, SequentialObject
from modelcheck.consistency.result import Configuration, Explanation
from modelcheck.verdict import Verdict

SHOWN_CONFIGURATIONS = 5
QUESTION_S = 0.3
"""Seconds for one question; without an answer the operation stays."""


def until(operations: Sequence[Operation], last: Operation) -> list[Operation]:
    """The history up to the return of ``last``.

    Operations that had not returned by then need not have taken effect; if they did, it was with their later results.
    """
    assert last.finish is not None
    called = [o for o in operations if o.call <= last.finish]
    return [o if o.finish is not None and o.finish <= last.finish else evolve(o, finish=None) for o in called]


def explain(part: Part, object_: SequentialObject, limits: Limits, found: PartResult) -> Explanation | None:
    """Explain why a part is not linearizable; ``None`` if the time did not suffice even to say where.

    Args:
        part: A part that is known not to be linearizable.
        object_: Its object.
        limits: For the explanation alone.
        found: What is known already.
    """
    deadline = Deadline(limits.time_s)
    if found.answer is None:
        found = decide_part(part, object_, Limits(limits.time_s / 2, limits.memory_bytes), needs_answer=True)
    contradictory = _Question(part, object_, deadline, limits.memory_bytes)
    if found.answer is not None and found.problem is not None:
        unexplained = found.problem.operations[found.answer[2]]
    else:
        bisected = _first_unexplained(part.operations, contradictory)
        if bisected is None:
            return None
        unexplained = bisected
    prefix = until(part.operations, unexplained)
    core, optional = _core(prefix, object_, contradictory)
    others = _whose_call_matters(core, optional, contradictory)
    whole = {(o.process, o.call): o for o in part.operations}
    return Explanation(
        core=tuple(whole[o.process, o.call] for o in core),
        unexplained=unexplained,
        prefix=tuple(prefix),
        configurations=_configurations(found, object_),
        others=tuple(others),
        key=part.key,
    )


class _Question:
    """Asks the fast procedures whether operations are contradictory."""

    def __init__(self, part: Part, object_: SequentialObject, deadline: Deadline, memory_bytes: int) -> None:
        self._part, self._object, self._deadline, self._memory = part, object_, deadline, memory_bytes

    def __call__(self, operations: Sequence[Operation]) -> bool:
        seconds = min(QUESTION_S, self._deadline.left_s)
        if seconds <= 0:
            return False
        part = Part(self._part.key, tuple(sorted(operations, key=lambda o: o.call)))
        return decide_part(part, self._object, Limits(seconds, self._memory)).verdict is Verdict.VIOLATED


def _configurations(found: PartResult, object_: SequentialObject) -> tuple[Configuration, ...]:
    """The first of the frontier's configurations, with the states that the object itself gives."""
    if found.answer is None or found.problem is None:
        return ()
    shown = []
    for _, order in found.answer[3][:SHOWN_CONFIGURATIONS]:
        operations = tuple(found.problem.operations[at] for at in order)
        state = object_.initial
        for operation in operations:
            state, _ = object_.apply(state, operation.name, operation.argument)
        shown.append(Configuration(operations, state))
    return tuple(shown)


def _first_unexplained(operations: Sequence[Operation], contradictory: _Question) -> Operation | None:
    """The first return up to which the history is contradictory, by halving."""
    returned = sorted((o for o in operations if o.finish is not None), key=lambda o: o.finish or 0)
    low, high = 0, len(returned) - 1
    if not contradictory(operations):
        return None
    while low < high:
        middle = (low + high) // 2
        if contradictory(until(operations, returned[middle])):
            high = middle
        else:
            low = middle + 1
    return returned[high]


def _relaxed(
    items: Sequence[Operation],
    relax: Callable[[Operation], Operation | None],
    contradictory: Callable[[Sequence[Operation]], bool],
) -> tuple[list[Operation], list[Operation]]:
    """Relax as many items as possible, in groups that halve; those kept, and those relaxed (unless dropped)."""
    kept, relaxed = list(items), list[Operation]()
    size = max(1, len(kept) // 2)
    while True:
        at, changed = 0, False
        while at < len(kept):
            group = kept[at : at + size]
            eased = [o for o in map(relax, group) if o is not None]
            rest = kept[:at] + kept[at + size :]
            if contradictory(rest + relaxed + eased):
                kept, relaxed, changed = rest, relaxed + eased, True
            else:
                at += size
        if size == 1 and not changed:
            return kept, relaxed
        size = max(1, size // 2)


def _core(
    prefix: Sequence[Operation], object_: SequentialObject, contradictory: _Question
) -> tuple[list[Operation], list[Operation]]:
    """Operations that contradict each other, and the optional ones beside them."""
    already = [o for o in prefix if o.finish is None and o.result is UNKNOWN]

    def relax(operation: Operation) -> Operation | None:
        return None if operation.name in object_.reads else operation.optional()

    def with_open(operations: Sequence[Operation]) -> bool:
        return contradictory([*operations, *already])

    items = [o for o in prefix if o.finish is not None or o.result is not UNKNOWN]
    items.sort(key=lambda o: (o.finish is None, o.finish or 0))
    window = 1
    while window < len(items):
        eased = [o for o in map(relax, items[:-window]) if o is not None]
        if with_open([*eased, *items[-window:]]):
            items, already = items[-window:], already + eased
            break
        window *= 2
    kept, relaxed = _relaxed(items, relax, with_open)
    return sorted(kept, key=lambda o: o.call), relaxed + already


def _whose_call_matters(
    core: Sequence[Operation], optional: Sequence[Operation], contradictory: _Question
) -> list[Operation]:
    """The optional operations that explain something if they had begun before everything else."""
    if not optional:
        return []
    start = min(o.call for o in (*core, *optional)) - 1
    early = {id(o): evolve(o, call=start) for o in optional}
    matters: list[Operation] = []

    def search(group: Sequence[Operation], before: list[Operation]) -> list[Operation]:
        """Move a group to the start, or halve it; gives all optional operations as they are now."""
        eased = [early[id(o)] for o in group]
        if contradictory([*core, *before, *eased]):
            return eased
        if len(group) == 1:
            matters.extend(group)
            return list(group)
        middle = len(group) // 2
        first = search(group[:middle], [*before, *group[middle:]])
        return first + search(group[middle:], [*before, *first])

    search(optional, [])
    return sorted(matters, key=lambda o: o.call)
