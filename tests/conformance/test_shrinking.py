"""What is found is made as short as it can be: a planted bug in a real system, and mutants of specs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

from modelcheck import Spec, action, require
from modelcheck.conformance import Adapter, Nonconformance, Violation, conformance, state_machine
from modelcheck.spec.loading import load_spec

ROOT = Path(__file__).resolve().parents[2]
QUICK = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate, Phase.shrink])


class Lock(Spec):
    """A lock with leases; what a client has let go late frees nobody else's lock."""

    def init(self) -> None:
        self.holder: str | None = None
        self.granted = 0
        self.token = dict.fromkeys(self.names(), 0)

    def names(self):
        return ("a", "b")

    @action(names)
    def acquire(self, c: str) -> None:
        require(self.token[c] == 0)
        if self.holder is None:
            self.granted += 1
            self.holder = c
            self.token[c] = self.granted

    @action
    def expire(self) -> None:
        require(self.holder is not None)
        self.holder = None

    @action(names)
    def release(self, c: str) -> None:
        require(self.token[c] > 0)
        if self.holder == c and self.token[c] == self.granted:
            self.holder = None
        self.token[c] = 0


class Careless(Adapter):
    """Whoever releases the lock frees it."""

    def setup(self) -> None:
        self.holder: str | None = None
        self.granted = 0
        self.token = {"a": 0, "b": 0}

    def acquire(self, c: str):
        self.token[c] = 0
        if self.holder is None:
            self.granted += 1
            self.token[c], self.holder = self.granted, c
        return {"token": {c: self.token[c]}}

    def expire(self) -> None:
        self.holder = None

    def release(self, c: str):
        self.holder, self.token[c] = None, 0
        return {"token": {c: 0}}


def steps_of(machine, kind, number):
    """How many steps the failure takes that a test with this seed shows."""
    case = seed(number)(machine).TestCase
    case.settings = QUICK
    with pytest.raises(kind) as caught:
        case().runTest()
    return len(caught.value.trace.steps)


@pytest.mark.parametrize("number", [0, 1, *(pytest.param(number, marks=pytest.mark.slow) for number in range(2, 20))])
def test_a_planted_bug_in_a_system_takes_five_steps(tmp_path, number):
    """Acquired, expired, acquired by the other, released late by the first, who then gets what is taken: nothing is left to leave out."""
    trace = steps_of(conformance(Lock(), Careless, traces=tmp_path), Nonconformance, number)
    assert trace + 1 == 5  # The last step is seen of the system, and no step of the spec.


@pytest.mark.parametrize(
    ("name", "shortest"),
    [
        ("commit/mutants/two_phase_commit_blocking.py:AbortsWhenAsked", 7),
        ("commit/mutants/two_phase_commit_blocking.py:DecidesTwice", 11),
        ("consensus/mutants/raft.py:ForgetsVote", 8),
    ],
)
@pytest.mark.slow
def test_a_violation_of_a_mutant_is_as_short_as_the_enumerator_s(tmp_path, name, shortest):
    """Whatever the seed, at most a step more."""
    machine = state_machine(load_spec(ROOT / "specs" / name)(), traces=tmp_path)
    assert all(steps_of(machine, Violation, number) <= shortest + 1 for number in range(5))
