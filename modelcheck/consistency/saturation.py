"""Read-committed, read-atomic and causal consistency, by saturation.

If a transaction reads a key from one writer while another writer of that key is visible to it, then the other one came
first. Adding all such edges either makes a cycle or leaves an order that explains the history (Biswas and Enea 2019,
section 4). What is visible is the difference between the levels:

* read-committed: whoever was read from earlier in the same transaction;
* read-atomic: whoever was read from, and the client's own earlier transactions;
* causal: whoever comes before by any chain of those.

*Cost*: of causal, one bit for each pair of transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from modelcheck.consistency.cycles import SESSION, WR, WW, DependencyGraph
from modelcheck.consistency.result import Anomaly
from modelcheck.consistency.versions import Read, Versions

WEAK: Final = ("read-committed", "read-atomic", "causal")


def weak_cycle(facts: Versions, graph: DependencyGraph, level: str) -> list[Anomaly]:
    """The cycle that shows that a history does not keep a weak level; nothing if it does."""
    causal = SESSION | WR
    cycle = graph.cycle(causal, causal)
    if cycle:
        return [graph.anomaly("causality cycle", cycle)]
    for before, after in _forced(facts, graph, level):
        if after < 0:
            writer, reader = facts.transactions[before], facts.transactions[-after - 1]
            return [Anomaly("stale read", (writer, reader), message="a visible write was read as if it never happened")]
        graph.add(before, after, WW)
    cycle = graph.cycle(causal | WW, WW)
    return [graph.anomaly(f"{level} cycle", cycle)] if cycle else []


def _forced(facts: Versions, graph: DependencyGraph, level: str) -> Iterator[tuple[int, int]]:
    """The pairs of writers whose order is forced; a second negative member names a reader of the first version."""
    by_reader: dict[int, list[Read]] = {}
    for read in facts.reads:
        by_reader.setdefault(read.reader, []).append(read)
    visible = {"read-committed": _read_before, "read-atomic": _session_and_read, "causal": _all_before}[level]
    for reader, reads, writers in visible(facts, graph, by_reader):
        for read, other in _others(facts, reads, writers):
            source = facts.writers.get((read.key, read.version))
            if source is None and read.version is not None:
                continue
            if other not in (source, reader):
                yield (other, -reader - 1) if source is None else (other, source)


def _others(facts: Versions, reads: Iterable[Read], visible: Any) -> Iterator[tuple[Read, int]]:
    for read in reads:
        for other in visible(read):
            if (other, read.key) in facts.final:
                yield read, other


def _read_before(facts: Versions, graph: DependencyGraph, by_reader: dict[int, list[Read]]) -> Iterator[Any]:
    del graph
    for reader, reads in by_reader.items():
        for at, read in enumerate(reads):
            earlier = {facts.writers.get((r.key, r.version)) for r in reads[:at]} - {None}
            yield reader, [read], lambda _, earlier=earlier: sorted(earlier)


def _session_and_read(facts: Versions, graph: DependencyGraph, by_reader: dict[int, list[Read]]) -> Iterator[Any]:
    del graph
    last_write: dict[tuple[Any, Any], int] = {}
    for reader, operation in enumerate(facts.transactions):
        reads = by_reader.get(reader, [])
        read_from = {facts.writers.get((r.key, r.version)) for r in reads} - {None}

        def visible(read: Read, process: Any = operation.process, read_from: Any = read_from) -> list[int]:
            own = last_write.get((process, read.key))
            return sorted(read_from | ({own} if own is not None else set()))

        yield reader, reads, visible
        for key in {step[1] for step in operation.argument or () if (reader, step[1]) in facts.final}:
            last_write[operation.process, key] = reader


def _all_before(facts: Versions, graph: DependencyGraph, by_reader: dict[int, list[Read]]) -> Iterator[Any]:
    before = ancestors(graph, SESSION | WR)
    writers: dict[Any, list[int]] = {}
    for writer, key in facts.final:
        writers.setdefault(key, []).append(writer)
    for reader, reads in by_reader.items():
        seen = before[reader]
        yield reader, reads, lambda read, seen=seen: [w for w in writers.get(read.key, ()) if seen >> w & 1]


def ancestors(graph: DependencyGraph, kinds: int) -> list[int]:
    """For each transaction the set of those before it as the bits of a number; the graph must have no cycle."""
    following: list[list[int]] = [[] for _ in range(graph.size)]
    waiting = [0] * graph.size
    for before, after, _ in graph.graph.edges(kinds):
        following[before].append(after)
        waiting[after] += 1
    ready = [node for node in range(graph.size) if waiting[node] == 0]
    found = [0] * graph.size
    for node in ready:
        reach = found[node] | 1 << node
        for after in following[node]:
            found[after] |= reach
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    return found
