"""Lamport's mutual exclusion: requests are ordered by logical clocks, and nobody needs a server.

Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978: the algorithm of five rules. A
process sends its request with the time of its clock to all others, and enters when its own request is the earliest
that it knows of and everybody has answered.

*Choices.* Channels are FIFO and lose nothing, as the paper assumes. ``requests[p][q]`` is the part of the paper's
request queue of p that holds the request of q, of which there is at most one. Rule 5 asks for *some* later message
from each other process; here it is the acknowledgement, and a process does not advance its clock when it only
receives one: what the paper needs of clocks is that a request made after another was received is later.

*Bounds.* Clocks stop at ``max_clock``: a constraint. With three processes and 6 this has as many states as Merz's
specification in TLA+; the default is smaller.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import FifoNetwork, Spec, action, constraint, invariant, reachable, require


class Kind(Enum):
    """What a message says."""

    REQUEST = "request"
    ACKNOWLEDGE = "acknowledge"
    RELEASE = "release"


@frozen
class Message:
    """A message; only requests have a timestamp."""

    src: int
    dst: int
    kind: Kind
    time: int = 0


class LamportMutex(Spec):
    """The algorithm, for a number of processes."""

    processes: int = 3
    max_clock: int = 3

    def init(self) -> None:
        """Nobody wants to enter."""
        self.clock = dict.fromkeys(self.everybody(), 1)
        self.requests: dict[int, dict[int, int]]
        self.requests = {p: dict.fromkeys(self.everybody(), 0) for p in self.everybody()}
        self.answered: dict[int, frozenset[int]] = dict.fromkeys(self.everybody(), frozenset())
        self.network: FifoNetwork[Message] = FifoNetwork(nodes=tuple(self.everybody()))
        self.inside: set[int] = set()

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.processes)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.processes) if q != p]

    def arriving(self) -> Iterable[Message]:
        """The oldest message of each channel."""
        return self.network.deliverable()

    @action(everybody)
    def request(self, p: int) -> None:
        """Rule 1: p sends a request with its timestamp to every other process, and puts it on its own queue."""
        require(not self.requests[p][p])
        self.requests[p][p] = self.clock[p]
        self.answered[p] = frozenset({p})
        self.network.broadcast(Message(p, q, Kind.REQUEST, self.clock[p]) for q in self.others(p))

    @action(arriving)
    def receive(self, m: Message) -> None:
        """Rules 2 and 4: a request is put on the queue and acknowledged, a release takes the sender's request off it."""
        self.network.receive(m)
        p, q = m.dst, m.src
        match m.kind:
            case Kind.REQUEST:
                self.requests[p][q] = m.time
                self.advance(p, m.time)
                self.network.send(Message(p, q, Kind.ACKNOWLEDGE))
            case Kind.ACKNOWLEDGE:
                self.answered[p] |= {q}
            case Kind.RELEASE:
                self.requests[p][q] = 0

    def advance(self, p: int, time: int) -> None:
        """Implementation rule 2 of clocks: later than the message received, and than what was there before."""
        self.clock[p] = max(self.clock[p], time) + 1

    @action(everybody)
    def enter(self, p: int) -> None:
        """Rule 5: p enters when its request is ordered before all others on its queue, and all have answered."""
        require(self.has_answers(p))
        require(all(self.is_before(p, q) for q in self.others(p)))
        self.inside.add(p)

    def has_answers(self, p: int) -> bool:
        """Everybody has acknowledged the request of p."""
        return self.answered[p] == frozenset(self.everybody())

    def is_before(self, p: int, q: int) -> bool:
        """In the total order, timestamps first and then names, as p knows it."""
        mine, theirs = self.requests[p][p], self.requests[p][q]
        return not theirs or (mine, p) < (theirs, q)

    @action(everybody)
    def leave(self, p: int) -> None:
        """Rule 3: p takes its request off its queue, and sends a release to every other process."""
        require(p in self.inside)
        self.inside.remove(p)
        self.requests[p][p] = 0
        self.answered[p] = frozenset()
        self.network.broadcast(Message(p, q, Kind.RELEASE) for q in self.others(p))

    @constraint
    def clocks_are_bounded(self) -> bool:
        """The bound."""
        return all(time <= self.max_clock for time in self.clock.values())

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def mutual_exclusion(self) -> bool:
        """Condition I: a process that was granted the resource releases it before it is granted to another."""
        return len(self.inside) <= 1

    @reachable(everybody)
    def enters(self, p: int) -> bool:
        """A process can enter."""
        return p in self.inside

    @reachable
    def everybody_waits(self) -> bool:
        """All can want to enter at once."""
        return all(self.requests[p][p] for p in self.everybody())
