"""Viewstamped Replication as published, and with one bug each; ``committed_survives`` catches them all."""

from modelcheck import fails
from specs.consensus.viewstamped_replication import DoViewChange, Log, Replica, ViewstampedReplication


@fails("committed_survives", steps=17)
class Revisited(ViewstampedReplication):
    """The recovery as published, without a disk: two replicas crash one after the other, go back to a view that they had left, and commit there.

    What they told the primary of the next view before is used all the same: caught by committed_survives.
    """

    crashes = 2

    def may_recover(self, replica: Replica, view: int) -> bool:
        """Wrong: what it told the new primary is forgotten."""
        return True


@fails("committed_survives", steps=8)
class TakesShortestLog(ViewstampedReplication):
    """The new primary takes the shortest log that it is told, as if what not all have were not committed: caught by committed_survives."""

    crashes = 0

    def best(self, told: list[DoViewChange]) -> Log:
        """Wrong: not the largest viewstamp."""
        return min(told, key=lambda m: len(m.log)).log


@fails("committed_survives", steps=15)
class TakesLongestLog(ViewstampedReplication):
    """The new primary takes the longest log, from however old a view: caught by committed_survives."""

    crashes = 0
    views = 3
    operations = 2

    def best(self, told: list[DoViewChange]) -> Log:
        """Wrong: views are not compared."""
        return max(told, key=lambda m: len(m.log)).log


@fails("committed_survives", steps=12)
class ForgetsNonce(ViewstampedReplication):
    """A replica that recovers comes back empty instead of asking the others: caught by committed_survives."""

    def become_normal(self, replica: Replica, view: int, log: Log) -> None:
        """Wrong: it starts with nothing."""
        super().become_normal(replica, view, log if replica.nonce == 0 else ())
