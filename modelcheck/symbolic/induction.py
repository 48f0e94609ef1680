"""Induction: an invariant that is true at the start and that no step can make false is true always.

The step is asked of each transition by itself: the property after it is the property with the written leaves replaced,
so no second copy of the state and no frame is needed. A failed step is a *counterexample to induction*: a state in
which everything assumed is true, and a step to one in which the property is false. The first state need not be
reachable; that it is not is what a lemma has to say.

Cost: one small query per transition and property. z3's unsatisfiable cores say which of the assumed invariants each
needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import z3
from attrs import evolve, field, frozen

from modelcheck.errors import InternalError, ModelcheckError
from modelcheck.spec import Declaration, Role, State, Step
from modelcheck.symbolic import bounded
from modelcheck.symbolic.bounded import said
from modelcheck.symbolic.model import arguments_of, state_of
from modelcheck.symbolic.quantifiers import conjuncts, has_quantifier, instantiated, integers_in, named
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import UnsupportedError, conj, disj, neg
from modelcheck.symbolic.unrolling import Run, Unrolling
from modelcheck.verdict import Verdict

_SMALL = (1, 2, 4, 8)
_SMALL_MS = 2000
_INSTANCES_MS = 20_000


@frozen
class CounterexampleToInduction:
    """Why a property is not inductive.

    Attributes:
        property: The name of the property.
        states: A run of states in which everything assumed is true, but for the property in the last.
        steps: The steps between them.
        arguments: For which the property is false.
        raises: What the last step raises instead of going on; then it has no state after it.
        reachable: Whether the first state is reachable; None if nobody could tell.
        exact: Whether the spec's own code confirms it. It cannot where a set would be infinite.
    """

    property: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    arguments: Mapping[str, Any] = field(factory=dict)
    raises: str | None = None
    reachable: bool | None = None
    exact: bool = True


@frozen
class Inductive:
    """What induction found out about a property.

    Attributes:
        verdict: ``holds`` if it is inductive together with what it needs, ``violated`` if it is false in an initial state.
        needs: The invariants that its proof uses, those that these use, and so on; itself not included.
        reason: Why it is unknown.
        counterexample: To induction.
        run: To a violation.
    """

    verdict: Verdict
    needs: tuple[str, ...] = ()
    reason: str | None = None
    counterexample: CounterexampleToInduction | None = None
    run: Run | None = None


@frozen
class _Step:
    """The answer on one property: inductive relative to some of the others, or not."""

    needs: frozenset[str] = frozenset()
    counterexample: CounterexampleToInduction | None = None
    reason: str | None = None

    @property
    def fails(self) -> bool:
        return self.counterexample is not None or self.reason is not None


class _Unknown(Exception):  # noqa: N818 - not an error.
    pass


class Induction:
    """Proofs by induction on one system.

    Args:
        system: The system.
        deadline: When to give up, as `time.monotonic` says it.
        depth: The k of k-induction.

    Attributes:
        queries: How often z3 was asked.
    """

    def __init__(
        self,
        system: System,
        *,
        deadline: float | None = None,
        depth: int = 1,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.system = system
        self.queries = 0
        self._deadline = deadline
        self._depth = depth
        self._progress = progress or (lambda _: None)
        self._terms: dict[str, z3.BoolRef] = {}

    def term(self, declared: Declaration) -> z3.BoolRef:
        """A property of a state as a formula."""
        if declared.name not in self._terms:
            self._terms[declared.name] = self.system.property_term(declared)
        return self._terms[declared.name]

    def prove(self, targets: Sequence[Declaration], assumed: Sequence[Declaration]) -> dict[str, Inductive]:
        """The result for each target, assuming it and the others before each step.

        What is assumed is proved as well, as far as the targets need it; what cannot be proved is no longer assumed.
        """
        results: dict[str, Inductive] = {}
        base = self._base([*targets, *(each for each in assumed if each not in targets)])
        hypotheses = [
            each
            for each in dict.fromkeys([*targets, *assumed])
            if each.role is Role.INVARIANT and base.get(each.name) is None
        ]
        failures: dict[str, _Step] = {}
        while True:
            steps, failed = self._closure([each for each in targets if base.get(each.name) is None], hypotheses)
            if failed is None:
                break
            failures.setdefault(failed.name, steps[failed.name])
            hypotheses = [each for each in hypotheses if each is not failed]
            if failed in targets:
                targets = [each for each in targets if each is not failed]
        for declared in targets:
            found = base.get(declared.name)
            results[declared.name] = found or Inductive(Verdict.HOLDS, _all_needs(declared.name, steps))
        for name, step in failures.items():
            results[name] = self._failure(step)
        return results

    def _failure(self, step: _Step) -> Inductive:
        if step.reason is not None:
            return Inductive(Verdict.UNKNOWN, reason=step.reason)
        return Inductive(Verdict.UNKNOWN, reason="it is not inductive", counterexample=step.counterexample)

    def _base(self, declared: Sequence[Declaration]) -> dict[str, Inductive | None]:
        found: dict[str, Inductive | None] = {}
        states = [each for each in declared if each.role is not Role.STEP]
        for name, result in bounded.search(self.system, states, self._depth - 1, deadline=self._deadline).items():
            if result.run is not None:
                found[name] = Inductive(Verdict.VIOLATED, run=result.run)
            elif result.reason is not None or result.depth < self._depth - 1:
                found[name] = Inductive(Verdict.UNKNOWN, reason=result.reason or "the time limit was reached")
        return found

    def _closure(
        self, targets: Sequence[Declaration], hypotheses: Sequence[Declaration]
    ) -> tuple[dict[str, _Step], Declaration | None]:
        """The steps of the targets and of all that they need; and the first that fails."""
        steps: dict[str, _Step] = {}
        todo = list(targets)
        by_name = {each.name: each for each in hypotheses}
        if self._raising(hypotheses, steps) and targets:
            return steps, targets[0]
        while todo:
            declared = todo.pop(0)
            self._progress(declared.name)
            steps[declared.name] = step = self._step(declared, hypotheses)
            if step.fails:
                return steps, declared
            todo += [by_name[name] for name in sorted(step.needs) if name not in steps and by_name[name] not in todo]
        return steps, None

    # One property -----------------------------------------------------------------------------------------------------------------------------

    def _solver(self, hypotheses: Sequence[Declaration]) -> tuple[z3.Solver, list[Any]]:
        solver = z3.Solver()
        solver.set("core.minimize", True)
        solver.add(self.system.axioms, self.system.bounds)
        names = []
        for each in hypotheses:
            name = z3.Bool(f"assume {each.name}")
            names.append(name)
            solver.add(z3.Implies(name, self.term(each)))
        return solver, names

    def _raising(self, hypotheses: Sequence[Declaration], steps: dict[str, _Step]) -> bool:
        """Whether an action may raise where everything assumed is true; the answer then stands for every property."""
        raising = [each for each in self.system.transitions if each.error is not None]
        if not raising:
            return False
        solver, names = self._solver(hypotheses)
        for transition in raising:
            try:
                found = self._ask(solver, [transition.condition], names)
            except _Unknown as reason:
                step = _Step(reason=str(reason))
            else:
                if not isinstance(found, z3.ModelRef):
                    continue
                state = state_of(self.system, found)
                text, taken = self._replayed_error(state, transition)
                step = _Step(
                    counterexample=CounterexampleToInduction(transition.action.name, (state,), (taken,), raises=text)
                )
            for each in hypotheses:
                steps[each.name] = step
            return True
        return False

    def _replayed_error(self, state: State, transition: Transition) -> tuple[str, Step]:
        try:
            list(self.system.machine.outcomes(state, transition.action))
        except ModelcheckError as error:
            return str(error).split("\n", maxsplit=1)[0], Step(transition.action.name)
        raise UnsupportedError(
            f"this goes wrong on symbolic values, though not on ordinary ones: {transition.error}",
            place=transition.action.place,
        )

    def _step(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> _Step:
        if self._depth > 1:
            return self._long_step(declared, hypotheses)
        solver, names = self._solver(hypotheses)
        needs: set[str] = set()
        quantified = any(has_quantifier(self.term(each)) for each in hypotheses)
        try:
            for transition, after in self._afters(declared):
                known = self._by_instances(declared, transition, after, hypotheses, names) if quantified else None
                found = self._ask(solver, [transition.condition, neg(after)], names) if known is None else known
                if isinstance(found, z3.ModelRef):
                    return _Step(counterexample=self._counterexample(declared, transition, found, hypotheses))
                needs |= {hypotheses[at].name for at, name in enumerate(names) if str(name) in found}
        except _Unknown as reason:
            return _Step(reason=str(reason))
        return _Step(frozenset(needs - {declared.name}))

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
        before = {part.get_id() for part in conjuncts(self.term(declared))} if declared.role is not Role.STEP else set()
        used: set[str] = set()
        for part in conjuncts(after):
            if part.get_id() in before:
                used.add(f"assume {declared.name}")
                continue
            core = self._ask_instances([transition.condition, neg(part)], hypotheses, names)
            if core is None:
                return None
            used |= core
        return used

    def _ask_instances(self, terms: list[Any], hypotheses: Sequence[Declaration], names: list[Any]) -> set[str] | None:
        chosen: list[Any] = []
        goal = [named(term, names=chosen) for term in terms]
        grounds = [*chosen, *integers_in(goal)]
        solver = z3.Solver()
        solver.set("timeout", _INSTANCES_MS)
        solver.add(self.system.axioms, self.system.bounds, *goal)
        for name, each in zip(names, hypotheses, strict=True):
            solver.add(z3.Implies(name, instantiated(self.term(each), grounds)))
        self.queries += 1
        return {str(each) for each in solver.unsat_core()} if solver.check(*names) == z3.unsat else None

    def _afters(self, declared: Declaration) -> Iterator[tuple[Transition, z3.BoolRef]]:
        """The transitions that can change a property, and the property after each."""
        for transition in self.system.transitions:
            if transition.error is not None:
                continue
            if declared.role is Role.STEP:
                yield transition, self.system.step_term(declared, transition)
                continue
            term = self.term(declared)
            pairs = [(self.system.leaves.all[name].constant, written) for name, written in transition.writes.items()]
            after = z3.substitute(term, *pairs) if pairs else term
            if not after.eq(term):
                yield transition, after

    def _ask(self, solver: z3.Solver, terms: list[Any], names: list[Any]) -> Any:
        """A model, or the names of the assumptions that rule one out."""
        self.queries += 1
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            solver.set("timeout", max(int(left * 1000), 1))
        solver.push()
        solver.add(*terms)
        answer = solver.check(*names)
        try:
            if answer == z3.sat:
                return self._small_model(solver, names)
            if answer == z3.unknown:
                raise _Unknown(said(solver.reason_unknown()))
            return {str(each) for each in solver.unsat_core()}
        finally:
            solver.pop()

    def _small_model(self, solver: z3.Solver, names: list[Any]) -> z3.ModelRef:
        """A model, with small integers where there is one."""
        model = solver.model()
        integers = [leaf.constant for leaf in self.system.leaves.all.values() if z3.is_int(leaf.constant)]
        integers += [each for transition in self.system.transitions for each in transition.inputs]
        if not integers:
            return model
        for bound in _SMALL:
            solver.push()
            solver.set("timeout", _SMALL_MS)
            solver.add(*(z3.And(each >= 0, each <= bound) for each in dict.fromkeys(integers)))
            found = solver.model() if solver.check(*names) == z3.sat else None
            solver.pop()
            if found is not None:
                return found
        return model

    # Counterexamples --------------------------------------------------------------------------------------------------------------------------

    def _counterexample(
        self, declared: Declaration, transition: Transition, model: z3.ModelRef, hypotheses: Sequence[Declaration]
    ) -> CounterexampleToInduction:
        machine = self.system.machine
        indexes = {model.eval(each, model_completion=True).as_long() for each in transition.inputs}
        state = state_of(self.system, model, indexes=indexes)
        sound = all(machine.failing(each, state) is None for each in hypotheses)
        wanted = arguments_of(transition.arguments, model)
        outcomes = sorted(machine.outcomes(state, transition.action), key=lambda pair: pair[0].arguments != wanted)
        for step, after in outcomes:
            shown = (state, after) if declared.role is Role.STEP else (after,)
            failing = machine.failing(declared, *shown)
            if failing is not None:
                return CounterexampleToInduction(declared.name, (state, after), (step,), failing, exact=sound)
        arrays = any(z3.is_array(leaf.constant) for leaf in self.system.leaves.all.values())
        if not arrays:
            raise InternalError(
                f"z3 makes {declared.name} false by {transition.action.name}, and the spec's own code does not, from\n{state}"
            )
        return CounterexampleToInduction(
            declared.name, (state,), (Step(transition.action.name, wanted, transition.choices),), exact=False
        )

    def _long_step(self, declared: Declaration, hypotheses: Sequence[Declaration]) -> _Step:
        """The step of k-induction: the property after k steps, assuming everything in the k states before."""
        unrolling = Unrolling(self.system, initial=False)
        names = [z3.Bool(f"assume {each.name}") for each in hypotheses]
        for _ in range(self._depth):
            for name, each in zip(names, hypotheses, strict=True):
                unrolling.solver.add(z3.Implies(name, unrolling.at(self.term(each), unrolling.steps)))
            unrolling.extend()
        solver = unrolling.solver
        try:
            found = self._ask(solver, [unrolling.violates(declared)], names)
        except _Unknown as reason:
            return _Step(reason=str(reason))
        if not isinstance(found, z3.ModelRef):
            return _Step(
                frozenset(
                    {hypotheses[at].name for at, name in enumerate(names) if str(name) in found} - {declared.name}
                )
            )
        run = unrolling.run(found)
        machine = self.system.machine
        failing = (
            machine.failing(declared, *run.states[-2:])
            if declared.role is Role.STEP
            else machine.failing(declared, run.states[-1])
        )
        return _Step(counterexample=CounterexampleToInduction(declared.name, run.states, run.steps, failing or {}))


def _all_needs(name: str, steps: Mapping[str, _Step]) -> tuple[str, ...]:
    found: list[str] = []
    todo = [name]
    while todo:
        for each in sorted(steps[todo.pop(0)].needs):
            if each != name and each not in found:
                found.append(each)
                todo.append(each)
    return tuple(sorted(found))


__all__ = ["CounterexampleToInduction", "Induction", "Inductive", "conj", "disj", "evolve"]
