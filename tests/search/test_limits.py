"""A search that is cut short says so, and never says that a property holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from modelcheck import Spec, Verdict, action, check, invariant, reachable
from modelcheck.search import Limits


class Grid(Spec):
    """A walk on a square."""

    side: int = 60
    interrupted: bool = False

    def init(self):
        self.x = self.y = 0

    @action
    def right(self):
        self.x = (self.x + 1) % self.side
        if self.interrupted and self.x == 30:
            os.kill(os.getpid(), signal.SIGINT)

    @action
    def up(self):
        self.y = (self.y + 1) % self.side

    @invariant
    def inside(self) -> bool:
        return self.x < self.side

    @reachable
    def middle(self) -> bool:
        return self.x == self.y == self.side // 2

    @reachable
    def start(self) -> bool:
        return self.x == self.y == 0


ORDERS = ["breadth", "depth", "random"]
LIMITS = [
    (Limits(states=200), "the limit of 200 states was reached"),
    (Limits(depth=5), "the depth limit of 5 was reached"),
    (Limits(time_s=0), "the time limit of 0 s was reached"),
    (Limits(memory_bytes=1), "memory ran short"),
]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("limits", "reason"), LIMITS, ids=["states", "depth", "time", "memory"])
def test_a_limit_gives_unknown_and_its_name(limits, reason, workers):
    """What was not found is unknown; what was found stays found."""
    report = check(Grid(), limits=limits, workers=workers)
    verdicts = {each.name: each.verdict for each in report.properties}
    assert report.verdict is Verdict.UNKNOWN
    assert reason in report.reason
    assert (verdicts["inside"], verdicts["middle"], verdicts["deadlock"]) == (Verdict.UNKNOWN,) * 3
    assert report.states < 3600
    if limits.states or limits.depth:
        assert verdicts["start"] is Verdict.HOLDS


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limits", [Limits(states=200), Limits(time_s=0.05, states=10_000)], ids=["states", "time"])
def test_no_order_says_holds_when_it_was_cut_short(order, limits):
    """A depth-first search and a random walk are cut short like the others."""
    report = check(Grid(side=2000), order=order, limits=limits)
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason
    assert all(each.verdict is Verdict.UNKNOWN for each in report.properties if each.name != "start")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_ends_the_search_with_a_report(workers):
    """Ctrl-C gives unknown, and leaves the handler as it was."""
    before = signal.getsignal(signal.SIGINT)
    report = check(Grid(interrupted=True), workers=workers)
    assert (report.verdict, report.reason) == (Verdict.UNKNOWN, "it was interrupted")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_search_without_limits_is_complete():
    """The square has a state per place, and two steps from each."""
    report = check(Grid())
    assert (report.verdict, report.states, report.generated) == (Verdict.HOLDS, 3600, 7201)


@pytest.mark.parametrize(("order", "workers"), [("breadth", 1), ("breadth", 2), ("depth", 1)])
def test_a_limit_of_just_as_many_states_as_there_are_is_no_limit(order, workers):
    """The search was complete; with one state less it is not."""
    found = [check(Grid(side=12), limits=Limits(states=limit), order=order, workers=workers) for limit in (144, 143)]
    assert [report.verdict for report in found] == [Verdict.HOLDS, Verdict.UNKNOWN]
    assert found[0].states == 144


def test_a_walk_ends_at_its_limit_of_states():
    """A walk cannot know that there are no more states than that."""
    assert check(Grid(side=12), limits=Limits(states=144), order="random").verdict is Verdict.UNKNOWN


def test_a_walk_ends_where_there_are_fewer_states_than_its_limit():
    """It would look for the others for ever."""
    report = check(Grid(side=3), limits=Limits(states=10), order="random")
    assert (report.verdict, report.states) == (Verdict.UNKNOWN, 9)
    assert "met no new state" in report.reason


def test_the_peak_memory_is_not_that_of_a_parent():
    """A check started by a process that needed much memory reports its own peak."""
    ballast = bytearray(300 << 20)
    code = "from modelcheck.limits.memory import peak_bytes; print(peak_bytes())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < len(ballast)
