"""Lemmas instantiated where they match what a question looks up."""

from __future__ import annotations

import pytest
import z3

from modelcheck.symbolic.proof.matching import Matching

INTEGERS, FLAGS = z3.IntSort(), z3.BoolSort()
SENT = z3.Const("sent", z3.ArraySort(INTEGERS, z3.ArraySort(INTEGERS, FLAGS)))
KNOWN = z3.Const("known", z3.ArraySort(INTEGERS, FLAGS))
SEEN = z3.Const("seen", z3.ArraySort(INTEGERS, FLAGS))
A, B, C, X, Y = z3.Ints("a b c x y")
SENT_IS_KNOWN = z3.ForAll([X, Y], z3.Implies(SENT[X][Y], KNOWN[Y]))
KNOWN_IS_SEEN = z3.ForAll([X], z3.Implies(KNOWN[X], SEEN[X]))
APART = z3.ForAll([X, Y], z3.Or(z3.Not(KNOWN[X]), z3.Not(SEEN[Y]), X == Y))


def answer(lemmas, *question):
    """What z3 says of a question and the instances that match it; none of them has a quantifier."""
    instances = [term for _, term in Matching(lemmas).instances(question)]
    assert not any("ForAll" in str(term) for term in instances)
    solver = z3.Solver()
    solver.add(*question, *instances)
    return solver.check()


@pytest.mark.parametrize(
    ("lemmas", "question", "expected"),
    [
        ([SENT_IS_KNOWN], [SENT[A][B], z3.Not(KNOWN[B])], z3.unsat),
        ([SENT_IS_KNOWN], [SENT[A][B], z3.Not(KNOWN[A])], z3.sat),
        ([SENT_IS_KNOWN, KNOWN_IS_SEEN], [SENT[A][B], z3.Not(SEEN[B])], z3.unsat),
        ([KNOWN_IS_SEEN], [z3.Store(KNOWN, A, True)[C], A != C, z3.Not(SEEN[C])], z3.unsat),
        ([KNOWN_IS_SEEN], [z3.Store(KNOWN, A, True)[C], z3.Not(SEEN[C])], z3.sat),
        ([APART], [KNOWN[A], SEEN[B], A != B], z3.unsat),
        ([APART], [KNOWN[A], SEEN[B]], z3.sat),
    ],
)
def test_instances_decide_what_the_lemmas_do(lemmas, question, expected):
    """The answer with the instances is the one that the lemmas themselves give."""
    assert answer(lemmas, *question) == expected
    solver = z3.Solver()
    solver.add(*lemmas, *question)
    assert solver.check() == expected


def test_instances_say_which_lemma_they_are_of():
    """Unsatisfiable cores name lemmas, so each instance has the number of its own."""
    found = Matching([SENT_IS_KNOWN, z3.Bool("plain"), KNOWN_IS_SEEN]).instances([KNOWN[A]])
    assert sorted(number for number, _ in found) == [1, 2]
