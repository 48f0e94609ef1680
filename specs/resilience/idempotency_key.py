"""An idempotency key: a client that retries is charged once.

Leach, "Designing robust and predictable APIs with idempotency", Stripe, 2017; Helland, "Idempotence Is Not a Medical
Condition", 2012. The client gives its request a key of its own and sends it again, after a timeout, until it gets an
answer; the server keeps the answer under the key, in the same transaction that charges.

*Choices.* The network loses messages, repeats them and delays them. A timeout is a client that sends again, any time;
how long it backs off between two attempts changes nothing here. A server that crashes loses what is in memory. An
attempt that the client has given up may still be under way.

*Bounds.* ``attempts``, ``crashes``.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Crashes, Durable, Network, Process, Spec, action, invariant, reachable, require, terminal


@frozen
class Charge:
    """The client asks to be charged."""

    key: int


@frozen
class Receipt:
    """The server tells that the client is charged."""

    key: int


class Server(Process):
    """The server: how often it has charged, the answers that it keeps by key, and the request that it is working on."""

    charged: Durable[int] = 0
    answers: Durable[frozenset[int]] = frozenset()
    working: int | None = None


class IdempotencyKey(Spec):
    """A client that buys once, and a server."""

    attempts: int = 3
    losses: int = 1
    crashes: int = 1

    def init(self) -> None:
        """The client has not asked."""
        self.servers = {"server": self.booted()}
        self.faults = Crashes(processes=self.servers, crashes=self.crashes)
        self.network: Network[Charge | Receipt] = Network(losses=self.losses)
        self.left = self.attempts
        self.done = False

    def booted(self) -> Server:
        """A server that has charged nothing."""
        return Server()

    def arriving(self) -> Iterable[Charge | Receipt]:
        """The messages under way."""
        return self.network.deliverable()

    @action
    def ask(self) -> None:
        """The client sends its request, or sends it again."""
        require(not self.done)
        require(self.left > 0)
        self.left -= 1
        self.network.send(Charge(self.key()))

    def key(self) -> int:
        """The key of the purchase, whichever attempt this is."""
        return 0

    @action(arriving)
    def receive(self, m: Charge | Receipt) -> None:
        """A request comes to the server, or an answer to the client."""
        match m:
            case Charge(key):
                server = self.servers["server"]
                require(server.up)
                require(server.working is None)
                self.network.receive(m)
                if key in server.answers:
                    self.network.send(Receipt(key))
                else:
                    server.working = key
            case Receipt():
                self.network.receive(m)
                self.done = True

    @action
    def charge(self) -> None:
        """The server charges, and keeps the answer, in one transaction; then it answers."""
        server = self.servers["server"]
        require(server.up)
        require(server.working is not None)
        self.book(server, server.working or 0)
        self.network.send(Receipt(server.working or 0))
        server.working = None

    def book(self, server: Server, key: int) -> None:
        """Both are on disk, or neither."""
        server.charged += 1
        server.answers |= {key}

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def charged_once(self) -> bool:
        """However often the client asks, it is charged once at most."""
        return self.servers["server"].charged <= 1

    @invariant
    def receipt_is_true(self) -> bool:
        """Who has a receipt is charged."""
        return not self.done or self.servers["server"].charged == 1

    @reachable
    def answers_again(self) -> bool:
        """The client can get its receipt with a later attempt than the one that charged it."""
        return self.done and self.left == 0

    @terminal
    def nothing_under_way(self) -> bool:
        """The client has its receipt, or has given up."""
        return self.done or self.left == 0
