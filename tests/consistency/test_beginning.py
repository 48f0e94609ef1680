"""What the object held at first: said on the command line, and hinted at where it alone makes a history wrong."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner

from modelcheck.cli.commands.history import command
from modelcheck.consistency import CasRegister, Counter, History, Independent, Operation, Register, check_history
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict

from ..oracles.linearizability import linearizable
from .generate import random_history

NEEDS = [
    ("register", [("read", None, 0), ("write", 1, None), ("read", None, 1)], "0"),
    ("register", [("read", None, "x")], '\'"x"\''),
    ("register", [("write", 1, None), ("read", None, 1)], None),
    ("register", [("read", None, 0), ("read", None, 1)], None),
    ("cas-register", [("cas", (5, 6), True), ("read", None, 6)], "5"),
    ("kv", [("get", "a", 0), ("get", "b", 0), ("put", ("a", 1), None), ("get", "a", 1)], "0"),
    ("kv", [("get", "a", None), ("put", ("a", 1), None)], "null"),
    ("multi-register", [("read", "a", 0), ("write", ("a", 1), None)], "0"),
    ("counter", [("read", None, 10), ("add", 1, None), ("read", None, 11)], "10"),
    ("fetch-and-add", [("fetch_and_add", 1, 10), ("read", None, 11)], "10"),
    ("set", [("read", None, frozenset({1})), ("add", 2, None), ("read", None, frozenset({1, 2}))], "'[1]'"),
    ("queue", [("enqueue", 3, None), ("dequeue", None, 1), ("dequeue", None, 2), ("dequeue", None, 3)], "'[1, 2]'"),
    ("stack", [("pop", None, 2), ("pop", None, 1), ("pop", None, None)], "'[1, 2]'"),
    ("priority-queue", [("insert", 2, None), ("delete_min", None, 1), ("delete_min", None, 2)], "'[1]'"),
    ("mutex", [("release", None, True), ("acquire", None, True)], "true"),
    ("reentrant-lock", [("release", "a", True), ("acquire", "b", True)], '\'["a", 1]\''),
]


def history_of(rows):
    """Operations that follow each other, given as name, argument and result."""
    return History([Operation("a", *row, 2 * at, 2 * at + 1) for at, row in enumerate(rows)])


@pytest.mark.parametrize(("model", "rows", "argument"), NEEDS)
def test_the_beginning_that_would_do_is_named(model, rows, argument):
    """A history that is wrong only for what was there before comes with the option that says so."""
    result = check_history(history_of(rows), model)
    if argument is None:
        assert result.hint is None
    else:
        assert result.verdict is Verdict.VIOLATED
        assert (result.hint or "").endswith(f": --initial {argument}")


def written(path, rows):
    """The same as a file."""
    lines = [
        {"process": "a", "f": f, "argument": argument, "result": sorted(result) if isinstance(result, frozenset) else result,
         "call": 2 * at, "return": 2 * at + 1}
        for at, (f, argument, result) in enumerate(rows)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(("model", "rows", "argument"), [need for need in NEEDS if need[2] is not None])
def test_the_option_does_what_the_hint_says(tmp_path, model, rows, argument):
    """With the option the history holds, and without it the answer names the option."""
    path = written(tmp_path / "history.jsonl", rows)
    without = CliRunner().invoke(command, [str(path), "--model", model], catch_exceptions=False)
    assert without.exit_code == 1
    assert f"--initial {argument}\n" in without.stdout
    given = CliRunner().invoke(command, [str(path), "--model", model, "--initial", argument.strip("'")], catch_exceptions=False)
    assert given.exit_code == 0


def test_a_map_says_what_each_key_holds(tmp_path):
    """For a key-value map --initial is a map, or what every key holds."""
    path = written(tmp_path / "history.jsonl", [("get", "a", 1), ("get", "b", "")])
    assert CliRunner().invoke(command, [str(path), "--initial", '{"a": 1}'], catch_exceptions=False).exit_code == 0
    assert CliRunner().invoke(command, [str(path), "--initial", "1"], catch_exceptions=False).exit_code == 1


@pytest.mark.parametrize(("model", "value"), [("queue", "5"), ("set", "5"), ("bank", "5"), ("queue", "{")])
def test_a_beginning_that_cannot_be(tmp_path, model, value):
    """What an object cannot hold at first is a usage error."""
    path = written(tmp_path / "history.jsonl", [])
    with pytest.raises(UsageError):
        CliRunner().invoke(command, [str(path), "--model", model, "--initial", value], catch_exceptions=False)


def test_weaker_models_get_the_hint_too():
    """Sequential and causal consistency, and many objects under keys."""
    rows = [("read", None, 0), ("write", 1, None)]
    for level in ("sequential", "causal"):
        assert (check_history(history_of(rows), "register", consistency=level).hint or "").endswith("--initial 0")
    keyed = history_of([("read", ("k", None), 0), ("write", ("k", 1), None)])
    assert (check_history(keyed, Independent(Register())).hint or "").endswith("--initial 0")


def test_a_hint_is_true():
    """On random histories that begin with something else, what the hint says holds, and it is found nearly always."""
    found = 0
    for seed in range(200):
        chance = random.Random(f"beginning {seed}")
        cls = chance.choice([Register, CasRegister, Counter])
        history = History(random_history(chance, cls(7), operations=chance.randint(2, 7), clients=3, values=3))
        result = check_history(history, cls(0))
        if result.verdict is Verdict.VIOLATED and result.hint:
            found += 1
            assert linearizable(history.operations, cls(int(result.hint.rsplit(" ", 1)[1])))
    assert found > 60
