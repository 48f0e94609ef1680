"""Zab with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.consensus.zab import Peer, Zab


@fails("total_order", steps=13)
@fails("primary_integrity", steps=13)
class SkipsDiscovery(Zab):
    """A new leader starts with its own history, and does not take over the latest of its quorum: caught by total_order and primary_integrity."""

    def is_later(self, follower: Peer, leader: Peer) -> bool:
        """Wrong: what followers tell is not looked at."""
        return False


@fails("total_order", steps=19)
@fails("primary_integrity", steps=19)
class TakesLongest(Zab):
    """A new leader takes the longest history, of whatever epoch, over one that is later: caught by total_order and primary_integrity."""

    epochs = 3

    def is_later(self, follower: Peer, leader: Peer) -> bool:
        """Wrong: epochs are not compared."""
        return len(follower.history) > len(leader.history)


@fails("total_order", steps=13)
@fails("primary_integrity", steps=13)
class ObeysOldLeader(Zab):
    """A follower that has accepted a later epoch takes transactions of an earlier leader: caught by total_order and primary_integrity."""

    def is_still_in(self, follower: Peer, epoch: int) -> bool:
        """Wrong: it has promised not to."""
        return True


@fails("primary_integrity", steps=13)
class SmallQuorum(Zab):
    """Two of four are a quorum: caught by primary_integrity."""

    peers = 4

    def is_quorum(self, some: frozenset[int]) -> bool:
        """Wrong: half, of which two need not meet."""
        return 2 * len(some) >= self.peers
