"""Timers: when they can end, when they must, and when time passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck import Spec, SpecError, Verdict, action, check, invariant, require, terminal
from modelcheck.parts import Timers
from modelcheck.spec.loading import load_spec

from ..oracles import plain

ROOT = Path(__file__).resolve().parents[2]


class Egg(Spec):
    """An egg that is boiled; time is counted by an observer."""

    ticks: int = 3
    drift: int = 1
    deadline: bool = True

    def init(self) -> None:
        self.timers = Timers(names=("egg", "observer"), drift=self.drift)
        self.timers.start("egg", self.ticks, deadline=self.deadline)
        self.timers.start("observer", 9, drift=0)
        self.taken: int | None = None

    def left(self) -> int:
        found = self.timers.running["observer"]
        assert found is not None
        return found.least

    @action
    def take_out(self) -> None:
        require(self.taken is None)
        self.timers.end("egg")
        self.taken = 9 - self.left()

    @terminal
    def done(self) -> bool:
        return True


def times(**constants) -> set[int | None]:
    """When the egg is taken out, over all runs."""
    seen: set[int | None] = set()

    class Observed(Egg):
        @invariant
        def noted(self) -> bool:
            seen.add(self.taken)
            return True

    check(Observed(**constants))
    return seen - {None}


@pytest.mark.parametrize(
    ("constants", "found"),
    [
        ({}, {2, 3, 4}),
        ({"drift": 0}, {3}),
        ({"ticks": 0, "drift": 0}, {0}),
        ({"ticks": 1, "drift": 2}, {0, 1, 2, 3}),
        ({"deadline": False}, {2, 3, 4, 5, 6, 7, 8, 9}),
    ],
    ids=repr,
)
def test_a_timer_ends_within_its_drift(constants, found):
    """Neither sooner nor later, and without a deadline as late as it likes."""
    assert times(**constants) == found


class Idle(Spec):
    """Timers that nobody waits for."""

    stopped: bool = False

    def init(self) -> None:
        self.timers = Timers(names=("one", "another"))
        self.timers.start("one", 2, deadline=False)
        if self.stopped:
            self.timers.stop("one")
            self.timers.stop("another")

    @action
    def nothing(self) -> None:
        require(False)

    @terminal
    def done(self) -> bool:
        return True


def test_time_stands_still_when_nobody_would_notice():
    """So that states which differ in the hour alone are one state."""
    assert check(Idle()).states == 3
    assert check(Idle(stopped=True)).states == 1


class Stuck(Spec):
    """A timer that must end, and nothing that ends it."""

    def init(self) -> None:
        self.timers = Timers(names=("one",))
        self.timers.start("one", 2)

    @action
    def nothing(self) -> None:
        require(False)


def test_a_deadline_that_nobody_meets_stops_time():
    """Which is a deadlock."""
    report = check(Stuck())
    [deadlock] = [found for found in report.properties if found.name == "deadlock"]
    assert deadlock.verdict is Verdict.VIOLATED
    assert deadlock.trace is not None
    assert len(deadlock.trace.steps) == 2


@pytest.mark.parametrize("given", [{"ticks": -1}, {"ticks": True}, {"ticks": 1, "drift": -1}, {"ticks": 1.5}], ids=repr)
def test_ticks_are_whole_numbers(given):
    """The message names the timer."""
    with pytest.raises(SpecError, match="the timer 'egg'"):
        Timers(names=("egg",)).start("egg", **given)


def test_a_timer_is_named_beforehand():
    """A mistyped name is not a timer more."""
    with pytest.raises(SpecError, match="there is no timer 'eg'"):
        Timers(names=("egg",)).start("eg", 1)


def test_what_can_end_is_a_domain():
    """In the order of names."""
    timers = Timers(names=("a", "b", "c", "d"))
    timers.start("b", 0)
    timers.start("a", 0)
    timers.start("c", 1)
    assert list(timers.ended()) == ["a", "b"]
    timers.end("a")
    assert list(timers.ended()) == ["b"]


SMALL = {"lease": {"term": 2, "drift": 0, "allowance": 1, "leases": 1, "requests": 1}, "redlock": {"servers": 1}}


@pytest.mark.parametrize("name", SMALL)
def test_the_plain_language_counts_the_same(name):
    """A protocol with timers, run by a language that shares no code with ours."""
    file = ROOT / "specs" / "coordination" / f"{name}.py"
    constants = "".join(f"    {constant} = {value}\n" for constant, value in SMALL[name].items())
    text = f"{file.read_text()}\n\nclass Small({name.title()}):\n{constants}"
    found = plain.explore(plain.load(text, package="plain")["Small"], max_states=3000, keep_going=True)
    report = check(load_spec(file)(**SMALL[name]), keep_going=True)
    assert (found.states, found.generated, found.depth) == (report.states, report.generated, report.depth)
