"""What Jepsen's checkers ask of histories that are no sequential object."""

from __future__ import annotations

import json
import random

import pytest

from modelcheck.consistency import UNKNOWN, History, Operation, check_history, read_history
from modelcheck.errors import HistoryError, UsageError
from modelcheck.verdict import Verdict


def checked(model, *rows):
    """The verdict on operations given as name, argument, result, call and return; and the names of what is wrong."""
    operations = [Operation(at, *row) for at, row in enumerate(rows)]
    result = check_history(History(operations), model)
    return result.verdict.value, [anomaly.name for anomaly in result.anomalies]


def balances(**accounts):
    """The result of a read of a bank."""
    return frozenset(accounts.items())


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (balances(a=4, b=6), []),
        (balances(a=4, b=7), ["wrong-total"]),
        (balances(a=-1, b=11), ["negative-value"]),
        (balances(a=10), ["wrong-accounts"]),
        (UNKNOWN, []),
    ],
)
def test_a_bank_keeps_its_total(later, expected):
    """Every read of a bank has the accounts and the total of the first, and nothing below zero."""
    found = checked("bank", ("read", None, balances(a=10, b=0), 0, 1), ("read", None, later, 2, 3))
    assert found == ("violated" if expected else "holds", expected)


def test_an_identifier_is_given_once():
    """The same identifier given twice is an anomaly; an operation of unknown outcome gave none."""
    assert checked("unique-ids", ("generate", None, 1, 0, 1), ("generate", None, 2, 0, 1))[0] == "holds"
    assert checked("unique-ids", ("generate", None, 1, 0, 1), ("generate", None, 1, 0, 1))[1] == ["duplicated"]
    assert checked("unique-ids", ("generate", None, 1, 0, 1), ("generate", None, UNKNOWN, 0, None))[0] == "holds"


PUT = ("enqueue", 1, None, 0, 1)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([("dequeue", None, 1, 2, 3)], ("holds", [])),
        ([("drain", None, (1,), 2, 3)], ("holds", [])),
        ([], ("unknown", [])),
        ([("drain", None, (), 2, 3)], ("violated", ["lost"])),
        ([("drain", None, (), 0, 3)], ("unknown", [])),
        ([("drain", None, (), 2, 3), ("dequeue", None, UNKNOWN, 2, None)], ("unknown", [])),
        ([("dequeue", None, 1, 2, 3), ("drain", None, (1,), 4, 5)], ("violated", ["duplicated"])),
        ([("dequeue", None, 1, 2, 3), ("dequeue", None, 2, 2, 3)], ("violated", ["unexpected"])),
    ],
)
def test_what_goes_into_a_queue_comes_out_once(rest, expected):
    """An element that was put in must come out of a queue that was drained, and only once."""
    assert checked("total-queue", PUT, *rest) == expected


def test_a_set_loses_what_a_later_read_does_not_see():
    """An element that was acknowledged is lost if the last reads miss it, stale if only some did."""
    add, seen = ("add", 1, None, 0, 1), ("read", None, frozenset({1}), 4, 5)
    assert checked("set-full", add, seen) == ("holds", [])
    assert checked("set-full", add, ("read", None, frozenset(), 2, 3), seen) == ("holds", [])
    assert checked("set-full", add, seen, ("read", None, frozenset(), 6, 7)) == ("violated", ["lost"])
    assert checked("set-full", add, ("read", None, frozenset(), 2, 3)) == ("violated", ["lost"])
    assert checked("set-full", add) == ("unknown", [])


def test_sets_agree_with_the_definition():
    """On random histories an element is lost exactly if a read began after it was known and none that began then sees it."""
    found = set()
    for seed in range(2000):
        chance = random.Random(seed)
        times = [sorted(chance.sample(range(20), 2)) for _ in range(6)]
        rows = [("add", at, None, *times[at]) for at in range(2)]
        rows += [("read", None, frozenset(e for e in range(2) if chance.random() < 0.5), *t) for t in times[2:]]
        lost = []
        for element, (_, _, _, _, added) in enumerate(rows[:2]):
            known = min([added, *(finish for _, _, seen, _, finish in rows[2:] if element in seen)])
            last = max((call for _, _, seen, call, _ in rows[2:] if element in seen), default=-1)
            if any(call > max(known, last) and element not in seen for _, _, seen, call, _ in rows[2:]):
                lost.append("lost")
        verdict, names = checked("set-full", *rows)
        assert names == lost, rows
        assert (verdict == "violated") == bool(lost)
        found.add(len(lost))
    assert found == {0, 1, 2}


def test_comments_are_seen_with_what_was_written_before_them():
    """A value without one whose write returned before its own began is an anomaly; concurrent ones may be missing."""
    first, second = ("write", 1, None, 0, 1), ("write", 2, None, 2, 3)
    assert checked("comments", first, second, ("read", None, frozenset({2}), 0, 9))[1] == ["missing-predecessor"]
    assert checked("comments", first, second, ("read", None, frozenset({1}), 4, 5))[0] == "holds"
    assert checked("comments", first, ("write", 2, None, 1, 3), ("read", None, frozenset({2}), 4, 5))[0] == "holds"


def event(process, kind, f, value):
    """A line of a Jepsen history."""
    return {"process": process, "type": kind, "f": f, "value": value}


@pytest.mark.parametrize(
    ("events", "model"),
    [
        ([event(0, "invoke", "generate", None), event(0, "ok", "generate", 1)], "unique-ids"),
        ([event(0, "invoke", "read", None), event(0, "ok", "read", {"a": 1})], "bank"),
        ([event(0, "invoke", "transfer", {"from": 1, "to": 2, "amount": 3})], "bank"),
        ([event(0, "invoke", "enqueue", 1), event(1, "invoke", "drain", None)], "total-queue"),
        ([event(0, "invoke", "write", 1), event(1, "invoke", "read", None), event(1, "ok", "read", {"#set": [1]})], "comments"),
        ([event(0, "invoke", "write", 1), event(1, "invoke", "read", None), event(1, "ok", "read", 1)], "register"),
    ],
)
def test_the_checker_is_guessed_from_the_operations(events, model, tmp_path):
    """What only one checker can mean is read as that."""
    path = tmp_path / "history.json"
    path.write_text(json.dumps(events))
    assert read_history(path).model == model


def test_an_operation_that_a_checker_does_not_know_is_refused():
    """The message names the operation and those that there are."""
    with pytest.raises(HistoryError, match="'bank' has no operation 'write'"):
        checked("bank", ("write", 1, None, 0, 1))
    with pytest.raises(HistoryError, match="sees no balances"):
        checked("bank", ("read", None, 3, 0, 1))
    with pytest.raises(HistoryError, match="sees no set"):
        checked("set-full", ("read", None, 3, 0, 1))
    with pytest.raises(UsageError, match="'bank' cannot be 'serializable'"):
        check_history(History([]), "bank", consistency="serializable")


def test_an_unknown_set_is_no_question_of_limits():
    """A set of which nothing was read is unknown, whatever the limits."""
    assert check_history(History([Operation(0, "add", 1, None, 0, 1)]), "set-full").verdict is Verdict.UNKNOWN
