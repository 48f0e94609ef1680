"""The questions of induction at one small size: quantifiers are conjunctions over the names there are, and sets of enough names are listed.

What z3 says here is never a proof. Its counterexamples tell which candidate is of use.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import z3

from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.names.sizes import COUNT, Threshold
from modelcheck.symbolic.names.system import NamesSystem

_MOST_MS = 3000


class SmallWorld:
    """A system at one size.

    Args:
        system: The system.
        sizes: The sizes.

    Attributes:
        sizes: The sizes.
        queries: How often z3 was asked.
    """

    def __init__(self, system: NamesSystem, sizes: Mapping[str, int]) -> None:
        self.system = system
        self.sizes = sizes
        self.queries = 0
        self._numbers = [(size, z3.IntVal(sizes[name])) for name, size in system.sizes.all.items()]
        self._integers = [z3.IntVal(at) for at in range(max(sizes.values()))]
        self._members: dict[str, list[z3.ExprRef]] = {}
        self._sets: dict[str, frozenset[int]] = {}
        self._literals: dict[tuple[int, bool], tuple[Any, Any]] = {}
        self._known: dict[int, tuple[Any, Any]] = {}
        self._solver = z3.Solver()
        self._solver.set("core.minimize", True)
        self._solver.add(*(self.ground(each) for each in (system.axioms, system.bounds)))

    def ground(self, term: z3.BoolRef) -> z3.BoolRef:
        """A condition without quantifiers."""
        key = term.get_id()
        if key not in self._known:
            self._known[key] = (term, z3.simplify(self._grounded(z3.simplify(z3.substitute(term, *self._numbers)))))
        return self._known[key][1]

    def _grounded(self, term: Any) -> Any:
        if z3.is_quantifier(term):
            if term.is_lambda():
                return term
            domains = [self._domain(term.var_sort(at)) for at in range(term.num_vars())]
            bodies = (z3.simplify(z3.substitute_vars(term.body(), *reversed(chosen))) for chosen in itertools.product(*domains))
            parts = [self._grounded(each) for each in bodies]
            return z3.And(*parts) if term.is_forall() else z3.Or(*parts)
        if not z3.is_app(term) or not term.children():
            return term
        if term.decl().name() in self._has:
            return self._has_member(term)
        return term.decl()(*map(self._grounded, term.children())) if not z3.is_and(term) and not z3.is_or(term) else _joined(term, self._grounded)

    @property
    def _has(self) -> dict[str, Threshold]:
        return {each.has.name(): each for each in self.system.sizes.thresholds}

    def _domain(self, sort: Any) -> Sequence[Any]:
        if sort == z3.IntSort():
            return self._integers
        if sort.name() not in self._members:
            threshold = next(each for each in self.system.sizes.thresholds if each.sort == sort)
            size = self.sizes[str(threshold.size)]
            enough = [n for n in range(size + 1) if self._is_enough(threshold, n)]
            chosen = [each for n in enough for each in itertools.combinations(range(size), n)]
            self._members[sort.name()] = [z3.Const(f"{sort.name()} {each}", sort) for each in chosen]
            self._sets |= {f"{sort.name()} {each}": frozenset(each) for each in chosen}
        return self._members[sort.name()]

    def _is_enough(self, threshold: Threshold, count: int) -> bool:
        return bool(z3.is_true(z3.simplify(z3.substitute(threshold.enough, (COUNT, z3.IntVal(count)), *self._numbers))))

    def _has_member(self, term: Any) -> Any:
        name, members = term.children()
        return z3.Or(*(name == each for each in self._sets[str(members)]))

    def counterexample(self, at: int, before: Sequence[z3.BoolRef], after: z3.BoolRef) -> z3.ModelRef | None:
        """A state in which conditions are true, and a step by a transition to one in which another one is not.

        Args:
            at: The number of the transition.
            before: The conditions.
            after: The other one, after the transition.
        """
        self.queries += 1
        wanted = [self._named(each, positive=True) for each in (*before, self.system.transitions[at].condition)]
        answer = ask(self._solver, *wanted, self._named(after, positive=False), most_ms=_MOST_MS)
        return self._solver.model() if answer == z3.sat else None

    def core(self, at: int, after: z3.BoolRef, before: Mapping[str, z3.BoolRef]) -> set[str] | None:
        """The names of conditions that exclude such a counterexample; None if there is one."""
        if self.counterexample(at, list(before.values()), after) is not None:
            return None
        used = {str(each) for each in self._solver.unsat_core()}
        return {name for name, term in before.items() if str(self._named(term, positive=True)) in used}

    def _named(self, term: z3.BoolRef, *, positive: bool) -> Any:
        """What stands for a condition, or its opposite, in questions; z3 is told once what it means."""
        key = term.get_id(), positive
        if key not in self._literals:
            literal = z3.Bool(f"literal {len(self._literals)}")
            ground = self.ground(term)
            self._solver.add(z3.Implies(literal, ground if positive else z3.Not(ground)))
            self._literals[key] = (term, literal)
        return self._literals[key][1]


def _joined(term: Any, visit: Any) -> Any:
    parts = [visit(each) for each in term.children()]
    return z3.And(*parts) if z3.is_and(term) else z3.Or(*parts)
