"""The limits of random runs, and of the reading of logs."""

from __future__ import annotations

import time
import warnings

import pytest
from hypothesis import HealthCheck, settings

from modelcheck import Limits, Spec, Verdict, action, check, choose, constraint, invariant, terminal
from modelcheck.conformance import state_machine
from modelcheck.conformance.log import CutShort, read_log
from modelcheck.conformance.validation import validate
from modelcheck.conformance.violation import Violation
from modelcheck.errors import SpecError, TraceError, UsageError
from modelcheck.limits import watch
from modelcheck.limits.budget import Budget
from modelcheck.spec import machine_of

MANY = settings(max_examples=10**6, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Walk(Spec):
    """Goes up and down; may hang above three, and may be too high."""

    hangs: bool = False
    top: int = 10**9

    def init(self):
        self.x = 0

    @action
    def up(self):
        self.x += 1
        while self.hangs and self.x > 3:
            pass

    @action
    def down(self):
        self.x -= 1

    @invariant
    def low(self):
        return self.x < self.top


def run(spec, folder, **limits):
    case = state_machine(spec, limits=Limits(**limits), traces=folder).TestCase
    case.settings = MANY
    case().runTest()


@pytest.mark.parametrize(("limits", "told"), [({"time_s": 1}, "time limit of 1 s"), ({"memory_bytes": 1_000_000}, "memory ran short")])
def test_random_runs_end_at_their_limits_and_say_how_many_there_were(tmp_path, limits, told):
    """Nothing was found by then, which is no verdict."""
    began = time.monotonic()
    with pytest.warns(UserWarning, match=rf"{told}.* after \d+ runs of Walk\(.*\), and nothing was found by then"):
        run(Walk(), tmp_path, **limits)
    assert time.monotonic() - began < 60


def test_a_step_that_hangs_is_ended_by_the_limit(tmp_path):
    """With the line that it was at."""
    with pytest.warns(UserWarning, match=r"the time limit of 1 s was reached, in a run of up that had not ended \(.*test_within.py:\d+\)"):
        run(Walk(hangs=True), tmp_path, time_s=1)


def test_a_step_that_never_ends_is_an_error_without_limits_too(tmp_path, monkeypatch):
    """As in a search."""
    monkeypatch.setattr(watch, "MOST_CPU_S", 0.5)
    with pytest.raises(SpecError, match="processor time were used, in a run of up that had not ended"):
        run(Walk(hangs=True), tmp_path)


def test_a_violation_that_was_found_is_shown_though_the_time_ends_its_shrinking(tmp_path, monkeypatch):
    """With its run, saved: it is not the shortest perhaps, and it is one."""
    import modelcheck.conformance.within as within  # noqa: PLC0415, PLR0402 - what it has is changed.

    def look(self):
        if self._found is not None:
            raise self._cut_short("the time limit of 1 s was reached")

    monkeypatch.setattr(within.Within, "look", look)
    with pytest.raises(Violation, match="the invariant low is violated in ") as raised:
        run(Walk(top=9), tmp_path, time_s=60)
    assert raised.value.file.is_file()
    assert raised.value.trace.states[-1]["x"] == 9


def test_no_time_at_all_is_an_error(tmp_path):
    """Nothing would be tested."""
    with pytest.raises(UsageError, match="before one run of Walk"):
        run(Walk(), tmp_path, time_s=0)


def test_limits_of_states_are_hypothesis_own():
    """The message names its settings."""
    with pytest.raises(UsageError, match="max_examples"):
        state_machine(Walk(), limits=Limits(states=3))


def test_without_limits_nothing_is_said(tmp_path):
    """All runs are made."""
    case = state_machine(Walk(), traces=tmp_path).TestCase
    case.settings = settings(MANY, max_examples=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        case().runTest()


# Initial states ----------------------------------------------------------------------------------------------------------------------------------


class Begins(Spec):
    """Begins in one of many states, of which a constraint allows some."""

    many: int = 8

    def init(self):
        self.x = choose(range(self.many))
        self.x = self.x // 2

    @action
    def stay(self):
        pass

    @constraint
    def even(self):
        return self.x % 2 == 0

    @terminal
    def end(self):
        return True


def test_initial_states_are_those_that_a_search_counts():
    """Without repeats, and without those that a constraint excludes."""
    assert [state.x for state in Begins().initial_states()] == [0, 2]


# Logs --------------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path):
    """A long log."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"action": "up"}\n' * 200_000)
    return path


@pytest.mark.parametrize("limits", [{"time_s": 0.1}, {"memory_bytes": 1_000_000}, {"time_s": 0}])
def test_a_log_is_read_within_the_limits(log, limits):
    """Of time and of memory."""
    with pytest.raises(CutShort) as cut:
        read_log(log, machine_of(Walk()), Budget(Limits(**limits)))
    assert 0 < cut.value.line < 200_000
    assert "limit" in cut.value.reason


class Few(Walk):
    """A search goes to two only."""

    @constraint
    def few(self):
        return self.x < 3


def test_a_constraint_is_not_asked_of_a_log(tmp_path):
    """The system goes on where the search stops."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"action": "up"}\n' * 6)
    machine = machine_of(Few())
    assert validate(machine, read_log(path, machine)).verdict is Verdict.HOLDS
    assert check(Few(), limits=Limits(depth=4)).out_of_bounds


def test_a_log_without_limits_is_read(log):
    """All of it."""
    assert len(read_log(log, machine_of(Walk()))) == 200_000


def test_a_line_that_is_too_long_is_told(tmp_path, monkeypatch):
    """It would be read in one go, however long that takes."""
    monkeypatch.setattr("modelcheck.conformance.log._LONGEST_LINE", 1 << 20)
    path = tmp_path / "log.jsonl"
    path.write_text('{"action": "up"}\n{"state": {"x": ' + "1" * (1 << 21) + "}}\n")
    with pytest.raises(TraceError, match="a line is longer than 1 MB") as raised:
        read_log(path, machine_of(Walk()))
    assert raised.value.place == f"{path}:2"
