"""What must happen, through `check`: verdicts, traces, bounds, limits, advice and warnings."""

from __future__ import annotations

import importlib
import signal
import time

import pytest

from modelcheck import (
    Spec,
    SpecError,
    UsageError,
    Verdict,
    action,
    always_eventually,
    bound,
    constraint,
    eventually,
    eventually_always,
    fair,
    leads_to,
    reachable,
    require,
    strongly_fair,
)
from modelcheck.limits.watch import Overrun
from modelcheck.search import Limits, Progress, PropertyReport, check, endless
from modelcheck.spec import Strength
from specs.coordination.token_ring import TokenRing

from .token_ring import WeakRing

checking = importlib.import_module("modelcheck.search.check")


class Counting(Spec):
    """Counts to three, if it is made to."""

    most: int = 3

    def init(self) -> None:
        self.count = 0

    @fair
    @action
    def step(self) -> None:
        require(self.count < self.most)
        self.count += 1

    @action
    def rest(self) -> None:
        """Changes nothing, and so is no step."""

    @eventually
    def arrived(self) -> bool:
        return self.count == self.most

    @eventually_always
    def settled(self) -> bool:
        return self.count == self.most

    @always_eventually
    def again(self) -> bool:
        return self.count == self.most

    @leads_to
    def goes_on(self) -> tuple[bool, bool]:
        return self.count == 1, self.count == 2


def verdict(spec: Spec, name: str, **options: object) -> PropertyReport:
    """What is said of one property."""
    [found] = [found for found in check(spec, **options).properties if found.name == name]  # type: ignore[arg-type]
    return found


def test_what_must_happen_holds_under_fairness():
    """All four kinds, and the assumption is told."""
    report = check(Counting())
    assert report.verdict is Verdict.HOLDS
    assert {found.name for found in report.properties} == {"deadlock", "arrived", "settled", "again", "goes_on"}
    [arrived] = [found for found in report.properties if found.name == "arrived"]
    assert {name: str(fairness) for name, fairness in arrived.assumes.items()} == {"step": "fair"}


@pytest.mark.parametrize("name", ["arrived", "settled", "again", "goes_on"])
def test_without_fairness_nothing_must_happen(name):
    """The run stops where it is pending, and the advice says what would be needed."""
    found = verdict(Counting(), name, fair={"step": "none"}, keep_going=True)
    assert found.verdict is Verdict.VIOLATED
    assert found.trace is not None
    assert found.trace.loop == len(found.trace.steps) == (1 if name == "goes_on" else 0)
    assert found.trace.fair == {"step": Strength.NONE}
    assert found.advice == {"step": Strength.WEAK}


def test_an_assumption_is_about_an_action():
    with pytest.raises(UsageError, match="no action"):
        check(Counting(), fair={"stop": "weak"})
    with pytest.raises(UsageError, match="none, weak, strong"):
        check(Counting(), fair={"step": "very"})


def test_the_token_ring_starves_and_is_repaired():
    """The advice is what the repaired one has, and holds."""
    found = verdict(WeakRing(), "nobody_starves")
    assert found.verdict is Verdict.VIOLATED
    assert found.trace is not None
    assert (found.trace.loop, len(found.trace.steps), found.trace.closes) == (1, 7, True)
    assert found.advice == {"use": Strength.STRONG, "hand_on": Strength.STRONG}
    assert check(WeakRing(), fair=found.advice).verdict is Verdict.HOLDS
    assert check(TokenRing(nodes=4)).verdict is Verdict.HOLDS


@pytest.mark.parametrize("nodes", [3, 6])
def test_any_number_of_workers_finds_the_same_stem(nodes):
    """Whoever found which state first."""
    stems = [verdict(WeakRing(nodes=nodes), "nobody_starves", workers=workers).trace for workers in (1, 2, 3)]
    assert all(stem is not None for stem in stems)
    assert len({stem.states[: stem.loop + 1] for stem in stems}) == 1


def test_a_table_that_grows_keeps_the_numbers():
    """More states than the first table holds, by one and by two workers."""
    for workers in (1, 2):
        report = check(TokenRing(nodes=11), workers=workers)
        assert report.states > 32_768
        assert report.verdict is Verdict.HOLDS


class Endless(Spec):
    """Counts for ever, unless it stops."""

    def init(self) -> None:
        self.count = 0
        self.stopped = False

    @fair
    @action
    def step(self) -> None:
        require(not self.stopped)
        self.count += 1

    @action
    def stop(self) -> None:
        require(self.count == 2)
        self.stopped = True

    @eventually
    def far(self) -> bool:
        return self.count > 1_000_000

    @reachable
    def gets_there(self) -> bool:
        return self.count == 30

    @leads_to
    def stops(self) -> tuple[bool, bool]:
        return self.count == 1_000_000, self.stopped


def test_a_limit_leaves_unknown_what_it_did_not_refute(monkeypatch):
    """What was explored has a run that stops; of the rest nothing is known."""
    limits = Limits(states=1_000)
    assert verdict(Endless(), "far", limits=limits).verdict is Verdict.VIOLATED
    assert verdict(Endless(), "stops", limits=limits).verdict is Verdict.UNKNOWN
    monkeypatch.setattr(endless, "FIRST_LOOK_STATES", 100)
    monkeypatch.setattr(endless, "YOUNG_S", 0)
    report = check(Endless(), limits=Limits(states=1_000_000))
    assert report.states < 1_000, "it was found early"
    assert report.verdict is Verdict.VIOLATED


