"""Every operator, built-in function, method and pattern, on every kind of value that a state holds: followed exactly, or refused with its line.

`sweep/` writes the expressions. A sample of them is compared every day, all of them in the slow tests.
"""

from __future__ import annotations

import itertools
import random

import pytest

from modelcheck import Limits, Verdict, check
from modelcheck.errors import ModelcheckError
from modelcheck.symbolic.proof.prove import prove

from .sweep.sweeping import Tally, claims, example, methods, sweep_actions, sweep_properties
from .sweep.vocabulary import KINDS, of_one, of_two

METHODS = methods()
# Of which two variables are compared with each other: numbers and texts that are equal, or nearly, to those of other types.
PAIRED = ("int", "bool", "maybe", "number", "level", "word", "named", "float", "pair", "tuple", "frozenset", "set", "list", "dict", "Counter", "wide")


def sampled(expressions: list[str], number: int, seed: int) -> list[str]:
    """Some of the expressions, in an order that depends on nothing else."""
    return random.Random(seed).sample(expressions, min(number, len(expressions)))


def checked(tally: Tally, least: int) -> None:
    """Make sure that nothing is wrong, and that enough was followed."""
    assert not tally.wrong, tally.wrong[:5]
    assert sum(tally.followed.values()) >= least, tally.refused


@pytest.mark.parametrize("kind", KINDS)
def test_some_expressions_over_a_variable_are_followed_or_refused(kind):
    """As invariants, step properties, guards and bodies."""
    tally = Tally()
    expressions = list(of_one(kind, METHODS))
    sweep_properties((kind,), sampled(expressions, 12, 1), tally)
    sweep_actions((kind,), sampled(expressions, 5, 2), tally)
    checked(tally, 8)


def test_some_expressions_over_two_variables_are_followed_or_refused():
    """Operators between variables of two types."""
    tally = Tally()
    for at, kinds in enumerate(random.Random(3).sample(list(itertools.product(PAIRED, PAIRED)), 8)):
        sweep_properties(kinds, sampled(list(of_two()), 10, at), tally)
    checked(tally, 60)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_all_expressions_over_a_variable_are_followed_or_refused(kind):
    """Some 900 of each kind as invariants and step properties, and a third of them as guards and bodies."""
    tally = Tally()
    expressions = list(of_one(kind, METHODS))
    sweep_properties((kind,), expressions, tally)
    sweep_actions((kind,), sampled(expressions, 300, 2), tally)
    checked(tally, 400)


@pytest.mark.slow
@pytest.mark.parametrize("one", PAIRED)
def test_all_expressions_over_two_variables_are_followed_or_refused(one):
    """Each operator between each two types."""
    tally = Tally()
    for other in PAIRED:
        sweep_properties((one, other), list(of_two()), tally)
    checked(tally, 400)


def _verdict(say) -> Verdict | str:
    try:
        return say().verdict
    except ModelcheckError:
        return "error"


def _compare_methods(kind: str, number: int, seed: int) -> int:
    """Whether each method says of expressions what the enumerator says, in each place; returns how many verdicts there were."""
    compared = 0
    for expression, place in zip(sampled(list(of_one(kind, METHODS)), number, seed), itertools.cycle(("invariant", "constraint", "step property"))):
        for claim in claims(expression, (kind,))[:1]:
            cls = example(claim, (kind,), place)
            expected = _verdict(lambda cls=cls: check(cls(), limits=Limits(states=500)))
            for method in ("bmc", "induction", "ic3", "auto"):
                said = _verdict(lambda cls=cls, method=method: prove(cls(), method=method, limits=Limits(time_s=20)))
                assert said in (expected, Verdict.UNKNOWN, "error"), (kind, claim, place, method, said, expected)
                compared += said == expected
    return compared


def test_each_method_says_of_some_expressions_what_the_enumerator_says():
    """A constraint that cuts states off, an invariant and a property of steps, by all methods."""
    assert sum(_compare_methods(kind, 3, 4) for kind in ("int", "tuple", "set", "colour")) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_method_says_of_many_expressions_what_the_enumerator_says(kind):
    """The same for all kinds of values."""
    assert _compare_methods(kind, 60, 5) >= 60
