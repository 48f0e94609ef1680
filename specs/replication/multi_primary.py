"""Several primaries: each takes writes, and what was written at the same time is kept side by side.

DeCandia et al., "Dynamo", 2007, section 4.4; Parker et al., "Detection of Mutual Inconsistency in Distributed
Systems", 1983, on version vectors; Preguica et al., "Dotted Version Vectors", 2010. A client reads, and writes with
what it has read as its context: its write replaces what it has seen, and stands beside what it has not. A version is
named by a dot, the primary that took it and a count; its context is a vector of dots. With plain vectors, into which
the dot is merged, two clients that write at one primary without having read would seem to be one. "The last writer
wins", which many stores do instead, loses one of two writes that nobody ordered.

*Choices.* One key. A client reads and writes at one primary, in one step, or writes without having read. An observer
keeps which writes each primary has heard of, and which ones each write has seen.

*Bounds.* So many writes.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Spec, action, bound, choose, invariant, reachable, terminal

Vector = tuple[int, ...]


@frozen
class Version:
    """A value, named by the number of its write: its dot, and the context of the client that wrote it."""

    write: int
    primary: int
    count: int
    context: Vector


class MultiPrimary(Spec):
    """A store with a number of primaries."""

    primaries: int = 2
    writes: int = 3

    def init(self) -> None:
        """Nothing is written."""
        self.siblings: dict[int, frozenset[Version]] = dict.fromkeys(self.everybody(), frozenset())
        self.heard: dict[int, frozenset[int]] = dict.fromkeys(self.everybody(), frozenset())
        self.seen: dict[int, frozenset[int]] = dict.fromkeys(range(self.writes), frozenset())
        self.written = 0

    def everybody(self) -> Iterable[int]:
        """The primaries."""
        return range(self.primaries)

    def others(self, p: int) -> Iterable[int]:
        """The primaries but one."""
        return [q for q in range(self.primaries) if q != p]

    @action(everybody)
    def write(self, p: int) -> None:
        """A client writes at p, with what it has read there as its context, or with none."""
        bound(self.written < self.writes)
        read = choose((frozenset(), self.siblings[p])) if self.siblings[p] else frozenset()
        context = tuple(self.known(read, q) for q in self.everybody())
        version = Version(self.written, p, 1 + self.known(self.siblings[p], p), context)
        self.seen[self.written] = frozenset(self.named(read))
        self.siblings[p] = self.joined(self.siblings[p], frozenset({version}))
        self.heard[p] |= {self.written}
        self.written += 1

    def named(self, versions: frozenset[Version]) -> frozenset[int]:
        """The writes that these are, and those that they have seen."""
        own = frozenset(v.write for v in versions)
        return own.union(*(self.seen[w] for w in own))

    def known(self, versions: frozenset[Version], q: int) -> int:
        """How many writes of q these versions know of."""
        dots = [v.count for v in versions if v.primary == q]
        return max([*dots, *(v.context[q] for v in versions)], default=0)

    @action(everybody, others)
    def replicate(self, p: int, q: int) -> None:
        """A primary gets what another one has."""
        self.siblings[p] = self.joined(self.siblings[p], self.siblings[q])
        self.heard[p] |= self.heard[q]

    def joined(self, mine: frozenset[Version], theirs: frozenset[Version]) -> frozenset[Version]:
        """All versions but those that another one covers."""
        together = mine | theirs
        return frozenset(v for v in together if not any(w != v and self.covers(w, v) for w in together))

    def covers(self, later: Version, v: Version) -> bool:
        """The client that wrote the one had read the other: its dot is in the context."""
        return later.context[v.primary] >= v.count

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody)
    def no_lost_update(self, p: int) -> bool:
        """A write that p has heard of is there, or a later one that has seen it is."""
        there = {v.write for v in self.siblings[p]}
        return all(w in there or any(w in self.seen[later] for later in there) for w in self.heard[p])

    @invariant(everybody)
    def no_false_conflict(self, p: int) -> bool:
        """What stands side by side was written at the same time: neither has seen the other."""
        there = {v.write for v in self.siblings[p]}
        return not any(w in self.seen[later] for w in there for later in there)

    @reachable(everybody)
    def keeps_siblings(self, p: int) -> bool:
        """Two writes can stand side by side, one of each primary."""
        return len(self.siblings[p]) > 1 and self.written > 1

    @terminal
    def all_is_replicated(self) -> bool:
        """The bound is reached."""
        return True
