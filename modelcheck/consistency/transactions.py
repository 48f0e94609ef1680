"""Isolation of transactional histories, by the anomalies that each level forbids.

The levels, from the weakest: ``read-uncommitted``, ``read-committed``, ``read-atomic``, ``causal``,
``snapshot-isolation`` and ``repeatable-read``, ``serializable``; ``strong-session-`` before snapshot isolation and
serializable asks that each client's own order is kept, ``strong-snapshot-isolation`` and ``strict-serializable`` that
the order of real time is. Read-uncommitted, and read-committed of list-append, are Adya's PL-1 and PL-2, repeatable-read
is his PL-2.99: what it leaves out are predicates, of which these transactions have none, so that it is serializability.
Read-atomic, causal and read-committed of registers are those of Biswas and Enea ("On the Complexity of Checking
Transactional Consistency", 2019), which keep the order of each client.

List-append shows the order of versions, so that every level is decided by cycles in linear time. For registers the
weak levels are saturated (:mod:`.saturation`), and for the strong ones an order of versions is searched for
(:mod:`.version_search`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from modelcheck.consistency.cycles import REALTIME, RW, SESSION, WR, WW, DependencyGraph
from modelcheck.consistency.history import History
from modelcheck.consistency.limits import Limits
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.consistency.saturation import WEAK, weak_cycle
from modelcheck.consistency.version_search import search_versions
from modelcheck.consistency.versions import Versions, versions_of
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict

LEVELS: Final = (
    "read-uncommitted",
    "read-committed",
    "read-atomic",
    "causal",
    "snapshot-isolation",
    "repeatable-read",
    "serializable",
    "strong-session-snapshot-isolation",
    "strong-session-serializable",
    "strong-snapshot-isolation",
    "strict-serializable",
)
"""What may be asked of transactions."""


def extra_kinds(level: str, model: str) -> int:
    """The edges that a level adds to those of versions."""
    if level in ("strict-serializable", "strong-snapshot-isolation"):
        return SESSION | REALTIME
    is_weak = level in WEAK and model != "list-append"
    return SESSION if level.startswith("strong-session") or is_weak else 0


def decide_transactions(history: History, model: str, level: str, limits: Limits) -> HistoryResult:
    """Whether transactions keep an isolation level, with the anomalies that say no.

    Args:
        history: Of ``txn`` operations.
        model: ``list-append`` or ``rw-register``.
        level: One of :data:`LEVELS`.
        limits: For the search for an order of versions.
    """
    if level not in LEVELS:
        raise UsageError(
            f"transactions cannot be {level!r}", remedy=f"Choose one of {', '.join(LEVELS)}, or name an object."
        )
    facts = versions_of(history, model)
    graph = dependencies(facts, model)
    anomalies = [a for a in facts.anomalies if _forbids(level, a.name, model)]
    procedure = "cycles of dependencies"
    reason: str | None = None
    if model == "list-append" and level not in ("read-atomic", "causal"):
        anomalies += named_cycles(graph, level, extra_kinds(level, model))
    elif level in WEAK:
        procedure = "saturation"
        anomalies += weak_cycle(facts, graph, level)
    elif level != "read-uncommitted" and not anomalies:
        found = search_versions(
            facts, graph, is_snapshot=_is_snapshot(level), extra=extra_kinds(level, model), limits=limits
        )
        procedure, reason = "search for an order of versions", found.reason
        anomalies += found.anomalies
    if model == "list-append" and _is_snapshot(level) and not anomalies:
        unread = {key: writers for key, writers in unread_writers(facts).items() if len(writers) > 1}
        if unread:
            found = search_versions(
                facts, graph, is_snapshot=True, extra=extra_kinds(level, model), limits=limits, unread=unread
            )
            reason = found.reason
            anomalies += found.anomalies
    verdict = Verdict.VIOLATED if anomalies else Verdict.UNKNOWN if reason else Verdict.HOLDS
    return HistoryResult(
        verdict,
        level,
        model,
        len(history),
        procedure,
        reason if verdict is Verdict.UNKNOWN else None,
        anomalies=tuple(anomalies),
    )


def _is_snapshot(level: str) -> bool:
    return level.endswith("snapshot-isolation")


def _forbids(level: str, anomaly: str, model: str) -> bool:
    """Whether a level forbids an anomaly that needs no cycle.

    All do, but weak reads of registers may disagree, and those of uncommitted data only show one order of appends.
    """
    if level == "read-uncommitted":
        return model == "list-append" and anomaly in ("internal", "duplicate-elements")
    return not (anomaly == "internal" and model == "rw-register" and level == "read-committed")


def dependencies(facts: Versions, model: str) -> DependencyGraph:
    """The graph of the facts; for registers without the order of versions."""
    versions = [(key, value) for key, order in facts.orders.items() for value in order]
    versions += [(read.key, read.version) for read in facts.reads]
    seen = {facts.writers[version] for version in versions if version in facts.writers}
    included = [committed or at in seen for at, committed in enumerate(facts.committed)]
    graph = DependencyGraph(facts.transactions, included)
    for read in facts.reads:
        writer = facts.writers.get((read.key, read.version))
        if writer is not None:
            graph.add(writer, read.reader, WR)
    if model == "list-append":
        _add_orders(facts, graph)
    return graph


def unread_writers(facts: Versions) -> dict[object, list[int]]:
    """The committed writers of each key's appends that nobody read; each once."""
    known = {(key, value) for key, order in facts.orders.items() for value in order}
    unread: dict[object, dict[int, None]] = {}
    for (key, value), writer in facts.writers.items():
        if (key, value) not in known and facts.committed[writer]:
            unread.setdefault(key, {})[writer] = None
    return {key: list(writers) for key, writers in unread.items()}


