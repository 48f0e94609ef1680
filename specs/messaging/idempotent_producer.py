"""An idempotent producer: what is sent again is in the log once, and in order.

Kafka Improvement Proposal 98 ("Exactly Once Delivery and Transactional Messaging"), the section on idempotent
producers. A producer has a name, and numbers its records; the broker appends a record only if its number is the next
one of that producer, and answers one that it has already without appending it. What has a higher number is refused
until the ones before it are there.

*Choices.* One partition. The network loses, repeats and reorders requests and answers. The producer has any number of
requests in flight. A broker that crashes finds the numbers in its log.

*Bounds.* ``records``, ``attempts`` for each.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, invariant, reachable, require, terminal


@frozen
class Produce:
    """The producer sends a record, with its name and number."""

    producer: int
    sequence: int


@frozen
class Produced:
    """The broker has it."""

    sequence: int


class IdempotentProducer(Spec):
    """A producer and a broker."""

    records: int = 2
    attempts: int = 2
    losses: int = 1

    def init(self) -> None:
        """Nothing is sent."""
        self.producer = 1
        self.attempts_left = dict.fromkeys(self.sequences(), self.attempts)
        self.answered: set[int] = set()
        self.log: list[Produce] = []
        self.network: Network[Produce | Produced] = Network(losses=self.losses)

    def sequences(self) -> Iterable[int]:
        """The numbers of the records."""
        return range(self.records)

    def arriving(self) -> Iterable[Produce | Produced]:
        """The messages under way."""
        return self.network.deliverable()

    @action(sequences)
    def send(self, n: int) -> None:
        """The producer sends a record that was not answered, those before it having been sent."""
        require(n not in self.answered)
        require(self.attempts_left[n] > 0)
        require(all(self.attempts_left[m] < self.attempts for m in range(n)))
        self.attempts_left[n] -= 1
        self.network.send(Produce(self.name(), n))

    def name(self) -> int:
        """The producer keeps its name."""
        return self.producer

    @action(arriving)
    def receive(self, m: Produce | Produced) -> None:
        """A record comes to the broker, or an answer to the producer."""
        self.network.receive(m)
        match m:
            case Produce(_, sequence):
                last = max([entry.sequence for entry in self.log if entry.producer == m.producer], default=-1)
                if self.is_next(sequence, last):
                    self.log.append(m)
                if self.is_answered(sequence, last):
                    self.network.send(Produced(sequence))
            case Produced(sequence):
                self.answered.add(sequence)

    def is_next(self, sequence: int, last: int) -> bool:
        """One more than the last one of this producer."""
        return sequence == last + 1

    def is_answered(self, sequence: int, last: int) -> bool:
        """It is in the log: by now, or since before. Of one that is out of order the producer hears an error."""
        return sequence <= last + 1

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def once_and_in_order(self) -> bool:
        """The log has each record once, in the order of sending."""
        return [entry.sequence for entry in self.log] == list(range(len(self.log)))

    @invariant
    def answered_is_stored(self) -> bool:
        """What was answered is in the log."""
        return all(any(entry.sequence == n for entry in self.log) for n in self.answered)

    @reachable
    def second_attempt_counts(self) -> bool:
        """Both can be in the log when each was sent twice."""
        return len(self.log) == self.records and not any(self.attempts_left.values())

    @terminal
    def attempts_are_over(self) -> bool:
        """The producer gives up, or is done."""
        return True
