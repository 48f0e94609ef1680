"""Isolation levels of transactional histories."""

from __future__ import annotations

import random

import pytest

from modelcheck.consistency import History, Operation, check_history
from modelcheck.errors import HistoryError, UsageError
from modelcheck.verdict import Verdict

from ..oracles.isolation import run, serializable, snapshot_isolated


def transaction(process, call, finish, *steps):
    """A committed transaction."""
    return Operation(process, "txn", steps, None, call, finish)


def random_transactions(chance, model):
    """A few transactions that ran one after the other, or on snapshots, with some reads falsified."""
    write = "append" if model == "list-append" else "w"
    state, fresh, history, old = {}, iter(range(1, 100)), [], [{}]
    for at in range(chance.randint(2, 4)):
        base = dict(chance.choice(old[-2:]) if chance.random() < 0.5 else state)
        steps = []
        for _ in range(chance.randint(1, 3)):
            key = chance.choice("xy")
            seen = base.get(key, () if model == "list-append" else None)
            step = ("r", key, seen) if chance.random() < 0.6 else (write, key, next(fresh))
            steps.append(step)
            base = run(base, [step], model)
        written = {key: base[key] for kind, key, _ in steps if kind != "r"}
        if model == "list-append":
            added = {key: tuple(v for k, q, v in steps if k == write and q == key) for key in written}
            written = {key: (*state.get(key, ()), *values) for key, values in added.items()}
        state = {**state, **written}
        old.append(dict(state))
        start = chance.randint(0, 6)
        history.append(transaction(at, start * 10 + at, start * 10 + at + chance.randint(1, 40), *steps))
    return sorted(history, key=lambda t: t.call)


@pytest.mark.parametrize("model", ["list-append", "rw-register"])
def test_serializability_agrees_with_trying_every_order(model):
    """A few random transactions are serializable, also in real time, exactly if some order of them is."""
    found = set()
    for seed in range(1500):
        transactions = random_transactions(random.Random(f"{model} {seed}"), model)
        for level in ("serializable", "strict-serializable"):
            expected = serializable(transactions, model, real_time=level.startswith("strict"))
            verdict = check_history(History(transactions), model, consistency=level).verdict
            assert (verdict is Verdict.HOLDS) == expected, (seed, level, list(map(str, transactions)))
            found.add((level, expected))
    assert len(found) == 4


@pytest.mark.parametrize("model", ["list-append", "rw-register"])
def test_snapshot_isolation_agrees_with_trying_every_interleaving(model):
    """A few random transactions have snapshot isolation exactly if some interleaving of starts and commits does."""
    found = set()
    for seed in range(1500):
        transactions = random_transactions(random.Random(f"{model} {seed}"), model)
        expected = snapshot_isolated(transactions, model)
        verdict = check_history(History(transactions), model, consistency="snapshot-isolation").verdict
        assert (verdict is Verdict.HOLDS) == expected, (seed, list(map(str, transactions)))
        found.add(expected)
    assert found == {True, False}


def names(transactions, level, model="list-append", failed=()):
    """The anomalies that a level forbids and a history has."""
    return [a.name for a in check_history(History(transactions, failed), model, consistency=level).anomalies]


def test_a_cycle_of_writes_is_g0():
    """Two keys whose versions come in opposite orders are a dirty write."""
    history = [
        transaction(0, 0, 10, ("append", "x", 1), ("append", "y", 1)),
        transaction(1, 1, 11, ("append", "x", 2), ("append", "y", 2)),
        transaction(2, 20, 21, ("r", "x", (1, 2)), ("r", "y", (2, 1))),
    ]
    assert "G0" in names(history, "read-committed")


def test_reading_an_aborted_write_is_g1a():
    """A value of a transaction that failed must not be seen."""
    aborted = transaction(0, 0, 1, ("append", "x", 1))
    assert names([transaction(1, 2, 3, ("r", "x", (1,)))], "read-committed", failed=[aborted]) == ["G1a"]


def test_reading_an_intermediate_write_is_g1b():
    """A value that its own transaction overwrote must not be seen."""
    history = [
        transaction(0, 0, 5, ("append", "x", 1), ("append", "x", 2)),
        transaction(1, 1, 6, ("r", "x", (1,))),
    ]
    assert "G1b" in names(history, "read-committed")


def test_write_skew_is_allowed_by_snapshot_isolation_only():
    """Two transactions that each read what the other writes have snapshot isolation and are not serializable."""
    history = [
        transaction(0, 0, 10, ("r", "x", ()), ("append", "y", 1)),
        transaction(1, 1, 11, ("r", "y", ()), ("append", "x", 1)),
    ]
    assert names(history, "snapshot-isolation") == []
    assert names(history, "serializable") == ["G2-item"]


def test_a_stale_read_is_an_anomaly_of_real_time():
    """A read that misses a write that had returned is serializable, and not strictly so."""
    history = [transaction(0, 0, 1, ("append", "x", 1)), transaction(1, 2, 3, ("r", "x", ()))]
    assert names(history, "serializable") == []
    assert names(history, "strict-serializable") == ["G-single-realtime"]


def test_the_edges_of_a_cycle_lead_from_one_transaction_to_the_next():
    """A cycle is shown with one edge for each step, the last leading back to the first."""
    history = [
        transaction(0, 0, 10, ("r", "x", ()), ("append", "y", 1)),
        transaction(1, 1, 11, ("r", "y", ()), ("append", "x", 1)),
    ]
    (anomaly,) = check_history(History(history), "list-append").anomalies
    assert [edge.kind for edge in anomaly.edges] == ["rw", "rw"]
    assert [(edge.before, edge.after) for edge in anomaly.edges] == [(0, 1), (1, 0)]


def test_a_long_fork_is_causal_and_has_no_snapshots():
    """Two readers that see two writes in opposite orders are causally consistent without snapshot isolation."""
    history = [
        transaction(0, 0, 100, ("w", "x", 1)),
        transaction(1, 1, 101, ("w", "y", 1)),
        transaction(2, 2, 102, ("r", "x", 1), ("r", "y", None)),
        transaction(3, 3, 103, ("r", "x", None), ("r", "y", 1)),
    ]
    assert names(history, "causal", "rw-register") == []
    assert names(history, "snapshot-isolation", "rw-register") == ["G2-item"]


def test_a_value_written_twice_is_refused():
    """A history in which a key gets one value twice cannot be decided, and the message says why."""
    history = [transaction(0, 0, 1, ("w", "x", 1)), transaction(1, 0, 1, ("w", "x", 1))]
    with pytest.raises(HistoryError, match="written to the key 'x' twice"):
        check_history(History(history), "rw-register")


def test_a_level_for_transactions_is_not_one_of_objects():
    """Asking whether a register is serializable is a mistake with a remedy."""
    with pytest.raises(UsageError, match="cannot be 'serializable'"):
        check_history(History([]), "register", consistency="serializable")
