"""Which fairness would do, by whoever answers whether a property holds under some."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modelcheck.liveness.advice import advice
from modelcheck.spec import Fairness, Strength

NONE, WEAK, STRONG = Strength.NONE, Strength.WEAK, Strength.STRONG
ORDER = (NONE, WEAK, STRONG)


def needing(**needed: Strength) -> Callable[[Mapping[str, Fairness]], bool]:
    """A property that holds if actions are at least so fair."""
    return lambda given: all(ORDER.index(given[name].strength) >= ORDER.index(strength) for name, strength in needed.items())


def given(**strengths: Strength) -> dict[str, Fairness]:
    return {name: Fairness(strength) for name, strength in strengths.items()}


def test_no_more_than_is_needed():
    """What is as fair as it needs to be is not told."""
    declared = given(a=NONE, b=WEAK, c=NONE, d=WEAK)
    assert advice(declared, frozenset(), needing(a=WEAK, b=STRONG, d=WEAK)) == {"a": WEAK, "b": STRONG}


def test_nothing_would_do():
    assert advice(given(a=NONE), frozenset(), lambda _: False) == {}


def test_faults_are_never_made_to_happen():
    """Neither as part of the advice, nor to find out whether there is one."""
    assert advice(given(a=NONE, lose=NONE), frozenset({"lose"}), needing(lose=WEAK)) == {}
    assert advice(given(a=NONE, lose=NONE), frozenset({"lose"}), needing(a=STRONG)) == {"a": STRONG}


def test_what_is_fair_as_a_whole_stays_so():
    declared = {"a": Fairness(WEAK, each=False)}
    assert advice(declared, frozenset(), lambda given: given["a"] == Fairness(STRONG, each=False)) == {"a": STRONG}
