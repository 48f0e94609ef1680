"""Refinement: a spec seen through a map does what another spec allows. Compared with an oracle of plain dicts and tuples."""

from __future__ import annotations

from random import Random

import pytest

from modelcheck import (
    Spec,
    SpecError,
    Verdict,
    action,
    bound,
    check,
    choose,
    constraint,
    eventually,
    fair,
    refines,
)
from modelcheck.limits import Limits
from modelcheck.spec import Strength, machine_of
from modelcheck.trace import Outcome, explain, replay

from ..oracles.tables import random_table, shortest


class Clock(Spec):
    """An hour hand."""

    hours: int = 3

    def init(self):
        self.hour = choose(range(self.hours))

    @action
    def tick(self):
        self.hour = (self.hour + 1) % self.hours

    @eventually
    def midnight(self):
        return self.hour == 0


class Minutes(Spec):
    """An hour hand and a minute hand."""

    hours: int = 3
    skip: int = 1

    def init(self):
        self.hour, self.minute = 0, 0

    @fair
    @action
    def move(self):
        self.minute += 1
        if self.minute == 2:
            self.minute = 0
            self.hour = (self.hour + self.skip) % self.hours

    @refines
    def clock(self) -> Clock:
        spec = Clock(hours=self.hours)
        spec.hour = self.hour
        return spec


def of(report, name):
    return next(found for found in report.properties if found.name == name)


def test_a_step_may_be_one_there_or_none():
    """A step that changes nothing in the abstract state is fine; and the abstract spec's liveness is asked, too."""
    report = check(Minutes())
    assert of(report, "clock").verdict is Verdict.HOLDS
    assert of(report, "clock").kind == "refinement"
    assert [found.name for found in report.properties] == ["clock", "deadlock", "clock.midnight"]
    assert of(report, "clock.midnight").verdict is Verdict.HOLDS
    idle = of(check(Minutes(), fair={"move": "none"}), "clock.midnight")
    assert idle.verdict is Verdict.HOLDS  # It begins at midnight.
    late = of(check(Later(), fair={"move": "none"}), "clock.midnight")
    assert (late.verdict, late.trace.loop, late.advice) == (Verdict.VIOLATED, 0, {"move": Strength.WEAK})
    assert replay(machine_of(Later()), late.trace).outcome is Outcome.CONFIRMED


def test_a_step_that_is_none_there_is_shown_beside_the_abstract_run():
    report = check(Minutes(skip=2), properties=["clock"])
    trace = of(report, "clock").trace
    assert len(trace.steps) == 2
    text = "\n".join(explain(machine_of(Minutes(skip=2)), trace).lines())
    assert text == (
        """clock is false, since Clock(hours=3) has no such step:
  Clock(hours=3) beside it:
    0. hour = 0
    1. move(): nothing changes
    2. move(): hour: 0 → 2, as by no step
  tick() can be taken, and leads elsewhere: hour: 0 → 1"""
    )
    assert replay(machine_of(Minutes(skip=2)), trace).outcome is Outcome.CONFIRMED
    assert replay(machine_of(Minutes()), trace).outcome is Outcome.PARTED


class Later(Minutes):
    """Begins after midnight."""

    def init(self):
        self.hour, self.minute = 1, 0


class Begins(Minutes):
    """Begins where the clock cannot."""

    def init(self):
        self.hour, self.minute = choose([0, 3]), 0

    @action
    def reset(self):
        self.hour = 0


def test_an_initial_state_that_is_none_there():
    report = check(Begins(), properties=["clock"])
    trace = of(report, "clock").trace
    assert (len(trace.states), trace.states[0].hour) == (1, 3)
    assert replay(machine_of(Begins()), trace).outcome is Outcome.CONFIRMED
    assert "Clock(hours=3) does not begin so" in explain(machine_of(Begins()), trace).text


class BoundedClock(Clock):
    def tick(self):
        bound(self.hour < 1)
        self.hour += 1


class AgainstBounded(Minutes):
    @refines
    def clock(self) -> BoundedClock:
        spec = BoundedClock(hours=self.hours)
        spec.hour = self.hour
        return spec


