"""The step of an induction: from a state in which everything assumed is true, no transition makes a property false.

The step is asked of each transition by itself: the property after it is the property with the written leaves replaced,
so no second copy of the state and no frame is needed. z3's unsatisfiable cores say which of the assumed invariants each
needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import z3
from attrs import evolve, frozen

from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration
from modelcheck.symbolic.asking import ask, said
from modelcheck.symbolic.proof import counterexample
from modelcheck.symbolic.proof.counterexample import CounterexampleToInduction
from modelcheck.symbolic.proof.matching import Matching
from modelcheck.symbolic.proof.model import InfiniteSetError
from modelcheck.symbolic.proof.quantifiers import conjuncts, has_quantifier, instantiated, integers_in, named
from modelcheck.symbolic.proof.unrolling import Unrolling
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import neg

_INSTANCES_MS = 20_000


@frozen
class Answer:
    """The answer on one property: inductive relative to some of the others, or not. Or on whether actions raise.

    Attributes:
        needs: The others.
        counterexample: A step that makes it false.
        reason: Why it is not known, if it is not the counterexample.
    """

    needs: frozenset[str] = frozenset()
    counterexample: CounterexampleToInduction | None = None
    reason: str | None = None

    @property
    def fails(self) -> bool:
        """Whether it is not known to be inductive."""
        return self.counterexample is not None or self.reason is not None


def _with_assumed(answer: Answer, hypotheses: Sequence[Declaration]) -> Answer:
    if answer.counterexample is None:
        return answer
    names = tuple(each.name for each in hypotheses)
    return evolve(answer, counterexample=evolve(answer.counterexample, assumed=names))


def _assumptions(hypotheses: Sequence[Declaration]) -> list[Any]:
    """What stands for each in questions."""
    return [z3.Bool(f"assume {each.name}") for each in hypotheses]


def _names_of(used: set[str], hypotheses: Sequence[Declaration]) -> set[str]:
    """The names of those that an answer used."""
    return {each.name for each, name in zip(hypotheses, _assumptions(hypotheses), strict=True) if str(name) in used}


class UnknownError(Exception):
    """z3 did not answer; the text says why."""


class Steps:
    """Asks z3 about the steps of one system.

    Args:
        system: The system.
        deadline: When to give up, as `time.monotonic` says it.
        depth: The k of k-induction.

    Attributes:
        queries: How often z3 was asked.
    """

    def __init__(self, system: System, deadline: float | None, depth: int) -> None:
        self.queries = 0
        self._system = system
        self._deadline = deadline
        self._depth = depth
        self._matchings: dict[tuple[str, ...], Matching] = {}
        self._needed: set[str] = set()

    def answer(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> Answer:
        """Whether a property is true after every step, if the hypotheses (and itself, where it is one) are before it."""
        try:
            found = (self._one_step if self._depth == 1 else self._several_steps)(declared, hypotheses)
        except UnknownError as reason:
            return Answer(reason=str(reason))
        return _with_assumed(found, hypotheses)

    def raising(self, hypotheses: Sequence[Declaration]) -> Answer:
        """Whether no action raises where the hypotheses are true."""
        errors = [each for each in self._system.transitions if each.error is not None]
        solver, names = self._solver(hypotheses) if errors else (z3.Solver(), [])
        needs: set[str] = set()
        try:
            for transition in errors:
                used = self._ask(solver, [transition.condition], names)
                if used is None:
                    model = self._simple(solver, names)
                    assumed = [self._term(each) for each in hypotheses]
                    found = counterexample.raising(self._system, transition, assumed, model, deadline=self._deadline)
                    reason = f"{transition.action.name} raises in a state in which everything assumed is true"
                    return _with_assumed(Answer(counterexample=found, reason=reason), hypotheses)
                solver.pop()
                needs |= _names_of(used, hypotheses)
        except UnknownError as reason:
            return Answer(reason=f"whether an action raises is not known: {reason}")
        return Answer(frozenset(needs))

    # One step ---------------------------------------------------------------------------------------------------------------------------------

    def _term(self, declared: Declaration) -> z3.BoolRef:
        return self._system.property_term(declared)

    def _solver(self, hypotheses: Sequence[Declaration]) -> tuple[z3.Solver, list[Any]]:
        solver = z3.Solver()
        solver.set("core.minimize", True)
        solver.add(self._system.axioms, self._system.bounds)
        names = _assumptions(hypotheses)
        solver.add(*(z3.Implies(name, self._term(each)) for name, each in zip(names, hypotheses, strict=True)))
        return solver, names

    def _one_step(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> Answer:
        solver, names = self._solver(hypotheses)
        needs: set[str] = set()
        quantified = any(has_quantifier(self._term(each)) for each in hypotheses)
        for transition, after in self._afters(declared):
            used = self._by_instances(declared, transition, after, hypotheses, names) if quantified else None
            terms = [transition.condition, neg(after)]
            if used is None and quantified:
                every = [*terms, *(self._term(each) for each in hypotheses)]
                found = counterexample.in_small_worlds(
                    self._system, declared, transition, every, hypotheses, deadline=self._deadline
                )
                if found is not None:
                    return Answer(counterexample=found)
            if used is None:
                used = self._ask(solver, terms, names)
                if used is None:
                    model = self._simple(solver, names)
                    return Answer(
                        counterexample=counterexample.from_model(self._system, declared, transition, model, hypotheses)
                    )
                solver.pop()
            needs |= _names_of(used, hypotheses)
        return Answer(frozenset(needs - {declared.name}))

    def _afters(self, declared: Declaration) -> Iterator[tuple[Transition, z3.BoolRef]]:
        """The transitions that can change a property, and the property after each."""
        for transition in self._system.transitions:
            if transition.error is not None:
                continue
            if declared.role in STEPS:
                yield transition, self._system.step_term(declared, transition)
                continue
            term = self._term(declared)
            leaves = self._system.leaves.all
            pairs = [(leaves[name].constant, written) for name, written in transition.writes.items()]
            after = z3.substitute(term, *pairs) if pairs else term
            if not after.eq(term):
                yield transition, after

    def _by_instances(
        self,
        declared: Declaration,
        transition: Transition,
        after: Any,
        hypotheses: Sequence[Declaration],
        names: list[Any],
    ) -> set[str] | None:
        """The names of the assumptions of which instances rule out that a step makes a property false; None if they do not.

        Each part of the property is asked by itself, so that each question speaks of few integers.
        """
        before = (
            {part.get_id() for part in conjuncts(self._term(declared))} if declared.role not in STEPS else set()
        )
        used: set[str] = set()
        for part in conjuncts(after):
            if part.get_id() in before:
                used.add(f"assume {declared.name}")
                continue
            if z3.is_true(z3.simplify(part)):
                continue
            core = self._ask_instances([transition.condition, neg(part)], hypotheses, names)
            if core is None:
                return None
            used |= core
            self._needed |= core
        return used

    def _ask_instances(self, terms: list[Any], hypotheses: Sequence[Declaration], names: list[Any]) -> set[str] | None:
        """The same for some terms: by the instances that match them, and if these do not do, by all for the integers that they speak of."""
        chosen: list[Any] = []
        goal = [named(term, names=chosen) for term in terms]
        matching = self._matching(hypotheses)
        instances = [z3.Implies(names[at], term) for at, term in matching.instances(goal)]
        core = None
        for few in self._tiers(hypotheses, names):
            core = self._core(instances, goal, few)
            if core is not None:
                break
        if core is None:
            grounds = [*chosen, *integers_in(goal)]
            every = [
                z3.Implies(name, instantiated(self._term(each), grounds))
                for name, each in zip(names, hypotheses, strict=True)
            ]
            core = self._core(every, goal, names)
        return core

    def _tiers(self, hypotheses: Sequence[Declaration], names: list[Any]) -> Iterator[list[Any]]:
        """What to assume: what was needed before, so that a proof needs little; the lemmas, since what is none may be hard to prove itself; all."""
        needed = [name for name in names if str(name) in self._needed]
        lemmas = [name for name, each in zip(names, hypotheses, strict=True) if each.lemma or str(name) in self._needed]
        yield from (tier for tier, more in ((needed, lemmas), (lemmas, names)) if len(tier) < len(more))
        yield names

    def _matching(self, hypotheses: Sequence[Declaration]) -> Matching:
        key = tuple(each.name for each in hypotheses)
        if key not in self._matchings:
            self._matchings = {key: Matching([self._term(each) for each in hypotheses])}
        return self._matchings[key]

    def _core(self, instances: list[Any], goal: list[Any], names: list[Any]) -> set[str] | None:
        solver = z3.Solver()
        solver.set("core.minimize", True)
        solver.add(self._system.axioms, self._system.bounds, *instances, *goal)
        self.queries += 1
        answer = ask(solver, *names, deadline=self._deadline, most_ms=_INSTANCES_MS)
        return {str(each) for each in solver.unsat_core()} if answer == z3.unsat else None

    # Several steps ----------------------------------------------------------------------------------------------------------------------------

    def _several_steps(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> Answer:
        """The step of k-induction: the property after k steps, assuming everything in the k states before."""
        unrolling = Unrolling(self._system, initial=False)
        names = _assumptions(hypotheses)
        for _ in range(self._depth):
            for name, each in zip(names, hypotheses, strict=True):
                unrolling.solver.add(z3.Implies(name, unrolling.at(self._term(each), unrolling.steps)))
            unrolling.extend()
        used = self._ask(unrolling.solver, [unrolling.violates(declared)], names)
        if used is not None:
            return Answer(frozenset(_names_of(used, hypotheses) - {declared.name}))
        wishes = counterexample.wishes_for(self._system, {str(old): new for old, new in unrolling.names(0)})
        model = counterexample.simplest(unrolling.solver, wishes, names, deadline=self._deadline)
        try:
            run = unrolling.run(model)
        except InfiniteSetError:
            reason = f"it is not {self._depth}-inductive; the counterexample begins with infinitely many elements in a set"
            return Answer(reason=reason)
        machine = self._system.machine
        sound = all(machine.failing(each, state) is None for state in run.states[:-1] for each in hypotheses)
        found = counterexample.of_run(machine, declared, run.states, run.steps, exact=sound)
        if found is None and not any(z3.is_array(leaf.constant) for leaf in self._system.leaves.all.values()):
            raise InternalError(f"z3 makes {declared.name} false by a run, and the spec's own code does not, to\n{run.states[-1]}")
        return Answer(
            counterexample=found or CounterexampleToInduction(declared.name, run.states, run.steps, exact=False)
        )

    # Questions --------------------------------------------------------------------------------------------------------------------------------

    def _ask(self, solver: z3.Solver, terms: list[Any], names: list[Any]) -> set[str] | None:
        """The names of the assumptions that rule the terms out; None if there is a model. The terms stay on the solver."""
        self.queries += 1
        solver.push()
        solver.add(*terms)
        answer = ask(solver, *names, deadline=self._deadline)
        if answer == z3.unknown:
            raise UnknownError(said(solver.reason_unknown()))
        return {str(each) for each in solver.unsat_core()} if answer == z3.unsat else None

    def _simple(self, solver: z3.Solver, names: list[Any]) -> z3.ModelRef:
        return counterexample.simplest(solver, counterexample.wishes_for(self._system), names, deadline=self._deadline)
