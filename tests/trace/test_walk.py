"""A walk along a run: forward, back, away from it and back to it."""

from __future__ import annotations

import pytest

from modelcheck import Spec, Verdict, action, check, invariant, require
from modelcheck.errors import UsageError
from modelcheck.spec import machine_of
from modelcheck.trace.walk import Walk


class Counter(Spec):
    """Counts up, or gives up."""

    def init(self) -> None:
        self.n = 0
        self.over = False

    @action
    def count(self) -> None:
        require(not self.over)
        self.n += 1

    @action
    def give_up(self) -> None:
        require(not self.over)
        self.over = True

    @invariant
    def small(self) -> bool:
        return self.n < 3


@pytest.fixture
def walk():
    """At the start of the run that breaks the invariant."""
    report = check(Counter(), properties=["small"])
    assert report.verdict is Verdict.VIOLATED
    return Walk(machine_of(Counter()), report.properties[0].trace)


def test_the_end_of_the_recorded_run_is_what_was_recorded(walk):
    """The invariant is false there, and nowhere before."""
    assert [[declared.name for declared in walk.false(at)] for at in range(4)] == [[], [], [], ["small"]]
    assert walk.run() == walk.recorded


def test_a_step_that_was_not_recorded_leaves_the_run(walk):
    """What follows is forgotten; what the new end shows is a deadlock."""
    walk.go(1)
    assert [repr(step) for step, _ in walk.options()] == ["count()", "give_up()"]
    walk.take(2)
    assert (walk.left, walk.at, walk.is_at_the_end) == (1, 2, True)
    assert (walk.run().kind, len(walk.run().steps)) == ("deadlock", 2)


def test_the_run_is_rejoined_where_it_was_left(walk):
    """All its steps are there again."""
    walk.go(1)
    walk.take(2)
    walk.rejoin()
    assert (walk.at, walk.left, len(walk.steps)) == (1, None, 3)
    with pytest.raises(UsageError, match="this is the recorded run"):
        walk.rejoin()


@pytest.mark.parametrize("number", [-1, 4])
def test_there_is_no_state_beyond_the_run(walk, number):
    """Neither before its start nor after its end."""
    with pytest.raises(UsageError, match="the run has 3 steps"):
        walk.go(number)


@pytest.mark.parametrize("number", [0, 3])
def test_only_a_step_of_the_list_is_taken(walk, number):
    """Numbers begin at 1."""
    with pytest.raises(UsageError, match="there is no step"):
        walk.take(number)
