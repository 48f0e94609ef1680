"""Mistakes in a user's object or history: one clear error each."""

# ruff: noqa: ARG002, RUF012 - the objects here do what they must not.

from __future__ import annotations

import sys

import pytest

from modelcheck.cli import main
from modelcheck.consistency import History, Operation, SequentialObject, check_history
from modelcheck.errors import HistoryError, UsageError

ONE = History([Operation("a", "add", 1, 1, 0, 1), Operation("b", "add", 2, 2, 0, 2), Operation("a", "add", 3, 3, 3, 4)])


class Adder(SequentialObject):
    """What the objects below would be without their mistakes."""

    name = "adder"
    operations = ("add",)
    initial = 0

    def apply(self, state, operation, argument):
        return state + argument, state + argument


class Impure(Adder):
    calls = 0

    def apply(self, state, operation, argument):
        Impure.calls += 1
        return state + Impure.calls, argument


class Raising(Adder):
    def apply(self, state, operation, argument):
        return state / 0, None


class Unhashable(Adder):
    def apply(self, state, operation, argument):
        return [argument], argument


class NoPair(Adder):
    def apply(self, state, operation, argument):
        return argument


class Box:
    """A state that can be changed, and is equal to others that hold as much."""

    def __init__(self, held):
        self.held = held

    def __eq__(self, other):
        return self.held == other.held

    def __hash__(self):
        return 0

    def __repr__(self):
        return f"Box({self.held})"


class Mutating(Adder):
    initial = Box(0)

    def apply(self, state, operation, argument):
        state.held += argument
        return state, state.held


class Forgetful(SequentialObject):
    name = "forgetful"

    def apply(self, state, operation, argument):
        return state, None


class UnhashableStart(Adder):
    initial = []


@pytest.mark.parametrize("consistency", ["linearizable", "sequential"])
@pytest.mark.parametrize(
    ("object_", "words"),
    [
        (Raising(), r"test_mistakes.py:\d+: the object 'adder' cannot do add\(\d\) in the state 0: ZeroDivisionError"),
        (Unhashable(), r"the state after it, \[\d\], cannot be hashed"),
        (NoPair(), r"apply gives \d\n  Return the state after the operation and its result, as a pair"),
    ],
    ids=["raises", "unhashable", "no pair"],
)
def test_a_step_that_is_no_step(object_, words, consistency):
    """The error says what the object did, to which operation, and where."""
    with pytest.raises(HistoryError, match=words):
        check_history(ONE, object_, consistency=consistency)


@pytest.mark.parametrize("object_", [Impure(), Mutating()], ids=["impure", "mutating"])
def test_a_step_that_is_no_function(object_):
    """A step that gives something else when it is taken again is told."""
    with pytest.raises(HistoryError, match="differently each time"):
        check_history(ONE, object_)


@pytest.mark.parametrize(
    ("object_", "words"),
    [
        (Forgetful(), "the object 'forgetful' has no initial state"),
        (UnhashableStart(), "the initial state .* cannot be hashed"),
        (Adder, "the class Adder is no object"),
        (7, "7 is no object"),
    ],
    ids=["no initial state", "unhashable", "class", "number"],
)
def test_what_is_no_object(object_, words):
    """An object needs an initial state that can be hashed, and must be an instance."""
    with pytest.raises(UsageError, match=words):
        check_history(ONE, object_)


def test_an_operation_that_the_object_does_not_know():
    """The error names the operation and those that are known, for ready objects and for those of users."""
    history = History([Operation("a", "frob", 1, None, 0, 1)])
    for object_ in ("register", "kv", "queue", "mutex", "counter", Adder()):
        with pytest.raises(HistoryError, match="has no operation 'frob'"):
            check_history(history, object_)


def test_a_return_before_its_call():
    """Times that run backwards are told where they stand."""
    with pytest.raises(HistoryError, match="returns at 3, before its call at 5"):
        History([Operation("a", "read", None, 1, 5, 3)])


def test_clients_that_overlap_themselves_have_no_order():
    """Sequential consistency needs the order of each client."""
    history = History([Operation("a", "write", 1, None, 0, 5), Operation("a", "read", None, 1, 3, 8)])
    with pytest.raises(HistoryError, match="client a calls read at 3 while its write is open until 5"):
        check_history(history, "register", consistency="sequential")


LINE = '{{"process": "a", "f": "{f}", "argument": 1, "result": null, "call": {call}, "return": {finish}}}\n'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (LINE.format(f="write", call=5, finish=3), "returns at 3, before its call at 5"),
        (LINE.format(f="frob", call=1, finish=3), "has no operation 'frob'"),
        (
            LINE.format(f="write", call=1, finish=4) + LINE.format(f="write", call=2, finish=5),
            "bad.jsonl:2: client a calls write at 2 while its write is open until 4",
        ),
    ],
    ids=["backwards", "unknown", "overlapping"],
)
def test_the_command_says_it_in_one_message(tmp_path, monkeypatch, capsys, lines, words):
    """The exit code is 2, and there is no traceback."""
    path = tmp_path / "bad.jsonl"
    path.write_text(lines, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["modelcheck", "history", str(path), "--model", "register"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err
    assert not printed.out
