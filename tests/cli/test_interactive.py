"""Stepping through a trace by hand, on a terminal and through a pipe."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from modelcheck.trace import read_recording

PROMPT = "(modelcheck) "
# The pseudo-terminal becomes the controlling one, which sends the signal for Ctrl-C.
COMMAND = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from modelcheck.cli import main; main(sys.argv[1:])"
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


class Terminal:
    """The command on a pseudo-terminal of its own."""

    def __init__(self, *arguments, columns=100, **environment):
        self._mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**kept, "TERM": "xterm", **environment},
        )  # fmt: skip
        os.close(theirs)

    def type(self, keys, until=PROMPT):
        """Type keys; returns what is shown up to the next prompt."""
        os.write(self._mine, keys.encode())
        return self.shown(until)

    def shown(self, until=PROMPT):
        """What is shown until a text comes."""
        found, last = "", time.monotonic() + 60
        while not plain(found).endswith(until):
            assert time.monotonic() < last, found
            if select.select([self._mine], [], [], 1)[0]:
                found += os.read(self._mine, 4096).decode()
        return found

    def ended(self):
        """The exit code."""
        code = self._process.wait(60)
        os.close(self._mine)
        return code


def plain(text):
    """Without colours and other controls."""
    return re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", text).replace("\r", "")


@pytest.fixture
def trace(run, counter):
    """The file of a counterexample of three steps."""
    assert run("check", counter, "--property", "small", "--trace-out", "trace.json").code == 1
    return "trace.json"


@pytest.fixture
def typed(run, monkeypatch, trace):
    """What the command prints for lines that come through a pipe."""

    def command(*lines):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return run("replay", trace, "-i")

    return command


def test_a_walk_on_a_terminal(trace, folder):
    """Forward and back, another step, a mistake, the keys of a terminal, the end: nothing but q and Ctrl-D leaves."""
    terminal = Terminal("replay", trace, "-i")
    assert "h lists the commands" in terminal.shown()
    assert "1/3" in plain(terminal.type("n\n"))
    assert "2/3" in plain(terminal.type("\n"))
    assert "1/3" in plain(terminal.type("b\n"))
    assert "there is no command 'xyzzy'" in plain(terminal.type("xyzzy\n"))
    assert "interrupted; q quits" in plain(terminal.type("half a line" + CTRL_C))
    assert "there is no command 'xyzzy'" in plain(terminal.type(UP + "\n"))
    assert "left the recorded run at 1" in plain(terminal.type("t 1\n"))
    assert "wrote the 2 steps" in plain(terminal.type("w other.json\n"))
    assert (folder / "other.json").exists()
    terminal.type(CTRL_D, until="\n")
    assert terminal.ended() == 0


def test_a_narrow_terminal_without_colours(trace):
    """Lines are wrapped to the width, and NO_COLOR is heeded."""
    terminal = Terminal("replay", trace, "-i", columns=24, NO_COLOR="1")
    shown = terminal.shown() + terminal.type("n\n") + terminal.type("e\n")
    assert "\x1b[1m" not in shown
    assert "\x1b[3" not in shown
    terminal.type("q\n", until="\n")
    assert terminal.ended() == 0


def test_lines_through_a_pipe_are_shown(typed):
    """Without a terminal the lines are echoed, nothing is coloured, and the end of the input is the end."""
    result = typed("n", "s")
    assert result.code == 0
    assert f"{PROMPT}n\n1/3" in result.out
    assert "\x1b" not in result.out


def test_a_run_that_was_left_is_saved_as_what_it_shows(typed, run):
    """The run that was taken instead is a trace of its own: of the property that is false at its end, or just of a run."""
    typed("g 2", "t 1", "w again.json", "b", "b", "t 1", "w run.json")
    again = read_recording(Path("again.json"))
    assert (again.property, len(again.steps), again.found_by) == ("small", 3, "replay")
    assert run("replay", "again.json").code == 1
    other = read_recording(Path("run.json"))
    assert (other.kind, len(other.steps)) == ("log", 2)
    described = [json.loads(Path(file).read_text())["#meta"]["description"] for file in ("again.json", "run.json")]
    assert described == ["Counterexample to the invariant small of Counter", "Run of Counter, chosen step by step in a replay"]
    assert run("replay", "run.json").code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("b", "this is the initial state"),
        ("d", "no step has been taken yet"),
        ("g", "goto needs a number"),
        ("g 9", "the run has 3 steps"),
        ("t 9", "Those that can be taken have the numbers 1 to"),
        ("r", "this is the recorded run"),
        ("w", "write needs a file"),
        ("w counter.py/run.json", "cannot write"),
    ],
)
def test_what_cannot_be_done_is_said(typed, line, said):
    """A command that makes no sense here says so, and the walk goes on."""
    result = typed(line, "n")
    assert said in result.out
    assert "1/3" in result.out


def test_the_end_of_the_run_is_said(typed):
    """There is no step after the last one, and nothing to debug."""
    result = typed("g 3", "n", "pdb")
    assert result.out.count("this is the end of the run") == 2


def test_the_debugger_stops_in_the_action(run, monkeypatch, trace):
    """The Python of a step is stopped on the spec's own line, with its variables, and what it changed is shown at its end."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("p self.n\nc\n"))
    result = run("replay", trace, "--pdb", "--step", "2")
    assert "-> require(self.n < self.limit)" in result.out
    assert "(Pdb) 1\n" in result.out
    assert "n: 1 → 2" in result.out


def test_a_debugger_that_is_left_shows_no_changes(run, monkeypatch, trace):
    """A step that was not run to its end has changed nothing that could be told."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    assert "change" not in run("replay", trace, "--pdb").out


def test_an_expression_is_evaluated_where_one_is(typed):
    """Variables by name or as attributes of self; what raises is told, and what is no expression."""
    result = typed("g 2", "p n + 1", "print self.n, limit", "p 1/0", "p n +", "p")
    assert "     3\n" in result.out
    assert "     (2, 3)\n" in result.out
    assert "ZeroDivisionError: division by zero" in result.out
    assert "'n +' is no expression" in result.out
    assert "p needs an expression" in result.out
