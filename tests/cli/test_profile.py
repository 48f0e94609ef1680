"""What ``--profile`` says of a search: where Python ran, what its runs read, and what would make them fewer."""

import json

import pytest

from modelcheck.cli.profile import profile_lines
from modelcheck.search.report import ActionReport, EffortReport, ReadReport, Report
from modelcheck.verdict import Verdict

SPECS = """\
from collections import deque

from modelcheck import History, Network, Spec, action, choose, invariant, require, terminal
from modelcheck.consistency.objects import Register


class Sized(Spec):
    n: int = 6

    def everybody(self) -> range:
        return range(self.n)

    @terminal
    def anywhere(self) -> bool:
        return True


class Union(Sized):
    def init(self) -> None:
        self.sent: set[int] = set()

    @action(Sized.everybody)
    def send(self, m: int) -> None:
        self.sent = self.sent | {m}


class Add(Union):
    def send(self, m: int) -> None:
        self.sent.add(m)


class Except(Sized):
    def init(self) -> None:
        self.c = dict.fromkeys(range(self.n), False)

    @action(Sized.everybody)
    def flip(self, i: int) -> None:
        self.c = {**self.c, i: not self.c[i]}


class Queue(Sized):
    def init(self) -> None:
        self.queue: deque[int] = deque()

    @action(Sized.everybody)
    def join(self, i: int) -> None:
        require(i not in self.queue)
        self.queue.append(i)

    @action
    def leave(self) -> None:
        require(self.queue)
        self.queue.popleft()


class Tuple(Sized):
    def init(self) -> None:
        self.count = (0,) * self.n

    @action(Sized.everybody)
    def increment(self, i: int) -> None:
        self.count = (*self.count[:i], (self.count[i] + 1) % 3, *self.count[i + 1 :])


class Sum(Sized):
    def init(self) -> None:
        self.c = dict.fromkeys(range(self.n), 0)

    @action(Sized.everybody)
    def step(self, i: int) -> None:
        self.c[i] = (self.c[i] + 1) % 4

    @invariant
    def few(self) -> bool:
        return sum(self.c.values()) <= self.n * 3


class Many(Sized):
    def init(self) -> None:
        self.c = {i: choose((False, True)) for i in range(self.n)}

    @action(Sized.everybody)
    def flip(self, i: int) -> None:
        self.c[i] = not self.c[i]


class Clients(Sized):
    n: int = 3

    def init(self) -> None:
        self.history = History.of(Register(0))
        self.left = dict.fromkeys(range(self.n), 3)

    @action(Sized.everybody)
    def begin(self, i: int) -> None:
        require(self.left[i] and i not in self.history.pending)
        self.left[i] -= 1
        self.history.invoke(i, "write", i * 10 + self.left[i])

    @action(Sized.everybody)
    def end(self, i: int) -> None:
        require(i in self.history.pending)
        self.history.complete(i)
"""


@pytest.fixture
def advice(run, tmp_path):
    """The last lines of a profile."""
    (tmp_path / "slow.py").write_text(SPECS)

    def advised(name, *options):
        out = run("check", f"{tmp_path / 'slow.py'}:{name}", "--profile", *options).out
        assert "one per 0 " not in out
        return out[out.index("Memory ") :]

    return advised


@pytest.mark.parametrize("size", [5, 10])
@pytest.mark.parametrize(
    ("name", "told", "remedy"),
    [
        ("Union", "action send ran {runs} times, {n} for each state, and a run reads up to {n} cells: all of sent.", "self.s.add(m)"),
        ("Except", "action flip ran {runs} times, {n} for each state, and a run reads up to {n} cells: all of c.", "self.c[i] = v"),
        ("Many", "init ran {states} times, once for each way to make its choices.", "Choose in init only what must be known"),
    ],
)
def test_what_reads_everything_is_told_at_every_size(advice, name, told, remedy, size):
    """How often it ran for each state, what it read, and what to write instead, of 32 states as of 1,024."""
    out = advice(name, "--set", f"n={size}")
    assert told.format(n=size, states=f"{2**size:,}", runs=f"{size * 2**size:,}") in out
    assert remedy in out


