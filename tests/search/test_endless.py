"""A run of a spec's code that never ends is ended, and its line is named."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from modelcheck import Spec, Verdict, action, check, choose, constraint, invariant, require, terminal
from modelcheck.errors import SpecError
from modelcheck.limits import watch
from modelcheck.search import Limits

SOON = Limits(time_s=0.2)


class Endless(Spec):
    """A counter; where it is told to it loops for ever, when the count is 20."""

    where: str = "nowhere"

    def init(self):
        self.n = 0
        self.loop("init")

    def loop(self, here):
        if self.where == here and (here == "init" or self.n == 20):
            while True:
                pass

    def steps(self):
        self.loop("domain")
        return [1]

    @action(steps)
    def count(self, by):
        require(self.n < 30)
        self.loop("action")
        self.n += by

    @invariant
    def small(self) -> bool:
        self.loop("invariant")
        return self.n < 100

    @constraint
    def bounded(self) -> bool:
        self.loop("constraint")
        return True

    @terminal
    def end(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("where", "workers"), [("action", 1), ("action", 2), ("domain", 1), ("invariant", 2), ("constraint", 1)]
)
def test_a_time_limit_holds_in_a_run_and_names_its_line(where, workers):
    """What was found before is reported; the reason has the file and the line."""
    report = check(Endless(where=where), limits=SOON, workers=workers)
    assert report.verdict is Verdict.UNKNOWN
    assert "the time limit of 0.2 s was reached, in a run of" in report.reason
    assert "test_endless.py:" in report.reason
    assert report.states >= 20


def test_a_time_limit_holds_in_init():
    """What the class says is reported, and that nothing is known of it."""
    report = check(Endless(where="init"), limits=SOON)
    assert report.verdict is Verdict.UNKNOWN
    assert "the time limit of 0.2 s was reached, in a run of init that had not ended" in report.reason
    assert {found.verdict for found in report.properties} == {Verdict.UNKNOWN}


def test_a_run_that_takes_too_much_time_is_an_error_without_a_limit(monkeypatch):
    """A loop is found out by the processor time of one run."""
    monkeypatch.setattr(watch, "MOST_CPU_S", 0.3)
    with pytest.raises(SpecError, match=r"0\.3 s of processor time were used, in a run of count") as raised:
        check(Endless(where="action"))
    assert raised.value.place.startswith(__file__)
    assert "must end" in raised.value.remedy


def test_many_short_runs_are_no_long_one(monkeypatch):
    """The time of each run counts by itself."""
    monkeypatch.setattr(watch, "MOST_CPU_S", 0.2)

    class Slow(Endless):
        @invariant
        def small(self) -> bool:
            end = time.thread_time() + 0.03
            while time.thread_time() < end:
                pass
            return True

    assert check(Slow()).verdict is Verdict.HOLDS


class Swallowing(Endless):
    """Catches whatever it can."""

    def loop(self, here):
        caught = 0
        while here == "action" and self.n == 20:
            try:
                while True:
                    pass
            except:  # noqa: E722 - this is the mistake.
                caught += 1
                if caught == 3:
                    raise


def test_a_run_that_catches_everything_is_told_again():
    """Until it ends."""
    assert "in a run of count that had not ended" in check(Swallowing(), limits=SOON).reason


class Sleeping(Endless):
    """Waits for what does not come."""

    def loop(self, here):
        if here == "action" and self.n == 20:
            time.sleep(1000)


def test_a_run_that_sleeps_is_woken():
    """A run that waits uses no processor time, and the time limit ends it all the same."""
    assert "in a run of count that had not ended" in check(Sleeping(), limits=SOON).reason


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_ends_a_run_and_names_its_line(workers):
    """Ctrl-C in a loop tells where the loop is, and leaves the handler as it was."""
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    report = check(Endless(where="action"), workers=workers)
    timer.join()
    assert report.reason.startswith("it was interrupted, in a run of")
    assert "test_endless.py:" in report.reason
    assert signal.getsignal(signal.SIGINT) is before


class Growing(Endless):
    """Keeps all it makes."""

    def loop(self, here):
        if here == "action" and self.n == 20:
            kept = []
            while True:
                kept.append(bytes(1 << 18))


def test_a_limit_of_memory_holds_in_a_run():
    """A list that grows for ever is ended before the machine has no memory left."""
    report = check(Growing(), limits=Limits(memory_bytes=100 << 20))
    assert report.reason.startswith("memory ran short: the limit is 100 MB, in a run of")
    assert report.peak_memory_bytes < 2 << 30


class Longer(Spec):
    """A state that becomes longer with each step."""

    def init(self):
        self.log = ()

    @action
    def write(self):
        self.log = (*self.log, "x" * 10_000 + str(len(self.log)))


def test_a_limit_of_memory_counts_the_values_of_the_spec():
    """The states themselves are small; what their cells hold is not."""
    report = check(Longer(), limits=Limits(memory_bytes=50 << 20))
    assert (report.verdict, report.reason) == (Verdict.UNKNOWN, "memory ran short: the limit is 50 MB")


def test_a_choice_from_what_does_not_end_is_an_error():
    """An iterator without an end is found out after a million options."""

    class Counting(Endless):
        @action
        def other(self):
            self.n = choose(itertools.count())

    with pytest.raises(SpecError, match="a choice has more than 1,000,000 options") as raised:
        check(Counting())
    assert raised.value.place.startswith(__file__)


AFTERWARDS = """
import sys
from modelcheck import Verdict, check
from modelcheck.search import Limits
from test_endless import Endless

assert check(Endless(where="action"), limits=Limits(time_s=0.2)).verdict is Verdict.UNKNOWN
seen = []
sys.setprofile(lambda frame, event, value: seen.append(event))
(lambda: None)()
sys.setprofile(None)
assert "call" in seen
"""


def test_nothing_of_a_run_that_was_ended_stays_behind():
    """A function that is profiled afterwards is run: explanations of counterexamples do so."""
    subprocess.run([sys.executable, "-c", AFTERWARDS], cwd=Path(__file__).parent, check=True, timeout=60)
