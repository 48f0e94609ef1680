"""Bounded model checking: is there a run of k steps that ends in a violation? For k = 0, 1, 2, ...

Biere, Cimatti, Clarke and Zhu, "Symbolic Model Checking without BDDs", 1999. One solver is kept and gets one step more at a time, so the first
violation found is a shortest one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.errors import InternalError
from modelcheck.spec import Declaration, Role, State, Step
from modelcheck.symbolic.model import Renaming, state_of
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import FALSE, UnsupportedError, conj, disj, neg


@frozen
class Run:
    """A run that ends in a violation.

    Attributes:
        states: The states, the initial one first.
        steps: The steps between them.
    """

    states: tuple[State, ...]
    steps: tuple[Step, ...]


class Unrolling:
    """A system's steps one after the other, in a solver.

    Attributes:
        solver: The solver.
        steps: How many steps there are so far.
    """

    def __init__(self, system: System, *, initial: bool) -> None:
        self.system = system
        self.solver = z3.Solver()
        self.steps = 0
        self._names: list[Renaming] = [self._renamed(0)]
        self._selectors: list[list[tuple[Any, Transition]]] = []
        self.solver.add(self.at(system.axioms, 0), self.at(system.init if initial else system.bounds, 0))

    def _renamed(self, step: int) -> Renaming:
        return [
            (leaf.constant, z3.Const(f"{leaf.name}@{step}", leaf.constant.sort()))
            for leaf in self.system.leaves.all.values()
        ]

    def _inputs(self, transition: Transition, step: int) -> Renaming:
        return [(each, z3.Int(f"{each}@{step}")) for each in transition.inputs]

    def at(self, term: Any, step: int, transition: Transition | None = None) -> Any:
        """A term about a state (or about a transition), said of the state after so many steps."""
        renaming = self._names[step] if transition is None else self._names[step] + self._inputs(transition, step)
        return z3.substitute(term, *renaming) if renaming else term

    def names(self, step: int) -> Renaming:
        """What the leaves are called after so many steps."""
        return self._names[step]

    def extend(self) -> None:
        """Add one step."""
        before, after = self.steps, self.steps + 1
        self._names.append(self._renamed(after))
        selectors = []
        writers: dict[str, list[Any]] = {}
        new = {str(old): made for old, made in self._names[after]}
        for number, transition in enumerate(self.system.transitions):
            if transition.error is not None:
                continue
            taken = z3.Bool(f"step@{before}#{number}")
            selectors.append((taken, transition))
            self.solver.add(z3.Implies(taken, self.at(transition.condition, before, transition)))
            for name, term in transition.writes.items():
                writers.setdefault(name, []).append(taken)
                self.solver.add(z3.Implies(taken, new[name] == self.at(term, before, transition)))
        old = {str(original): made for original, made in self._names[before]}
        for name in self.system.leaves.all:
            unwritten = [neg(taken) for taken in writers.get(name, [])]
            self.solver.add(
                z3.Implies(conj(*unwritten), new[name] == old[name]) if unwritten else new[name] == old[name]
            )
        every = [taken for taken, _ in selectors]
        self.solver.add(z3.Or(*every))
        if len(every) > 1:
            self.solver.add(z3.AtMost(*every, 1))
        self.solver.add(self.at(self.system.axioms, after))
        self._selectors.append(selectors)
        self.steps = after

    def taken(self, step: int) -> list[tuple[Any, Transition]]:
        """The transitions of a step, with what says that it is the one."""
        return self._selectors[step]

    def run(self, model: z3.ModelRef) -> Run:
        """The run in a model, replayed by the spec's own Python."""
        state = state_of(self.system, model, self._names[0])
        states = [state]
        steps: list[Step] = []
        for at in range(self.steps):
            transition = next(
                t for taken, t in self._selectors[at] if z3.is_true(model.eval(taken, model_completion=True))
            )
            wanted = state_of(self.system, model, self._names[at + 1])
            step = next(
                (step for step, after in self.system.machine.outcomes(state, transition.action) if after == wanted),
                None,
            )
            if step is None:
                raise InternalError(
                    f"z3 takes the step {transition.action.name} to a state that the spec's own code does not reach from\n{state}"
                )
            state = wanted
            states.append(state)
            steps.append(step)
        return Run(tuple(states), tuple(steps))


