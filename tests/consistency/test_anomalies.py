"""What is wrong with transactions: anomalies by their names, and how they are told."""

from __future__ import annotations

import pytest

from modelcheck.consistency import UNKNOWN, History, Operation, check_history
from modelcheck.consistency.isolation.transactions import LEVELS
from modelcheck.consistency.report.page import page
from modelcheck.consistency.report.text import described

from .transactions import transaction


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


def test_reads_may_differ_at_read_committed_only():
    """A list that grows between two reads of a transaction is read committed, and not read atomic."""
    history = [
        transaction(0, 0, 5, ("append", "x", 1)),
        transaction(1, 1, 6, ("r", "x", ()), ("r", "x", (1,))),
    ]
    assert names(history, "read-committed") == []
    assert names(history, "monotonic-atomic-view") == []
    assert names(history, "read-atomic") == ["unrepeatable-read"]


@pytest.mark.parametrize(("model", "other"), [("list-append", (2,)), ("rw-register", 2)])
def test_a_transaction_sees_its_own_write_at_every_level(model, other):
    """Reading another value than the transaction has just written is an anomaly everywhere."""
    write = "append" if model == "list-append" else "w"
    history = [transaction(0, 0, 5, (write, "x", 2)), transaction(1, 1, 6, (write, "x", 1), ("r", "x", other))]
    for level in LEVELS:
        assert "internal" in names(history, level, model), level


def test_a_client_went_on_without_what_never_returned():
    """A transaction that did not return may come after the next ones of its client, not before the last ones."""
    lost = Operation("a", "txn", (("w", "x", 1),), UNKNOWN, 2, None)
    stale = [lost, transaction("a", 3, 4, ("r", "x", None)), transaction("b", 5, 6, ("r", "x", 1))]
    early = [transaction("a", 0, 1, ("r", "x", 1)), lost]
    for level in ("causal", "strong-session-serializable", "strict-serializable"):
        assert names(stale, level, "rw-register") == []
        assert names(early, level, "rw-register") != []


def test_a_lost_update_is_named():
    """Two updates of one version are a lost update wherever that is forbidden, and only there."""
    history = [
        transaction(0, 0, 1, ("w", "x", 1)),
        transaction(1, 2, 9, ("r", "x", 1), ("w", "x", 2)),
        transaction(2, 3, 8, ("r", "x", 1), ("w", "x", 3)),
    ]
    for level in ("cursor-stability", "parallel-snapshot-isolation", "snapshot-isolation", "serializable"):
        assert names(history, level, "rw-register") == ["lost-update"]
    assert names(history, "prefix", "rw-register") == []


def test_the_strongest_level_that_holds_is_told():
    """Write skew leaves snapshot isolation; a long fork leaves parallel snapshot isolation and prefixes of nothing."""
    skew = [
        transaction(0, 0, 10, ("r", "x", None), ("w", "y", 1)),
        transaction(1, 1, 11, ("r", "y", None), ("w", "x", 1)),
    ]
    result = check_history(History(skew), "rw-register", consistency="strict-serializable")
    assert result.strongest == ("strong-snapshot-isolation",)
    assert "What still holds: strong-snapshot-isolation." in described(result)
    assert check_history(History(skew), "rw-register", explanation=False).strongest == ()


def test_a_forced_edge_names_its_read():
    """An order of writers that only a read forces is told with that read."""
    history = [
        transaction("a", 0, 1, ("w", "x", 1), ("w", "y", 1)),
        transaction("b", 0, 1, ("w", "x", 2), ("w", "y", 2)),
        transaction("c", 2, 3, ("r", "x", 1), ("r", "y", 2)),
    ]
    result = check_history(History(history), "rw-register", consistency="read-atomic")
    assert [edge.kind for edge in result.anomalies[0].edges] == ["ww", "ww"]
    assert all("forced by c: " in edge.reason for edge in result.anomalies[0].edges)
    assert "c had it in sight and read 'y' = 2 of the other" in described(result)


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
    assert names(history, "snapshot-isolation", "rw-register") == ["G-nonadjacent"]


def test_a_cycle_is_told_with_its_keys():
    """Edges name the key that they are about, and long transactions are cut down to those keys."""
    many = tuple(("r", key, ()) for key in range(20))
    history = [
        transaction(0, 0, 10, *many, ("r", "x", ()), ("append", "y", 1)),
        transaction(1, 1, 11, ("r", "y", ()), ("append", "x", 1)),
    ]
    text = described(check_history(History(history), "list-append"))
    assert "T1 = 0: r('x', []) append('y', 1) and 20 more steps" in text
    assert "T1 before T2: it read a version of 'x' that the other overwrote (rw)" in text


def test_a_cycle_is_drawn():
    """The page of a violation has an arrow for each edge and a circle for each transaction."""
    history = [
        transaction(0, 0, 10, ("r", "x", ()), ("append", "y", 1)),
        transaction(1, 1, 11, ("r", "y", ()), ("append", "x", 1)),
    ]
    html = page(check_history(History(history), "list-append"), None)
    assert (html.count("<circle"), html.count('marker-end="url(#rw)"')) == (2, 2)
