"""What holds since nothing was looked at is an error, or comes with a warning that is true."""

from __future__ import annotations

import pytest

from modelcheck import (
    Network,
    Spec,
    Verdict,
    action,
    check,
    choose,
    constraint,
    invariant,
    require,
    step_property,
    terminal,
)
from modelcheck.conformance import state_machine
from modelcheck.errors import SpecError
from modelcheck.symbolic.proof.prove import prove


class Clock(Spec):
    """Counts from a number in `starts`, below a bound that may exclude all."""

    starts: tuple[int, ...] = (1,)
    bound: int = 1

    def init(self):
        self.clock = choose(self.starts)

    @action
    def tick(self):
        self.clock += 1

    @constraint
    def few(self):
        return self.clock < self.bound

    @invariant
    def never(self):
        return False


@pytest.mark.parametrize("starts", [(1,), (1, 2, 3)])
@pytest.mark.parametrize("ask", [check, prove, state_machine, lambda spec: spec.initial_states()])
def test_constraints_that_exclude_all_initial_states_are_an_error(starts, ask):
    """Whoever asks: it would hold in no state at all."""
    with pytest.raises(SpecError, match="the constraint few excludes the initial state") as raised:
        ask(Clock(starts=starts))
    assert raised.value.place.startswith(__file__)


def test_constraints_that_leave_one_initial_state_are_none():
    """Whichever it is."""
    assert check(Clock(starts=(3, 2, 0))).states == 1
    assert check(Clock(starts=(3, 2, 0))).verdict is Verdict.VIOLATED


def test_two_constraints_that_exclude_all_between_them_are_an_error():
    """Neither does so alone."""

    class Both(Clock):
        bound: int = 2

        @constraint
        def many(self):
            return self.clock > 1

    with pytest.raises(SpecError, match="excludes the initial state"):
        check(Both(starts=(1, 2)))


def test_hypothesis_begins_where_the_search_does():
    """An initial state that a constraint excludes is not judged."""

    class Even(Spec):
        def init(self):
            self.x = choose(range(4))

        @action
        def skip(self):
            self.x = (self.x + 2) % 4

        @constraint
        def even(self):
            return self.x % 2 == 0

        @invariant
        def good(self):
            return self.x % 2 == 0

    assert check(Even()).verdict is Verdict.HOLDS
    state_machine(Even()).TestCase().runTest()


class Base(Spec):
    """Counts to three, and may end there."""

    def init(self):
        self.n = 0
        self.items: set[int] = set()

    @action
    def count(self):
        require(self.n < 3)
        self.n += 1

    @terminal
    def end(self):
        return self.n == 3


def test_an_action_whose_successors_were_all_dropped_was_enabled():
    """The warning says so, and not that it never was."""

    class Dropped(Base):
        @action
        def jump(self):
            self.n = 9

        @constraint
        def few(self):
            return self.n < 9

    report = check(Dropped())
    assert report.warnings == ("the action jump was enabled, and all that it leads to is out of bounds",)
    assert [(each.enabled, each.dropped) for each in report.actions if each.name == "jump"] == [(0, 4)]


def test_an_action_of_which_some_successors_are_kept_is_not_warned_of():
    """Nor is one that is enabled only back to where it was."""

    class Some(Base):
        @action((5, 9))
        def jump(self, n):
            require(self.n in (0, 5))
            self.n = n if self.n == 0 else 3

        @constraint
        def few(self):
            return self.n < 9

    assert check(Some()).warnings == ()


@pytest.mark.parametrize("role", [invariant, step_property])
def test_a_property_that_was_asked_of_nothing_is_warned_of(role):
    """The collection that its parameter ranges over was empty in every state."""

    class Empty(Base):
        def some(self):
            return self.items

        if role is invariant:

            @invariant(some)
            def small(self, item):
                return item < 0

        else:

            @step_property(some)
            def small(self, after, item):
                return item < after.n < 0

    [warning] = check(Empty()).warnings
    assert "small was asked of no item: there was nothing to choose from in any state" in warning


def test_a_property_that_was_asked_once_is_not_warned_of():
    """One state with something in the collection is enough, be it the first or the last."""

    class Once(Base):
        first: bool = True

        def init(self):
            super().init()
            self.network = Network[int]()
            if self.first:
                self.network.send(1)

        def some(self):
            return self.network.in_flight()

        @action(some)
        def receive(self, m):
            require(self.n == 3)
            self.network.receive(m)

        @action
        def send(self):
            require(self.n == 3 and not self.first)
            require(self.network.messages[1] == 0)
            self.network.send(1)

        @invariant(some)
        def small(self, m):
            return m < 2

    assert check(Once()).warnings == ("the action send was never enabled",)
    assert check(Once(first=False)).warnings == ()


class Stuttering(Spec):
    """Forgets to be disabled."""

    ends: bool = False

    def init(self):
        self.n = 0

    @action
    def count(self):
        if self.n < 3:
            self.n += 1

    @terminal
    def end(self):
        return self.ends and self.n == 3

    @step_property
    def grows(self, after):
        return after.n >= self.n


@pytest.mark.parametrize("order", ["breadth", "depth"])
@pytest.mark.parametrize("properties", [None, ["deadlock"]])
def test_an_end_in_which_steps_change_nothing_is_warned_of(order, properties):
    """It is as good as a deadlock; a terminal predicate says that it is meant."""
    [warning] = check(Stuttering(), order=order, properties=properties).warnings
    assert warning.startswith("after 3 steps every enabled step leaves the state as it is")
    assert warning.endswith("n = 3")
    assert check(Stuttering(ends=True), order=order, properties=properties).warnings == ()


def test_an_end_is_not_warned_of_where_deadlocks_are_not_looked_for():
    """Terminal predicates are not evaluated then."""
    assert check(Stuttering(), properties=["grows"]).warnings == ()


def test_steps_out_of_bounds_change_something():
    """A state that only a constraint keeps from going on is no end."""

    class Bounded(Base):
        @action
        def wait(self):
            require(self.n)

        @action
        def more(self):
            require(self.n == 3)
            self.n += 1

        @terminal
        def end(self):
            return False

        @constraint
        def few(self):
            return self.n <= 3

    assert "every enabled step" not in str(check(Bounded()).warnings)


class Still(Spec):
    """A step property that no step can make false, since it looks at what none of them writes."""

    def init(self) -> None:
        self.up, self.still = 0, 0

    @action
    def go(self) -> None:
        require(self.up < 3)
        self.up += 1

    @step_property((1, 2))
    def nothing_else_changes(self, after: Still, by: int) -> bool:
        return after.still != self.still + by

    @terminal
    def end(self) -> bool:
        return self.up == 3


def test_a_step_property_that_nothing_touches_was_asked():
    """That it need not be evaluated for each step does not mean that there was nothing to choose from."""
    report = check(Still())
    assert report.verdict is Verdict.HOLDS
    assert not report.warnings
