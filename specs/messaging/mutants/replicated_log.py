"""Kafka's replicated log as it was, version by version, each with the loss that the next one mends; and mistakes."""

from modelcheck import fails
from specs.messaging.replicated_log import Broker, Log, ReplicatedLog


@fails("committed_is_kept", steps=7)
class TruncatesToHighWatermark(ReplicatedLog):
    """Before KIP-101: a follower that comes back truncates to its high watermark, which is one fetch behind: caught by committed_is_kept."""

    records = 1
    epochs = 2

    def truncated(self, follower: Broker, leader: Broker) -> Log:
        """Wrong: what was committed may lie above."""
        return follower.log[: follower.hw]


@fails("consumers_agree", steps=9)
class AsksForItsEpoch(ReplicatedLog):
    """KIP-101: a follower asks where its latest epoch ends; a leader without it tells where the next begins: caught by consumers_agree."""

    crashes = 0

    def truncated(self, follower: Broker, leader: Broker) -> Log:
        """Wrong: before that offset the leader may have an older epoch than the follower."""
        if not follower.log:
            return ()
        _, end = self.end_of_epoch(leader.log, follower.log[-1].epoch)
        return follower.log[:end]


@fails("consumers_agree", steps=11)
class Unfenced(ReplicatedLog):
    """KIP-279 without KIP-320: a leader of an old epoch answers followers of a new one: caught by consumers_agree."""

    brokers = 3
    records = 2
    crashes = 0

    def is_current(self, epoch: int, leader: Broker) -> bool:
        """Wrong: epochs are not compared."""
        return True


@fails("committed_is_kept", steps=7)
class BouncesWithoutTail(ReplicatedLog):
    """A broker that lost the end of its log in a crash is back before it is missed, and still counts as in sync: caught by committed_is_kept.

    KIP-380 gives each start of a broker an epoch of its own, by which it can be told from the one that was in sync.
    """

    def crash(self, b: int) -> None:
        """Wrong: the last record was not on disk."""
        super().crash(b)
        self.broker[b].log = self.broker[b].log[:-1]
        self.broker[b].hw = min(self.broker[b].hw, len(self.broker[b].log))


@fails("committed_is_kept", steps=5)
class ExpandsEarly(ReplicatedLog):
    """A leader takes a replica in that has not come up to its high watermark: caught by committed_is_kept."""

    def is_in_sync(self, leader: Broker, c: int) -> bool:
        """Wrong: any replica."""
        return True


@fails("committed_is_kept", steps=3)
class CountsItselfOnly(ReplicatedLog):
    """A leader commits what it has itself, as with ``acks=1``: caught by committed_is_kept."""

    crashes = 0

    def advance(self, b: int) -> None:
        """Wrong: the in-sync replicas are not waited for."""
        leader = self.broker[b]
        leader.isr, isr = frozenset({b}), leader.isr
        super().advance(b)
        leader.isr = isr
