"""Quantifiers in z3's terms."""

from __future__ import annotations

import z3

from modelcheck.symbolic.proof import quantifiers


def test_whether_a_term_has_a_quantifier_is_known_of_so_many(monkeypatch):
    """What is kept is bounded, and the answer is the same once it was forgotten."""
    monkeypatch.setattr(quantifiers, "_known", {})
    monkeypatch.setattr(quantifiers, "_MOST_KNOWN", 3)
    n, sizes = z3.Int("n"), []
    plain = [n == each for each in range(10)]
    quantified = [z3.Or(z3.Bool("b"), z3.ForAll([n], n > each)) for each in range(10)]
    for term in [*plain, *quantified, *plain]:
        assert quantifiers.has_quantifier(term) == any(term is each for each in quantified)
        sizes.append(len(quantifiers._known))
    assert max(sizes) == 3
