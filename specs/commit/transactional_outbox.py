"""A transactional outbox: what is stored is told, and what is told is stored.

Richardson, "Microservices Patterns", 2018, section 3.3; Helland, "Life Beyond Distributed Transactions", 2007. A
service that stores an order and tells others of it cannot do both in one transaction, but it can write the message
into a table of its own database in the transaction that stores the order. A relay reads the table, sends what it
finds, and marks it as sent: at least once. The consumer keeps the names of the messages that it has applied in the
transaction that applies them.

*Choices.* Both processes keep everything in their databases; a crash loses what a relay was about to do. The broker
delivers what it has any number of times.

*Bounds.* ``orders`` and ``crashes``.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Crashes, Durable, Process, Spec, action, invariant, reachable, require, terminal


class Service(Process):
    """The service: its tables, and the message that its relay is sending."""

    orders: Durable[frozenset[int]] = frozenset()
    outbox: Durable[frozenset[int]] = frozenset()
    sending: int | None = None


class TransactionalOutbox(Spec):
    """A service that stores orders, and a consumer that hears of them."""

    orders: int = 2
    crashes: int = 1

    def init(self) -> None:
        """There are no orders."""
        self.services = {"service": Service()}
        self.faults = Crashes(processes=self.services, crashes=self.crashes)
        self.asked = 0
        self.broker: set[int] = set()
        self.applied: dict[int, int] = dict.fromkeys(self.all_orders(), 0)
        self.seen: set[int] = set()

    def all_orders(self) -> Iterable[int]:
        """The orders."""
        return range(self.orders)

    def running(self) -> Service:
        """The service, while it is up."""
        require(self.services["service"].up)
        return self.services["service"]

    @action
    def place(self) -> None:
        """An order is stored, with its message in the outbox, in one transaction."""
        service = self.running()
        require(self.asked < self.orders)
        self.store(service, self.asked)
        self.asked += 1

    def store(self, service: Service, order: int) -> None:
        """Both tables, or neither."""
        service.orders |= {order}
        service.outbox |= {order}

    @action
    def reject(self) -> None:
        """The transaction fails: no order, and no message."""
        self.running()
        require(self.asked < self.orders)
        self.asked += 1

    @action(all_orders)
    def send(self, order: int) -> None:
        """The relay finds a message in the outbox, and sends it."""
        service = self.running()
        require(order in service.outbox)
        require(service.sending is None)
        service.sending = order
        self.before_sent(service, order)

    def before_sent(self, service: Service, order: int) -> None:
        """The broker has it before it is marked."""
        self.broker.add(order)

    @action
    def mark(self) -> None:
        """The broker has confirmed: the relay marks the message as sent."""
        service = self.running()
        require(service.sending is not None)
        order = service.sending or 0
        service.outbox -= {order}
        self.after_marked(order)
        service.sending = None

    def after_marked(self, order: int) -> None:
        """Nothing is left to do."""

    @action(all_orders)
    def consume(self, order: int) -> None:
        """The consumer applies a message, unless it has applied it before."""
        require(order in self.broker)
        require(self.is_new(order))
        self.seen.add(order)
        self.applied[order] += 1

    def is_new(self, order: int) -> bool:
        """Its name is not in the table of those that were applied."""
        return order not in self.seen

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(all_orders)
    def nothing_made_up(self, order: int) -> bool:
        """What is applied was stored."""
        return self.applied[order] == 0 or order in self.services["service"].orders

    @invariant(all_orders)
    def applied_once(self, order: int) -> bool:
        """No order is applied twice."""
        return self.applied[order] <= 1

    @reachable
    def sends_again(self) -> bool:
        """A message can be sent once more after a crash."""
        service = self.services["service"]
        return service.sending in self.seen and self.faults.crashes != self.crashes

    @terminal
    def all_is_told(self) -> bool:
        """Where nothing can happen any more, every order that was stored is applied."""
        return all(self.applied[order] for order in self.services["service"].orders)
