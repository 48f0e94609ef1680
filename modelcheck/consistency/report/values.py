"""Why a queue or stack whose values are put in once is not linearizable: a few values that contradict each other.

What is right stays right when all operations on some values are left out. So values are left out, in ever smaller groups, as
long as the near-linear procedures still find a contradiction (Zeller and Hildebrandt 2002). *Cost*: some hundred such
questions.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from attrs import evolve

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.procedures import Part
from modelcheck.consistency.linearizability.unique import decide_unique
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject
from modelcheck.consistency.result import Explanation
from modelcheck.limits.deadline import Allowance, Deadline


def until(operations: Sequence[Operation], last: Operation) -> list[Operation]:
    """The history up to the return of ``last``.

    Operations that had not returned by then need not have taken effect; if they did, it was with their later results.
    """
    assert last.finish is not None
    called = [o for o in operations if o.call <= last.finish]
    return [o if o.finish is not None and o.finish <= last.finish else evolve(o, finish=None) for o in called]


def by_values(part: Part, object_: SequentialObject, limits: Allowance) -> Explanation | None:
    """Few values with all their operations that are not linearizable; ``None`` if the values are not unique."""
    if object_.family not in (Family.QUEUE, Family.PRIORITY_QUEUE, Family.STACK):
        return None
    deadline = Deadline(limits.time_s)
    groups, lost = _groups(part.operations, object_)

    def contradict(some: Sequence[Sequence[Operation]]) -> bool:
        operations = sorted((o for group in (*some, lost) for o in group), key=lambda o: o.call)
        found = decide_unique(operations, object_, deadline)
        return found is not None and not found[0]

    if not contradict(groups):
        return None
    size = max(1, len(groups) // 2)
    while deadline.left_s > 0:
        at, changed = 0, False
        while at < len(groups) and deadline.left_s > 0:
            rest = groups[:at] + groups[at + size :]
            if contradict(rest):
                groups, changed = rest, True
            else:
                at += size
        if size == 1 and not changed:
            break
        size = max(1, size // 2)
    core = sorted((o for group in groups for o in group), key=lambda o: o.call)
    last = max((o for o in core if o.finish is not None), key=lambda o: o.finish or 0)
    prefix = tuple(until(part.operations, last))
    return Explanation(tuple(core), last, prefix, key=part.key, method="values", is_first=False)


def _groups(
    operations: Sequence[Operation], object_: SequentialObject
) -> tuple[list[list[Operation]], list[Operation]]:
    """The operations on each value, each that found nothing by itself; and those that took nobody knows what."""
    put, take = object_.operations
    groups: dict[Hashable, list[Operation]] = {}
    lost: list[Operation] = []
    for number, operation in enumerate(operations):
        if operation.name == take and operation.result is UNKNOWN:
            lost.append(operation)
            continue
        value = operation.argument if operation.name == put else operation.result
        key = ("nothing", number) if operation.name == take and value is None else ("value", exact(value))
        groups.setdefault(key, []).append(operation)
    return list(groups.values()), lost
