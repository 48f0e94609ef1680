"""A replicated register, read and written through quorums.

Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems", 1995; with several writers as in Lynch
and Shvartsman, "Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts", 1997. Every operation
first asks ``read_quorum`` replicas for what they store. A writer then stores its value, under a version higher than all
it was told, at ``write_quorum`` replicas; a reader stores the newest value that it was told in the same way
(``write_back``), and returns it.

The register is linearizable if ``read_quorum + write_quorum > replicas`` and readers write back. Without the write-back
one reader can see a write that is under way, and a later one not any more; with smaller quorums a reader can miss a
write that is complete.

*Choices.* A request can be received at any later time, any number of times, or never. A reply arrives as it is sent: a
late reply would make an operation longer, and with it easier to explain, and changes nothing that a late request does
not; it would make ten thousand times as many states. A crashed replica runs again with what it stored, at any later time or
never. Each client performs ``operations`` operations, one at a time.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Durable, Interchangeable, Process, Spec, action, reachable, require, terminal
from modelcheck.consistency import Register
from modelcheck.parts import Crashes, History, Network


class Node(Interchangeable):
    """A replica's name."""

    prefix = "r"


@frozen(order=True)
class Version:
    """Versions are ordered by timestamp; those of one timestamp by client."""

    timestamp: int
    client: int


@frozen
class Stored:
    """What a replica stores: a value and its version."""

    version: Version
    value: int


NOTHING = Stored(Version(0, -1), 0)


@frozen
class Query:
    """A client asks what a replica stores."""

    client: int
    operation: int
    replica: Node


@frozen
class Store:
    """A client tells a replica to store something."""

    client: int
    operation: int
    replica: Node
    stored: Stored


Request = Query | Store


class Phase(Enum):
    """What a client does."""

    IDLE = "idle"
    QUERY = "query"
    STORE = "store"


class Replica(Process):
    """A replica: what it stores survives a crash."""

    stored: Durable[Stored] = NOTHING


class Client(Process):
    """A client: its phase, how many operations it has begun, which replicas have answered, and the newest of their answers."""

    phase: Phase = Phase.IDLE
    operation: int = 0
    answered: frozenset[Node] = frozenset()
    newest: Stored = NOTHING


class Quorum(Spec):
    """The register, with writers and readers."""

    replicas: int = 3
    read_quorum: int = 2
    write_quorum: int = 2
    write_back: bool = True
    writers: int = 1
    readers: int = 2
    operations: int = 1
    crashes: int = 1

    def init(self) -> None:
        """No operation has begun; all replicas store the initial value."""
        self.replica = {r: self.booted() for r in Node.several(self.replicas)}
        self.client = {c: Client() for c in self.clients()}
        self.network: Network[Request] = Network(duplicating=True)
        self.faults = Crashes(processes=self.replica, crashes=self.crashes)
        self.history = History.of(Register(0))

    def booted(self) -> Replica:
        """A replica as it is at the start."""
        return Replica()

    def clients(self) -> Iterable[int]:
        """The clients: first the writers, then the readers."""
        return range(self.writers + self.readers)

    def is_writer(self, c: int) -> bool:
        """Whether a client writes."""
        return c < self.writers

    def value_of(self, c: int) -> int:
        """The value that a writer writes in its present operation: no two write the same."""
        return c + 1 + self.writers * (self.client[c].operation - 1)

    def deliverable(self) -> Iterable[Request]:
        """The requests that can be received."""
        return self.network.deliverable()

    # Clients ----------------------------------------------------------------------------------------------------------

    @action(clients)
    def invoke(self, c: int) -> None:
        """A client begins an operation, and asks all replicas what they store."""
        client = self.client[c]
        require(client.phase is Phase.IDLE)
        require(client.operation < self.operations)
        client.operation += 1
        client.phase = Phase.QUERY
        if self.is_writer(c):
            self.history.invoke(c, "write", self.value_of(c))
        else:
            self.history.invoke(c, "read")
        self.network.broadcast(Query(c, client.operation, r) for r in self.replica)

    def on_found(self, c: int, r: Node, stored: Stored) -> None:
        """A replica told what it stores; when a read quorum has, the newest of that is what counts."""
        client = self.client[c]
        client.newest = self.newer(client.newest, stored)
        client.answered |= {r}
        if self.is_enough(len(client.answered), self.read_quorum):
            self.after_query(c)

    def is_enough(self, answers: int, quorum: int) -> bool:
        """Whether so many replicas are a quorum."""
        return answers >= quorum

    def newer(self, one: Stored, two: Stored) -> Stored:
        """The one with the higher version."""
        return max(one, two, key=lambda stored: stored.version)

    def after_query(self, c: int) -> None:
        """A read quorum has answered."""
        client = self.client[c]
        if self.is_writer(c):
            self.store(c, Stored(self.next_version(c), self.value_of(c)))
        elif self.write_back:
            self.store(c, client.newest)
        else:
            self.complete(c)

    def next_version(self, c: int) -> Version:
        """A version higher than all that a writer was told."""
        return Version(self.client[c].newest.version.timestamp + 1, c)

    def store(self, c: int, stored: Stored) -> None:
        """A client tells all replicas to store something."""
        client = self.client[c]
        client.phase = Phase.STORE
        client.newest = stored
        client.answered = frozenset()
        self.network.broadcast(Store(c, client.operation, r, stored) for r in self.replica)

    def on_done(self, c: int, r: Node) -> None:
        """A replica has stored what it was told; when a write quorum has, the operation is complete."""
        client = self.client[c]
        client.answered |= {r}
        if self.is_enough(len(client.answered), self.write_quorum):
            self.complete(c)

    def complete(self, c: int) -> None:
        """The operation returns: a read with the value that it found."""
        client = self.client[c]
        self.history.complete(c, None if self.is_writer(c) else client.newest.value)
        client.phase = Phase.IDLE
        client.answered = frozenset()
        client.newest = NOTHING

    # Replicas ---------------------------------------------------------------------------------------------------------

    def is_awaited(self, m: Request, phase: Phase) -> bool:
        """Whether the client is still in the operation and phase in which it sent a request."""
        client = self.client[m.client]
        return client.phase is phase and client.operation == m.operation

    @action(deliverable)
    def receive(self, m: Request) -> None:
        """A replica receives a request, and the client its reply. A query that is not awaited any more is as good as lost."""
        replica = self.replica[m.replica]
        require(replica.up)
        self.network.receive(m)
        match m:
            case Query():
                require(self.is_awaited(m, Phase.QUERY))
                self.on_found(m.client, m.replica, replica.stored)
            case Store():
                replica.stored = self.after_store(replica.stored, m.stored)
                if self.is_awaited(m, Phase.STORE):
                    self.on_done(m.client, m.replica)

    def after_store(self, present: Stored, new: Stored) -> Stored:
        """What a replica stores after it was told to store something: the newer of the two."""
        return self.newer(present, new)

    # Properties: and history.linearizable, which the history brings along ---------------------------------------------

    @reachable
    def completes(self) -> bool:
        """All operations can complete."""
        return all(c.phase is Phase.IDLE and c.operation == self.operations for c in self.client.values())

    @terminal
    def finished(self) -> bool:
        """No operation is under way, or no replica is up that could answer."""
        return all(c.phase is Phase.IDLE for c in self.client.values()) or not any(r.up for r in self.replica.values())
