"""Initial states are streamed: `init` runs once for each, and no more of them are made than a limit asks for."""

from __future__ import annotations

import pytest

from modelcheck import Limits, Spec, Verdict, action, check, choose, constraint, invariant
from modelcheck.parts import Network

RUNS = [0]


class Bits(Spec):
    """All numbers of some bits to begin with."""

    bits: int = 10

    def init(self):
        RUNS[0] += 1
        self.bit = {i: choose([False, True]) for i in range(self.bits)}

    def places(self):
        return range(self.bits)

    @action(places)
    def flip(self, i):
        self.bit[i] = not self.bit[i]


def test_init_runs_once_for_each_initial_state():
    """But for the first runs and one in sixteen later, which are repeated to see whether it depends on nothing else."""
    RUNS[0] = 0
    assert check(Bits(bits=10)).states == 1024
    assert RUNS[0] < 1024 * 1.15


@pytest.mark.parametrize("order", ["breadth", "depth", "random"])
def test_a_limit_of_states_holds_among_initial_states(order):
    """Of a million only as many are made as are needed."""
    RUNS[0] = 0
    report = check(Bits(bits=20), limits=Limits(states=1000), order=order)
    assert (report.verdict, report.reason) == (Verdict.UNKNOWN, "the limit of 1,000 states was reached")
    assert 1000 <= report.states < 4000
    assert RUNS[0] < 5000


@pytest.mark.parametrize(("order", "workers"), [("breadth", 1), ("breadth", 3), ("depth", 1)])
def test_all_initial_states_are_found(order, workers):
    """In whichever batches they come."""
    report = check(Bits(bits=11), order=order, workers=workers)
    assert (report.verdict, report.states, report.generated) == (Verdict.HOLDS, 2048, 2048 * 12)


def test_a_violation_in_a_late_initial_state_is_found():
    """With the state itself as the counterexample."""

    class Last(Bits):
        @invariant
        def some(self):
            return not all(self.bit.values())

    found = check(Last(bits=10))
    trace = next(each.trace for each in found.properties if each.name == "some")
    assert (found.verdict, len(trace.steps), all(trace.states[0]["bit"].values())) == (Verdict.VIOLATED, 0, True)


def test_a_violation_after_a_late_initial_state_is_replayed():
    """The counterexample begins in the right one of many initial states."""

    class Late(Spec):
        def init(self):
            self.n = choose(range(3000))
            self.m = 0

        @action
        def count(self):
            self.m += self.n == 2777

        @invariant
        def none(self):
            return self.m == 0

    trace = next(each.trace for each in check(Late()).properties if each.name == "none")
    assert (trace.states[0]["n"], len(trace.steps)) == (2777, 1)


def test_repeats_and_dropped_initial_states_are_no_end():
    """A batch that brings no new state, or none within bounds, is followed by the next."""

    class Few(Spec):
        def init(self):
            self.n = choose(range(2000)) // 100

        @action
        def stay(self):
            self.n += 0

        @constraint
        def late(self):
            return self.n >= 15

    report = check(Few())
    assert (report.verdict, report.states, report.out_of_bounds) == (Verdict.HOLDS, 5, 1500)


def test_parts_know_of_every_initial_state():
    """What is unused in the first thousand is not left out because of that."""

    class Losing(Spec):
        def init(self):
            self.n = choose(range(1500))
            self.net = Network(losses=int(self.n == 1400))
            self.net.send(1)

        @action
        def stay(self):
            self.n += 0

        @invariant
        def all_there(self):
            return len(list(self.net.in_flight())) == 1

    assert check(Losing(), properties=["all_there"]).verdict is Verdict.VIOLATED
