"""Constraints, several of them, and what a search says that was cut short."""

from __future__ import annotations

from itertools import product

import pytest

from modelcheck import (
    Limits,
    Spec,
    Verdict,
    action,
    check,
    constraint,
    invariant,
    reachable,
    require,
    step_property,
    terminal,
)


class Bounds(Spec):
    """Two counters, each with a bound of its own, which the other action may break first."""

    x_below: int = 1
    y_below: int = 1
    seen: tuple[int, int] = (9, 9)

    def init(self):
        self.x = self.y = 0

    @action
    def up_y(self):
        self.y += 1

    @action
    def up_x(self):
        self.x += 1

    @constraint
    def x_small(self):
        return self.x < self.x_below

    @constraint
    def y_small(self):
        return self.y < self.y_below

    @invariant
    def in_bounds(self):
        return self.x < self.x_below and self.y < self.y_below

    @invariant
    def not_seen(self):
        return (self.x, self.y) != self.seen

    @terminal
    def anywhere(self):
        return True


@pytest.mark.parametrize(("x", "y"), list(product([1, 2, 3], repeat=2)))
@pytest.mark.parametrize("order", ["breadth", "depth"])
def test_a_state_is_within_all_constraints(x, y, order):
    """Whichever of them the successor before broke. What lies on the border is dropped once for each step over it."""
    report = check(Bounds(x_below=x, y_below=y), order=order)
    assert (report.verdict, report.states, report.out_of_bounds) == (Verdict.HOLDS, x * y, x + y)


class Reversed(Bounds):
    """The same, with the actions the other way around."""

    up_x_first = None

    @action
    def up_y(self):
        self.x += 1

    @action
    def up_x(self):
        self.y += 1


@pytest.mark.parametrize(("x", "y"), list(product([1, 2], repeat=2)))
def test_the_order_of_the_actions_does_not_matter(x, y):
    """The second constraint is broken after the first, and before it."""
    report = check(Reversed(x_below=x, y_below=y))
    assert (report.verdict, report.states, report.out_of_bounds) == (Verdict.HOLDS, x * y, x + y)


def test_what_is_left_of_a_judgement_is_not_taken_up_by_the_next():
    """A property after two constraints, one of which drops every second successor."""
    report = check(Bounds(x_below=4, y_below=2, seen=(3, 1)), properties=["not_seen"])
    assert [(p.verdict, len(p.trace.steps)) for p in report.properties] == [(Verdict.VIOLATED, 4)]


class Endless(Spec):
    """Counts without end."""

    def init(self):
        self.n = 0

    @action
    def up(self):
        self.n += 1

    @reachable
    def two(self):
        return self.n == 2

    @reachable
    def never(self):
        return self.n < 0

    @invariant
    def positive(self):
        return self.n >= 0

    @step_property
    def grows(self, after):
        return after.n > self.n


CUT_SHORT = [Limits(states=4), Limits(depth=4)]


@pytest.mark.parametrize("limits", CUT_SHORT, ids=repr)
@pytest.mark.parametrize("names", [["two"], ["two", "never"], ["positive"], ["grows"], ["deadlock"], ["never"], []], ids=str)
def test_a_search_that_was_cut_short_does_not_say_that_all_holds(limits, names):
    """Not even where all that was asked is that something is reachable, and it was reached."""
    report = check(Endless(), properties=names, limits=limits)
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason
    expected = {"two": Verdict.HOLDS}
    assert {p.name: p.verdict for p in report.properties} == {name: expected.get(name, Verdict.UNKNOWN) for name in names}


class Either(Spec):
    """Properties with parameters: of a few instances some are true."""

    def init(self):
        self.n = 0

    @action
    def up(self):
        require(self.n < 2)
        self.n += 1

    @reachable((1, 5))
    def some(self, p):
        return self.n == p

    @reachable((5, 6))
    def none(self, p):
        return self.n == p

    @invariant((5, 1))
    def all_differ(self, p):
        return self.n != p

    @invariant((5, 6))
    def none_is(self, p):
        return self.n != p

    @terminal((2, 2))
    def done(self, p):
        return self.n == p


def test_one_instance_reaches_and_one_instance_violates():
    """A reachable property needs one of its instances; an invariant, all of them."""
    found = {p.name: (p.verdict, p.trace and len(p.trace.steps)) for p in check(Either(), keep_going=True).properties}
    assert found == {
        "some": (Verdict.HOLDS, 1),
        "none": (Verdict.VIOLATED, None),
        "all_differ": (Verdict.VIOLATED, 1),
        "none_is": (Verdict.HOLDS, None),
        "deadlock": (Verdict.HOLDS, None),
    }


class Between(Spec):
    """A step between two states that were met before, on another way."""

    def init(self):
        self.a = self.b = 0

    @action
    def first(self):
        require(self.a == 0)
        self.a = 1

    @action
    def second(self):
        require(self.b == 0)
        self.b = 1

    @action
    def back(self):
        require(self.a == self.b == 1)
        self.a = self.b = 0

    @step_property
    def b_only_after_a(self, after):
        return not (after.b > self.b and self.a == 1)

    @step_property
    def never_back(self, after):
        return after.a + after.b >= self.a + self.b


@pytest.mark.parametrize("order", ["breadth", "depth"])
def test_a_step_between_known_states_is_judged(order):
    """Whoever met the state first, each step to it is looked at."""
    report = check(Between(), keep_going=True, order=order)
    assert {p.name: p.verdict for p in report.properties} == {
        "b_only_after_a": Verdict.VIOLATED,
        "never_back": Verdict.VIOLATED,
        "deadlock": Verdict.HOLDS,
    }


def test_each_action_counts_what_it_was_enabled_for():
    """Over all of its parameters, and in all states."""
    report = check(Between(), properties=["deadlock"])
    assert {a.name: a.enabled for a in report.actions} == {"first": 2, "second": 2, "back": 1}


class Moves(Spec):
    """Of the two steps from a state one moves what a property looks at, and one does not."""

    def init(self):
        self.a = self.b = 0

    @action
    def move_a(self):
        require(self.a < 1)
        self.a += 1

    @action
    def move_b(self):
        require(self.b < 1)
        self.b += 1

    @step_property
    def a_moves(self, after):
        return after.a != self.a

    @step_property
    def a_stays(self, after):
        return after.a == self.a

    @step_property
    def b_moves(self, after):
        return after.b != self.b

    @step_property
    def something_moves(self, after):
        return (after.a, after.b) != (self.a, self.b)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_step_that_leaves_alone_what_a_property_looks_at_is_judged_by_itself(workers):
    """That the property holds of another step of the same state says nothing of this one, in either order."""
    report = check(Moves(), keep_going=True, workers=workers)
    steps = {p.name: p.trace and len(p.trace.steps) for p in report.properties}
    assert steps == {"a_moves": 1, "a_stays": 1, "b_moves": 1, "something_moves": None, "deadlock": 2}


class Ends(Spec):
    """Walks that end where every enabled step changes nothing."""

    def init(self):
        self.n = 0

    @action((1, 2, 3))
    def up(self, by):
        require(self.n < 4)
        self.n += by

    @action
    def rest(self):
        require(self.n >= 4)


@pytest.mark.parametrize("states", [2, 6, 100])
def test_random_walks_that_met_an_end_are_reported(states):
    """What a walk met before, of which no log is kept, is not asked for."""
    for seed in range(10):
        assert check(Ends(), order="random", limits=Limits(states=states, time_s=0.01), seed=seed).verdict is Verdict.UNKNOWN
