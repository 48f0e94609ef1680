"""Inductive invariants that somebody found: checked by plain induction, and made small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.spec import Declaration
from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.proof import bounded
from modelcheck.symbolic.proof.unrolling import Run, Unrolling
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import conj, neg

Cube = tuple[Any, ...]


@frozen
class Found:
    """What the search came to.

    Attributes:
        invariant: The clauses of an inductive invariant, as text; None if none was found.
        run: A run to a violation.
        reason: Why there is neither.
        queries: How often z3 was asked.
        clauses: The clauses, as formulas.
    """

    invariant: tuple[str, ...] | None = None
    run: Run | None = None
    reason: str | None = None
    queries: int = 0
    clauses: tuple[z3.BoolRef, ...] = ()


def refuted(system: System, declared: Declaration, steps: int, deadline: float | None, queries: int) -> Found:
    """The run that violates a property of which a search said that there is one, in so many steps at the most; after so many questions."""
    searched = bounded.search(system, [declared], steps, deadline=deadline)
    result = searched.results[declared.name]
    why = result.reason or f"it takes more than {steps} steps"
    reason = None if result.run is not None else f"there is a violation that could not be shown: {why}"
    return Found(run=result.run, reason=reason, queries=queries + searched.queries)


def begins(system: System, declared: Declaration, deadline: float | None) -> Found | None:
    """The initial state that violates a refinement, or why it is not known whether there is one; None if there is none."""
    searched = bounded.search(system, [declared], 0, deadline=deadline)
    result = searched.results[declared.name]
    return None if result.run is None and result.reason is None else Found(run=result.run, reason=result.reason, queries=searched.queries)


def is_inductive(
    system: System, clauses: Sequence[z3.BoolRef], term: z3.BoolRef, deadline: float | None = None
) -> bool:
    """Whether the clauses and the property are true at the start and stay true in every step, asked of a fresh solver."""
    whole = conj(*clauses, term)
    solver = z3.Solver()
    solver.add(system.axioms, system.bounds)
    solver.push()
    solver.add(system.init, neg(whole))
    if ask(solver, deadline=deadline) != z3.unsat:
        return False
    solver.pop()
    solver.add(whole)
    for transition in system.transitions:
        pairs = [(system.leaves.all[name].constant, written) for name, written in transition.writes.items()]
        solver.push()
        solver.add(transition.condition, neg(z3.substitute(whole, *pairs) if pairs else whole))
        answer = ask(solver, deadline=deadline)
        solver.pop()
        if answer != z3.unsat:
            return False
    return True


# Fewer clauses ---------------------------------------------------------------------------------------------------------------------------------


def needed(system: System, cubes: Sequence[Cube], term: z3.BoolRef, deadline: float | None = None) -> list[Cube]:
    """The cubes that an inductive invariant must exclude for a property; none of them can be left out.

    First what the property needs, what that needs, and so on, by unsatisfiable cores; of these, each that the others can do without is dropped.
    """
    weighing = _Weighing(system, cubes, term, deadline)
    kept = weighing.closure()
    for each in sorted(kept, key=lambda at: -len(cubes[at])):
        fewer = kept - {each}
        if weighing.is_inductive(fewer):
            kept = fewer
    return [cubes[at] for at in sorted(kept)]


class _Weighing:
    """Which clauses are needed: they are assumed by name before a step, and asked for by name after it."""

    def __init__(self, system: System, cubes: Sequence[Cube], term: z3.BoolRef, deadline: float | None) -> None:
        self._deadline = deadline
        unrolling = Unrolling(system, initial=False)
        self._solver = unrolling.solver
        clauses = [neg(conj(*cube)) for cube in cubes]
        self._solver.add(unrolling.at(term, 0))
        unrolling.extend()
        self._before = [z3.Bool(f"before {at}") for at in range(len(clauses))]
        self._broken = [z3.Bool(f"broken {at}") for at in range(len(clauses) + 1)]
        for name, clause in zip(self._before, clauses, strict=True):
            self._solver.add(z3.Implies(name, unrolling.at(clause, 0)))
        for name, clause in zip(self._broken, [*clauses, term], strict=True):
            self._solver.add(z3.Implies(name, neg(unrolling.at(clause, 1))))

    def closure(self) -> set[int]:
        """What the property needs, and what that needs, and so on."""
        numbers = {str(name): at for at, name in enumerate(self._before)}
        found: set[int] = set()
        todo = [len(self._before)]
        while todo:
            if ask(self._solver, self._broken[todo.pop()], *self._before, deadline=self._deadline) != z3.unsat:
                return set(numbers.values())
            new = {numbers[str(each)] for each in self._solver.unsat_core() if str(each) in numbers} - found
            found |= new
            todo.extend(sorted(new))
        return found

    def is_inductive(self, kept: set[int]) -> bool:
        """Whether some of the clauses are inductive by themselves, together with the property."""
        self._solver.push()
        self._solver.add(z3.Or(self._broken[-1], *(self._broken[at] for at in kept)))
        answer = ask(self._solver, *(self._before[at] for at in sorted(kept)), deadline=self._deadline)
        self._solver.pop()
        return bool(answer == z3.unsat)
