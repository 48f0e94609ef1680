"""What stores answer: acknowledgements, refusals, and arguments of another form than the object's."""

from __future__ import annotations

import json

import pytest

from modelcheck.consistency import UNKNOWN, History, MultiRegister, Operation, Register, check_history
from modelcheck.errors import HistoryError

BLIND = [
    ("register", "write", 1, "read", None, 1),
    ("cas-register", "write", 1, "read", None, 1),
    ("kv", "put", ("k", 1), "get", "k", 1),
    ("kv", "append", ("k", "x"), "get", "k", "x"),
    ("multi-register", "write", ("k", 1), "read", "k", 1),
    ("counter", "add", 1, "read", None, 1),
    ("counter", "increment", None, "read", None, 1),
    ("counter", "decrement", 2, "read", None, -2),
    ("set", "add", 1, "contains", 1, True),
    ("set", "remove", 1, "contains", 1, False),
    ("queue", "enqueue", 1, "dequeue", None, 1),
    ("stack", "push", 1, "pop", None, 1),
    ("priority-queue", "insert", 1, "delete_min", None, 1),
]


def asked(model, *rows):
    """The verdict on operations that follow each other, given as name, argument and result."""
    history = [Operation("a", *row, 2 * at, 2 * at + 1, f"log:{at + 1}") for at, row in enumerate(rows)]
    return check_history(History(history), model).verdict.value


@pytest.mark.parametrize("answer", [None, True, "OK", "ok", ":ok", "argument", UNKNOWN], ids=str)
@pytest.mark.parametrize(("model", "write", "argument", "read", "of", "seen"), BLIND)
def test_an_acknowledgement_says_no_more_than_done(model, write, argument, read, of, seen, answer):
    """Nothing, true, a word or the argument itself are answers of an operation that was done."""
    answer = argument if answer == "argument" else answer
    assert asked(model, (write, argument, answer), (read, of, seen)) == "holds"
    other = {True: False, False: True}.get(seen, "other") if isinstance(seen, bool) else "other"
    assert asked(model, (write, argument, answer), (read, of, other)) == "violated"


@pytest.mark.parametrize("answer", [False, 0, 7, "refused", "", ("ok",), frozenset({1})], ids=repr)
@pytest.mark.parametrize(("model", "write", "argument"), [row[:3] for row in BLIND])
def test_any_other_answer_is_an_error_with_its_place(model, write, argument, answer):
    """An answer that may say that the operation was refused is not passed over."""
    with pytest.raises(HistoryError, match=f"log:2: {write} of '{model}' gives nothing but an acknowledgement"):
        asked(model, (write, argument, None), (write, argument, answer))


@pytest.mark.parametrize("answer", [None, 1, 0, "true", "OK", 1.0], ids=repr)
@pytest.mark.parametrize(
    ("model", "name", "argument"),
    [("cas-register", "cas", (1, 2)), ("set", "contains", 1),
     ("mutex", "acquire", None), ("mutex", "release", None), ("reentrant-lock", "acquire", "a")],
)
def test_what_decides_says_true_or_false(model, name, argument, answer):
    """An operation that may be refused must say whether it was."""
    with pytest.raises(HistoryError, match=f"log:1: {name} of '{model}' gives true or false, and not"):
        asked(model, (name, argument, answer))


@pytest.mark.parametrize(
    ("model", "name", "argument", "words"),
    [
        ("register", "read", "x", "takes no argument, and not 'x'"),
        ("cas-register", "cas", 1, "takes a pair"),
        ("cas-register", "cas", (1, 2, 3), "takes a pair"),
        ("kv", "put", "k", "takes a pair"),
        ("kv", "append", ("k", 1), "takes a pair of a key and a text or a list"),
        ("multi-register", "write", None, "takes a pair"),
        ("counter", "add", "1", "takes a number"),
        ("counter", "add", True, "takes a number"),
        ("counter", "increment", "1", "takes a number as its argument, or none"),
        ("fetch-and-add", "fetch_and_add", None, "takes a number"),
        ("queue", "dequeue", 3, "takes no argument"),
        ("priority-queue", "insert", None, "takes what is less or greater"),
        ("priority-queue", "insert", float("nan"), "takes what is less or greater"),
        ("multi-register", "txn", 1, "takes steps"),
        ("multi-register", "txn", (1,), "no read .* or write .* of a key: 1"),
        ("multi-register", "txn", (("inc", "x", 1),), r"no read .* or write .* of a key: \('inc', 'x', 1\)"),
        ("multi-register", "txn", (("w", "x"),), "a write without a value"),
        ("multi-register", "txn", (("r", "x", 1, 2),), "no read"),
    ],
)
def test_an_argument_of_another_form_is_an_error_with_its_place(model, name, argument, words):
    """The error names the operation, the object, what it takes and where the operation was recorded."""
    with pytest.raises(HistoryError, match=f"log:1: {name} of '{model}' .*{words}"):
        asked(model, (name, argument, None))


