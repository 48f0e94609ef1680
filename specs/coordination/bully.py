"""The bully algorithm: the node with the highest name leads, as soon as it is up.

Garcia-Molina, "Elections in a Distributed Computing System", 1982, section III. A node that misses its coordinator,
or comes back, asks those with higher names whether they are up; if none is, it first halts all others, so that nobody
works for anybody, and then tells them that it coordinates.

*Choices.* As in the paper's first part, an exchange of a message and its answer takes one step, nothing is lost, and
a node that does not answer is down. A node that crashes forgets everything, and comes back in the state of an
election.

*Bounds.* ``crashes`` is a budget; without ``restarts`` who has crashed stays down.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Crashes, Process, Spec, action, invariant, reachable, require, terminal


class Status(Enum):
    """What a node is doing; the paper's reorganization is part of the election here."""

    ELECTION = "election"
    NORMAL = "normal"


class Node(Process):
    """A node: its coordinator; who has halted it last; whom it has halted."""

    status: Status = Status.ELECTION
    coordinator: int | None = None
    halted_by: int | None = None
    halting: frozenset[int] = frozenset()


class Bully(Spec):
    """The algorithm, for a number of nodes."""

    nodes: int = 4
    crashes: int = 2
    restarts: bool = True

    def init(self) -> None:
        """The last node coordinates, and everybody knows."""
        self.node = {i: Node() for i in self.everybody()}
        for node in self.node.values():
            node.status = Status.NORMAL
            node.coordinator = self.nodes - 1
        self.faults = Crashes(processes=self.node, crashes=self.crashes, restarts=self.restarts)

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def lower(self, i: int) -> Iterable[int]:
        """The nodes with lower names."""
        return range(i)

    def answers(self, i: int) -> bool:
        """Are you there? A node that is down does not answer."""
        return self.node[i].up

    def is_highest(self, i: int) -> bool:
        """Nobody with a higher name answers."""
        return not any(self.answers(j) for j in range(i + 1, self.nodes))

    @action(everybody)
    def notice(self, i: int) -> None:
        """A node finds that its coordinator does not answer, and starts an election."""
        node = self.node[i]
        require(node.up)
        require(node.status is Status.NORMAL)
        require(node.coordinator is not None and node.coordinator != i and not self.answers(node.coordinator))
        self.start_election(node)

    def start_election(self, node: Node) -> None:
        """Whoever starts an election works for nobody."""
        node.status = Status.ELECTION
        node.coordinator = None
        node.halting = frozenset()

    @action(everybody, lower)
    def challenge(self, i: int, j: int) -> None:
        """A node in an election asks a higher one, which is up, and starts an election of its own."""
        higher, lower = self.node[i], self.node[j]
        require(lower.up and higher.up)
        require(lower.status is Status.ELECTION and higher.status is Status.NORMAL)
        self.start_election(higher)

    @action(everybody, lower)
    def halt(self, i: int, j: int) -> None:
        """The highest node that is up halts those below."""
        node, other = self.node[i], self.node[j]
        require(node.up and other.up)
        require(node.status is Status.ELECTION)
        require(self.is_highest(i))
        require(j not in node.halting)
        self.start_election(other)
        other.halted_by = i
        node.halting |= {j}

    @action(everybody)
    def lead(self, i: int) -> None:
        """When all others are halted, the node coordinates."""
        node = self.node[i]
        require(node.up)
        require(node.status is Status.ELECTION)
        require(self.is_highest(i))
        require(self.has_halted_all(i))
        node.status = Status.NORMAL
        node.coordinator = i

    def has_halted_all(self, i: int) -> bool:
        """Everybody below who is up has been halted."""
        return all(j in self.node[i].halting for j in range(i) if self.answers(j))

    @action(everybody, lower)
    def announce(self, i: int, j: int) -> None:
        """The coordinator tells a node that it has halted, unless that was halted by another one since."""
        node, other = self.node[i], self.node[j]
        require(node.up and other.up)
        require(node.status is Status.NORMAL and node.coordinator == i)
        require(other.status is Status.ELECTION and other.halted_by == i)
        other.status = Status.NORMAL
        other.coordinator = i

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody, lower)
    def one_coordinator(self, i: int, j: int) -> bool:
        """Assertion 1: any two nodes that are up and in normal state have the same coordinator."""
        one, other = self.node[i], self.node[j]
        if not (one.up and other.up and one.status is other.status is Status.NORMAL):
            return True
        return one.coordinator == other.coordinator

    @reachable(everybody)
    def leads(self, i: int) -> bool:
        """All but the lowest nodes can come to coordinate others."""
        return any(node.coordinator == i for j, node in self.node.items() if j != i)

    @terminal
    def all_know_the_highest(self) -> bool:
        """Assertion 2: where nothing can happen any more, everybody who is up knows the highest of them."""
        up = [i for i, node in self.node.items() if node.up]
        return all(self.node[i].coordinator == max(up) for i in up)
