"""Serializability and snapshot isolation where reads do not tell which of two writers of a key came first.

Each pair of writers of a key is then a choice: those of registers, whose reads show one version only, and under
snapshot isolation those of appends that nobody read. ``polygraph.hpp`` says what a choice means and ``order_search.hpp``
how choices are made.

*Cost*: each pair of writers of a key takes memory. The question is NP-complete; time and memory are limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from modelcheck.consistency._polygraph import Polygraph
from modelcheck.consistency.cycles import REALTIME, RW, SESSION, WR, WW, DependencyGraph
from modelcheck.consistency.limits import Deadline, Limits
from modelcheck.consistency.result import Anomaly
from modelcheck.consistency.versions import Versions

Triple = tuple[int, int, int]


@frozen
class Found:
    """What the search found: nothing wrong, an anomaly, or a reason why it does not know."""

    anomalies: tuple[Anomaly, ...] = ()
    reason: str | None = None


def search_versions(
    facts: Versions,
    graph: DependencyGraph,
    *,
    is_snapshot: bool,
    extra: int,
    limits: Limits,
    unread: Mapping[Any, Sequence[int]] | None = None,
) -> Found:
    """Whether some order of versions explains the history.

    Args:
        facts: What transactions read and wrote.
        graph: The edges that are certain.
        is_snapshot: Whether snapshot isolation is asked for instead of serializability.
        extra: The kinds of edges that the level adds.
        limits: For the search.
        unread: For list-append: the writers of each key whose order no read tells; all other orders are known.
    """
    deadline = Deadline(limits.time_s)
    polygraph = Polygraph(2 * graph.size, is_snapshot)
    polygraph.add_certain(graph.graph.edges(WR | (extra & (SESSION | REALTIME))))
    if unread is None:
        for before, writers in _writers(facts):
            polygraph.add_certain((reader, writer, RW) for reader in before for writer, _ in writers)
            polygraph.add_key(writers)
    else:
        polygraph.add_certain(graph.graph.edges(WW | RW))
        for appending in unread.values():
            polygraph.add_key((writer, ()) for writer in appending)
    answer = polygraph.solve(deadline.left_s, limits.memory_bytes)
    if answer in ("time", "memory"):
        return Found(reason=f"the {answer} limit was reached")
    return Found((_anomaly(graph, polygraph.edges, is_snapshot),)) if answer == "violated" else Found()


def _writers(facts: Versions) -> Iterator[tuple[Sequence[int], list[tuple[int, Sequence[int]]]]]:
    """For each key: the readers of its first version, and its writers with the readers of theirs."""
    readers: dict[tuple[Any, Any], list[int]] = {}
    for read in facts.reads:
        readers.setdefault((read.key, read.version), []).append(read.reader)
    seen = {facts.writers[version] for version in readers if version in facts.writers}
    writers: dict[Any, list[tuple[int, Sequence[int]]]] = {}
    for (writer, key), value in facts.final.items():
        if facts.committed[writer] or writer in seen:
            writers.setdefault(key, []).append((writer, readers.get((key, value), ())))
    for key, group in writers.items():
        yield readers.get((key, None), ()), group


def _anomaly(graph: DependencyGraph, edges: Sequence[Triple], is_snapshot: bool) -> Anomaly:
    """The cycle among edges that were certain or forced."""
    shown = DependencyGraph(graph.transactions, [False] * graph.size)
    for before, after, kind in edges:
        shown.graph.add(before, after, kind)
    kinds = WW | WR | SESSION | REALTIME
    cycle = shown.nonadjacent(kinds) if is_snapshot else shown.single(kinds) or shown.cycle(kinds | RW, kinds | RW)
    if not cycle:
        return Anomaly("no order of versions", (), message="every order of the versions makes a cycle")
    return graph.anomaly(_name(cycle), cycle)


def _name(cycle: Sequence[Triple]) -> str:
    antidependencies = sum(kind == RW for _, _, kind in cycle)
    if antidependencies == 0:
        return "G1c" if any(kind == WR for _, _, kind in cycle) else "G0"
    return "G-single" if antidependencies == 1 else "G2-item"
