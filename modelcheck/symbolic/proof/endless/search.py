"""Is there a run of k steps that never ends, and on which what must happen does not? For k = 0, 1, 2, ...

The run stops in its last state, or its last step returns to an earlier one: the lasso of Biere, Cimatti, Clarke and Zhu, "Symbolic Model Checking
without BDDs", 1999, section 3. Z3 finds runs of which the property is false; that they are to be fair it is told as far as formulas say it. Each
run is judged by the spec's own Python, and one that is not fair is excluded, with all others that repeat the same for ever; then z3 is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import z3
from attrs import define, evolve, frozen

from modelcheck.errors import InternalError
from modelcheck.spec import Declaration, Role, State
from modelcheck.spec.loading import source_file
from modelcheck.symbolic.asking import said
from modelcheck.symbolic.proof.bounded import look_for_errors
from modelcheck.symbolic.proof.by_steps import Searched, answered, searched
from modelcheck.symbolic.proof.endless.fairness import instances
from modelcheck.symbolic.proof.endless.question import Question, follow_question
from modelcheck.symbolic.proof.unrolling import Unrolling
from modelcheck.symbolic.system import System, goes_wrong
from modelcheck.symbolic.terms import FALSE, TRUE, conj, disj, neg
from modelcheck.trace import Trace
from modelcheck.trace.lasso import defect, pending_since

MOST_CANDIDATES = 100
"""So many runs are judged for each property and number of steps."""


@frozen
class Endless:
    """What was found out about a liveness property.

    Attributes:
        depth: The number of steps up to which there is no lasso, or -1.
        trace: A fair lasso on which the property is false.
        reason: Why not all of them were looked at.
    """

    depth: int
    trace: Trace | None = None
    reason: str | None = None


def search(
    system: System,
    properties: Sequence[Declaration],
    depth: int,
    *,
    deadline: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Searched[Endless]:
    """Look for lassos, step by step.

    Args:
        system: The system.
        properties: Liveness properties.
        depth: The greatest number of steps, those of the loop included.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with each number of steps.

    Raises:
        SpecError: if an action raises in a state that is reached.
    """
    return searched(_Hunt(system, properties, deadline), depth, progress)


@define
class _Sought:
    """A property that is looked for, and what is known of its questions in each state of the unrolling."""

    declared: Declaration
    questions: list[Question]
    premises: list[list[Any]]
    goals: list[list[Any]]
    cut: str | None = None


class _Hunt:
    """The lassos of an unrolling in which every step changes something.

    Attributes:
        unrolling: The steps so far.
        results: What is known of each property.
        queries: How often z3 was asked.
    """

    def __init__(self, system: System, properties: Sequence[Declaration], deadline: float | None) -> None:
        self.unrolling = Unrolling(system, initial=True)
        self.results = {declared.name: Endless(-1) for declared in properties}
        self.queries = 0
        self._system = system
        self._deadline = deadline
        self._pending = [
            _Sought(declared, found, [[] for _ in found], [[] for _ in found])
            for declared in properties
            for found in [follow_question(system, declared)]
        ]
        self._instances = instances(system)
        self._enabled: list[list[Any]] = [[] for _ in self._instances]
        self._taken: list[list[Any]] = [[] for _ in self._instances]
        self._unfair: list[tuple[tuple[State, ...], bool]] = []
        self._added()

    def extend(self) -> None:
        """Add one step, which changes something."""
        unrolling = self.unrolling
        unrolling.extend()
        unrolling.solver.add(neg(self._same(unrolling.steps - 1)))
        for instance, taken in zip(self._instances, self._taken, strict=True):
            relation = self._system.following(instance.taken, unrolling.names(unrolling.steps))
            taken.append(self._named("taken", relation, unrolling.steps - 1))
        self._added()

    def _added(self) -> None:
        """Name what is true in the last state."""
        steps = self.unrolling.steps
        for instance, enabled in zip(self._instances, self._enabled, strict=True):
            enabled.append(self._named("enabled", instance.enabled, steps))
        for sought in self._pending:
            for question, premises, goals in zip(sought.questions, sought.premises, sought.goals, strict=True):
                premises.append(self._named("premise", question.premise, steps))
                goals.append(self._named("goal", question.goal, steps))

    def _named(self, what: str, term: Any, step: int) -> Any:
        """A boolean that is true where a term is."""
        if z3.is_true(term) or z3.is_false(term):
            return term
        name = z3.FreshBool(what)
        self.unrolling.solver.add(name == self.unrolling.at(term, step))
        return name

    def _same(self, index: int) -> z3.BoolRef:
        """That the last state is that of an index."""
        names = zip(self.unrolling.names(index), self.unrolling.names(self.unrolling.steps), strict=True)
        return conj(*(one == other for (_, one), (_, other) in names))

    # Questions --------------------------------------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Look at the runs that stop in the last state or return from it; False if there is no need, or no time, to go on."""
        self.queries += look_for_errors(self.unrolling, self._deadline)
        begins = [z3.Bool(f"begins#{index}") for index in range(self.unrolling.steps + 1)]
        self.unrolling.solver.push()
        self.unrolling.solver.add(self._shape(begins), *self._excluded(begins))
        try:
            complete = all(self._look_for(sought, begins) for sought in list(self._pending))
        finally:
            self.unrolling.solver.pop()
        return complete and bool(self._pending)

    def _shape(self, begins: list[Any]) -> z3.BoolRef:
        """The loop begins at one index, its last step returns there, and it is fair as far as formulas say it."""
        last = self.unrolling.steps
        stops = begins[last]
        returns = [disj(neg(begin), self._same(index)) for index, begin in enumerate(begins[:last])]
        within = [disj(*begins[: index + 1]) for index in range(last)]  # The last state of a run that returns is an earlier one.
        fair = []
        for instance, enabled, taken in zip(self._instances, self._enabled, self._taken, strict=True):
            fair.append(disj(neg(stops), neg(enabled[last])))
            met = [conj(inside, each) for inside, each in zip(within, taken, strict=True)]
            if instance.strong:
                never = conj(*(disj(neg(inside), neg(each)) for inside, each in zip(within, enabled, strict=False)))
            else:
                never = disj(*(conj(inside, neg(each)) for inside, each in zip(within, enabled, strict=False)))
            fair.append(disj(stops, *met, never))
        return conj(z3.PbEq([(begin, 1) for begin in begins], 1), *returns, *fair)

    def _excluded(self, begins: list[Any]) -> Iterator[z3.BoolRef]:
        for states, closes in self._unfair:
            yield from self._without(begins, states, closes=closes)

    def _without(self, begins: list[Any], states: tuple[State, ...], *, closes: bool) -> Iterator[z3.BoolRef]:
        """That a run does not go through states for ever, wherever it begins with it."""
        first = len(begins) - 1 - (len(states) if closes else 0)
        if first < 0:
            return
        terms = [self._system.state_term(state) for state in states]
        for turn in range(len(terms)):
            turned = [*terms[turn:], *terms[:turn]]
            yield disj(neg(begins[first]), *(neg(self.unrolling.at(each, first + at)) for at, each in enumerate(turned)))

    def _violates(self, sought: _Sought, number: int, begins: list[Any]) -> z3.BoolRef:
        """That a question has the answer no: the goal is false where it must be."""
        last = self.unrolling.steps
        unmet = [neg(each) for each in sought.goals[number]]
        role = sought.declared.role
        if role is Role.EVENTUALLY:
            return conj(*unmet)
        within = [disj(*begins[: index + 1]) for index in range(last)]
        # The last state of a run that returns is that in which the loop begins, so it may be counted in.
        within.append(TRUE)
        if role is Role.EVENTUALLY_ALWAYS:
            return disj(*(conj(inside, each) for inside, each in zip(within, unmet, strict=True)))
        never = conj(*(disj(neg(inside), each) for inside, each in zip(within, unmet, strict=True)))
        if role is Role.ALWAYS_EVENTUALLY:
            return never
        waits: Any = FALSE
        for premise, each in zip(sought.premises[number], unmet, strict=True):
            waits = conj(each, disj(waits, premise))
        # In the loop, the premise may be true anywhere, since its goal never is.
        asked = disj(*(conj(inside, each) for inside, each in zip(within, sought.premises[number], strict=True)))
        return conj(never, disj(waits, asked))

    def _look_for(self, sought: _Sought, begins: list[Any]) -> bool:
        """Look for a lasso on which a property is false; False if z3 did not answer."""
        solver, steps = self.unrolling.solver, self.unrolling.steps
        violates = [self._violates(sought, number, begins) for number in range(len(sought.questions))]
        name = sought.declared.name
        for _ in range(MOST_CANDIDATES):
            self.queries += 1
            answer, model = answered(solver, disj(*violates), self._deadline)
            if answer == z3.unknown:
                self._stop(said(solver.reason_unknown()))
                return False
            if model is None:
                self.results[name] = Endless(self.results[name].depth if sought.cut else steps, reason=sought.cut)
                return True
            trace = self._judged(sought, model, violates, begins)
            if trace is not None:
                self.results[name] = Endless(steps - 1, trace)
                self._pending.remove(sought)
                return True
        sought.cut = sought.cut or f"of those with {steps} steps {MOST_CANDIDATES} were looked at and are not fair, and no more"
        self.results[name] = evolve(self.results[name], reason=sought.cut)
        return True

    def _judged(self, sought: _Sought, model: z3.ModelRef, violates: list[Any], begins: list[Any]) -> Trace | None:
        """The run of a model, if it is fair; otherwise the solver excludes it."""
        loop = next(index for index, each in enumerate(begins) if z3.is_true(model.eval(each, model_completion=True)))
        number = next(at for at, term in enumerate(violates) if z3.is_true(model.eval(term, model_completion=True)))
        question = sought.questions[number]
        machine, declared = self._system.machine, sought.declared
        run = self.unrolling.run(model)
        closes = loop < self.unrolling.steps
        if closes and run.states[-1] != run.states[loop]:
            raise InternalError(f"a run that returns on symbolic values does not on ordinary ones, at\n{run.states[-1]}")
        trace = Trace(
            machine.cls.__name__, source_file(machine.cls), machine.constants, declared.name, declared.role.value,
            run.states[:-1] if closes else run.states, run.steps, question.arguments, loop=loop, found_by="z3",
        )  # fmt: skip
        if defect(machine, declared, trace) is None:
            return trace
        if pending_since(machine, declared, trace) is None:
            if question.error is not None:
                raise goes_wrong(question.error, declared)
            raise InternalError(f"{declared.title} is false on symbolic values, and not on ordinary ones, on a run to\n{run.states[-1]}")
        unfair = (trace.states[loop:], closes)
        self._unfair.append(unfair)
        self.unrolling.solver.add(*self._without(begins, unfair[0], closes=closes))
        return None

    def _stop(self, reason: str) -> None:
        for sought in self._pending:
            name = sought.declared.name
            self.results[name] = Endless(self.results[name].depth, reason=sought.cut or reason)
