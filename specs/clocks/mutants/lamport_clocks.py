"""Lamport's clocks where they break, and what they never promised."""

from collections.abc import Iterable

from modelcheck import fails, invariant
from specs.clocks.lamport_clocks import Event, LamportClocks


@fails("decides_causality", steps=3)
class DecidesCausality(LamportClocks):
    """The converse of the Clock Condition, decides_causality, does not hold: times do not tell whether one event happened before another."""

    def _events(self) -> Iterable[Event]:
        return self.happened

    @invariant(_events, _events)
    def decides_causality(self, a: Event, b: Event) -> bool:
        """If C(a) < C(b) then a happened before b."""
        return a.time >= b.time or a.name in b.before


@fails("clock_condition", steps=2)
class IgnoresTimestamps(LamportClocks):
    """A clock is not advanced by what it receives, and a message arrives before it was sent: caught by clock_condition."""

    def time_of_receipt(self, mine: int, time: int) -> int:
        """Wrong: the time of sending is not looked at."""
        del time
        return mine + 1


@fails("clock_condition", steps=2)
class ArrivesAtOnce(LamportClocks):
    """A receipt has the time of its sending, if that is later: caught by clock_condition."""

    def time_of_receipt(self, mine: int, time: int) -> int:
        """Wrong: no tick."""
        return max(mine + 1, time)


@fails("clock_condition", steps=4)
class SetsClockBack(LamportClocks):
    """A clock is set to the time of the message, also if that is earlier: caught by clock_condition."""

    def time_of_receipt(self, mine: int, time: int) -> int:
        """Wrong: what happened here before is not looked at."""
        del mine
        return time + 1