def _add_orders(facts: Versions, graph: DependencyGraph) -> None:
    """The edges that the order of each key's versions makes; committed appends that nobody read come last."""
    unread = unread_writers(facts)
    following: dict[tuple[object, object], Sequence[int]] = {}
    for key in dict.fromkeys((*facts.orders, *unread)):
        before: object = None
        for value in facts.orders.get(key, ()):
            found = facts.writers.get((key, value))
            following[key, before] = () if found is None else (found,)
            before = value
        following[key, before] = unread.get(key, ())
    for version, writers in following.items():
        if version in facts.writers:
            for writer in writers:
                graph.add(facts.writers[version], writer, WW)
    for read in facts.reads:
        for writer in following.get((read.key, read.version), ()):
            graph.add(read.reader, writer, RW)


def named_cycles(graph: DependencyGraph, level: str, extra: int) -> list[Anomaly]:
    """The cycles that a level forbids, one of each name, the most severe first."""
    found: list[Anomaly] = []
    searches: list[tuple[str, Callable[[int], Sequence[tuple[int, int, int]]]]] = [
        ("G0", lambda more: graph.cycle(WW | more, WW)),
    ]
    if level != "read-uncommitted":
        searches.append(("G1c", lambda more: graph.cycle(WW | WR | more, WR)))
    if level not in (*WEAK, "read-uncommitted"):
        searches.append(("G-single", lambda more: graph.single(WW | WR | more)))
        if _is_snapshot(level):
            searches.append(("G-nonadjacent", lambda more: graph.nonadjacent(WW | WR | more)))
        else:
            searches.append(("G2-item", lambda more: graph.cycle(WW | WR | RW | more, RW)))
    stages = [0, *([SESSION] if extra & SESSION else []), *([SESSION | REALTIME] if extra & REALTIME else [])]
    for more in stages:
        for name, search in searches:
            cycle = search(more)
            if cycle and not (found and name in ("G-nonadjacent", "G2-item")):
                anomaly = graph.anomaly(name, cycle)
                if anomaly.name not in {a.name for a in found}:
                    found.append(anomaly)
        if found:
            return found
    return found
