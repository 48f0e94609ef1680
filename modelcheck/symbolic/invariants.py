"""Inductive invariants that somebody found: checked by plain induction, made small, and said in the spec's own terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import conj, neg
from modelcheck.symbolic.unrolling import Run, Unrolling

Cube = tuple[Any, ...]
_PAIR = 2
_OPERATORS = {
    z3.Z3_OP_LE: "<=",
    z3.Z3_OP_GE: ">=",
    z3.Z3_OP_LT: "<",
    z3.Z3_OP_GT: ">",
    z3.Z3_OP_EQ: "==",
    z3.Z3_OP_ADD: "+",
    z3.Z3_OP_SUB: "-",
    z3.Z3_OP_MUL: "*",
}


@frozen
class Found:
    """What the search came to.

    Attributes:
        invariant: The clauses of an inductive invariant, as text; None if none was found.
        run: A run to a violation.
        reason: Why there is neither.
        queries: How often z3 was asked.
    """

    invariant: tuple[str, ...] | None = None
    run: Run | None = None
    reason: str | None = None
    queries: int = 0


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


# Text ------------------------------------------------------------------------------------------------------------------------------------------


def in_words(system: System, cubes: Sequence[Cube]) -> tuple[str, ...]:
    """What an invariant says that excludes cubes: pairs that exclude each other are put together where there are three and more."""
    positive = [cube for cube in cubes if not any(z3.is_not(each) for each in cube)]
    pairs = {frozenset(map(str, cube)): cube for cube in positive if len(cube) == _PAIR}
    texts = {leaf.name: leaf.text for leaf in system.leaves.all.values()}
    order = {name: at for at, name in enumerate(texts)}
    groups = [sorted(group, key=lambda name: order[name]) for group in _groups(set(pairs), order)]
    grouped = {pair for pair in pairs if any(pair <= set(group) for group in groups)}
    lines = [f"at most one of: {', '.join(texts[name] for name in group)}" for group in groups]
    rest = [cube for cube in cubes if frozenset(map(str, cube)) not in grouped]
    return (*lines, *(_clause_text(system, cube) for cube in rest))


def _groups(pairs: set[frozenset[str]], order: dict[str, int]) -> list[set[str]]:
    """Sets of three and more of which all pairs are given, which together have as many of the pairs as one after the other can get."""
    found: list[set[str]] = []
    names = sorted({name for pair in pairs for name in pair}, key=lambda name: order[name])
    left = set(pairs)
    while left:
        best: set[str] = set()
        for start in sorted(left, key=lambda pair: sorted(order[name] for name in pair)):
            group = set(start)
            for name in names:
                if name not in group and all(frozenset({name, other}) in pairs for other in group):
                    group.add(name)
            if len(group) > len(best):
                best = group
        if len(best) <= _PAIR:
            return found
        found.append(best)
        left -= {pair for pair in left if pair <= best}
    return found


def _clause_text(system: System, cube: Cube) -> str:
    """The negation of a cube, as an implication in the spec's own terms."""
    texts = {leaf.name: leaf.text for leaf in system.leaves.all.values()}
    given = [texts[str(each)] for each in cube if not z3.is_not(each)]
    then = [texts[str(each.arg(0))] for each in cube if z3.is_not(each)]
    if not given:
        return " or ".join(then)
    if not then:
        return (
            f"not ({' and '.join(given)})"
            if len(given) > 1
            else f"not {given[0]}"
            if " " not in given[0]
            else f"not ({given[0]})"
        )
    return f"if {' and '.join(given)} then {' or '.join(then)}"


def term_text(system: System, term: Any) -> str:
    """A formula over the leaves, in the spec's own terms."""
    texts = {leaf.name: leaf.text for leaf in system.leaves.all.values()}

    def said_of(each: Any) -> str:
        if z3.is_const(each) and str(each) in texts:
            return texts[str(each)]
        inner = [said_of(child) for child in each.children()]
        if z3.is_not(each):
            return f"not ({inner[0]})"
        if z3.is_and(each) or z3.is_or(each):
            return "(" + (" and " if z3.is_and(each) else " or ").join(inner) + ")"
        symbol = _OPERATORS.get(each.decl().kind()) if z3.is_app(each) else None
        return f" {symbol} ".join(inner) if symbol and inner else str(each)

    text = said_of(term)
    return text[1:-1] if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text
