"""Chord: a ring that nodes join and leave, and that must stay one ring.

Stoica et al., "Chord: A Scalable Peer-to-Peer Lookup Protocol for Internet Applications", 2003, section IV.E; Zave,
"Reasoning About Identifier Spaces: How to Make Chord Correct", 2017, which shows what is wrong with the protocol as
published, and mends it. Each node has a list of successors and a predecessor. It stabilizes from time to time: asks
its first successor that answers for its list and its predecessor, adopts that one if it lies between, and tells it.
Here, as in Zave's version, a node adopts only what answers, joins with a whole list, and some nodes, the base, never
fail: one more than a list is long.

*Choices.* An exchange of two nodes is one step; a node that has failed does not answer. A node that left comes back
as a new one.

*Bounds.* ``places`` on the circle, ``base`` nodes that stay, ``guests`` that come and go, ``changes`` in all.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal


class Node(Record):
    """A node: its successors, nearest first, and its predecessor."""

    alive: bool = False
    successors: tuple[int, ...] = ()
    predecessor: int | None = None


class Chord(Spec):
    """The ring-maintenance protocol."""

    places: int = 6
    base: tuple[int, ...] = (0, 2, 4)
    guests: tuple[int, ...] = (1, 3, 5)
    changes: int = 6

    def init(self) -> None:
        """The base is a ring."""
        self.node = {i: Node() for i in (*self.base, *self.guests)}
        size = len(self.base)
        for place, i in enumerate(self.base):
            following = tuple(self.base[(place + k) % size] for k in (1, 2))
            self.node[i] = Node(alive=True, successors=following, predecessor=self.base[place - 1])
        self.changes_left = self.changes

    def everybody(self) -> Iterable[int]:
        """All nodes, those included that are not there."""
        return (*self.base, *self.guests)

    def visitors(self) -> Iterable[int]:
        """The nodes that come and go."""
        return self.guests

    def is_between(self, low: int, i: int, high: int) -> bool:
        """On the way round from low to high, both left out."""
        return i not in (low, high) and (i - low) % self.places < ((high - low) % self.places or self.places)

    def first_alive(self, i: int) -> int | None:
        """The first successor that answers."""
        return next((s for s in self.node[i].successors if self.node[s].alive), None)

    # Joining and failing ------------------------------------------------------------------------------------------------

    @action(visitors, everybody)
    def join(self, i: int, member: int) -> None:
        """A node finds its place between a member and that one's successor, and takes over its list."""
        node, other = self.node[i], self.node[member]
        require(self.changes_left > 0)
        require(not node.alive)
        require(other.alive)
        successor = self.first_alive(member)
        require(successor is not None and self.is_between(member, i, successor))
        require(successor == other.successors[0])
        self.changes_left -= 1
        self.node[i] = Node(alive=True, successors=self.list_to_join(other), predecessor=member)

    def list_to_join(self, other: Node) -> tuple[int, ...]:
        """The whole list."""
        return other.successors

    @action(visitors)
    def fail(self, i: int) -> None:
        """A node fails, or leaves without a word; nobody may be left without a successor that answers."""
        require(self.changes_left > 0)
        require(self.node[i].alive)
        require(all(any(self.node[s].alive and s != i for s in n.successors) for j, n in self.node.items() if n.alive and j != i))
        self.changes_left -= 1
        self.node[i] = Node()

    # Stabilization ------------------------------------------------------------------------------------------------------

    @action(everybody)
    def stabilize(self, i: int) -> None:
        """A node asks its successor, adopts its list, and the successor's predecessor if that lies between; and notifies whom it has found."""
        node = self.node[i]
        require(node.alive)
        successor = self.first_alive(i)
        require(successor is not None)
        successor = successor or 0
        between = self.node[successor].predecessor
        if between is not None and self.is_between(i, between, successor) and self.may_adopt(between):
            successor = between
        adopted = (successor, *self.node[successor].successors[:1])
        before = (node.successors, self.node[successor].predecessor)
        node.successors = adopted
        self.notify(successor, i)
        require((node.successors, self.node[successor].predecessor) != before)

    def may_adopt(self, i: int) -> bool:
        """A node that does not answer is not adopted."""
        return self.node[i].alive

    def notify(self, i: int, candidate: int) -> None:
        """Rectify: a node takes a nearer predecessor, or one in place of one that has failed."""
        node = self.node[i]
        old = node.predecessor
        if old is None or self.is_gone(old) or self.is_between(old, candidate, i):
            node.predecessor = candidate

    def is_gone(self, i: int) -> bool:
        """A predecessor that does not answer is replaced."""
        return not self.node[i].alive

    # Properties -------------------------------------------------------------------------------------------------------

    def ring(self) -> list[int]:
        """The nodes on the way from the first node that is alive, successor by successor, until one comes again."""
        start = next(i for i in self.everybody() if self.node[i].alive)
        way = [start]
        while True:
            following = self.first_alive(way[-1])
            if following is None:
                return []
            if following in way:
                return way[way.index(following) :]
            way.append(following)

    @invariant
    def one_ordered_ring(self) -> bool:
        """AtLeastOneRing and OrderedRing: successors lead round once, in the order of the circle."""
        ring = self.ring()
        start = ring.index(min(ring)) if ring else 0
        return bool(ring) and ring[start:] + ring[:start] == sorted(ring)

    @invariant(everybody)
    def connected(self, i: int) -> bool:
        """AtMostOneRing and ConnectedAppendages: from every node successors lead to that ring."""
        if not self.node[i].alive:
            return True
        ring, at, seen = self.ring(), i, set[int]()
        while at not in ring and at not in seen:
            seen.add(at)
            following = self.first_alive(at)
            if following is None:
                return False
            at = following
        return at in ring

    @reachable
    def ideal_with_guests(self) -> bool:
        """All nodes can be in the ring."""
        return len(self.ring()) == len(self.base) + len(self.guests)

    @terminal
    def ideal(self) -> bool:
        """Where nothing can happen any more, everybody who is alive is in the ring, with the right predecessor."""
        ring = self.ring()
        alive = [i for i in self.everybody() if self.node[i].alive]
        return sorted(ring) == sorted(alive) and all(self.node[self.first_alive(i) or 0].predecessor == i for i in ring)
