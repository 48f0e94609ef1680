"""Consumers without a transaction, each with what it can promise and what it cannot; and one that nobody fences."""

from modelcheck import fails
from specs.messaging.consumer_offsets import Consumer, ConsumerOffsets, Order


@fails("at_least_once", steps=2)
class CommitsFirst(ConsumerOffsets):
    """The offset is committed first, and a record whose consumer stops is never worked on: at most once, and at_least_once fails."""

    order = Order.OFFSET_FIRST


@fails("at_most_once", steps=3)
class CommitsLast(ConsumerOffsets):
    """The offset is committed last, and a record whose consumer stops is worked on again: at least once, and at_most_once fails."""

    order = Order.RESULT_FIRST


@fails("at_most_once", steps=3)
class Unfenced(ConsumerOffsets):
    """The transactions of a consumer that has lost the partition are let through: caught by at_most_once."""

    def is_member(self, consumer: Consumer) -> bool:
        """Wrong: any generation."""
        return True
