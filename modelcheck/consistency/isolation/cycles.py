"""The dependency graph of transactions, and the cycles in it that have names.

Edges are Adya's ("Weak Consistency", 1999): ``ww`` to the writer of the next version, ``wr`` to who read a version,
``rw`` from who read a version to the writer of the next. Besides, ``session`` follows the order of each client, and
``realtime`` leads from a transaction that returned to one that was called after it, by way of nodes for the instants of
returns (``instants.hpp``).

* G0: only ww. G1c: ww and wr. G-single: exactly one rw. G2-item: more.
* A cycle without two rw edges in a row rules out snapshot isolation (Cerone and Gotsman 2018): ``G-nonadjacent`` if it
  has more than one. Such cycles are those of a graph with two copies of each node, for how it was entered.
* A cycle in which a read or the order of a client comes before each rw edge rules out prefix consistency (Biswas and Enea
  2019): such cycles are those of a graph with a node for what each transaction read, and one for what it wrote.

*Cost*: linear for the verdict; naming a cycle asks for shortest paths, with bounded work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modelcheck.consistency.history import Operation
from modelcheck.consistency.isolation.kernel._graph import Graph
from modelcheck.consistency.result import Anomaly, Edge

WW: Final = 1
WR: Final = 2
RW: Final = 4
SESSION: Final = 8
REALTIME: Final = 16
OWN: Final = 32

NAMES: Final = {WW: "ww", WR: "wr", RW: "rw", SESSION: "session", REALTIME: "realtime"}
SUFFIXES: Final = ((REALTIME, "-realtime"), (SESSION, "-process"))

Triple = tuple[int, int, int]


class DependencyGraph:
    """Transactions and the edges between them.

    Args:
        transactions: The nodes; nodes above them are instants.
        graph: The edges.
    """

    def __init__(self, transactions: Sequence[Operation], graph: Graph) -> None:
        self.transactions, self.graph = transactions, graph
        self.size = len(transactions)

    def cycle(self, kinds: int, through: int) -> list[Triple]:
        """A short cycle of edges of ``kinds`` with at least one of ``through``; empty if there is none."""
        return self.graph.cycle(through & kinds, kinds)

    def single(self, kinds: int) -> list[Triple]:
        """A short cycle with exactly one rw edge, among the edges of ``kinds``."""
        return self.graph.cycle(RW, kinds & ~RW)

    def nonadjacent(self, kinds: int) -> list[Triple]:
        """A short cycle in which no two rw edges follow each other."""
        nodes = 2 * self.size
        cycle = self.graph.doubled(RW).cycle(kinds & ~RW, kinds | RW)
        return [(before % nodes, after % nodes, kind) for before, after, kind in cycle]

    def unprefixed(self, kinds: int) -> list[Triple]:
        """A short cycle in which every rw edge comes after a read or the order of a client."""
        cycle = self.graph.split(WW, RW, OWN).cycle(kinds & ~RW, kinds | RW | OWN)
        return [(b % (2 * self.size), a % (2 * self.size), kind) for b, a, kind in cycle if kind != OWN]

    def is_fine(self, kinds: int, shape: str) -> bool:
        """Whether edges of ``kinds`` and rw edges make no cycle that a level forbids: see :meth:`.Facts.search`."""
        graph = self.graph
        if shape == "snapshot":
            graph = graph.doubled(RW)
        elif shape == "prefix":
            graph = graph.split(WW, RW, OWN)
        return graph.is_acyclic(kinds | RW | OWN)

    def named(self, cycle: Sequence[Triple]) -> Anomaly:
        """A cycle with the name that its edges give it."""
        return self.anomaly(name_of(cycle), cycle)

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


def name_of(cycle: Sequence[Triple]) -> str:
    """Adya's name of a cycle, or Elle's."""
    kinds = [kind for _, _, kind in cycle]
    antidependencies = kinds.count(RW)
    if antidependencies == 0:
        return "G1c" if WR in kinds else "G0"
    if antidependencies == 1:
        return "G-single"
    is_adjacent = any(one == other == RW for one, other in zip(kinds, [*kinds[1:], kinds[0]], strict=True))
    return "G2-item" if is_adjacent else "G-nonadjacent"
