"""A sloppy quorum where it breaks, and what it never promised."""

from modelcheck import fails, invariant
from specs.replication.sloppy_quorum import SloppyQuorum


@fails("reads_are_fresh", steps=3)
class ReadsAreFresh(SloppyQuorum):
    """What a strict quorum would promise, reads_are_fresh, does not hold: the quorums of a write and a read need not meet."""

    @invariant
    def reads_are_fresh(self) -> bool:
        """A read sees what was answered before."""
        return not self.stale


@fails("nothing_is_lost", steps=3)
class HandsOverToNobody(SloppyQuorum):
    """A node deletes its hint when it has sent it, also if the other one is down: caught by nothing_is_lost."""

    w = 1

    def is_ready(self, absent: int) -> bool:
        """Wrong: up or not."""
        return True


@fails("nothing_is_lost", steps=2)
class NoHints(SloppyQuorum):
    """A node that stands in acknowledges and keeps nothing: caught by nothing_is_lost."""

    w = 1

    def keep_hint(self, i: int, absent: int) -> None:
        """Wrong: it has no store for others."""


@fails("nothing_is_lost", steps=5)
class TakesOldHint(SloppyQuorum):
    """A write that is handed over replaces a newer one, which nobody else has: caught by nothing_is_lost."""

    w = 1

    def take(self, i: int, version: int) -> None:
        """Wrong: versions are not compared."""
        self.node[i].version = version
