"""What is possible on a path, against a solver that is asked afresh each time."""

from __future__ import annotations

import random

import pytest
import z3

from modelcheck.symbolic.feasibility import Feasibility
from modelcheck.symbolic.terms import conj, disj, neg

A, B, C = z3.Bools("a b c")
N = z3.Int("n")
AXIOMS = [z3.Or(neg(A), neg(B)), N >= 0]


def some_term(rng: random.Random) -> z3.BoolRef:
    """A condition on three truth values and an integer."""
    atoms = [A, B, C, N < 2, N == 3, rng.randrange(4) < N]
    parts = [neg(each) if rng.random() < 0.5 else each for each in rng.sample(atoms, rng.choice([1, 1, 2]))]
    return rng.choice([conj, disj])(*parts)


def agrees(seed: int) -> int:
    """Follow paths at random, down and back up; returns how many questions z3 was spared."""
    rng = random.Random(seed)
    feasibility = Feasibility(AXIOMS)
    conditions: list[z3.BoolRef] = []
    asked = 0
    for _ in range(60):
        if conditions and rng.random() < 0.3:
            mark = rng.randrange(len(conditions))
            del conditions[mark:]
            feasibility.forget(mark)
        term = some_term(rng)
        solver = z3.Solver()
        solver.add(*AXIOMS, *conditions, term)
        expected = solver.check() == z3.sat
        asked += 1
        assert feasibility.possible(term) == expected, f"{term} after {conditions}"
        if expected and rng.random() < 0.7:
            conditions.append(term)
            feasibility.add(term)
        assert feasibility.mark() == len(conditions)
    return asked - feasibility.checks


def test_what_is_possible_is_what_a_fresh_solver_says():
    """And z3 is asked less often."""
    assert all(agrees(seed) > 0 for seed in range(8))


@pytest.mark.slow
def test_what_is_possible_is_what_a_fresh_solver_says_at_length():
    """The same on many paths."""
    assert all(agrees(seed) > 0 for seed in range(100, 500))
