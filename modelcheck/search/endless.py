"""What must happen, in one search: the graph of the steps that it recorded is asked now and then, and at the end.

A fair lasso found in a part of the graph is a violation, whatever else there is: the steps out of each state that was expanded are all known.
That none is found says something only when everything was explored, and when no run leaves the bounds while the property is pending.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import define, evolve, field, frozen

from modelcheck.limits.budget import Budget
from modelcheck.limits.watch import Overrun
from modelcheck.liveness.advice import advice
from modelcheck.liveness.kernel import _liveness as native
from modelcheck.liveness.question import Answer, Asked, Instance, answer, bits, has_fair_run, holds
from modelcheck.liveness.requirements import Requirements, fairness_of, requirements
from modelcheck.search.evidence import Path, along, unconfirmed
from modelcheck.search.exploration import Exploration
from modelcheck.search.report import PropertyReport
from modelcheck.spec import LIVENESS, Declaration, Fairness, Machine, Role, Strength
from modelcheck.trace import Outcome, Trace, replay
from modelcheck.verdict import Verdict

FIRST_LOOK_STATES = 1 << 17
"""No smaller graph is asked before everything is explored: that takes no time, and what is known of all of it says more."""
MOST_ADVICE_S = 2.0
"""A property that takes longer to ask gets no advice, for which it is asked again and again."""
YOUNG_S = 2.0
"""A search that has not lasted longer is not ended by a violation of what must happen."""
_AFTER_THE_END_S = 10.0
_OF_A_WALK = "a random walk does not see whole runs"
_CUT_SHORT = "what was explored could not be analysed in the time and memory that were left"


@frozen
class Way:
    """A run in the kernel's terms.

    Attributes:
        path: The trees and choices of all steps, the initialiser's first.
        stem: How many of the steps lead to the loop.
        instance: The property's instance that it is about.
    """

    path: Path
    stem: int
    instance: Instance


@define
class _Found:
    """What is known of a property."""

    asked: Asked
    lasso: Way | None = None
    leaving: Way | None = None
    leaving_steps: int = 0
    premise_met: bool = True
    analysed: bool = False
    seconds: float = 0.0
    advice: Mapping[str, Strength] | None = field(default=None)


class Endless:
    """The properties of what must happen that one search is asked.

    Args:
        machine: The spec.
        exploration: The search, which has not begun.
        declared: The properties.
        assumed: How fair actions are in place of what the spec says.
        budget: The time and memory of the search.

    Attributes:
        assumed: See above.
        seconds: What asking the graph took, between levels and at the end.
    """

    def __init__(
        self,
        machine: Machine,
        exploration: Exploration,
        declared: Sequence[Declaration],
        assumed: Mapping[str, Strength],
        budget: Budget,
    ) -> None:
        self._machine = machine
        self._exploration = exploration
        self._fairness = fairness_of(machine.actions, assumed)
        self.assumed = assumed
        self._budget = budget
        self._found = {each.declared.name: _Found(each) for each in _instances(exploration, declared)}
        self._next_look = FIRST_LOOK_STATES
        self._looked_s = time.perf_counter()
        self._turn = 0
        self.seconds = 0.0
        self._deadline_s: float | None = None
        self._vacuous = False
        self._idle: list[str] = []

    # While the search goes on -----------------------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Ask the graph as it is between two levels, if it has doubled since the last time; whether a violation is to end the search.

        It takes half as long as the search since then: instances that there was no time for are asked first the next time. A violation does not
        end a search that is young: of a graph that is complete the advice is known, too.

        Raises:
            Overrun: if there is no more time or memory.
        """
        states = self._exploration.explorer.stats()["states"]
        if self._undecided() and states >= self._next_look:
            self._next_look = 2 * states
            self._look()
        return any(found.lasso for found in self._found.values()) and self._budget.seconds > YOUNG_S

    def _look(self) -> None:
        began_s = time.perf_counter()
        until_s = began_s + (began_s - self._looked_s) / 2
        graph = self._exploration.explorer.graph()
        waiting = [(found, instance) for found in self._undecided() for instance in found.asked.instances]
        for asked in range(len(waiting)):
            found, instance = waiting[(self._turn + asked) % len(waiting)]
            if found.lasso is None:
                self._ask(graph, found, Asked(found.asked.declared, (instance,)), complete=False)
            if time.perf_counter() > until_s:
                self._turn += asked + 1
                break
        self._looked_s = time.perf_counter()
        self.seconds += self._looked_s - began_s

    def finish(self) -> None:
        """Ask the graph when the search is over, whatever ended it."""
        exploration = self._exploration
        if not self._found or exploration.walk_length is not None:
            return
        began_s = time.perf_counter()
        if exploration.stopped:
            self._deadline_s = time.monotonic() + _AFTER_THE_END_S
        try:
            graph = exploration.explorer.graph()
            for found in list(self._found.values()) if exploration.complete else self._undecided():
                self._ask(graph, found, found.asked, complete=exploration.complete)
            for found in self._found.values():
                self._advise(graph, found)
            self._vacuous = self._leaves_always(graph)
            self._idle = self._without_step(graph)
        except (Overrun, MemoryError):
            exploration.stopped = exploration.stopped or _CUT_SHORT
        self.seconds += time.perf_counter() - began_s

    def _undecided(self) -> list[_Found]:
        return [found for found in self._found.values() if found.lasso is None]

    def _poll(self) -> None:
        if self._deadline_s is None:
            over = self._budget.over() is not None
        else:
            over = time.monotonic() > self._deadline_s or self._budget.memory_over(0) is not None
        if over:
            raise Overrun

    def _requirements(self, fairness: Mapping[str, Fairness]) -> Requirements:
        labels = self._exploration.recorder.labels
        assert labels is not None
        return requirements(labels.instances, fairness)

    def _ask(self, graph: native.Graph, found: _Found, asked: Asked, *, complete: bool) -> None:
        began = time.perf_counter()
        self._poll()
        keys = cache(lambda: self._exploration.explorer.keys(graph.numbers))
        got = answer(graph, asked, self._requirements(self._fairness), self._poll, lambda analysis: len(analysis.lasso(keys())[0]) - 1)
        found.seconds = time.perf_counter() - began
        found.premise_met = got.premise_met
        found.analysed = complete
        if got.violated is not None:
            found.lasso = self._lasso(graph, *got.violated)
        elif complete and got.leaving is not None:
            found.leaving_steps = got.leaving_steps
            found.leaving = self._way_out(graph, got)

    def _lasso(self, graph: native.Graph, instance: Instance, analysis: native.Analysis) -> Way:
        keys = self._exploration.explorer.keys(graph.numbers)
        stem, loop = analysis.lasso(keys)
        states = [keys[state] for state in (*stem, *(state for _, state in loop))]
        labels = [*(None for _ in stem), *(label for label, _ in loop)]
        return Way(self._exploration.explorer.through(states, labels), len(stem) - 1, instance)

    def _way_out(self, graph: native.Graph, got: Answer) -> Way:
        assert got.leaving is not None
        instance, analysis = got.leaving
        keys = self._exploration.explorer.keys(graph.numbers)
        stem, _ = analysis.way_out(keys)
        path = self._exploration.explorer.through([keys[state] for state in stem], [None] * len(stem))
        return Way(path, len(stem) - 1, instance)

    def _advise(self, graph: native.Graph, found: _Found) -> None:
        """Which fairness would do. Of a part of the graph only that none would can be told."""
        if found.lasso is None or found.seconds > MOST_ADVICE_S:
            return
        until_s = time.monotonic() + _AFTER_THE_END_S

        def poll() -> None:
            self._poll()
            if time.monotonic() > until_s:
                raise Overrun

        faults = frozenset(action.name for action in self._machine.actions if action.is_fault)
        try:
            advised = advice(
                self._fairness, faults, lambda fairness: holds(graph, found.asked, self._requirements(fairness), poll)
            )
        except Overrun:
            return
        if self._exploration.complete or not advised:
            found.advice = advised

    def _leaves_always(self, graph: native.Graph) -> bool:
        """Whether each fair run leaves the bounds, so that what holds of those inside holds of none."""
        kinds = {found.asked.declared.role for found in self._found.values()}
        if not self._exploration.complete or kinds <= {Role.EVENTUALLY}:
            return False
        if not self._exploration.explorer.stats()["out_of_bounds"]:
            return False
        never = bits([found.asked for found in self._found.values()])
        return not has_fair_run(graph, self._requirements(self._fairness), self._poll, bit=never)

    def _without_step(self, graph: native.Graph) -> list[str]:
        """The fair actions that were taken and never led to another state."""
        if all(found.asked.declared.role is Role.EVENTUALLY for found in self._found.values()):
            return []  # There are no rows of the states where all is fulfilled.
        labels = self._exploration.recorder.labels
        assert labels is not None
        met = {action for action, _ in labels.instances}
        fair = [name for name, fairness in self._fairness.items() if fairness.strength is not Strength.NONE and name in met]
        group = {name: at for at, name in enumerate(fair)}
        groups = [group.get(action, len(fair)) for action, _ in labels.instances]
        return [fair[at] for at in graph.without_step(groups, len(fair))]

    # The report -------------------------------------------------------------------------------------------------------------------------------

    def reports(self, source: str) -> Iterator[PropertyReport]:
        """The verdict on each property.

        Args:
            source: The file of the spec.
        """
        assumes = {name: fairness for name, fairness in self._fairness.items() if fairness.strength is not Strength.NONE}
        for found in self._found.values():
            yield evolve(self._report(found, source), assumes=assumes)

    def _report(self, found: _Found, source: str) -> PropertyReport:
        declared, exploration = found.asked.declared, self._exploration
        bare = PropertyReport(declared.name, declared.role.value, Verdict.UNKNOWN)
        if exploration.walk_length is not None:
            return evolve(bare, note=_OF_A_WALK)
        try:
            if found.lasso is not None:
                return evolve(bare, verdict=Verdict.VIOLATED, trace=self._endless(found.lasso, declared, source), advice=found.advice)
            if found.leaving is not None:
                return evolve(bare, trace=self._bounded(found.leaving, declared, source), note=_leaving(found))
        except Overrun as overrun:
            # What the search found and the spec's own code has not confirmed is no verdict.
            exploration.cut_short(overrun, f"while the run that decides {declared.name} was rebuilt")
            return bare
        return evolve(bare, verdict=Verdict.HOLDS) if found.analysed and exploration.complete else bare

    def _endless(self, way: Way, declared: Declaration, source: str) -> Trace:
        run = self._rebuilt(way, declared, source)
        states = run.states if len(run.states) == way.stem + 1 else run.states[:-1]
        return self._confirmed(evolve(run, states=states, loop=way.stem, fair=self.assumed), declared)

    def _bounded(self, way: Way, declared: Declaration, source: str) -> Trace:
        run = self._rebuilt(way, declared, source)
        confirmed = self._confirmed(evolve(run, kind="log", property="log", arguments={}), declared)
        return evolve(confirmed, kind=run.kind, property=run.property, arguments=run.arguments)

    def _rebuilt(self, way: Way, declared: Declaration, source: str) -> Trace:
        states, steps = along(self._exploration.recorder, way.path)
        machine = self._machine
        arguments: Mapping[str, Any] = way.instance.arguments
        return Trace(
            machine.cls.__name__, source, machine.constants, declared.name, declared.role.value, states, steps, arguments
        )

    def _confirmed(self, run: Trace, declared: Declaration) -> Trace:
        """The run, if plain objects do the same.

        Raises:
            ImpureError: if they do not.
        """
        confirmed = replay(self._machine, run)
        if confirmed.outcome is not Outcome.CONFIRMED:
            raise unconfirmed(confirmed, declared.name, self._machine.place)
        return confirmed.trace

    def warnings(self) -> Iterator[str]:
        """What looks like a property that says nothing."""
        if not self._exploration.complete:
            return
        for name in self._idle:
            yield f"the action {name} is fair, and never leads to another state, so that nothing must happen"
        for found in self._found.values():
            declared = found.asked.declared
            if not found.asked.instances:
                yield f"{declared.title} was asked of no {', '.join(declared.parameters)}: there was nothing to choose from"
            elif not found.premise_met:
                yield f"the premise of {declared.title} was never true"
            elif self._vacuous and declared.role is not Role.EVENTUALLY and found.lasso is None and found.leaving is None:
                yield f"{declared.title} was asked of no run: all runs that are fair leave the bounds"


def _instances(exploration: Exploration, declared: Sequence[Declaration]) -> Iterator[Asked]:
    trees = [tree for tree in exploration.recorder.trees.values() if tree.declared and tree.declared.role in LIVENESS]
    for each in declared:
        mine = ((place, tree) for place, tree in enumerate(trees) if tree.declared is each)
        yield Asked(each, tuple(Instance(tree.arguments or {}, place) for place, tree in mine))


def _leaving(found: _Found) -> str:
    assert found.leaving is not None
    steps = "1 step leaves" if found.leaving_steps == 1 else f"{found.leaving_steps:,} steps leave"
    before = "and whatever is settled inside may change outside" if found.asked.declared.role is Role.EVENTUALLY_ALWAYS else "before it happens"
    after = "from an initial state" if not found.leaving.stem else f"after {found.leaving.stem} step{'' if found.leaving.stem == 1 else 's'}"
    return f"{steps} the bounds {before}, the first {after}"
