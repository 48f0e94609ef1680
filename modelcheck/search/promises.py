"""The fairness of a spec that is refined: whether the fair runs of the spec that refines it have it, seen through the map.

An action of the abstract spec is enabled in a state if it is in the state that the map gives, and taken by a step if it leads from what the map gives
before the step to what it gives after it. So one step may be steps of several actions, or of none. The states and steps are run by the spec's own
Python, once more: the search keeps neither. To ask whether an action is left out for ever, the graph is doubled: a run begins in the one
copy and goes over to the other, in which the steps that take the action lead nowhere.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import define, evolve, field, frozen

from modelcheck.limits.budget import Budget
from modelcheck.limits.watch import Overrun
from modelcheck.liveness.kernel import _liveness as native
from modelcheck.liveness.requirements import Requirements, fairness_of, requirements
from modelcheck.search.evidence import unconfirmed
from modelcheck.search.report import PropertyReport
from modelcheck.spec import Fairness, Machine, State, Step, Strength
from modelcheck.spec.refinement import Promise
from modelcheck.trace import Outcome, Trace, replay
from modelcheck.trace.lasso.judge import ways
from modelcheck.values import identity
from modelcheck.verdict import Verdict

MOST_STATES = 200_000
"""Of more states the question is not asked: each is run by Python once more."""
_TOO_MANY = f"what a spec that is refined takes for fair is asked of up to {MOST_STATES:,} states"
_LEAVES = "a step leaves the bounds while {} is enabled and was not taken"
_CUT_SHORT = "the time or memory ended before the fairness was asked for"

Arguments = Mapping[str, Any]


@define
class _Graph:
    """All states of a spec and the steps between them, as plain Python finds them.

    Attributes:
        initial: The numbers of the initial states.
        steps: For each state the labels of its steps and where they lead; None for out of the bounds.
        labels: The actions with their arguments.
    """

    machine: Machine
    budget: Budget
    states: list[State] = field(factory=list)
    initial: list[int] = field(factory=list)
    steps: list[list[tuple[int | None, int]]] = field(factory=list)
    labels: list[tuple[str, Arguments]] = field(factory=list)
    _numbers: dict[State, int] = field(factory=dict)
    _known: dict[Any, int] = field(factory=dict)

    def explore(self) -> None:
        numbers = map(self._number, self.machine.each_initial_state())
        self.initial = list(dict.fromkeys(number for number in numbers if number is not None))
        while len(self.steps) < len(self.states):
            if self.budget.over() is not None:
                raise Overrun
            self.steps.append(list(self._out_of(self.states[len(self.steps)])))

    def _number(self, state: State) -> int | None:
        known = self._numbers.get(state)
        if known is None and all(self.machine.failing(each, state) is None for each in self.machine.constraints):
            known = self._numbers[state] = len(self.states)
            self.states.append(state)
        return known

    def _out_of(self, state: State) -> Iterator[tuple[int | None, int]]:
        for action in self.machine.actions:
            for arguments, after in ways(self.machine, action, state):
                if after != state:
                    yield None if after is None else self._number(after), self._label(action.name, arguments)

    def _label(self, action: str, arguments: Arguments) -> int:
        key = (action, identity(tuple(arguments.values())))
        if key not in self._known:
            self._known[key] = len(self.labels)
            self.labels.append((action, arguments))
        return self._known[key]


@frozen
class _Abstract:
    """An action of the abstract spec with some arguments, in the states of a graph.

    Attributes:
        enabled: Whether it is enabled, by state.
        leads_to: The abstract states that it leads to, by abstract state.
    """

    arguments: Arguments
    enabled: tuple[bool, ...]
    leads_to: Mapping[State, frozenset[State]]


class Promises:
    """The fairness that is asked of one search.

    Args:
        machine: The spec.
        asked: What is asked.
        assumed: How fair actions are in place of what the spec says.
        budget: The time and memory of the search.
    """

    def __init__(self, machine: Machine, asked: Sequence[Promise], assumed: Mapping[str, Strength], budget: Budget) -> None:
        self._machine = machine
        self._asked = asked
        self._assumed = assumed
        self._budget = budget
        self._fairness = fairness_of(machine.actions, assumed)

    def reports(self, source: str, states: int | None) -> Iterator[PropertyReport]:
        """The verdict on each.

        Args:
            source: The file of the spec.
            states: How many states there are; None if the search did not see all of them.

        Raises:
            SpecError: if the spec's code raises.
        """
        if not self._asked:
            return
        note = None if states is None else _TOO_MANY if states > MOST_STATES else ""
        graph = _Graph(self._machine, self._budget)
        try:
            if note == "":
                graph.explore()
        except Overrun:
            note = _CUT_SHORT
        assumes = {name: fairness for name, fairness in self._fairness.items() if fairness.strength is not Strength.NONE}
        for declared in self._asked:
            bare = PropertyReport(declared.name, declared.role.value, Verdict.UNKNOWN, note=note, assumes=assumes)
            yield self._report(bare, declared, graph, source) if note == "" else bare

    def _report(self, bare: PropertyReport, declared: Promise, graph: _Graph, source: str) -> PropertyReport:
        fair = requirements(graph.labels, self._fairness)
        seen = [declared.abstract.state(declared.subject(self._machine.thaw(state))) for state in graph.states]
        note = None
        for each in _instances(declared, seen):
            try:
                run = self._left_out(declared, each, graph, fair, seen, source)
            except Overrun:
                return evolve(bare, note=_CUT_SHORT)
            if run is not None:
                return evolve(bare, verdict=Verdict.VIOLATED, note=None, trace=self._confirmed(run, declared))
            note = note or (_LEAVES.format(declared.inner.name) if _leaves(declared, each, graph) else None)
        return evolve(bare, verdict=Verdict.UNKNOWN if note else Verdict.HOLDS, note=note)

    def _left_out(
        self, declared: Promise, each: _Abstract, graph: _Graph, fair: Requirements, seen: Sequence[State], source: str
    ) -> Trace | None:
        """A fair run on which the action is left out for ever, though its fairness forbids it."""
        rows, count = native.Rows(1), len(graph.states)
        for state, steps in enumerate(graph.steps):
            inside = [(target, label) for target, label in steps if target is not None]
            over = [(target + count, label) for target, label in inside]
            rows.add(state, bits=[0], inside=[*inside, *over], outside=[label for target, label in steps if target is None])
        for state, steps in enumerate(graph.steps):
            taken = each.leads_to.get(seen[state], frozenset())
            stays = [target is not None and (seen[target] not in taken or seen[target] == seen[state]) for target, _ in steps]
            inside = [(target + count, label) for (target, label), stay in zip(steps, stays, strict=True) if stay and target is not None]
            outside = [label for (_, label), stay in zip(steps, stays, strict=True) if not stay]
            rows.add(state + count, bits=[] if each.enabled[state] else [0], inside=inside, outside=outside)
        doubled = native.Graph.of([rows], [*graph.initial, *(state + count for state in graph.initial)])
        is_weak = declared.inner.fairness.strength is Strength.WEAK
        analysis = native.Analysis(
            doubled, kind=native.ALWAYS_EVENTUALLY if is_weak else native.EVENTUALLY_ALWAYS, goal=0,
            requirement_of=fair.requirement_of, strong=fair.strong, poll=self._poll,
        )  # fmt: skip
        analysis.run()
        if not analysis.violated:
            return None
        stem, loop = analysis.lasso(array("Q", range(doubled.numbers)))
        return self._trace(declared, each, [state % count for state in stem], [(label, state % count) for label, state in loop], graph, source)

    def _poll(self) -> None:
        if self._budget.over() is not None:
            raise Overrun

    def _trace(
        self, declared: Promise, each: _Abstract, stem: list[int], loop: list[tuple[int, int]], graph: _Graph, source: str
    ) -> Trace:
        way = [graph.states[number] for number in (*stem, *(state for _, state in loop))]
        labels: list[int | None] = [*(None for _ in stem[1:]), *(label for label, _ in loop)]
        taken = (None if label is None else graph.labels[label] for label in labels)
        steps = [self._step(before, after, label) for (before, after), label in zip(pairwise(way), taken, strict=True)]
        machine = self._machine
        return Trace(
            machine.cls.__name__, source, machine.constants, declared.name, declared.role.value,
            tuple(way[:-1] if loop else way), tuple(steps), dict(each.arguments), loop=len(stem) - 1, fair=self._assumed,
        )  # fmt: skip

    def _step(self, before: State, after: State, label: tuple[str, Arguments] | None) -> Step:
        for step, state in self._machine.successors(before):
            same = label is None or (step.action == label[0] and identity(tuple(step.arguments.values())) == identity(tuple(label[1].values())))
            if state == after and same:
                return step
        raise AssertionError(f"no step leads from {before} to {after}")

    def _confirmed(self, run: Trace, declared: Promise) -> Trace:
        confirmed = replay(self._machine, run)
        if confirmed.outcome is not Outcome.CONFIRMED:
            raise unconfirmed(confirmed, declared.name, self._machine.place)
        return confirmed.trace


def _instances(declared: Promise, seen: Sequence[State]) -> Iterable[_Abstract]:
    """What is asked to be fair: the action with each combination of arguments, or as a whole."""
    machine, fairness = declared.abstract.machine, declared.inner.fairness
    known: dict[Any, dict[str, Any]] = {}
    leads_to: dict[Any, dict[State, set[State]]] = {}
    for state in dict.fromkeys(seen):
        for arguments, after in ways(machine, declared.inner, state):
            if after != state:
                key = _key(arguments, fairness)
                known.setdefault(key, arguments if fairness.each else {})
                leads_to.setdefault(key, {}).setdefault(state, set()).update(() if after is None else (after,))
    for key, arguments in known.items():
        found = {state: frozenset(after) for state, after in leads_to[key].items()}
        yield _Abstract(arguments, tuple(state in found for state in seen), found)


def _key(arguments: Arguments, fairness: Fairness) -> Any:
    return identity(tuple(arguments.values())) if fairness.each else ()


def _leaves(declared: Promise, each: _Abstract, graph: _Graph) -> bool:
    """Whether a run may leave the bounds before it is seen to be fair: a strong requirement is pending on every run."""
    always = declared.inner.fairness.strength is Strength.STRONG
    return any(target is None and (always or each.enabled[state]) for state, steps in enumerate(graph.steps) for target, _ in steps)