class Slow(endless.Endless):
    """An analysis that takes longer than the watch waits before it looks again."""

    def finish(self) -> None:
        time.sleep(0.2)
        super().finish()


@pytest.mark.parametrize("limits", [Limits(), Limits(time_s=1.0), Limits(states=2_000)])
def test_what_was_explored_is_analysed_and_told_when_the_search_is_ended(monkeypatch, limits):
    """By Ctrl-C or by a limit; what else is known is told too, however long the analysis takes."""
    monkeypatch.setattr(endless, "FIRST_LOOK_STATES", 1 << 60)
    monkeypatch.setattr(checking, "Endless", Slow)

    def interrupt(progress: Progress) -> None:
        if limits == Limits() and progress.states > 100:
            signal.raise_signal(signal.SIGINT)

    report = check(Endless(), limits=limits, progress=interrupt)
    assert report.states > 100
    verdicts = {found.name: found.verdict.value for found in report.properties}
    assert verdicts == {"deadlock": "unknown", "far": "violated", "stops": "unknown", "gets_there": "holds"}


def test_an_analysis_that_is_not_finished_in_time_leaves_it_unknown(monkeypatch):
    """The rest of the report is there."""

    def late(_: endless.Endless) -> None:
        raise Overrun

    monkeypatch.setattr(endless.Endless, "_poll", late)
    report = check(Counting())
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason == "what was explored could not be analysed in the time and memory that were left"
    assert {found.verdict.value for found in report.properties if found.name != "deadlock"} == {"unknown"}
    assert report.states == 4


def test_a_random_walk_says_nothing_of_what_must_happen():
    found = verdict(Counting(), "arrived", order="random", limits=Limits(states=100))
    assert found.verdict is Verdict.UNKNOWN
    assert found.note == "a random walk does not see whole runs"


class Bounded(Spec):
    """Grows until a bound, and may be done before."""

    by_bound: bool = True

    def init(self) -> None:
        self.term = 0
        self.done = False

    @fair
    @action
    def grow(self) -> None:
        if self.by_bound:
            bound(self.term < 3)
        self.term += 1

    @strongly_fair
    @action
    def finish(self) -> None:
        require(self.term == 2 and not self.done)
        self.done = True

    @constraint
    def within(self) -> bool:
        return self.term < 4

    @eventually
    def finished(self) -> bool:
        return self.done

    @eventually
    def begun(self) -> bool:
        return self.term > 0

    @eventually_always
    def small(self) -> bool:
        return True

    @always_eventually
    def large(self) -> bool:
        return self.term >= 2


@pytest.mark.parametrize("by_bound", [True, False])
def test_a_run_that_leaves_the_bounds_while_something_is_pending_makes_it_unknown(by_bound):
    """And one that leaves them afterwards does not."""
    report = check(Bounded(by_bound=by_bound), properties=["finished", "begun", "small", "large"])
    found = {each.name: each for each in report.properties}
    assert {name: each.verdict.value for name, each in found.items()} == {
        "finished": "unknown", "begun": "holds", "small": "unknown", "large": "holds",
    }  # fmt: skip
    assert found["finished"].note == "1 step leaves the bounds before it happens, the first after 3 steps"
    assert found["finished"].trace is not None
    assert [state.term for state in found["finished"].trace.states] == [0, 1, 2, 3]
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason == found["finished"].note
    assert any("large was asked of no run" in warning for warning in report.warnings)


class Vacuous(Spec):
    """Its premise never comes."""

    def init(self) -> None:
        self.on = False

    @action
    def flip(self) -> None:
        self.on = not self.on

    @fair
    @action
    def repeat(self) -> None:
        self.on = bool(self.on)

    @leads_to
    def never(self) -> tuple[bool, bool]:
        return False, self.on

    @leads_to([])
    def nobody(self, n: int) -> tuple[bool, bool]:
        return True, n > 0


def test_what_holds_of_nothing_is_told():
    report = check(Vacuous())
    assert "the action repeat is fair, and never leads to another state, so that nothing must happen" in report.warnings
    assert report.verdict is Verdict.HOLDS
    assert "the premise of the liveness property never was never true" in report.warnings
    assert "the liveness property nobody was asked of no n: there was nothing to choose from" in report.warnings


class Changing(Spec):
    """A property about what is there now."""

    def init(self) -> None:
        self.there: set[int] = {1}

    @action
    def add(self) -> None:
        self.there.add(2)

    @eventually(lambda self: self.there)
    def goes(self, n: int) -> bool:
        return n not in self.there


def test_arguments_that_depend_on_the_state_are_refused():
    with pytest.raises(SpecError, match="takes its arguments from the state"):
        check(Changing())


def test_a_property_that_is_not_asked_costs_nothing():
    """No step is recorded, and nothing is said of it."""
    report = check(Counting(most=100), properties=["deadlock"])
    assert [found.name for found in report.properties] == ["deadlock"]
    assert report.bytes_per_state < check(Counting(most=100)).bytes_per_state
    assert not {name for name in report.predicate_calls if name != "deadlock"}
