"""Commit wait where it breaks; ``external_consistency`` catches most of it."""

from modelcheck import fails
from specs.clocks.commit_wait import CommitWait, Interval


@fails("committed_is_past", steps=2)
class DoesNotWait(CommitWait):
    """A transaction is told to be committed at once, with a timestamp that lies ahead: caught by committed_is_past."""

    def is_after(self, interval: Interval, timestamp: int) -> bool:
        """Wrong: nothing is waited for."""
        return True


@fails("external_consistency", steps=3)
class PicksTheMiddle(CommitWait):
    """The timestamp is what the clock says, and may lie before one that was committed already: caught by external_consistency."""

    def pick(self, interval: Interval) -> int:
        """Wrong: the true time may be later."""
        return (interval.earliest + interval.latest) // 2


@fails("committed_is_past", steps=2)
class WaitsByItsClock(CommitWait):
    """The wait ends when the latest end has passed the timestamp, which the true time may not: caught by committed_is_past."""

    def is_after(self, interval: Interval, timestamp: int) -> bool:
        """Wrong: the other end of the interval."""
        return interval.latest > timestamp


@fails("committed_is_past", steps=2)
class BoundIsWrong(CommitWait):
    """The clocks are off by more than TrueTime admits: caught by committed_is_past."""

    error = 2
