"""The dependency graph of transactions, and the cycles in it that have names.

Edges are Adya's ("Weak Consistency", 1999): ``ww`` to the writer of the next version, ``wr`` to who read a version,
``rw`` from who read a version to the writer of the next. Besides, ``session`` follows the order of each client, and
``realtime`` leads from a transaction that returned to one that was called after it. A total order of instants stands in
for the latter, so that there are as many edges as transactions and not as many as pairs.

* G0: only ww. G1c: ww and wr. G-single: exactly one rw. G2-item: more.
* A cycle without two rw edges in a row rules out snapshot isolation (Cerone and Gotsman 2018): ``G-nonadjacent`` if it
  has more than one. Such cycles are those of a graph with two copies of each node, for how it was entered.

*Cost*: linear for the verdict (Tarjan); naming a cycle asks for shortest paths, of which a bounded number is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modelcheck.consistency._dependencies import Graph
from modelcheck.consistency.history import Operation
from modelcheck.consistency.result import Anomaly, Edge

WW: Final = 1
WR: Final = 2
RW: Final = 4
SESSION: Final = 8
REALTIME: Final = 16

NAMES: Final = {WW: "ww", WR: "wr", RW: "rw", SESSION: "session", REALTIME: "realtime"}
SUFFIXES: Final = ((REALTIME, "-realtime"), (SESSION, "-process"))
_TRIES = 256
"""Edges that a shortest cycle is looked for through."""

Triple = tuple[int, int, int]


class DependencyGraph:
    """Transactions and the edges between them.

    Args:
        transactions: The nodes; nodes above them are instants.
        included: Whether each took effect, as far as is known.
    """

    def __init__(self, transactions: Sequence[Operation], included: Sequence[bool]) -> None:
        self.transactions = transactions
        self.size = len(transactions)
        self.graph = Graph(2 * self.size)
        self._add_sessions(included)
        self._add_instants(included)

    def add(self, before: int, after: int, kind: int) -> None:
        """Add an edge between transactions."""
        self.graph.add(before, after, kind)

    def _add_sessions(self, included: Sequence[bool]) -> None:
        last: dict[object, int] = {}
        for at, operation in enumerate(self.transactions):
            if included[at]:
                if operation.process in last:
                    self.graph.add(last[operation.process], at, SESSION)
                last[operation.process] = at

    def _add_instants(self, included: Sequence[bool]) -> None:
        events = [(o.call, 0, at) for at, o in enumerate(self.transactions) if included[at]]
        events += [(o.finish, 1, at) for at, o in enumerate(self.transactions) if included[at] and o.finish is not None]
        events.sort()
        instant = -1
        for _, is_return, at in events:
            if is_return:
                if instant >= 0:
                    self.graph.add(instant, self.size + at, REALTIME)
                instant = self.size + at
                self.graph.add(at, instant, REALTIME)
            elif instant >= 0:
                self.graph.add(instant, at, REALTIME)

    def cycle(self, kinds: int, through: int) -> list[Triple]:
        """A short cycle of edges of ``kinds`` with at least one of ``through``; empty if there is none."""
        components = self.graph.components(kinds)
        best: list[Triple] = []
        tries = 0
        for before, after, kind in self.graph.edges(through & kinds):
            if components[before] != components[after]:
                continue
            back = self.graph.path(after, before, kinds, components)
            if not best or len(back) + 1 < len(best):
                best = [(before, after, kind), *back]
            tries += 1
            if tries >= _TRIES:
                break
        return best

    def single(self, kinds: int) -> list[Triple]:
        """A short cycle with exactly one rw edge, among the edges of ``kinds``."""
        components = self.graph.components(kinds | RW)
        tries = 0
        for before, after, kind in self.graph.edges(RW):
            if components[before] != components[after]:
                continue
            back = self.graph.path(after, before, kinds & ~RW, components)
            if back:
                return [(before, after, kind), *back]
            tries += 1
            if tries >= _TRIES:
                break
        return []

    def nonadjacent(self, kinds: int) -> list[Triple]:
        """A cycle in which no two rw edges follow each other."""
        nodes = 2 * self.size
        doubled = Graph(2 * nodes)
        for before, after, kind in self.graph.edges(kinds | RW):
            if kind == RW:
                doubled.add(before, nodes + after, kind)
            else:
                doubled.add(before, after, kind)
                doubled.add(nodes + before, after, kind)
        components = doubled.components(kinds | RW)
        for before, after, kind in doubled.edges(kinds & ~RW):
            if components[before] == components[after]:
                back = doubled.path(after, before, kinds | RW, components)
                return [(b % nodes, a % nodes, k) for b, a, k in [(before, after, kind), *back]]
        return []

    def anomaly(self, name: str, cycle: Sequence[Triple]) -> Anomaly:
        """A cycle as users see it: without instants, beginning at its first transaction."""
        edges = self._without_instants(cycle)
        members = list(dict.fromkeys(before for before, _, _ in edges))
        place = {node: at for at, node in enumerate(members)}
        shown = tuple(Edge(place[before], place[after], NAMES[kind]) for before, after, kind in edges)
        present = {kind for _, _, kind in edges}
        suffix = next((suffix for kind, suffix in SUFFIXES if kind in present), "")
        return Anomaly(name + suffix, tuple(self.transactions[node] for node in members), shown)

    def _without_instants(self, cycle: Sequence[Triple]) -> list[Triple]:
        start = next(at for at, (before, _, _) in enumerate(cycle) if before < self.size)
        edges: list[Triple] = []
        begun = -1
        for before, after, kind in [*cycle[start:], *cycle[:start]]:
            if before < self.size:
                begun = before
            if after < self.size:
                edges.append((begun, after, kind))
        return edges
