"""Producers that send again without care; ``once_and_in_order`` catches them all but one."""

from modelcheck import fails
from specs.messaging.idempotent_producer import IdempotentProducer


@fails("once_and_in_order", steps=3)
class NoNumbers(IdempotentProducer):
    """The broker appends whatever comes, as before KIP-98: caught by once_and_in_order."""

    def is_next(self, sequence: int, last: int) -> bool:
        """Wrong: numbers are not looked at."""
        return True


@fails("once_and_in_order", steps=3)
class AcceptsGaps(IdempotentProducer):
    """The broker appends whatever is newer than the last one, and what was overtaken is taken for a repetition: caught by once_and_in_order."""

    def is_next(self, sequence: int, last: int) -> bool:
        """Wrong: those between may be under way."""
        return sequence > last


@fails("once_and_in_order", steps=4)
class NewName(IdempotentProducer):
    """A producer that restarts has a new name, and nobody knows what it sent before: caught by once_and_in_order."""

    def name(self) -> int:
        """Wrong: a name for each attempt."""
        return sum(self.attempts_left.values())


@fails("answered_is_stored", steps=4)
class AnswersOutOfOrder(IdempotentProducer):
    """The broker drops what is out of order and answers all the same: caught by answered_is_stored."""

    def is_answered(self, sequence: int, last: int) -> bool:
        """Wrong: not all of it is in the log."""
        return True
