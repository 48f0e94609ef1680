"""Isolation of transactional histories, by the anomalies that each level forbids.

The levels, from the weakest: ``read-uncommitted``, ``read-committed``, ``read-atomic``, ``causal``,
``snapshot-isolation`` and ``repeatable-read``, ``serializable``; ``strong-session-`` before snapshot isolation and
serializable asks that each client's own order is kept, ``strong-snapshot-isolation`` and ``strict-serializable`` that
the order of real time is. Read-uncommitted, and read-committed of list-append, are Adya's PL-1 and PL-2, repeatable-read
is his PL-2.99: what it leaves out are predicates, of which these transactions have none, so that it is serializability.
Read-atomic, causal and read-committed of registers are those of Biswas and Enea ("On the Complexity of Checking
Transactional Consistency", 2019), which keep the order of each client.

List-append shows the order of versions, so that every level is decided by cycles in linear time; only snapshot isolation
needs to put appends in order that nobody read. For registers the weak levels are saturated (``saturation.hpp``), and for
the strong ones every two writers of a key are a choice (``polygraph.hpp``, ``order_search.hpp``): that question is
NP-complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve

from modelcheck.consistency.history import History
from modelcheck.consistency.isolation._isolation import Facts, Graph
from modelcheck.consistency.isolation.cycles import REALTIME, RW, SESSION, WR, WW, DependencyGraph
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.errors import UsageError
from modelcheck.limits.deadline import MEMORY_UP, Allowance, Deadline, LimitReached
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


WEAK: Final = ("read-committed", "read-atomic", "causal")
"""The levels that are saturated; read-committed of list-append is not."""


def decide_transactions(history: History, model: str, level: str, limits: Allowance) -> HistoryResult:
    """Whether transactions keep an isolation level, with the anomalies that say no.

    Args:
        history: Of ``txn`` operations.
        model: ``list-append`` or ``rw-register``.
        level: One of :data:`LEVELS`.
        limits: For all of it.
    """
    if level not in LEVELS:
        raise UsageError(
            f"transactions cannot be {level!r}", remedy=f"Choose one of {', '.join(LEVELS)}, or name an object."
        )
    question = _Question(model, level)
    anomalies: list[Anomaly] = []
    reason: str | None = None
    try:
        anomalies = question.answer(history, limits)
    except LimitReached as limit:
        reason = str(limit)
    except MemoryError:
        reason = MEMORY_UP
    verdict = Verdict.UNKNOWN if reason else Verdict.VIOLATED if anomalies else Verdict.HOLDS
    return HistoryResult(
        verdict, level, model, len(history), question.procedure, reason, anomalies=tuple(anomalies)
    )


class _Question:
    """A level, and what it asks of a model."""

    def __init__(self, model: str, level: str) -> None:
        self.level = level
        self.is_lists = model == "list-append"
        self.is_snapshot = level.endswith("snapshot-isolation")
        self.is_weak = level in WEAK and not (self.is_lists and level == "read-committed")
        self.kinds = WR | (SESSION if self.is_weak or level.startswith("strong-session") else 0)
        if level in ("strict-serializable", "strong-snapshot-isolation"):
            self.kinds |= SESSION | REALTIME
        self.procedure = "cycles of dependencies"

    def answer(self, history: History, limits: Allowance) -> list[Anomaly]:
        """The anomalies that say no."""
        deadline = Deadline(limits.time_s, limits.memory_bytes)
        facts = Facts(history, self.is_lists, deadline)
        found = [Anomaly(n, o, message=m) for n, (m, o) in facts.anomalies.items() if self._forbids(n)]
        if self.level == "read-uncommitted" and not self.is_lists:
            return found
        graph = DependencyGraph(facts.transactions, facts.graph())
        if self.is_weak:
            self.procedure = "saturation"
            return found + self._saturated(facts, graph, limits.memory_bytes)
        if self.is_lists:
            found += self._named_cycles(graph)
        deadline.check()
        if not found and (self.is_snapshot or not self.is_lists):
            self.procedure = "search for an order of versions"
            kinds = self.kinds | (WW | RW if self.is_lists else 0)
            edges = facts.search(graph.graph, kinds, self.is_snapshot, limits.memory_bytes)
            found += [self._contradiction(graph, edges)] if edges else []
        return found

    def _forbids(self, anomaly: str) -> bool:
        """Whether the level forbids an anomaly that needs no cycle.

        All do, but weak reads of registers may disagree, and those of uncommitted data only show one order of appends.
        """
        if self.level == "read-uncommitted":
            return self.is_lists and anomaly in ("internal", "duplicate-elements")
        return self.is_lists or not (anomaly == "internal" and self.level == "read-committed")

    def _saturated(self, facts: Facts, graph: DependencyGraph, memory: int) -> list[Anomaly]:
        causal = SESSION | WR
        cycle = graph.cycle(causal, causal)
        if cycle:
            return [graph.anomaly("causality cycle", cycle)]
        stale = facts.saturate(graph.graph, self.level, memory)
        if stale is not None:
            return [Anomaly("stale read", stale, message="a visible write was read as if it never happened")]
        cycle = graph.cycle(causal | WW, WW)
        return [graph.anomaly(f"{self.level} cycle", cycle)] if cycle else []

    def _named_cycles(self, graph: DependencyGraph) -> list[Anomaly]:
        """The cycles that the level forbids, one of each name, the most severe first."""
        searches: list[tuple[str, Callable[[int], Sequence[tuple[int, int, int]]]]] = [
            ("G0", lambda more: graph.cycle(WW | more, WW)),
        ]
        if self.level != "read-uncommitted":
            searches.append(("G1c", lambda more: graph.cycle(WW | WR | more, WR)))
        if self.level not in ("read-uncommitted", "read-committed"):
            if graph.is_fine(WW | self.kinds, is_snapshot=self.is_snapshot):
                return []
            searches.append(("G-single", lambda more: graph.single(WW | WR | more)))
            if self.is_snapshot:
                searches.append(("G-nonadjacent", lambda more: graph.nonadjacent(WW | WR | more)))
            else:
                searches.append(("G2-item", lambda more: graph.cycle(WW | WR | RW | more, RW)))
        more = self.kinds & ~WR
        found: list[Anomaly] = []
        for stage in dict.fromkeys((0, more & SESSION, more)):
            for name, search in searches:
                cycle = search(stage)
                if cycle and not (found and name in ("G-nonadjacent", "G2-item")):
                    anomaly = graph.anomaly(name, cycle)
                    if anomaly.name not in {a.name for a in found}:
                        found.append(anomaly)
            if found:
                return found
        return found

    def _contradiction(self, graph: DependencyGraph, edges: Sequence[tuple[int, int, int]]) -> Anomaly:
        """The cycle among edges that are certain or were forced."""
        shown = DependencyGraph(graph.transactions, Graph(2 * graph.size))
        for before, after, kind in edges:
            shown.graph.add(before, after, kind)
        kinds = WW | WR | SESSION | REALTIME
        plain = () if self.is_snapshot else shown.single(kinds) or shown.cycle(kinds | RW, kinds | RW)
        cycle = plain or shown.nonadjacent(kinds)
        if not cycle:
            return Anomaly("no order of versions", (), message="every order of the versions makes a cycle")
        found = graph.anomaly(_name(cycle), cycle)
        told = f"a cycle of {len(found.operations)} transactions"
        if any(kind in (WW, RW) for _, _, kind in cycle):
            told += "; where no read tells which version came first, the other order makes a cycle too"
        return evolve(found, message=told)


def _name(cycle: Sequence[tuple[int, int, int]]) -> str:
    antidependencies = sum(kind == RW for _, _, kind in cycle)
    if antidependencies == 0:
        return "G1c" if any(kind == WR for _, _, kind in cycle) else "G0"
    return "G-single" if antidependencies == 1 else "G2-item"
