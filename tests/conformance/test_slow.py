"""What must happen, in runs that end: not tested, and said so; how long it took, where that is asked."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import settings

from modelcheck import Spec, UsageError, action, always_eventually, eventually, eventually_always, leads_to, require
from modelcheck.conformance import state_machine
from modelcheck.conformance.slow import Slowness
from modelcheck.spec import State, machine_of


class Line(Spec):
    """Numbers that go up."""

    def init(self):
        self.n = 0

    @action
    def go(self):
        require(self.n < 9)
        self.n += 1

    @action
    def back(self):
        require(self.n == 9)
        self.n = 0

    @eventually
    def five(self):
        return self.n == 5

    @always_eventually
    def zero(self):
        return self.n == 0

    @eventually_always
    def settles(self):
        return self.n == 9

    @leads_to((2, 3))
    def far(self, k):
        return self.n == 2, self.n == 2 + 2 * k


def waits(run, after=1):
    slowness = Slowness(machine_of(Line()), after)
    slowness.begin(State({"n": run[0]}))
    for n in run[1:]:
        slowness.see(State({"n": n}))
    return slowness.longest


def test_waits_are_counted_in_steps():
    """From the premise on, or from the last time that it was true; what has happened once is not waited for again."""
    assert waits([0, 1, 2, 3]) == {"five": 3, "zero": 2, "far(k=2)": 1, "far(k=3)": 1}
    assert waits([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]) == {"five": 4, "zero": 8, "far(k=2)": 3, "far(k=3)": 5}
    assert waits([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], after=6) == {"zero": 8}
    assert waits([5, 5, 5]) == {"zero": 2}


def told(made):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        settings(max_examples=5, stateful_step_count=30, database=None, derandomize=True)(lambda: None)
        case = made.TestCase
        case.settings = settings(max_examples=5, stateful_step_count=30, database=None, derandomize=True)
        case("runTest").runTest()
    return [str(warning.message) for warning in caught]


def test_it_is_said_that_runs_that_end_do_not_test_it():
    [message] = [text for text in told(state_machine(Line())) if "must happen" in text]
    assert message.startswith("five, zero, settles, far of Line() were not tested")


def test_what_was_slow_is_told():
    """The slowest first; never a violation."""
    [message] = [text for text in told(state_machine(Line(), slow_after=4)) if "slow" in text]
    assert message.startswith("slow in the runs of Line(): zero was waited for over 8 steps; far(k=3) was waited for over 5 steps")
    assert [text for text in told(state_machine(Line(), slow_after=100)) if "slow" in text or "must happen" in text] == []


def test_a_number_of_steps_is_asked():
    with pytest.raises(UsageError):
        state_machine(Line(), slow_after=0)
