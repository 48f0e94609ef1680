"""Isolation levels of transactional histories."""

from __future__ import annotations

import random

import pytest

from modelcheck.consistency import UNKNOWN, History, Operation, check_history
from modelcheck.consistency.transactions import LEVELS
from modelcheck.errors import HistoryError, UsageError
from modelcheck.verdict import Verdict

from ..oracles.isolation import external, keeps, run


def transaction(process, call, finish, *steps):
    """A committed transaction."""
    return Operation(process, "txn", steps, None, call, finish)


def random_transactions(chance, model):
    """A few transactions on old states, some aborted or of unknown outcome, some reads falsified; and those that failed."""
    write = "append" if model == "list-append" else "w"
    state, fresh, done, failed, old, free = {}, iter(range(1, 100)), [], [], [{}], [0, 0, 0]
    for at in range(chance.randint(2, 4)):
        base = dict(chance.choice(old[-3:]) if chance.random() < 0.4 else state)
        steps, begun = [], dict(base)
        for _ in range(chance.randint(1, 3)):
            key = chance.choice("xy")
            seen = base.get(key, () if model == "list-append" else None)
            seen = falsified(chance, seen, model) if chance.random() < 0.08 else seen
            step = ("r", key, seen) if chance.random() < 0.55 else (write, key, next(fresh))
            steps.append(step)
            if step[0] != "r":
                base = run(base, [step], model)
        written = {key: base[key] for kind, key, _ in steps if kind != "r"}
        if model == "list-append":
            added = {key: base[key][len(begun.get(key, ())) :] for key in written}
            written = {key: (*state.get(key, ()), *values) for key, values in added.items()}
        outcome = chance.random()
        if outcome > 0.2 or chance.random() < 0.5:
            part = dict(list(written.items())[: chance.randint(0, 2)]) if outcome < 0.2 else written
            state = {**state, **part}
        old.append(dict(state))
        process = chance.randrange(3)
        call = max(free[process], 10 * at - chance.randint(0, 15)) + 1
        free[process] = finish = call + chance.randint(1, 30)
        steps = tuple(steps)
        if outcome < 0.1:
            failed.append(transaction(process, call, finish, *steps))
        elif outcome < 0.2:
            done.append(Operation(process, "txn", steps, UNKNOWN, call, None))
        else:
            done.append(transaction(process, call, finish, *steps))
    return sorted(done, key=lambda t: t.call), failed


def falsified(chance, seen, model):
    """Another value in place of one that was read."""
    if model == "rw-register":
        return chance.choice([None, chance.randint(1, 5), 99])
    return chance.choice([seen[:-1], seen[1:], (*seen, chance.randint(1, 5)), (*seen, 99), seen[::-1]])


def is_compatible(transactions):
    """Whether all lists read of a key begin with each other, so that read-uncommitted knows their order."""
    lists, committed = {}, [t for t in transactions if t.finish is not None]
    for key, value in (read for t in committed for read in external(t, "list-append")):
        lists.setdefault(key, []).append(value)
    if any(len(set(step[2])) < len(step[2]) for t in committed for step in t.argument if step[0] == "r"):
        return False
    pairs = [(short, long) for group in lists.values() for short in group for long in group if len(short) <= len(long)]
    return all(long[: len(short)] == short for short, long in pairs)


def agree(model, level, seeds):
    """Compare a level with trying every order, on random transactions; the answers that came up."""
    found = set()
    for seed in seeds:
        transactions, failed = random_transactions(random.Random(f"{model} {seed}"), model)
        if level == "read-uncommitted" and model == "list-append" and not is_compatible(transactions):
            continue
        expected = keeps(transactions, failed, model, level)
        verdict = check_history(History(transactions, failed), model, consistency=level).verdict
        assert (verdict is Verdict.HOLDS) == expected, (seed, level, list(map(str, transactions)), list(map(str, failed)))
        found.add(expected)
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", ["list-append", "rw-register"])
def test_a_level_agrees_with_trying_every_order(model, level):
    """A few random transactions keep a level exactly if some order of them explains what was read."""
    found = agree(model, level, range(250))
    assert found == ({True} if (model, level) == ("rw-register", "read-uncommitted") else {True, False})


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", ["list-append", "rw-register"])
def test_a_level_agrees_at_length(model, level):
    """The same, on many histories."""
    agree(model, level, range(1000, 11000))


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