def test_a_step_that_only_the_abstract_bound_forbids_is_unknown():
    """Nobody can say whether the step that was cut is the one that is needed."""
    report = check(AgainstBounded(), properties=["clock"])
    assert (report.verdict, of(report, "clock").verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert "the bound of BoundedClock cuts: hour: 1 → 2" in of(report, "clock").note
    assert report.reason == of(report, "clock").note
    assert check(AgainstBounded(), properties=["deadlock"]).verdict is Verdict.HOLDS


def test_limits_hold_while_initial_states_are_mapped():
    class Many(Minutes):
        def init(self):
            self.hour, self.minute = 0, choose(range(1_000_000))

    report = check(Many(), properties=["clock"], limits=Limits(states=1_000, time_s=20))
    assert report.verdict is Verdict.UNKNOWN
    assert report.seconds < 20


class Repeating(Minutes):
    """Comes to the same initial state many times before it comes to one that the clock does not have."""

    @action
    def move(self):
        self.minute = 1 - self.minute

    def init(self):
        self.hour, self.minute = choose([0] if choose(range(50)) < 49 else [3]), 0


def test_a_limit_of_states_counts_each_initial_state_once():
    """It is no reason to look at fewer than the search does."""
    report = check(Repeating(), properties=["clock"], limits=Limits(states=10))
    assert of(report, "clock").verdict is Verdict.VIOLATED


def test_initial_states_that_a_constraint_excludes_are_not_asked():
    class Kept(Repeating):
        @constraint
        def small(self):
            return self.hour < 3

    report = check(Kept(), properties=["clock"])
    assert of(report, "clock").verdict is Verdict.HOLDS


# Mistakes -----------------------------------------------------------------------------------------------------------------------------------------


def made(body):
    class Mapped(Minutes):
        @refines
        def clock(self):
            return body(self)

    return Mapped()


def no_return(self):
    self.hour.bit_length()


def unset(self):
    return Clock(hours=self.hours)


def other_constants(self):
    spec = Clock(hours=3 + self.minute)
    spec.hour = self.hour
    return spec


def other_class(self):
    spec = Clock(hours=3) if self.minute == 0 else BoundedClock(hours=3)
    spec.hour = self.hour
    return spec


def itself(self):
    return type(self)()


def too_much(self):
    spec = Clock(hours=3)
    spec.hour = self.hour
    spec.minute = self.minute
    return spec


def mistaken(self):
    spec = Clock(hours=3)
    spec.hour = self.huor
    return spec


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (no_return, "the map clock gave None, and no object of a spec"),
        (unset, "leaves the variable hour of Clock unset"),
        (other_constants, "with other constants here (hours=4)"),
        (other_class, "gave a BoundedClock here, and a Clock in the first state"),
        (itself, "gave an object of the same spec"),
        (too_much, "minute"),
        (mistaken, "huor"),
    ],
)
def test_mistakes_in_a_map(body, message):
    with pytest.raises(SpecError) as raised:
        check(made(body))
    assert message in str(raised.value)
    assert raised.value.place


# Random machines ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_random_machines_agree(start):
    """Verdict and length of the counterexample, against plain search; some of each are met."""
    met = set()
    for seed in range(start, start + 50):
        spec = random_table(Random(seed))
        expected = shortest(spec)
        found = of(check(spec, properties=["table"]), "table")
        assert found.verdict is (Verdict.HOLDS if expected is None else Verdict.VIOLATED), seed
        assert expected is None or len(found.trace.steps) == expected, seed
        met.add(None if expected is None else min(expected, 2))
    assert met >= {None, 0}


@pytest.mark.slow
def test_random_machines_agree_at_length():
    for seed in range(1_000, 21_000):
        spec = random_table(Random(seed))
        expected = shortest(spec)
        found = of(check(spec, properties=["table"]), "table")
        assert (found.verdict is Verdict.HOLDS) == (expected is None), seed
        assert expected is None or len(found.trace.steps) == expected, seed