@frozen
class Bounded:
    """What bounded model checking found out about a property.

    Attributes:
        depth: The number of steps up to which there is no violation, or -1.
        run: A shortest run to a violation.
        reason: Why z3 did not answer.
    """

    depth: int
    run: Run | None = None
    reason: str | None = None


def violation(unrolling: Unrolling, declared: Declaration, terms: dict[str, Any]) -> z3.BoolRef:
    """That a property is false at the end of an unrolling."""
    system = unrolling.system
    if declared.role is not Role.STEP:
        if declared.name not in terms:
            terms[declared.name] = system.property_term(declared)
        return neg(unrolling.at(terms[declared.name], unrolling.steps))
    if not unrolling.steps:
        return FALSE
    last = unrolling.steps - 1
    found = []
    for taken, transition in unrolling.taken(last):
        key = f"{declared.name}/{id(transition)}"
        if key not in terms:
            terms[key] = system.step_term(declared, transition)
        found.append(conj(taken, neg(unrolling.at(terms[key], last, transition))))
    return disj(*found)


def search(
    system: System,
    properties: Sequence[Declaration],
    depth: int,
    *,
    deadline: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Bounded]:
    """The result for each property.

    Args:
        system: The system.
        properties: Invariants and properties of steps.
        depth: The greatest number of steps.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with each number of steps.

    Raises:
        SpecError: if an action raises in a state that is reached.
    """
    unrolling = Unrolling(system, initial=True)
    results = {declared.name: Bounded(-1) for declared in properties}
    pending = list(properties)
    terms: dict[str, Any] = {}
    errors = [transition for transition in system.transitions if transition.error is not None]
    while pending:
        if progress is not None:
            progress(unrolling.steps)
        for declared in list(pending):
            answer = check(unrolling.solver, [violation(unrolling, declared, terms)], deadline)
            if answer == z3.sat:
                results[declared.name] = Bounded(unrolling.steps - 1, unrolling.run(unrolling.solver.model()))
                unrolling.solver.pop()
                pending.remove(declared)
            elif answer == z3.unknown:
                reason = unrolling.solver.reason_unknown()
                unrolling.solver.pop()
                return {
                    name: each if each.run else Bounded(each.depth, None, said(reason))
                    for name, each in results.items()
                }
            else:
                unrolling.solver.pop()
                results[declared.name] = Bounded(unrolling.steps)
        for transition in errors:
            raised = check(
                unrolling.solver, [unrolling.at(transition.condition, unrolling.steps, transition)], deadline
            )
            unrolling_model = unrolling.solver.model() if raised == z3.sat else None
            unrolling.solver.pop()
            if unrolling_model is not None:
                _raise(system, transition, unrolling, unrolling_model)
        if unrolling.steps >= depth or (deadline is not None and time.monotonic() > deadline):
            break
        unrolling.extend()
    return results


def _raise(system: System, transition: Transition, unrolling: Unrolling, model: z3.ModelRef) -> None:
    run = unrolling.run(model)
    list(system.machine.outcomes(run.states[-1], transition.action))  # Raises the spec's own error.
    raise UnsupportedError(
        f"this goes wrong on symbolic values, though not on ordinary ones: {transition.error}",
        place=transition.action.place,
    )


def check(solver: z3.Solver, terms: Sequence[Any], deadline: float | None) -> Any:
    """Push the terms and ask; the caller pops."""
    if deadline is not None:
        left = deadline - time.monotonic()
        solver.set("timeout", max(int(left * 1000), 1))
    solver.push()
    solver.add(*terms)
    return solver.check()


def said(reason: str) -> str:
    """Z3's reason in words."""
    if "timeout" in reason or "canceled" in reason or "interrupted" in reason:
        return "the time limit was reached"
    return f"z3 gave up: {reason}"
