"""Why a history is not linearizable, in as few operations as can be found.

Three facts, each true by itself:

* The first return that nothing explains. Every beginning of a linearizable history is linearizable, so nothing after
  that return matters. The frontier gives it together with the configurations just before.
* A *core*: operations that cannot all be right **whatever all other operations did**. An operation outside the core is
  assumed to have happened at any time after its call with any result, or never. Dropping it instead would prove
  nothing: a read looks wrong as soon as the write that it saw is left out.
  Objects that count, such as a lock, need all that was counted; then the core is sought from a *start* on: a return up to
  which every explanation leads to one of a few states, which stand for all that was before.
* Of those outside the core, the ones whose *call* matters: had they begun earlier, there would be an explanation.

The core is looked for among the last operations first, and then made small by relaxing operations in ever smaller
groups as long as the rest is still contradictory (Zeller and
Hildebrandt, "Simplifying and isolating failure-inducing input", 2002); each question goes to the fast procedures.
*Cost*: some hundred questions. When the time is up the core is merely larger than it need be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any, Final

from attrs import evolve, frozen

from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import Outcome
from modelcheck.consistency.linearizability.problem import Answer, Problem
from modelcheck.consistency.linearizability.procedures import Part, PartResult, decide_part, is_one_part
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.consistency.report.values import by_values, until
from modelcheck.consistency.result import Configuration, Explanation, Start
from modelcheck.limits.deadline import Allowance, Deadline, LimitReached, watched
from modelcheck.verdict import Verdict

SHOWN_CONFIGURATIONS = 5
_UNWATCHED: Final = 0.8
"""The share of its time that an explanation plans with; what it then takes longer is cut off."""

QUESTION_S = 0.3
"""Seconds for one question; without an answer the operation stays."""

SMALL = 8
"""Operations of a core that need no start."""

MOST_BEFORE = 10
"""Configurations that the frontier tells at most."""

_Contradictory = Callable[[Sequence[Operation]], bool]
"""Whether operations contradict each other."""

_NOTHING: Final = object()
"""A result that no operation gives."""


def explain(part: Part, object_: SequentialObject, limits: Allowance, found: PartResult) -> Explanation:
    """Explain why a part is not linearizable, as well as the time allows, and at least where it stuck.

    Args:
        part: A part that is known not to be linearizable.
        object_: Its object.
        limits: For the explanation alone.
        found: What is known already.
    """
    try:
        with watched(limits):
            within = Allowance(_UNWATCHED * limits.time_s, limits.memory_bytes)
            explanation = by_values(part, object_, within) or _reduced(part, object_, within, found)
    except LimitReached:
        explanation = None
    return explanation or _unreduced(part, object_, found)


def _unreduced(part: Part, object_: SequentialObject, found: PartResult) -> Explanation:
    """Where it stuck, as far as that was known before any explanation: at worst at the last return of the part."""
    returned = [o for o in part.operations if o.finish is not None]
    last = max(returned, key=lambda o: o.finish or 0)
    is_named = found.answer is not None and found.problem is not None
    if found.answer is not None and found.problem is not None:
        last = found.problem.operations[found.answer.unexplained]
    return Explanation(
        core=(),
        unexplained=last,
        prefix=tuple(until(part.operations, last)),
        configurations=_configurations(found, object_),
        key=part.key,
        method="unreduced",
        is_first=is_named and found.is_first,
    )


def _reduced(part: Part, object_: SequentialObject, limits: Allowance, found: PartResult) -> Explanation | None:
    """The operations that contradict each other; ``None`` if the time did not suffice even to say where."""
    deadline = Deadline(limits.time_s)
    if found.answer is None:
        found = decide_part(part, object_, Allowance(limits.time_s / 2, limits.memory_bytes), needs_answer=True)
    contradictory = _Question(part, object_, deadline, limits.memory_bytes)
    stuck = _first_unexplained(part.operations, found, contradictory)
    if stuck is None:
        return None
    prefix = until(part.operations, stuck.operation)
    core, optional = _core(prefix, object_, contradictory.within(limits.time_s / 3))
    start: Start | None = None
    ask: _Contradictory = contradictory
    if len(core) > SMALL:
        later = _from_a_start(prefix, contradictory)
        if later is not None and len(later[1]) < len(core):
            start, core, optional, ask = later
    others = _whose_call_matters(core, optional, ask)
    whole = {(o.process, o.call): o for o in part.operations}
    return Explanation(
        core=tuple(whole[o.process, o.call] for o in core),
        unexplained=stuck.operation,
        prefix=tuple(prefix),
        configurations=stuck.configurations or _configurations(found, object_),
        others=tuple(others),
        key=part.key,
        start=start,
        is_first=stuck.is_first,
    )


@frozen
class _Stuck:
    """A return that nothing explains, and what explains everything before it, as far as that is known."""

    operation: Operation
    is_first: bool
    configurations: tuple[Configuration, ...] = ()


class _Question:
    """Asks the fast procedures whether operations are contradictory."""

    def __init__(self, part: Part, object_: SequentialObject, deadline: Deadline, memory_bytes: int) -> None:
        self.object = object_
        self._part, self._deadline, self._memory = part, deadline, memory_bytes

    def __call__(self, operations: Sequence[Operation]) -> bool:
        return self.answer(operations).verdict is Verdict.VIOLATED

    def answer(self, operations: Sequence[Operation], *, needs_order: bool = False) -> PartResult:
        """What the fast procedures say; unknown when the time is up."""
        seconds = min(QUESTION_S, self._deadline.left_s)
        if seconds <= 0:
            return PartResult(Verdict.UNKNOWN, "none")
        part = Part(self._part.key, tuple(sorted(operations, key=lambda o: o.call)))
        return decide_part(part, self.object, Allowance(seconds, self._memory), needs_order=needs_order)

    def about(self, object_: SequentialObject) -> _Question:
        """The same questions about another object, within the same time."""
        return _Question(self._part, object_, self._deadline, self._memory)

    def within(self, seconds: float) -> _Question:
        """The same questions within less time."""
        return _Question(self._part, self.object, Deadline(min(seconds, self._deadline.left_s)), self._memory)

    def states(self, operations: Sequence[Operation], last: Operation) -> list[Any]:
        """The states of the object in which some explanation stands after the return of ``last``; none if not known."""
        assert last.finish is not None
        before = until(operations, last)
        after = Operation(last.process, last.name, last.argument, _NOTHING, last.finish + 1, last.finish + 2)
        is_part = is_one_part(self._part, self.object)
        problem = Problem([*before, after], self.object, is_part=is_part)
        seconds = min(QUESTION_S, self._deadline.left_s)
        found = Answer(*problem.search.frontier(width=0, seconds=seconds, memory=self._memory))
        if problem.object is not self.object:
            return []  # Texts that nobody saw are one state there, and several here.
        if found.outcome != Outcome.violated or problem.operations[found.unexplained] is not after:
            return []
        if len(found.before) >= MOST_BEFORE:
            return []
        orders = ([problem.operations[at] for at in order] for _, order in found.before)
        return list(dict.fromkeys(_state_after(order, self.object) for order in orders))


@frozen
class _FromEach:
    """Asks whether operations are contradictory from each of some states."""

    questions: Sequence[_Question]

    def __call__(self, operations: Sequence[Operation]) -> bool:
        return all(question(operations) for question in self.questions)


def _state_after(order: Iterable[Operation], object_: SequentialObject) -> Any:
    state = object_.initial
    for operation in order:
        state, _ = object_.apply(state, operation.name, operation.argument)
    return state


def _configurations(found: PartResult, object_: SequentialObject) -> tuple[Configuration, ...]:
    """The first of the frontier's configurations, with the states that the object itself gives."""
    if found.answer is None or found.problem is None:
        return ()
    shown = []
    for _, order in found.answer.before[:SHOWN_CONFIGURATIONS]:
        operations = tuple(found.problem.operations[at] for at in order)
        shown.append(Configuration(operations, _state_after(operations, object_)))
    return tuple(shown)


