"""Leases: the right to write, for a time, by clocks that drift.

Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", 1989,
section 5 on clocks; Burrows, "The Chubby Lock Service", 2006, section 2.4, and Kleppmann, "How to do distributed
locking", 2016, on sequencers, or fencing tokens. A server grants a lease for a term on its clock; the client counts
the term on its own, from the moment it asked, less an allowance for drift. What it writes may arrive much later, so
the storage takes no write with an older token than it has seen.

*Choices.* One lease, which the server grants again only when its own timer has ended. Messages take any time. True
time is counted in ticks, and each timer ends within ``drift`` ticks of what it says. Timers that end in one tick do
so in any order, so the allowance must be more than twice the drift. With ``pauses`` a client may notice late that its
timer has ended.

*Bounds.* ``leases`` bounds how often a lease is granted, ``requests`` how often a client asks; a write that is under
way is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Record, Spec, action, bound, invariant, reachable, require, terminal
from modelcheck.parts import Timers


@frozen
class Grant:
    """The server tells a client that it has the lease, and which request that answers."""

    client: int
    request: int
    token: int


@frozen
class Write:
    """A client writes, with the token of its lease."""

    client: int
    token: int


class Client(Record):
    """A client: how often it has asked, whether the server has still to answer, and the token of the lease that it believes to hold."""

    request: int = 0
    asked: bool = False
    token: int | None = None


class Lease(Spec):
    """The protocol, for a number of clients."""

    clients: int = 2
    term: int = 4
    drift: int = 1
    allowance: int = 3
    pauses: bool = False
    fencing: bool = True
    leases: int = 2
    requests: int = 2

    def init(self) -> None:
        """Nobody has the lease."""
        self.client = {c: Client() for c in self.everybody()}
        self.timers = Timers(names=("server", *self.everybody()), drift=self.drift)
        self.network: Network[Grant | Write] = Network(copies=1)
        self.token = 0
        self.stored = 0
        self.overtaken = False

    def everybody(self) -> Iterable[int]:
        """The clients."""
        return range(self.clients)

    def arriving(self) -> Iterable[Grant | Write]:
        """The messages in flight."""
        return self.network.deliverable()

    # The lease --------------------------------------------------------------------------------------------------------

    @action(everybody)
    def ask(self, c: int) -> None:
        """A client asks for the lease, and counts its term from now on."""
        client = self.client[c]
        require(not client.asked)
        require(client.token is None)
        bound(client.request < self.requests)
        client.request += 1
        client.asked = True
        self.count_from_request(c)

    def count_from_request(self, c: int) -> None:
        """The term begins on the client's clock no later than on the server's."""
        self.start_timer(c)

    def start_timer(self, c: int) -> None:
        """The client counts the term, less the allowance."""
        self.timers.start(c, max(self.term - self.allowance, 0), deadline=not self.pauses)

    @action(everybody)
    def grant(self, c: int) -> None:
        """The server grants the lease, if nobody else can have it by its own clock."""
        require(self.client[c].asked)
        require(self.is_free())
        bound(self.token < self.leases)
        self.client[c].asked = False
        self.token += 1
        self.timers.start("server", self.term)
        self.network.send(Grant(c, self.client[c].request, self.token))

    def is_free(self) -> bool:
        """The term of the last lease has passed on the server's clock."""
        return not self.timers.runs("server")

    @action(arriving)
    def receive(self, m: Grant | Write) -> None:
        """A client gets the lease, if its term has not passed already; or a write comes to the storage."""
        self.network.receive(m)
        match m:
            case Grant(c, request, token) if self.answers(c, request):
                self.count_from_grant(c)
                if self.timers.runs(c):
                    self.client[c].token = token
            case Write(_, token):
                self.store(token)

    def answers(self, c: int, request: int) -> bool:
        """A grant answers the latest request, whose time the client has counted from."""
        return request == self.client[c].request

    def count_from_grant(self, c: int) -> None:
        """The client's timer runs since it asked."""

    @action
    def end_term(self) -> None:
        """The term has passed on the server's clock, and it may grant the lease again."""
        self.timers.end("server")

    @action(everybody)
    def give_up(self, c: int) -> None:
        """The term has passed on the client's clock: it holds the lease no more."""
        self.timers.end(c)
        self.client[c].token = None

    # Writes -----------------------------------------------------------------------------------------------------------

    @action(everybody)
    def write(self, c: int) -> None:
        """Whoever holds the lease writes."""
        token = self.client[c].token
        require(token is not None)
        self.network.send(Write(c, token or 0))

    def store(self, token: int) -> None:
        """The storage takes a write; with fencing only if it has seen no newer token."""
        if token >= self.stored or not self.fencing:
            self.overtaken = token < self.stored
            self.stored = token

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, c: int) -> Iterable[int]:
        """The clients before one."""
        return range(c)

    @invariant(everybody, before)
    def one_holder(self, c: int, other: int) -> bool:
        """No two clients believe to hold the lease."""
        return self.client[c].token is None or self.client[other].token is None

    @invariant
    def no_stale_write(self) -> bool:
        """No write under an old lease takes effect after one under a newer lease."""
        return not self.overtaken

    @reachable(everybody)
    def holds(self, c: int) -> bool:
        """A client can hold the lease, and after another one."""
        return self.client[c].token == 2  # noqa: PLR2004

    @reachable
    def writes_late(self) -> bool:
        """A write can be under way when its lease has passed."""
        return any(isinstance(m, Write) and m.token < self.token for m in self.network.in_flight())

    @terminal
    def at_rest(self) -> bool:
        """Nobody holds the lease."""
        return all(client.token is None for client in self.client.values())
