"""The command run in this process, in an empty folder of its own."""

# ruff: noqa: ARG001 - fixtures are asked for by name for what they set up.

import sys
from pathlib import Path

import pytest
from attrs import frozen

from modelcheck.cli import main

ROOT = Path(__file__).resolve().parents[2]

COUNTER = '''\
"""A counter."""
from enum import Enum

from modelcheck import Spec, action, constraint, invariant, reachable, require, terminal


class Color(Enum):
    RED = 1
    BLUE = 2


class Counter(Spec):
    """Counts to a limit."""

    limit: int = 3
    bound: int = 2
    color: Color = Color.RED

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        """One more."""
        require(self.n < self.limit)
        self.n += 1

    @invariant
    def small(self) -> bool:
        """The counter stays small."""
        return self.n <= self.bound

    @reachable
    def one(self) -> bool:
        """The counter counts."""
        return self.n == 1

    @terminal
    def full(self) -> bool:
        """The limit is a fine place to end."""
        return self.n == self.limit
'''


@frozen
class Result:
    """How the command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in; what the command imports from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.delenv("NO_COLOR", raising=False)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


@pytest.fixture
def run(folder, capsys):
    """Runs the command with the arguments given."""

    def command(*arguments):
        with pytest.raises(SystemExit) as exited:
            main([str(argument) for argument in arguments])
        found = capsys.readouterr()
        return Result(exited.value.code, found.out, found.err)

    return command


@pytest.fixture
def counter(folder):
    """The file of a spec that counts, whose invariant is violated in 3 steps."""
    file = folder / "counter.py"
    file.write_text(COUNTER)
    return file