@pytest.mark.parametrize("elements", [(1, "x"), ("x", 1), (1, (1,)), ((1, "a"), (1, 2)), (None, 1)], ids=repr)
def test_elements_without_an_order_are_an_error(elements):
    """A priority queue of elements that cannot be compared says which, and where the second was put in."""
    with pytest.raises(HistoryError, match=r"log:\d: insert of 'priority-queue'"):
        asked("priority-queue", *(("insert", element, None) for element in elements))


@pytest.mark.parametrize("nothing", [None, (), "", frozenset()], ids=repr)
def test_an_empty_argument_is_none(nothing):
    """A read that was recorded with an empty list of arguments takes none."""
    assert asked("register", ("write", 1, None), ("read", nothing, 1)) == "holds"


class Loud(Register):
    """A register whose writes give what was there before."""

    def apply(self, state, operation, argument):
        return (state, state) if operation == "read" else (argument, state)


def test_a_subclass_says_itself_what_its_operations_give():
    """An object that overrides the step of a ready-made one is taken at its word, by every procedure."""
    assert asked(Loud(0), ("write", 1, 0), ("write", 2, 1), ("read", None, 2)) == "holds"
    assert asked(Loud(0), ("write", 1, 0), ("write", 2, 0), ("read", None, 2)) == "violated"
    assert Loud.family is None


class Doubling(Register):
    """A register that holds twice what is written."""

    def write(self, _, value):
        return 2 * value, None


def test_a_subclass_may_override_one_method():
    """The method of an operation is the one of the object's own class."""
    assert asked(Doubling(0), ("write", 1, None), ("read", None, 2)) == "holds"


def lines(*rows):
    """A file of operations that follow each other."""
    return "".join(
        json.dumps({"process": "a", "f": "txn", "argument": argument, "result": result, "call": 2 * at, "return": 2 * at + 1}) + "\n"
        for at, (argument, result) in enumerate(rows)
    )


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([([["w", "x", 1]], None), ([["r", "x", 1]], None)], "holds"),
        ([([["w", "x", 1]], None), ([["r", "x", 2]], None)], "violated"),
        ([([["w", "x", 1]], True), ([["r", "x", None]], [["r", "x", 1]])], "holds"),
        ([([["w", "x", 1]], "ok"), ([["r", "x", None]], [["r", "x", 2]])], "violated"),
        ([([["w", "x", 1]], None), ([["r", "x", None]], [["r", "x", None]])], "violated"),
        ([([["w", "x", 1]], None), ([["r", "x", None]], None)], "holds"),
        ([([["w", "x", 1]], None), ([["r", "x"]], None)], "holds"),
        ([([["write", "x", 1]], None), ([["read", "x", 1]], None)], "holds"),
        ([([["w", "x", 1]], None), ([["r", "x", True]], None)], "violated"),
        ([([["w", "x", 1], ["w", "y", 2]], None), ([["r", "x", 1], ["r", "y", 2], ["w", "x", 3]], None), ([["r", "x", 3]], None)], "holds"),
        ([([["w", "x", 1], ["w", "y", 2]], None), ([["r", "x", 1], ["r", "y", None]], [["r", "x", 1], ["r", "y", 1]])], "violated"),
        ([], "holds"),
    ],
)
def test_transactions_on_registers(tmp_path, rows, verdict):
    """The values that a transaction read are those of its completion; null without a completion is not told."""
    path = tmp_path / "history.jsonl"
    path.write_text(lines(*rows))
    for model in ("multi-register", MultiRegister()):
        assert check_history(path, model).verdict.value == verdict


@pytest.mark.parametrize(
    ("called", "completed", "verdict"),
    [("[:r :x nil]", "[:r :x 1]", "holds"), ("[:r :x nil]", "[:r :x 2]", "violated"), ("[:read :x nil]", "[:read :x 1]", "holds"),
     ("[:r :x nil]", "[:r :x nil]", "holds"), ("[:r :y nil]", "[:r :y 1]", "violated"), ('[:r "x" nil]', '[:r "x" 1]', "violated")],
)  # fmt: skip
def test_transactions_of_jepsen_on_registers(tmp_path, called, completed, verdict):
    """Keywords name the steps, reads are filled in at the completion, and a read of nil agrees with everything."""
    path = tmp_path / "history.edn"
    path.write_text(
        "{:process 0 :type :invoke :f :txn :value [[:w :x 1]]}\n{:process 0 :type :ok :f :txn :value [[:w :x 1]]}\n"
        f"{{:process 1 :type :invoke :f :txn :value [{called}]}}\n{{:process 1 :type :ok :f :txn :value [{completed}]}}\n"
    )
    assert check_history(path, "multi-register").verdict.value == verdict


def test_what_a_lost_transaction_read_is_not_known():
    """A transaction that did not return may have written, whatever values its call names for its reads."""
    lost = Operation("a", "txn", (("r", "x", 9), ("w", "x", 1)), UNKNOWN, 0, None)
    seen = Operation("b", "txn", (("r", "x", 1),), None, 1, 2)
    assert check_history(History([lost, seen]), "multi-register").verdict.value == "holds"