def _first_unexplained(operations: Sequence[Operation], found: PartResult, ask: _Question) -> _Stuck | None:
    """The first return up to which the history is contradictory, as near as the time allows.

    The exact frontier has named it. The relaxed one has named a return that is seldom far from it, so the returns before
    that are looked at in strides that double, and then by halving.
    """
    named = None
    if found.answer is not None and found.problem is not None:
        named = found.problem.operations[found.answer.unexplained]
        if found.is_first:
            return _Stuck(named, is_first=True)
    elif not ask(operations):
        return None
    returned = sorted((o for o in operations if o.finish is not None), key=lambda o: o.finish or 0)
    high = len(returned) - 1 if named is None else next(at for at, o in enumerate(returned) if o is named)
    low, stride = high, 1
    while low >= 0 and low == high:
        low = max(-1, high - stride)
        if low >= 0 and ask(until(operations, returned[low])):
            high, stride = low, 2 * stride
    while high - low > 1:
        middle = (low + high) // 2
        if ask(until(operations, returned[middle])):
            high = middle
        else:
            low = middle
    if low < 0:
        return _Stuck(returned[high], is_first=True)
    before = ask.answer(until(operations, returned[low]), needs_order=True)
    if before.verdict is not Verdict.HOLDS or before.order is None or before.problem is None:
        return _Stuck(returned[high], is_first=before.verdict is Verdict.HOLDS)
    order = tuple(before.problem.operations[at] for at in before.order)
    return _Stuck(returned[high], True, (Configuration(order, _state_after(order, ask.object)),))


def _from_a_start(
    prefix: Sequence[Operation], ask: _Question
) -> tuple[Start, list[Operation], list[Operation], _FromEach] | None:
    """A core, and the optional operations beside it, after the latest return that leaves few states and a contradiction.

    If the history has an explanation, the frontier has one that passes through a configuration in which it stands after
    a return. So what is called later must be possible from the state of one of them, whatever the operations then in
    flight do; a contradiction from each of these states is one of the whole.
    """
    returned = sorted((o for o in prefix if o.finish is not None), key=lambda o: o.finish or 0)
    stride = 1
    while stride < len(returned):
        last = returned[-1 - stride]
        rest = [
            o if o.call > (last.finish or 0) else o.optional()
            for o in prefix
            if o.finish is None or o.finish > (last.finish or 0)
        ]
        states = ask.states(prefix, last)
        moved = [_started(ask.object, state) for state in states]
        later = _FromEach([ask.about(object_) for object_ in moved if object_ is not None])
        if states and None not in moved and later(rest):
            core, optional = _core(rest, ask.object, later)
            returned_before = sum(1 for o in returned if (o.finish or 0) <= (last.finish or 0))
            return Start(tuple(states), returned_before), core, optional, later
        stride = stride + max(1, stride // 4)
    return None


def _started(object_: SequentialObject, state: Any) -> SequentialObject | None:
    """The same object with another initial state, if there can be one."""
    try:
        moved = copy(object_)
        object.__setattr__(moved, "initial", state)
    except (AttributeError, TypeError):
        return None
    return moved


def _relaxed(
    items: Sequence[Operation],
    relax: Callable[[Operation], Operation | None],
    contradictory: _Contradictory,
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
    prefix: Sequence[Operation], object_: SequentialObject, contradictory: _Contradictory
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
    core: Sequence[Operation], optional: Sequence[Operation], contradictory: _Contradictory
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
