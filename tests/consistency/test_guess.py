"""The model is guessed where only one can be meant, and asked for otherwise."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from modelcheck.cli.commands.history import command
from modelcheck.consistency import read_history
from modelcheck.errors import UsageError


def operations(*rows):
    """A file of operations, given as name, argument and result."""
    return "".join(
        json.dumps({"process": at, "f": f, "argument": argument, "result": result, "call": 2 * at, "return": 2 * at + 1}) + "\n"
        for at, (f, argument, result) in enumerate(rows)
    )


def events(*rows):
    """A file of Jepsen's events, given as name, and values of call and completion."""
    return "".join(
        f"{{:process {at} :type :invoke :f :{f} :value {value}}}\n{{:process {at} :type :ok :f :{f} :value {result}}}\n"
        for at, (f, value, result) in enumerate(rows)
    )


CERTAIN = [
    (operations(("write", 1, None), ("read", None, 1)), "register"),
    (operations(("write", [1], None), ("read", None, [1])), "register"),
    (operations(("read", None, 5)), "register"),
    (operations(("cas", [1, 2], True), ("read", None, 2)), "cas-register"),
    (operations(("write", ["x", 1], None), ("read", "x", 1)), "multi-register"),
    (operations(("put", ["x", 1], None), ("get", "x", 1)), "kv"),
    (operations(("get", "x", 1)), "kv"),
    (operations(("enqueue", 1, None), ("dequeue", None, 1)), "queue"),
    (operations(("enqueue", 1, None), ("drain", None, [1])), "total-queue"),
    (operations(("push", 1, None), ("pop", None, 1)), "stack"),
    (operations(("insert", 1, None), ("delete_min", None, 1)), "priority-queue"),
    (operations(("acquire", None, True), ("release", None, True)), "mutex"),
    (operations(("add", 1, None), ("read", None, 1)), "counter"),
    (operations(("increment", None, None), ("read", None, 1)), "counter"),
    (operations(("add", 1, None), ("contains", 1, True)), "set"),
    (operations(("add", 1, None), ("remove", 1, None), ("read", None, [])), "set"),
    (operations(("fetch_and_add", 1, 0)), "fetch-and-add"),
    (operations(("generate", None, 1)), "unique-ids"),
    (operations(("read", None, {"a": 1}), ("transfer", {"from": "a"}, None)), "bank"),
    (events(("txn", "[[:r 1 nil] [:append 1 2]]", "[[:r 1 []] [:append 1 2]]")), "list-append"),
    (events(("txn", "[[:r 1 nil] [:w 1 2]]", "[[:r 1 nil] [:w 1 2]]")), "rw-register"),
    (events(("txn", "[[:read :x nil] [:write :y 2]]", "[[:read :x 1] [:write :y 2]]")), "multi-register"),
    (events(("write", "[[:w 0 1]]", "[[:w 0 1]]"), ("read", "[[:r 0 nil]]", "[[:r 0 1]]")), "long-fork"),
    (events(("write", "1", "1"), ("read", "nil", "#{1}")), "comments"),
]


@pytest.mark.parametrize(("text", "model"), CERTAIN, ids=[model for _, model in CERTAIN])
def test_what_is_certain_is_guessed(tmp_path, text, model):
    """One model has these operations with such values."""
    path = tmp_path / "history"
    path.write_text(text)
    assert read_history(path).model == model


UNCERTAIN = {
    "dirty reads": (events(("write", "3", "3"), ("read", "nil", "[3 3 3]")), "register"),
    "adya": (events(("insert", "[1 [1 nil]]", "[1 [1 nil]]")), "priority-queue"),
    "insert alone": (operations(("insert", 1, None)), "priority-queue"),
    "a lock with an owner": (operations(("acquire", "me", True)), "reentrant-lock"),
    "a set that may be stale": (operations(("add", 1, None), ("read", None, [1])), "set-full"),
    "adding alone": (operations(("add", 1, None)), "counter"),
    "unknown steps": (events(("txn", "[[:inc 1 1]]", "[[:inc 1 1]]")), "multi-register"),
    "writes of pairs": (operations(("write", ["x", 1], None)), "multi-register"),
    "reads with and without key": (operations(("read", "x", 1), ("read", None, 1)), "multi-register"),
    "mixed reads": (operations(("write", 1, None), ("read", None, 1), ("read", None, [1])), "register"),
    "mixed sums": (operations(("add", 1, None), ("read", None, 1), ("read", None, [1])), "counter"),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_what_is_not_certain_is_asked_for(tmp_path, name):
    """The error lists the operations, and the models that have them."""
    text, candidate = UNCERTAIN[name]
    path = tmp_path / "history"
    path.write_text(text)
    recording = read_history(path)
    assert recording.model is None
    with pytest.raises(UsageError, match="it is not clear what the clients used") as caught:
        assert recording.meant
    assert f"{candidate}" in (caught.value.remedy or "")


def test_operations_that_no_model_has(tmp_path):
    """Then the remedy is another name for them, which is also how it is done."""
    path = tmp_path / "history.jsonl"
    path.write_text(operations(("set", 1, None), ("fetch", None, 1)))
    with pytest.raises(UsageError, match="give them other names with --rename"):
        assert read_history(path).meant
    done = CliRunner().invoke(command, [str(path), "--rename", "set=write", "--rename", "fetch=read"], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout.startswith("holds: the history is linearizable\n  2 operations on register")


@pytest.mark.parametrize("text", ["put", "=read", "put=", ""])
def test_a_new_name_that_is_none(tmp_path, text):
    """--rename without two names is a usage error."""
    path = tmp_path / "history.jsonl"
    path.write_text(operations(("set", 1, None)))
    with pytest.raises(UsageError, match="is no new name"):
        CliRunner().invoke(command, [str(path), "--rename", text], catch_exceptions=False)


def test_a_guess_that_asks_for_more_than_another_model_is_told(tmp_path):
    """A queue whose elements come out in another order may be one that promises no order."""
    path = tmp_path / "history.jsonl"
    path.write_text(operations(("enqueue", 1, None), ("enqueue", 2, None), ("dequeue", None, 2), ("dequeue", None, 1)))
    done = CliRunner().invoke(command, [str(path)], catch_exceptions=False)
    assert done.exit_code == 1
    assert "The model was guessed; with these operations it may as well be total-queue (--model)." in done.stdout
    assert CliRunner().invoke(command, [str(path), "--model", "total-queue"], catch_exceptions=False).exit_code == 0
