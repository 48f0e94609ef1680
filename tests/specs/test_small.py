"""Small systems with the exact counts that Stateright reaches, by the oracle and by the enumerator."""

from __future__ import annotations

import pytest

from modelcheck import Spec
from modelcheck.search import check

from ..oracles.explorer import explore
from .small import Increment, IncrementLock, PingPong

COUNTS = [
    (Increment(threads=2), 13, 15),
    (Increment(threads=3), 84, 112),
    (IncrementLock(threads=3), 61, 61),
    (IncrementLock(threads=6), 7_825, 7_825),
    (PingPong(max=1, duplicating=True, lossy=True), 14, 21),
    (PingPong(max=5, duplicating=True, lossy=True), 4_094, 21_505),
    (PingPong(max=5, duplicating=True), 11, 11),
    (PingPong(max=5), 11, 11),
    (PingPong(max=5, fifo=True), 11, 11),
]


@pytest.mark.parametrize(("spec", "states", "generated"), COUNTS, ids=repr)
def test_counts_are_those_of_stateright(spec: Spec, states: int, generated: int) -> None:
    """The whole space, although an invariant may be false in it."""
    report = check(spec, keep_going=True)
    assert (report.states, report.generated) == (states, generated)


@pytest.mark.parametrize(("spec", "states", "generated"), COUNTS, ids=repr)
def test_the_oracle_counts_the_same(spec: Spec, states: int, generated: int) -> None:
    """So the numbers belong to the spec, and not to the enumerator."""
    found = explore(spec, keep_going=True)
    assert (found.states, found.generated) == (states, generated)


def lengths(spec: Spec) -> dict[str, tuple[str, int | None]]:
    return {p.name: (p.verdict.value, p.trace and len(p.trace.steps)) for p in check(spec).properties}


def test_increments_are_lost() -> None:
    """Two threads read before one of them writes."""
    assert lengths(Increment(threads=2))["fin"] == ("violated", 4)


def test_under_a_lock_no_increment_is_lost() -> None:
    """Both properties hold, and all threads get to their end."""
    assert lengths(IncrementLock(threads=3)) == {
        "fin": ("holds", None),
        "mutex": ("holds", None),
        "deadlock": ("holds", None),
    }


def test_ping_pong_reaches_its_maximum() -> None:
    """Ten deliveries make both counters five."""
    assert lengths(PingPong(max=5))["reaches_max"] == ("holds", 10)


def test_successors_beyond_the_constraint_are_counted_apart() -> None:
    """The eleventh delivery is dropped."""
    assert check(PingPong(max=5)).out_of_bounds == 1
