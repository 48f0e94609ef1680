"""Leases where they break: without what clocks and networks make necessary."""

from modelcheck import fails
from specs.coordination.lease import Lease


@fails("one_holder", steps=10)
class IgnoresDrift(Lease):
    """The client makes no allowance for its slow clock and the fast one of the server: caught by one_holder."""

    allowance = 1


@fails("one_holder", steps=10)
class CountsFromGrant(Lease):
    """The client counts its term from the moment it hears of the lease, which may be late: caught by one_holder."""

    def count_from_grant(self, c: int) -> None:
        """Wrong: the server's clock has been running since it granted the lease."""
        self.start_timer(c)


@fails("no_stale_write", steps=14)
class Unfenced(Lease):
    """The storage takes every write, and one that was under way for long undoes a newer one: caught by no_stale_write.

    Clocks are perfect here, and clients are never paused: only a message is late.
    """

    term = 2
    drift = 0
    allowance = 1
    fencing = False


@fails("one_holder", steps=10)
class Paused(Lease):
    """A client that is paused believes to hold the lease when it wakes up, whatever it allows for drift: caught by one_holder.

    Its writes do no harm: no_stale_write holds, since the storage looks at tokens.
    """

    pauses = True


@fails("one_holder", steps=6)
class GrantsAnyTime(Lease):
    """The server grants the lease again without waiting for its own timer: caught by one_holder."""

    def is_free(self) -> bool:
        """Wrong: somebody may hold it."""
        return True


@fails("one_holder", steps=11)
class TakesOldGrant(Lease):
    """A client that has asked again takes a late answer to its first request, and counts from its second: caught by one_holder."""

    def answers(self, c: int, request: int) -> bool:
        """Wrong: requests are not told apart."""
        return True
