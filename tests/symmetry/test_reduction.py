"""Searches that explore one state of each orbit: what they say, and when they refuse to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from modelcheck import (
    Limits,
    Spec,
    Verdict,
    action,
    check,
    require,
    terminal,
)
from specs.commit.two_phase_commit import Manager, TwoPhaseCommit
from tests.symmetry.agreement import compared, told_apart

from .lamps import Lamps

COUNTS = {
    3: (288, 1_146, 11, 80), 4: (1_568, 8_258, 14, 166), 5: (8_832, 58_146, 17, 314), 7: (296_448, 2_744_706, 23, 920),
    8: (1_745_408, 18_507_778, 26, 1_461),
}  # fmt: skip
LARGE = {
    9: (10_340_352, 123_558_402, 29, 2_232), 10: (61_515_776, 817_760_258, 32, 3_300), 12: (2_193_563_648, 35_046_670_338, 38, 6_656),
}  # fmt: skip


@pytest.mark.parametrize("rms", [*COUNTS, *(pytest.param(rms, marks=pytest.mark.slow) for rms in LARGE)])
def test_two_phase_commit_has_as_many_states_and_few_orbits(rms):
    """The states are those that the peers count; up to 9 managers the unreduced search counts the same."""
    report = check(TwoPhaseCommit(rms=rms), symmetry="on")
    assert report.verdict.value == "holds"
    assert (report.states, report.generated, report.depth, report.orbits) == (COUNTS | LARGE)[rms]


class Queue(Spec):
    """Each takes the next number."""

    customers: int = 20

    def init(self) -> None:
        self.number: dict[Manager, int | None] = dict.fromkeys(self.everybody())
        self.next = 0

    def everybody(self) -> Iterable[Manager]:
        return Manager.several(self.customers)

    @action(everybody)
    def take(self, i: Manager) -> None:
        require(self.number[i] is None)
        self.number[i] = self.next
        self.next += 1

    @terminal
    def all_wait(self) -> bool:
        return self.next == self.customers


@pytest.mark.parametrize(("customers", "counted"), [(16, True), (20, False)])
def test_more_states_than_can_be_counted_are_said_to_be_more(customers, counted):
    """The sum over k of n! / k!; of twenty customers that is more than 2**58."""
    found = check(Queue(customers=customers))
    states = sum(math.factorial(customers) // math.factorial(k) for k in range(customers + 1))
    assert (found.verdict, found.orbits) == (Verdict.HOLDS, customers + 1)
    assert (found.states == found.generated == states) is counted
    assert ("more than can be counted" in str(found.symmetry)) is not counted
    assert found.states <= states


def test_all_counts_are_those_without_symmetry():
    reduced, whole = (check(TwoPhaseCommit(rms=4), symmetry=symmetry) for symmetry in ("exact", "off"))
    assert (reduced.states, reduced.generated, reduced.depth) == (whole.states, whole.generated, whole.depth)
    assert [(each.name, each.enabled) for each in reduced.actions] == [(each.name, each.enabled) for each in whole.actions]
    assert whole.orbits is None
    assert whole.symmetry is None
    assert reduced.symmetry == "166 states explored, since m0, ..., m3 are interchangeable"


def test_reduced_searches_of_random_specs_agree_with_all_states_and_all_permutations(tmp_path: Path):
    done = [compared(seed, tmp_path) for seed in (*range(3), 471_663)]  # In the last one a step out of bounds violates a property of steps.
    assert done.count("reduced") > 1


def test_random_specs_that_tell_names_apart_have_the_answers_without_symmetry(tmp_path: Path):
    assert "refused" in [told_apart(seed, tmp_path) for seed in (15, 20)]


@pytest.mark.parametrize(
    ("options", "why"),
    [({"engine": "sets"}, "sets are of states"), ({"order": "random", "limits": Limits(states=5)}, "a random walk goes through states")],
)
def test_a_search_that_leaves_symmetry_out_says_so(options: dict[str, Any], why: str) -> None:
    """Unless it was told to, or the spec has no names."""
    assert why in str(check(Lamps(), **options).symmetry)
    assert check(Lamps(), symmetry="off", **options).symmetry is None
    assert check(Numbered(), **options).symmetry is None


class Numbered(Spec):
    """Nothing in it has a name."""

    def init(self) -> None:
        self.n = 0

    @action
    def up(self) -> None:
        self.n = (self.n + 1) % 9
