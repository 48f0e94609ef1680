"""Chain replication: updates enter at the head and are answered by the tail, which answers the queries too.

van Renesse and Schneider, "Chain Replication for Supporting High Throughput and Availability", 2004, sections 3 and
4. Each server keeps the history of its updates, and in ``sent`` those that it has passed on and that the tail may not
have. Figure 1's object is the specification: the clients' register is linearizable. The two invariants are the
paper's.

*Choices.* Servers are fail-stop, and a master that never errs (section 3.2) tells the others. Repair for a middle
server (figure 3) is one step: messages 1 to 4 are exchanged while the master holds the configuration. The links are
FIFO and lose nothing, but for those of a server that has failed. Adding a server is left out.

*Bounds.* ``writes``, ``reads`` and ``failures`` are budgets; one server always remains.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from modelcheck import History, Record, Spec, action, invariant, reachable, require, terminal
from modelcheck.consistency.objects import Register

Updates = tuple[int, ...]


class Server(Record):
    """A server; ``inbox`` is the link from its predecessor, ``acks`` the one from its successor."""

    history: Updates = ()
    sent: Updates = ()
    inbox: deque[int] = deque()
    acks: deque[int] = deque()


class ChainReplication(Spec):
    """The protocol, for a number of servers."""

    servers: int = 3
    writes: int = 2
    reads: int = 2
    failures: int = 2

    def init(self) -> None:
        """Nothing is written; the chain is in the order of the names."""
        self.server = {s: Server() for s in self.everybody()}
        self.chain: tuple[int, ...] = tuple(self.everybody())
        self.written = 0
        self.to_read = self.reads
        self.client = History.of(Register())

    def everybody(self) -> Iterable[int]:
        """All servers, those included that have failed."""
        return range(self.servers)

    def before(self, s: int) -> int | None:
        """The predecessor in the chain, as the master has it."""
        place = self.chain.index(s)
        return self.chain[place - 1] if place else None

    def after(self, s: int) -> int | None:
        """The successor."""
        place = self.chain.index(s)
        return self.chain[place + 1] if place + 1 < len(self.chain) else None

    # Updates and queries (section 3.1) ----------------------------------------------------------------------------------

    @action
    def update(self) -> None:
        """A client's update is processed by the head."""
        require(self.written < self.writes)
        self.written += 1
        self.client.invoke(("writer", self.written), "write", self.written)
        self.process(self.chain[0], self.written)

    def process(self, s: int, value: int) -> None:
        """A server applies an update and passes it on; the tail answers the client and acknowledges it instead."""
        server = self.server[s]
        server.history = (*server.history, value)
        successor = self.after(s)
        if successor is None:
            self.reply(value)
            self.acknowledge(s, value)
        else:
            server.sent = (*server.sent, value)
            self.server[successor].inbox.append(value)

    def reply(self, value: int) -> None:
        """The client learns that its update is done; it may have been told before."""
        if ("writer", value) in self.client.pending:
            self.client.complete(("writer", value))

    def acknowledge(self, s: int, value: int) -> None:
        """Ack(r) goes back along the chain."""
        predecessor = self.before(s)
        if predecessor is not None:
            self.server[predecessor].acks.append(value)

    @action(everybody)
    def forward(self, s: int) -> None:
        """A server processes the next update that its predecessor passed on."""
        require(s in self.chain)
        require(self.server[s].inbox)
        self.process(s, self.server[s].inbox.popleft())

    @action(everybody)
    def receive_ack(self, s: int) -> None:
        """A server that gets ack(r) deletes r from Sent, and passes the ack on."""
        require(s in self.chain)
        server = self.server[s]
        require(server.acks)
        value = server.acks.popleft()
        server.sent = tuple(other for other in server.sent if other != value)
        self.acknowledge(s, value)

    def answering(self) -> Iterable[int]:
        """Who answers queries: the tail."""
        return self.chain[-1:]

    @action(answering)
    def query(self, s: int) -> None:
        """A query is answered by the tail from its copy."""
        require(self.to_read > 0)
        self.to_read -= 1
        history = self.server[s].history
        self.client.invoke("reader", "read")
        self.client.complete("reader", history[-1] if history else None)

    # Failures (section 3.3) ---------------------------------------------------------------------------------------------

    @action(everybody)
    def fail(self, s: int) -> None:
        """A server fails, and the master takes it out of the chain."""
        require(s in self.chain)
        require(len(self.chain) > max(1, self.servers - self.failures))
        predecessor, successor = self.before(s), self.after(s)
        self.chain = tuple(other for other in self.chain if other != s)
        self.server[s] = Server()
        if predecessor is None and successor is not None:
            self.server[successor].inbox.clear()
        elif predecessor is not None and successor is None:
            self.become_tail(predecessor)
        elif predecessor is not None and successor is not None:
            self.join(predecessor, successor)

    def become_tail(self, s: int) -> None:
        """The tail has failed: what its predecessor has sent is now done, since it is the tail that has it."""
        server = self.server[s]
        server.acks.clear()
        for value in server.sent:
            self.reply(value)
            self.acknowledge(s, value)
        server.sent = ()

    def join(self, predecessor: int, successor: int) -> None:
        """A middle server has failed: its predecessor passes on what it has sent and the successor has not got."""
        before, after = self.server[predecessor], self.server[successor]
        before.acks.clear()
        after.inbox.clear()
        for value in self.to_send_again(before, after):
            after.inbox.append(value)
        done = tuple(value for value in before.sent if value in after.history and value not in after.sent)
        for value in done:
            before.acks.append(value)

    def to_send_again(self, before: Server, after: Server) -> Updates:
        """What is in Sent of the one, and not in the history of the other."""
        return tuple(value for value in before.sent if value not in after.history)

    # Properties -------------------------------------------------------------------------------------------------------

    def links(self) -> Iterable[int]:
        """The places in the chain that have a successor."""
        return range(self.servers - 1)

    @invariant(links)
    def update_propagation(self, place: int) -> bool:
        """The Update Propagation Invariant: the history of a server is a prefix of its predecessor's."""
        if place + 1 >= len(self.chain):
            return True
        before, after = self.server[self.chain[place]], self.server[self.chain[place + 1]]
        return before.history[: len(after.history)] == after.history

    @invariant(links)
    def in_process_requests(self, place: int) -> bool:
        """The Inprocess Requests Invariant: what a server has more than its successor, it has in Sent."""
        if place + 1 >= len(self.chain):
            return True
        before, after = self.server[self.chain[place]], self.server[self.chain[place + 1]]
        return set(before.history) - set(after.history) <= set(before.sent)

    @reachable
    def only_one_is_left(self) -> bool:
        """All failures can happen, and everything that was written still be there."""
        return (
            len(self.chain) == max(1, self.servers - self.failures)
            and len(self.server[self.chain[-1]].history) == self.writes
        )

    @terminal
    def all_is_done(self) -> bool:
        """Nothing is left to write or to read, and no message under way."""
        return True
