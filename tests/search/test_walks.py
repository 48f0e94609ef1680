"""How far a random walk goes, and what is said of it."""

from __future__ import annotations

import pytest

from modelcheck import Limits, Spec, UsageError, Verdict, action, check, constraint, invariant, require


class Walk(Spec):
    """Counts; each other step is dropped by a constraint."""

    limit: int = 60

    def init(self):
        self.x = 0

    @action
    def negate(self):
        require(self.x >= 0)
        self.x = -self.x

    @action
    def plus(self):
        self.x += 1

    @constraint
    def natural(self):
        return self.x >= 0

    @invariant
    def small(self):
        return self.x < self.limit


@pytest.mark.parametrize(
    ("limit", "depth", "verdict"), [(60, None, "violated"), (300, None, "unknown"), (300, 999, "violated"), (60, 40, "unknown")]
)
def test_the_depth_says_where_walks_end(limit, depth, verdict):
    """Without it, after 200 steps."""
    report = check(Walk(limit=limit), order="random", limits=Limits(states=2_000, depth=depth))
    assert report.properties[0].verdict.value == verdict
    assert report.walk_length == (200 if depth is None else depth - 1)
    assert report.depth <= (report.walk_length or 0) + 1


def test_what_ends_a_walk_in_vain_names_the_length():
    """Longer walks might meet new states."""
    report = check(Walk(limit=300), order="random", limits=Limits(states=2_000))
    assert report.reason == "the last 100,000 steps met no new state, in walks of at most 200 steps"


def test_other_orders_have_no_walks():
    """Nor does a depth limit mean anything else to them than it did."""
    report = check(Walk(), limits=Limits(depth=10))
    assert (report.walk_length, report.verdict, report.reason) == (None, Verdict.UNKNOWN, "the depth limit of 10 was reached")


def test_a_walk_without_a_step_is_refused():
    """The first level is that of the initial states."""
    with pytest.raises(UsageError, match="takes no step"):
        check(Walk(), order="random", limits=Limits(states=10, depth=1))