@pytest.mark.parametrize(
    ("name", "told", "remedy"),
    [
        ("Queue", "queue took 1,957 values", "set, Counter or dict beside it"),
        ("Tuple", "count took 729 values", "a dict with an entry per process"),
        ("Sum", "invariant few ran 4,096 times, once for each state, and a run reads up to 6 cells: all of c.", "@invariant(nodes, nodes)"),
        ("Clients", "history.explanations took", "Fewer clients, or fewer operations"),
    ],
)
def test_the_remedy_is_that_of_what_is_read(advice, name, told, remedy):
    """A queue, a wide value, a total over all entries and a history have remedies of their own."""
    out = advice(name)
    assert told in out
    assert remedy in out


def test_a_spec_that_runs_python_rarely_gets_no_advice(advice):
    """Six runs of an action for 64 states are first runs."""
    assert advice("Add", "--set", "n=8").rstrip().endswith("Python is run rarely: most often send, 8 times for 256 states.")


def test_the_figures_are_in_the_json(run, tmp_path):
    """What each piece of code took and read can be computed with."""
    (tmp_path / "slow.py").write_text(SPECS)
    profile = json.loads(run("check", f"{tmp_path / 'slow.py'}:Union", "--profile", "--json").out)["profile"]
    assert profile["python_seconds"] > 0
    send = next(code for code in profile["code"] if code["name"] == "send")
    assert (send["calls"], send["kind"], send["reads"]) == (384, "action", [{"path": "sent", "cells": 6, "values": 2}])


def report(generated, calls, python_seconds, seconds=10.0):
    reads = (ReadReport("c", 3, 4, "whole"),)
    return Report(
        spec="S", source="s.py", constants={}, verdict=Verdict.HOLDS, reason=None, states=generated // 4, generated=generated, depth=9,
        python_calls=calls, seconds=seconds, peak_memory_bytes=1, collision_probability=0.0, out_of_bounds=0, properties=(),
        actions=(ActionReport("go", generated, 1, calls),),
        efforts=(EffortReport("go", "action", calls, python_seconds, (), reads),) if calls else (),
        python_seconds=python_seconds,
    )  # fmt: skip


def text(found):
    return "\n".join("".join(span.text for span in line) for line in profile_lines(found))


@pytest.mark.parametrize(
    ("generated", "calls", "seconds", "advised"),
    [
        (2_000_000, 2_001, 0.1, True),  # One call in less than a thousand states, of more than a million.
        (2_000_000, 1_999, 0.1, False),
        (1_000_000, 900_000, 0.9, False),  # Less than a tenth of the time.
        (1_000_000, 2, 1.0, True),  # A tenth of it, in two calls.
        (100_000, 90_000, 5.0, True),
    ],
)
def test_a_tenth_of_the_time_or_a_call_in_a_thousand_states_is_worth_a_change(generated, calls, seconds, advised):
    """Advice is given where either holds, and nowhere else."""
    assert ("action go ran" in text(report(generated, calls, seconds))) == advised
    assert ("Python is run rarely" in text(report(generated, calls, seconds))) != advised


@pytest.mark.parametrize(
    ("generated", "calls", "told"),
    [
        (10, 35, "35, 3.5 per generated state;"),
        (15_626, 15_626, "15,626, 1.0 per generated state;"),
        (1000, 500, "500, one per 2 generated states;"),
        (0, 3, "3;"),
        (0, 0, "0;"),
    ],
)
def test_the_heading_is_right_at_every_rate(generated, calls, told):
    """More calls than states, as many, fewer, and a search that ended in ``init``."""
    assert f"Python calls  {told}" in text(report(generated, calls, 0.0))
