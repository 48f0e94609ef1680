"""Two writes without a transaction around them: what is lost, and what is made up."""

from modelcheck import fails
from specs.commit.transactional_outbox import Service, TransactionalOutbox


@fails("nothing_made_up", steps=2)
class SendsFirst(TransactionalOutbox):
    """The service sends the message, and the transaction fails: caught by nothing_made_up."""

    def store(self, service: Service, order: int) -> None:
        """Wrong: the message is out before it is known whether the order is stored."""
        self.broker.add(order)


@fails("deadlock", steps=4)
class StoresOnly(TransactionalOutbox):
    """The service stores the order, and crashes before it has sent the message: a deadlock, in which nobody ever hears of the order."""

    def store(self, service: Service, order: int) -> None:
        """Wrong: only memory knew of the message, and the crash has come."""
        service.orders |= {order}


@fails("deadlock", steps=5)
class MarksFirst(TransactionalOutbox):
    """The relay marks a message as sent before it sends it, and a crash comes between: a deadlock, in which nobody hears of the order."""

    def before_sent(self, service: Service, order: int) -> None:
        """Wrong: marked, and not yet sent."""
        service.outbox -= {order}


@fails("applied_once", steps=4)
class AppliesAgain(TransactionalOutbox):
    """The consumer applies every message that comes: caught by applied_once."""

    def is_new(self, order: int) -> bool:
        """Wrong: no table of names."""
        return self.applied[order] < 2  # noqa: PLR2004
