"""Limits of time, and Ctrl-C, hold wherever a spec has code: in a loop, and in a call that waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import pytest

from modelcheck import Limits, Verdict, check, invariant
from modelcheck.symbolic.proof.prove import prove

from .places import PLACES, Everywhere

SOON = Limits(time_s=0.3)
SOON_S = 15.0
COMMAND = Path(sys.executable).with_name("modelcheck")


class Looping(Everywhere):
    """Never comes back."""

    def disturb(self):
        for _ in count():
            pass


class Sleeping(Everywhere):
    """Waits outside of Python."""

    def disturb(self):
        time.sleep(1000)


@pytest.mark.parametrize("cls", [Looping, Sleeping])
@pytest.mark.parametrize("place", PLACES)
def test_a_time_limit_holds(place, cls):
    """The answer is unknown, soon, and names the line."""
    started = time.monotonic()
    report = check(cls(place=place, at=5 if place == "terminal" else 2), limits=SOON)
    assert report.verdict is Verdict.UNKNOWN
    assert "the time limit of 0.3 s was reached" in report.reason
    assert "test_everywhere.py:" in report.reason
    assert {found.name for found in report.properties} == {"small", "grows", "three", "deadlock"}
    assert time.monotonic() - started < SOON_S


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("place", ["init", "action", "invariant"])
def test_an_interrupt_ends_what_waits(place, at):
    """Ctrl-C gives a report of what is known, from the first run on."""
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    report = check(Sleeping(place=place, at=at))
    timer.join()
    assert report.verdict is Verdict.UNKNOWN
    assert report.reason.startswith("it was interrupted")


@pytest.mark.parametrize("place", ["init", "action", "invariant"])
def test_a_time_limit_holds_in_a_proof(place):
    """What cannot be turned into formulas in time leaves everything unknown."""
    report = prove(Looping(place=place), limits=SOON, properties=["small"])
    assert report.verdict is Verdict.UNKNOWN
    assert "the time limit was reached" in report.reason


def test_what_was_found_is_reported_when_a_limit_ends_the_search():
    """A violation that is known by then is the answer, whatever else is not."""

    class Both(Sleeping):
        @invariant
        def never(self):
            return self.n != 1

    report = check(Both(place="action"), limits=SOON, keep_going=True)
    verdicts = {found.name: found.verdict for found in report.properties}
    assert (verdicts["never"], verdicts["small"]) == (Verdict.VIOLATED, Verdict.UNKNOWN)
    assert report.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("workers", [2, 4])
def test_a_worker_that_waits_is_left_behind(workers):
    """A call of C on a thread other than the main one cannot be woken; the answer does not wait for it."""
    started = time.monotonic()
    report = check(Sleeping(place="action"), limits=SOON, workers=workers)
    assert (report.verdict, report.reason[:18]) == (Verdict.UNKNOWN, "the time limit of ")
    assert time.monotonic() - started < SOON_S


def test_a_worker_that_was_left_behind_does_not_hold_up_what_comes_after():
    """In CPython 3.11 an exception that waits for one thread keeps traced functions of all others from beginning."""
    check(Sleeping(place="action"), limits=SOON, workers=4)
    started = time.monotonic()
    assert check(Everywhere()).verdict is Verdict.HOLDS
    assert time.monotonic() - started < SOON_S / 3


# The command ------------------------------------------------------------------------------------------------------------------------------------

SPEC = """
import time
from modelcheck import Spec, action, invariant

class Waiting(Spec):
    def init(self):
        {init}
        self.n = 0

    @action
    def count(self):
        {action}
        self.n = (self.n + 1) % 3

    @invariant
    def small(self):
        return self.n < 3

{module}
"""
NOTHING = {"init": "pass", "action": "pass", "module": "pass"}


def written(folder, **code):
    """A spec with some code in some place."""
    path = folder / "waiting.py"
    path.write_text(SPEC.format(**{**NOTHING, **code}))
    return path


@pytest.mark.parametrize("code", ["time.sleep(1000)", "while True: pass"])
@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_time_limit_holds_while_a_spec_is_imported(tmp_path, command, code):
    """Exit code 3, and what was not loaded is named."""
    path = written(tmp_path, module=code)
    done = subprocess.run([COMMAND, command, path, "--time-limit", "0.3"], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 3, done.stderr
    assert "unknown: the time limit was reached while waiting.py was loaded" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("place", ["init", "action", "module"])
def test_a_signal_gives_a_report_and_exit_code_3(tmp_path, place, number):
    """SIGTERM and SIGHUP mean what Ctrl-C means."""
    path = written(tmp_path, **{place: "print('here', flush=True); time.sleep(1000)"})
    with subprocess.Popen([COMMAND, "check", path], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout.readline() == "here\n"
        time.sleep(0.3)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "it was interrupted" in rest
