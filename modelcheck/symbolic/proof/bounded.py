"""Bounded model checking: is there a run of k steps that ends in a violation? For k = 0, 1, 2, ...

Biere, Cimatti, Clarke and Zhu, "Symbolic Model Checking without BDDs", 1999. One solver is kept and gets one step more
at a time, so the first violation found is a shortest one. What was found to be true after k steps is told to the solver,
which need not find it out again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import z3
from attrs import frozen

from modelcheck.spec import Declaration
from modelcheck.symbolic.asking import said
from modelcheck.symbolic.proof.by_steps import Searched, answered, searched
from modelcheck.symbolic.proof.unrolling import Run, Unrolling
from modelcheck.symbolic.system import System, Transition, goes_wrong
from modelcheck.symbolic.terms import disj, neg


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


def search(
    system: System,
    properties: Sequence[Declaration],
    depth: int,
    *,
    deadline: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Searched[Bounded]:
    """Look for violations, step by step.

    Args:
        system: The system.
        properties: Invariants and properties of steps.
        depth: The greatest number of steps.
        deadline: When to give up, as `time.monotonic` says it.
        progress: Called with each number of steps.

    Raises:
        SpecError: if an action raises in a state that is reached.
    """
    return searched(_Hunt(Unrolling(system, initial=True), properties, deadline), depth, progress)


class _Hunt:
    """The violations at the end of an unrolling.

    Attributes:
        results: What is known of each property.
        queries: How often z3 was asked.
    """

    def __init__(self, unrolling: Unrolling, properties: Sequence[Declaration], deadline: float | None) -> None:
        self.unrolling = unrolling
        self.results = {declared.name: Bounded(-1) for declared in properties}
        self.queries = 0
        self._pending = list(properties)
        self._deadline = deadline
        self._raising = [each for each in unrolling.system.transitions if each.error is not None]

    def extend(self) -> None:
        """Add one step."""
        self.unrolling.extend()

    def look(self) -> bool:
        """Look at the last state; False if there is no need, or no time, to go on."""
        unrolling = self.unrolling
        while self._pending:
            wrong = [(declared, unrolling.violates(declared)) for declared in self._pending]
            errors = [(each, unrolling.at(each.condition, unrolling.steps, each)) for each in self._raising]
            question = disj(*(term for _, term in wrong), *(term for _, term in errors))
            self.queries += 1
            answer, model = answered(unrolling.solver, question, self._deadline)
            if answer == z3.unknown:
                self._stop(said(unrolling.solver.reason_unknown()))
                return False
            if model is None:
                unrolling.solver.add(neg(question))
                for declared in self._pending:
                    self.results[declared.name] = Bounded(unrolling.steps)
                return True
            self._found(model, wrong, errors)
        return False

    def _found(
        self, model: z3.ModelRef, wrong: list[tuple[Declaration, Any]], errors: list[tuple[Transition, Any]]
    ) -> None:
        violated = [declared for declared, term in wrong if z3.is_true(model.eval(term, model_completion=True))]
        if not violated:
            raise_error(
                next(each for each, term in errors if z3.is_true(model.eval(term, model_completion=True))),
                self.unrolling,
                model,
            )
        run = self.unrolling.run(model)
        for declared in violated:
            self.results[declared.name] = Bounded(self.unrolling.steps - 1, run)
            self._pending.remove(declared)

    def _stop(self, reason: str) -> None:
        for declared in self._pending:
            self.results[declared.name] = Bounded(self.results[declared.name].depth, reason=reason)


def look_for_errors(unrolling: Unrolling, deadline: float | None) -> int:
    """Whether an action raises in the last state of an unrolling; how often z3 was asked. Without an answer nothing is said.

    Raises:
        SpecError: if one does.
    """
    raising = [each for each in unrolling.system.transitions if each.error is not None]
    if not raising:
        return 0
    terms = [(each, unrolling.at(each.condition, unrolling.steps, each)) for each in raising]
    _, model = answered(unrolling.solver, disj(*(term for _, term in terms)), deadline)
    if model is not None:
        raise_error(next(each for each, term in terms if z3.is_true(model.eval(term, model_completion=True))), unrolling, model)
    return 1


def raise_error(transition: Transition, unrolling: Unrolling, model: z3.ModelRef) -> NoReturn:
    """Raise what an action does at the end of a model's run."""
    run = unrolling.run(model)
    machine = unrolling.system.machine
    for _, after in machine.outcomes(run.states[-1], transition.action):  # Raises the spec's own error, if the constraints do not.
        all(machine.failing(each, after) is None for each in machine.constraints)
    assert transition.error is not None
    raise goes_wrong(transition.error, transition.action)
