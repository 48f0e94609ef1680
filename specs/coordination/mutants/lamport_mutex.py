"""Lamport's mutual exclusion with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.coordination.lamport_mutex import LamportMutex


@fails("mutual_exclusion", steps=4)
class EntersWithoutAnswers(LamportMutex):
    """A process enters when no earlier request has arrived, without waiting for answers: caught by mutual_exclusion."""

    def has_answers(self, p: int) -> bool:
        """Wrong: that it has made a request is enough."""
        return self.requests[p][p] > 0


@fails("mutual_exclusion", steps=12)
class ClockStandsStill(LamportMutex):
    """A clock is not advanced by what it receives, so a later request is ordered before an earlier one: caught by mutual_exclusion."""

    def advance(self, p: int, time: int) -> None:
        """Wrong: the timestamp of the message is not looked at."""
        del p, time


@fails("mutual_exclusion", steps=12)
class IgnoresTies(LamportMutex):
    """Two requests of one time are each before the other: caught by mutual_exclusion."""

    def is_before(self, p: int, q: int) -> bool:
        """Wrong: names do not break ties."""
        return not self.requests[p][q] or self.requests[p][p] <= self.requests[p][q]


@fails("mutual_exclusion", steps=8)
class OneAnswerIsEnough(LamportMutex):
    """A process enters when a majority has answered: caught by mutual_exclusion."""

    def has_answers(self, p: int) -> bool:
        """Wrong: the one that has not answered may be inside."""
        return len(self.answered[p]) > self.processes // 2
