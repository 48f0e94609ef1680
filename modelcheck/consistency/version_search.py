"""Serializability and snapshot isolation of registers: the search for an order of versions.

Reads of registers do not tell which of two writers of a key came first, so each such pair is a choice (a polygraph,
Papadimitriou 1979). Choosing that ``a`` comes before ``b`` adds the edge a to b and one from every reader of a's version
to b. A choice that would close a forbidden cycle is impossible, and the other one is forced; this alone decides most
histories (Tan and others, "Cobra", OSDI 2020). What is left is tried in the order that the edges suggest, and branched
upon where that fails.

Serializability forbids every cycle; snapshot isolation those without two adjacent rw edges (Cerone and Gotsman 2018),
which are the cycles of the graph with two copies of every node, for how it was entered.

*Cost*: polynomial until something has to be branched upon; a bit for each pair of transactions. Time is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from attrs import frozen

from modelcheck.consistency.cycles import REALTIME, RW, SESSION, WR, WW, DependencyGraph
from modelcheck.consistency.linearizability import Deadline, Limits
from modelcheck.consistency.result import Anomaly
from modelcheck.consistency.versions import Versions

MOST_UNREAD = 5000
"""Transactions of a list-append history in which unread appends are put in order; the search takes their square."""

Triple = tuple[int, int, int]
Choice = tuple[int, int, Any]
"""Two writers of a key, the first before the second."""


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
    if unread is not None and graph.size > MOST_UNREAD:
        return Found(reason=f"unread appends are not put in order among more than {MOST_UNREAD:,} transactions")
    deadline = Deadline(limits.time_s)
    polygraph = _Polygraph(facts, graph, is_snapshot=is_snapshot, extra=extra, deadline=deadline, unread=unread)
    try:
        edges = polygraph.solve()
    except _OutOfTimeError:
        return Found(reason="the time limit was reached")
    if edges is not None:
        return Found()
    cycle = polygraph.first_cycle
    name = "cycle" if not cycle else _name(cycle)
    return Found((graph.anomaly(name, cycle) if cycle else Anomaly("no order of versions", ()),))


def _name(cycle: Sequence[Triple]) -> str:
    antidependencies = sum(kind == RW for _, _, kind in cycle)
    if antidependencies == 0:
        return "G1c" if any(kind == WR for _, _, kind in cycle) else "G0"
    return "G-single" if antidependencies == 1 else "G2-item"


class _OutOfTimeError(Exception):
    """The deadline has passed."""


class _Polygraph:
    """Edges that are certain, and pairs of writers yet to be ordered."""

    def __init__(
        self,
        facts: Versions,
        graph: DependencyGraph,
        *,
        is_snapshot: bool,
        extra: int,
        deadline: Deadline,
        unread: Mapping[Any, Sequence[int]] | None,
    ) -> None:
        self.facts, self.graph, self.is_snapshot, self.deadline = facts, graph, is_snapshot, deadline
        self.nodes = 2 * graph.size
        self.readers: dict[tuple[Any, Any], list[int]] = {}
        for read in facts.reads:
            self.readers.setdefault((read.key, read.version), []).append(read.reader)
        self.certain: list[Triple] = graph.graph.edges(WR | (extra & (SESSION | REALTIME)))
        self.first_cycle: list[Triple] = []
        self.writers: Mapping[Any, Sequence[int]] = self._writers() if unread is None else unread
        self.is_known = unread is not None
        if self.is_known:
            self.certain += graph.graph.edges(WW | RW)
            return
        for key, writers in self.writers.items():
            for reader in self.readers.get((key, None), ()):
                self.certain += [(reader, writer, RW) for writer in writers if writer != reader]

    def _writers(self) -> dict[Any, list[int]]:
        writers: dict[Any, list[int]] = {}
        observed = {self.facts.writers[k] for k in self.readers if k in self.facts.writers}
        for writer, key in self.facts.final:
            if self.facts.committed[writer] or writer in observed:
                writers.setdefault(key, []).append(writer)
        return writers

    def solve(self) -> list[Triple] | None:
        """The edges of an explanation, or ``None`` if there is none."""
        if not self.is_known and self._schedules():
            return self.certain
        pairs = [(a, b, key) for key, writers in self.writers.items() for a, b in combinations(writers, 2)]
        return self._solve(list(self.certain), pairs)

    def _schedules(self) -> bool:
        """Whether running the transactions one by one, each as soon as it can, explains the history.

        One can run when it reads what is there, all that must come before it has run, and nobody else has still to
        read what it overwrites. Clients are taken in turn. Being lucky here saves the search; it shows that the
        history is serializable, and so that it has snapshot isolation.
        """
        return _Schedule(self).runs()

    def _solve(self, edges: list[Triple], pairs: list[Choice]) -> list[Triple] | None:
        saturated = self._saturate(edges, pairs)
        if saturated is None:
            return None
        edges, pairs, order = saturated
        rank = {node: at for at, node in enumerate(order)}
        guesses = [(a, b, key) if rank[a] < rank[b] else (b, a, key) for a, b, key in pairs]
        whole = edges + [edge for guess in guesses for edge in self._edges_of(guess)]
        if not pairs or self._reach(whole) is not None:
            return whole
        a, b, key = guesses[0]
        for choice in ((a, b, key), (b, a, key)):
            found = self._solve(edges + list(self._edges_of(choice)), pairs[1:])
            if found is not None:
                return found
        return None

    def _edges_of(self, choice: Choice) -> Iterator[Triple]:
        before, after, key = choice
        yield before, after, WW
        version = self.facts.final[before, key]
        for reader in self.readers.get((key, version), ()):
            if reader != after:
                yield reader, after, RW

    def _saturate(
        self, edges: list[Triple], pairs: list[Choice]
    ) -> tuple[list[Triple], list[Choice], list[int]] | None:
        """Make every forced choice, until none is left; ``None`` if some choice is impossible both ways."""
        while True:
            reach = self._reach(edges)
            if reach is None:
                self._keep_cycle(edges)
                return None
            left: list[Choice] = []
            forced: list[Triple] = []
            for a, b, key in pairs:
                first, second = self._is_impossible(a, b, key, reach[0]), self._is_impossible(b, a, key, reach[0])
                if first and second:
                    self._keep_cycle([*edges, *self._edges_of((a, b, key))])
                    return None
                if first or second:
                    forced += self._edges_of((b, a, key) if first else (a, b, key))
                else:
                    left.append((a, b, key))
            if not forced:
                return edges, left, reach[1]
            edges, pairs = edges + forced, left

    def _is_impossible(self, before: int, after: int, key: Any, reach: Sequence[int]) -> bool:
        readers = [r for r in self.readers.get((key, self.facts.final[before, key]), ()) if r != after]
        if not self.is_snapshot:
            return bool(reach[after] >> before & 1 or any(reach[after] >> r & 1 for r in readers))
        entered = reach[after + self.nodes]
        is_reached = reach[after] >> before & 1 or reach[after] >> (before + self.nodes) & 1
        return bool(is_reached or any(entered >> r & 1 for r in readers))

    def _split(self, edges: Iterable[Triple]) -> Iterator[tuple[int, int]]:
        """The edges as the level sees them."""
        for before, after, kind in edges:
            if not self.is_snapshot:
                yield before, after
            elif kind == RW:
                yield before, after + self.nodes
            else:
                yield before, after
                yield before + self.nodes, after

    def _reach(self, edges: list[Triple]) -> tuple[list[int], list[int]] | None:
        """For each node the set of nodes behind it, as bits, and an order of the nodes; ``None`` on a cycle."""
        if self.deadline.left_s <= 0:
            raise _OutOfTimeError
        size = self.nodes * (2 if self.is_snapshot else 1)
        preceding: list[list[int]] = [[] for _ in range(size)]
        waiting = [0] * size
        for before, after in self._split(edges):
            preceding[after].append(before)
            waiting[before] += 1
        ready = [node for node in range(size) if waiting[node] == 0]
        reach = [0] * size
        for node in ready:
            own = reach[node] | 1 << node
            for before in preceding[node]:
                reach[before] |= own
                waiting[before] -= 1
                if waiting[before] == 0:
                    ready.append(before)
        if len(ready) < size:
            return None
        return reach, [node for node in reversed(ready) if node < self.nodes]

    def _keep_cycle(self, edges: list[Triple]) -> None:
        """Remember the first cycle that was met; it is shown if all else fails too."""
        if self.first_cycle:
            return
        shown = DependencyGraph(self.graph.transactions, [False] * self.graph.size)
        for before, after, kind in edges:
            shown.graph.add(before, after, kind)
        kinds = WW | WR | SESSION | REALTIME
        self.first_cycle = (
            shown.nonadjacent(kinds) if self.is_snapshot else shown.single(kinds) or shown.cycle(kinds | RW, kinds | RW)
        )


class _Schedule:
    """A greedy run of the transactions, each when it can."""

    def __init__(self, polygraph: _Polygraph) -> None:
        self.facts, self.readers = polygraph.facts, polygraph.readers
        size = polygraph.nodes
        self.following: list[list[int]] = [[] for _ in range(size)]
        self.waiting = [0] * size
        for before, after, kind in polygraph.certain:
            if kind != RW:
                self.following[before].append(after)
                self.waiting[after] += 1
        self.reads: list[list[tuple[Any, Any]]] = [[] for _ in range(size)]
        for read in self.facts.reads:
            self.reads[read.reader].append((read.key, read.version))
        self.writes: list[list[tuple[Any, Any]]] = [[] for _ in range(size)]
        for (writer, key), value in self.facts.final.items():
            self.writes[writer].append((key, value))
        self.left = {version: len(set(readers)) for version, readers in self.readers.items()}
        self.now: dict[Any, Any] = {}
        self.ran = 0

    def runs(self) -> bool:
        """Whether all transactions could run."""
        ready = [node for node, count in enumerate(self.waiting) if count == 0]
        while ready:
            blocked: list[int] = []
            progress: list[int] = []
            for node in ready:
                if self._can_run(node):
                    progress += self._run(node)
                    self.ran += 1
                else:
                    blocked.append(node)
            if len(blocked) == len(ready):
                return False
            ready = blocked + progress
        return self.ran == len(self.waiting)

    def _can_run(self, node: int) -> bool:
        if any(self.now.get(key) != version for key, version in self.reads[node]):
            return False
        own = set(self.reads[node])
        for key, _ in self.writes[node]:
            current = (key, self.now.get(key))
            if self.left.get(current, 0) > (current in own):
                return False
        return True

    def _run(self, node: int) -> list[int]:
        for version in dict.fromkeys(self.reads[node]):
            self.left[version] -= 1
        self.now.update(self.writes[node])
        freed = []
        for after in self.following[node]:
            self.waiting[after] -= 1
            if self.waiting[after] == 0:
                freed.append(after)
        return freed
