"""Consumers and their offsets: at most once, at least once, exactly once.

The documentation of Apache Kafka, section "Message Delivery Semantics", and Kafka Improvement Proposals 98 ("Exactly
Once Delivery and Transactional Messaging") and 447 ("Producer scalability for exactly once semantics"), for the
fencing of consumers by their generation. A consumer reads records, puts a result for each into an output, and commits
the offset up to which it has come; another one goes on from there. With a transaction around result and offset each
record has one result. Without, it depends on which comes first.

*Choices.* One partition, two consumers, of which the group coordinator gives it to one at a time; the other one may
not know yet. The output and the offsets are never lost. A consumer that crashes is one that the coordinator takes the
partition away from.

*Bounds.* ``records``, ``rebalances``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal

CONSUMERS = (0, 1)


class Order(Enum):
    """What a consumer does with the offset and the result of a record."""

    OFFSET_FIRST = "offset first"
    RESULT_FIRST = "result first"
    TOGETHER = "together"


class Consumer(Record):
    """A consumer: the generation of its assignment, the record that it is at, and whether half of the work on that is done."""

    generation: int = 0
    position: int | None = None
    half_done: bool = False


class ConsumerOffsets(Spec):
    """A group of two consumers on a partition."""

    records: int = 2
    rebalances: int = 2
    order: Order = Order.TOGETHER

    def init(self) -> None:
        """Consumer 0 has the partition."""
        self.consumer = {c: Consumer() for c in CONSUMERS}
        self.generation = 1
        self.committed = 0
        self.results = dict.fromkeys(self.offsets(), 0)
        self.left = self.rebalances
        self.assign(0)

    def consumers(self) -> Iterable[int]:
        """Both consumers."""
        return CONSUMERS

    def offsets(self) -> Iterable[int]:
        """The offsets of the records."""
        return range(self.records)

    def assign(self, c: int) -> None:
        """A consumer begins where the group has come to."""
        consumer = self.consumer[c]
        consumer.generation = self.generation
        consumer.position = self.committed
        consumer.half_done = False

    @action(consumers)
    def rebalance(self, c: int) -> None:
        """The coordinator gives the partition to a consumer; the other one notices later."""
        require(self.left > 0)
        self.left -= 1
        self.generation += 1
        self.assign(c)

    @action(consumers)
    def work(self, c: int) -> None:
        """A consumer takes the next step on its record: result and offset, together or one after the other."""
        consumer = self.consumer[c]
        require(consumer.position is not None and consumer.position < self.records)
        record = consumer.position or 0
        first_half = not consumer.half_done
        if self.order is Order.TOGETHER or first_half == (self.order is Order.RESULT_FIRST):
            if self.order is Order.TOGETHER:
                require(self.is_member(consumer))
            self.results[record] += 1
        if self.order is Order.TOGETHER or first_half == (self.order is Order.OFFSET_FIRST):
            require(self.is_member(consumer))
            self.committed = record + 1
        consumer.half_done = first_half and self.order is not Order.TOGETHER
        if not consumer.half_done:
            consumer.position = record + 1

    def is_member(self, consumer: Consumer) -> bool:
        """A commit of an earlier generation is refused."""
        return consumer.generation == self.generation

    @action(consumers)
    def leave(self, c: int) -> None:
        """A consumer notices that it has lost the partition, or crashes."""
        consumer = self.consumer[c]
        require(consumer.position is not None)
        require(consumer.generation < self.generation)
        consumer.position = None
        consumer.half_done = False

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(offsets)
    def at_most_once(self, record: int) -> bool:
        """No record has two results."""
        return self.results[record] <= 1

    @invariant(offsets)
    def at_least_once(self, record: int) -> bool:
        """What the group has passed has a result, or somebody will still give it one."""
        working = any(c.half_done and c.position == record for c in self.consumer.values())
        return record >= self.committed or self.results[record] > 0 or working

    @reachable
    def is_taken_over(self) -> bool:
        """A consumer can go on where another one has stopped."""
        return self.results[0] == self.results[1] == 1 and self.generation > 1 and self.consumer[0].position == 1

    @terminal
    def all_is_read(self) -> bool:
        """The group has passed all records."""
        return self.committed == self.records
