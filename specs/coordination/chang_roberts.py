"""Chang and Roberts: a leader is elected on a ring on which messages go one way.

Chang and Roberts, "An Improved Algorithm for Decentralized Extrema-Finding in Circular Configurations of Processes",
1979. Whoever wants to start sends its name to its neighbour; a name is passed on by those who have a worse one, and
the one who gets its own name back has won.

*Choices.* The smallest name wins; the paper elects the largest. Any set of nodes may start, each when it likes, so
there is an initial state for each set. A node that does not start only passes names on. Messages may overtake each
other.

*Bounds.* ``names`` are the names in the order of the ring. With ``(1, 2, 3)`` this has as many states as the model in
TLA+ that Merz wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Spec, action, choose, eventually, fair, invariant, reachable, require, terminal


class Status(Enum):
    """What a node believes."""

    CANDIDATE = "candidate"
    LOST = "lost"
    WON = "won"


class ChangRoberts(Spec):
    """The algorithm, for names on a ring."""

    names: tuple[int, ...] = (1, 2, 3)

    def init(self) -> None:
        """Some nodes will start, in any order; nothing was sent."""
        self.initiator = {n: choose((False, True)) for n in self.nodes()}
        self.started = dict.fromkeys(self.nodes(), False)
        self.status = {n: Status.CANDIDATE if self.initiator[n] else Status.LOST for n in self.nodes()}
        self.inbox: dict[int, set[int]] = {n: set() for n in self.nodes()}

    def nodes(self) -> Iterable[int]:
        """The places on the ring."""
        return range(len(self.names))

    def all_names(self) -> Iterable[int]:
        """The names."""
        return self.names

    def others(self, n: int) -> Iterable[int]:
        """The other nodes."""
        return [m for m in range(len(self.names)) if m != n]

    def send(self, n: int, name: int) -> None:
        """Node n sends a name to its neighbour."""
        self.inbox[(n + 1) % len(self.names)].add(name)

    @fair
    @action(nodes)
    def start(self, n: int) -> None:
        """An initiator sends its own name; from now on the node takes part."""
        require(not self.started[n])
        self.started[n] = True
        if self.initiator[n]:
            self.send(n, self.names[n])

    @fair
    @action(nodes, all_names)
    def receive(self, n: int, name: int) -> None:
        """A node passes on the names that are better than its own, and wins when its own comes back."""
        require(self.started[n])
        require(name in self.inbox[n])
        self.inbox[n].remove(name)
        if self.passes_on(n, name):
            if self.status[n] is Status.CANDIDATE:
                self.status[n] = Status.LOST
            self.send(n, name)
        elif self.is_own(n, name):
            self.status[n] = Status.WON

    def passes_on(self, n: int, name: int) -> bool:
        """A node that has lost passes on every name, a candidate those that beat it."""
        return self.status[n] is Status.LOST or name < self.names[n]

    def is_own(self, n: int, name: int) -> bool:
        """The name has come all the way round."""
        return name == self.names[n]

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(nodes)
    def best_initiator_wins(self, n: int) -> bool:
        """Who has won is the initiator with the smallest name."""
        return self.status[n] is not Status.WON or self.names[n] == min(
            self.names[m] for m in self.nodes() if self.initiator[m]
        )

    @invariant(nodes, others)
    def others_have_lost(self, n: int, m: int) -> bool:
        """When one has won, all others know that they have lost."""
        return self.status[n] is not Status.WON or self.status[m] is Status.LOST

    @reachable(nodes)
    def wins(self, n: int) -> bool:
        """A node can win."""
        return self.status[n] is Status.WON

    @eventually
    def is_decided(self) -> bool:
        """If anybody starts, somebody wins: messages arrive at last."""
        return not any(self.initiator.values()) or Status.WON in self.status.values()

    @terminal
    def elected(self) -> bool:
        """There is a leader if anybody started, and no name is on its way."""
        return not any(self.initiator.values()) or Status.WON in self.status.values()
