"""Isolation of transactional histories, by the anomalies that each level forbids.

*Definitions.* Of Adya ("Weak Consistency", 1999) are ``read-uncommitted`` (PL-1), ``read-committed`` of lists (PL-2),
``cursor-stability`` (PL-CS), ``snapshot-isolation`` (PL-SI), ``repeatable-read`` (PL-2.99: what it leaves out are
predicates, of which these transactions have none, so that it is serializability) and ``serializable`` (PL-3). Of Biswas and
Enea ("On the Complexity of Checking Transactional Consistency", 2019) are ``read-committed`` of registers, ``read-atomic``,
``causal`` and ``prefix``, and ``monotonic-atomic-view`` (Bailis and others, "Highly Available Transactions", 2013), which is
what they call read committed. ``parallel-snapshot-isolation`` is that of Cerone, Bernardi and Gotsman ("A Framework for
Transactional Consistency Models with Atomic Visibility", 2015). ``hierarchy.py`` says which implies which.

*Choices.* Those after Adya do not keep the order of each client, the others do; ``strong-session-`` before snapshot
isolation and serializable asks for it, ``strong-snapshot-isolation`` and ``strict-serializable`` for the order of real time.
Who may be a client's previous transaction is one that returned: after one that did not the client went on without it.
Transactions have no cursors: a read of a key that the transaction writes later is taken to be through one. A
transaction must see its own writes at every level; that two of its reads agree is asked from read-atomic and snapshot
isolation on.

List-append shows the order of versions, so that most levels are decided by cycles in linear time; only appends that nobody
read may need to be put in order. For registers the weak levels are saturated (``saturation.hpp``), and for the strong ones
every two writers of a key are a choice (``polygraph.hpp``, ``order_search.hpp``, ``parallel.hpp``): that question is
NP-complete, so that first it is tried whether the transactions can be run one by one in the order of their calls.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from attrs import evolve

from modelcheck.consistency.hierarchy import below, implies
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.isolation.cycles import REALTIME, RW, SESSION, WR, WW, DependencyGraph, Triple, name_of
from modelcheck.consistency.isolation.kernel._facts import Facts
from modelcheck.consistency.isolation.kernel._graph import Graph
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.errors import UsageError
from modelcheck.limits.deadline import MEMORY_UP, Allowance, Deadline, LimitReached
from modelcheck.verdict import Verdict

LEVELS: Final = (
    "read-uncommitted",
    "read-committed",
    "cursor-stability",
    "monotonic-atomic-view",
    "read-atomic",
    "causal",
    "prefix",
    "parallel-snapshot-isolation",
    "snapshot-isolation",
    "repeatable-read",
    "serializable",
    "strong-session-snapshot-isolation",
    "strong-session-serializable",
    "strong-snapshot-isolation",
    "strict-serializable",
)
"""What may be asked of transactions."""

SATURATED: Final = ("read-committed", "monotonic-atomic-view", "read-atomic", "causal")
"""The levels that are saturated; read-committed of list-append is not."""

LOOSE: Final = ("read-uncommitted", "read-committed", "cursor-stability", "monotonic-atomic-view")
"""The levels at which two reads of a transaction need not agree."""

LOSING: Final = (*LOOSE[:2], *SATURATED, "prefix")
"""The levels at which updates may be lost."""

_Edges = Sequence[Triple]


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


def strongest_below(history: History, model: str, level: str, limits: Allowance) -> tuple[str, ...]:
    """The strongest levels that a violated one implies and that hold, as far as the time allows to say."""
    deadline, found = Deadline(limits.time_s), list[str]()
    for weaker in below(level, model):
        if any(implies(stronger, weaker, model) for stronger in found):
            continue
        left = Allowance(deadline.left_s / 2, limits.memory_bytes)
        if decide_transactions(history, model, weaker, left).verdict is Verdict.HOLDS:
            found.append(weaker)
    return tuple(found)


def _shape(level: str) -> str:
    if level.endswith("snapshot-isolation"):
        return "snapshot"
    return {"prefix": "prefix", "cursor-stability": "cursor"}.get(level, "plain")


class _Question:
    """A level, and what it asks of a model."""

    def __init__(self, model: str, level: str) -> None:
        self.level = level
        self.is_lists = model == "list-append"
        self.is_parallel = level == "parallel-snapshot-isolation"
        self.is_saturated = level in SATURATED and not (self.is_lists and level == "read-committed")
        self.shape = _shape(level)
        has_sessions = self.is_saturated or self.is_parallel or level == "prefix" or level.startswith("strong-session")
        self.kinds = WR | (SESSION if has_sessions else 0)
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
        if self.is_saturated:
            self.procedure = "saturation"
            return found or self._saturated(facts, graph, limits.memory_bytes)
        found += self._lost_updates(facts)
        if self.is_lists:
            found += self._named_cycles(graph)
        deadline.check()
        if not found and (not self.is_lists or self.shape != "plain" or self.is_parallel):
            self.procedure = "search for an order of versions"
            edges = self._searched(facts, graph, deadline, limits.memory_bytes)
            found += [self._contradiction(facts, graph, edges)] if edges else []
        return found

    def _forbids(self, anomaly: str) -> bool:
        """Whether the level forbids an anomaly that needs no cycle.

        All do, but weak reads may disagree, and those of uncommitted data only show one order of appends.
        """
        if anomaly == "unrepeatable-read":
            return self.level not in LOOSE
        if self.level == "read-uncommitted":
            return anomaly in ("internal", "future-read") or (self.is_lists and anomaly == "duplicate-elements")
        return True

    def _lost_updates(self, facts: Facts) -> list[Anomaly]:
        """Updates of one version of a key that do not know of each other."""
        if self.level in LOSING:
            return []
        lost = facts.lost_update()
        if lost is not None:
            one, other, key = lost
            return [Anomaly("lost-update", (one, other), message=f"both read one version of {key!r} and wrote {key!r}")]
        overtaken = facts.overtaken() if self.shape == "cursor" and self.is_lists else None
        if overtaken is not None:
            by, key = overtaken
            message = f"{key!r} was appended to by others between what the transaction read and what it appended"
            return [Anomaly("G-cursor", (by,), message=message)]
        return []

    def _saturated(self, facts: Facts, graph: DependencyGraph, memory: int) -> list[Anomaly]:
        causal = SESSION | WR
        cycle = graph.cycle(causal, causal)
        if cycle:
            return [graph.named(cycle)]
        stale = facts.saturate(graph.graph, self.level, memory)
        if stale is not None:
            return [Anomaly("stale read", stale, message="a visible write was read as if it never happened")]
        cycle = graph.cycle(causal | WW, WW)
        return [_forced(facts, graph.anomaly(f"{self.level} cycle", cycle))] if cycle else []

    def _named_cycles(self, graph: DependencyGraph) -> list[Anomaly]:
        """The cycles that the level forbids, one of each name, the most severe first."""
        searches: list[tuple[str, Callable[[int], _Edges]]] = [("G0", lambda more: graph.cycle(WW | more, WW))]
        if self.level != "read-uncommitted":
            searches.append(("G1c", lambda more: graph.cycle(WW | WR | more, WR)))
        if self.level not in LOOSE:
            if not self.is_parallel and graph.is_fine(WW | self.kinds, self.shape):
                return []
            if self.shape != "prefix":
                searches.append(("G-single", lambda more: graph.single(WW | WR | more)))
            searches += self._searches_beyond(graph)
        return _first_found(graph, searches, self.kinds & ~WR)

    def _searches_beyond(self, graph: DependencyGraph) -> list[tuple[str, Callable[[int], _Edges]]]:
        """The search for cycles with several rw edges, where the level forbids any."""
        if self.shape == "prefix":
            return [("", lambda more: graph.unprefixed(WW | WR | more))]
        if self.is_parallel:
            return []
        if self.shape == "snapshot":
            return [("G-nonadjacent", lambda more: graph.nonadjacent(WW | WR | more))]
        return [("", lambda more: graph.cycle(WW | WR | RW | more, RW))]

    def _searched(self, facts: Facts, graph: DependencyGraph, deadline: Deadline, memory: int) -> _Edges:
        """Edges of a contradiction, or nothing if there is an order of versions.

        An order that keeps real time too is easier to find, and answers every level; so does one without snapshots.
        """
        kinds = self.kinds | (WW | RW if self.is_lists else 0)
        strict = kinds | SESSION | REALTIME
        if not self.is_lists and not facts.anomalies and facts.runs_in_order(graph.graph, strict):
            return []
        if self.is_parallel:
            return facts.parallel(graph.graph, kinds & ~RW, memory)
        if kinds & SESSION and not self.is_lists:
            kinds |= self._presaturated(facts, graph, memory)
        if self.shape == "cursor":
            return facts.search(graph.graph, kinds & ~RW, "cursor", deadline.left_s, memory)
        try:
            return facts.search(graph.graph, kinds, self.shape, deadline.left_s / 4, memory)
        except LimitReached:
            deadline.check()
        try:
            if strict != kinds and not facts.anomalies and not facts.search(graph.graph, strict, "plain", deadline.left_s / 3, memory):
                return []
        except LimitReached:
            deadline.check()
        return facts.search(graph.graph, kinds, self.shape, deadline.left_s, memory)

    def _presaturated(self, facts: Facts, graph: DependencyGraph, memory: int) -> int:
        """Add what causal consistency forces, which every level with sessions implies; the kind of the edges added."""
        clients = len({operation.process for operation in facts.transactions})
        if 16 * clients * graph.size > memory or not graph.graph.is_acyclic(SESSION | WR):
            return 0
        facts.saturate(graph.graph, "causal", memory)
        return WW

    def _contradiction(self, facts: Facts, graph: DependencyGraph, edges: _Edges) -> Anomaly:
        """The cycle among edges that are certain or were forced."""
        shown = DependencyGraph(graph.transactions, Graph(2 * graph.size))
        for before, after, kind in edges:
            if kind in (WW, WR, RW, SESSION, REALTIME):
                shown.graph.add(before, after, kind)
        cycle = self._cycle_of(shown)
        if not cycle:
            return Anomaly("no order of versions", (), message="every order of the versions makes a cycle")
        found = _forced(facts, graph.named(cycle))
        told = f"a cycle of {len(found.operations)} transactions"
        if any(kind in (WW, RW) for _, _, kind in cycle):
            told += "; where no read tells which version came first, the other order makes a cycle too"
        return evolve(found, message=told)

    def _cycle_of(self, graph: DependencyGraph) -> _Edges:
        """A short cycle that the level forbids."""
        kinds = WW | WR | SESSION | REALTIME
        plain = graph.cycle(kinds, kinds)
        if self.is_parallel or self.shape == "cursor" or plain:
            return plain
        if self.shape == "prefix":
            return graph.unprefixed(kinds)
        single = graph.single(kinds)
        if single or self.shape == "snapshot":
            return single or graph.nonadjacent(kinds)
        return graph.cycle(kinds | RW, kinds | RW)


def _first_found(
    graph: DependencyGraph, searches: Sequence[tuple[str, Callable[[int], _Edges]]], more: int
) -> list[Anomaly]:
    """What searches find with as few kinds of edges as possible besides those of the data, one anomaly of each name."""
    found: dict[str, Anomaly] = {}
    for stage in dict.fromkeys((0, more & SESSION, more)):
        for name, search in searches:
            is_last = name in ("", "G-nonadjacent")
            cycle = () if found and is_last else search(stage)
            if cycle:
                anomaly = graph.anomaly(name or name_of(cycle), cycle)
                found.setdefault(anomaly.name, anomaly)
        if found:
            break
    return list(found.values())


def _forced(facts: Facts, anomaly: Anomaly) -> Anomaly:
    """The anomaly, with the reads that force its edges between writers where no list tells their order."""
    number = {id(operation): at for at, operation in enumerate(facts.transactions)}
    told = []
    for edge in anomaly.edges:
        ends = number[id(anomaly.operations[edge.before])], number[id(anomaly.operations[edge.after])]
        forcing = facts.forcing(*ends) if edge.kind == "ww" else None
        told.append(edge if forcing is None else evolve(edge, reason=_forcing_in_words(*forcing)))
    return evolve(anomaly, edges=tuple(told))


def _forcing_in_words(reader: Operation, key: Hashable, value: Any) -> str:
    return f"{reader.process} had it in sight and read {key!r} = {value!r} of the other (ww, forced by {reader})"
