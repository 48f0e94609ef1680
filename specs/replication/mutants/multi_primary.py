"""Several primaries without care: what is lost, and what never goes away."""

from modelcheck import fails
from specs.replication.multi_primary import MultiPrimary, Version


@fails("no_lost_update", steps=2)
class LastWriterWins(MultiPrimary):
    """The write with the largest stamp is kept, and one that was made at the same time is gone: caught by no_lost_update."""

    def joined(self, mine: frozenset[Version], theirs: frozenset[Version]) -> frozenset[Version]:
        """Wrong: one of all."""
        together = mine | theirs
        return frozenset({max(together, key=lambda v: v.write)}) if together else together


@fails("no_lost_update", steps=2)
class PlainVectors(MultiPrimary):
    """The dot is merged into the vector, and of two clients that have read nothing the second replaces the first: caught by no_lost_update."""

    def covers(self, later: Version, v: Version) -> bool:
        """Wrong: whatever the primary has taken before counts as read."""
        return (later.primary == v.primary and later.count > v.count) or super().covers(later, v)


@fails("no_false_conflict", steps=2)
class KeepsEverything(MultiPrimary):
    """What was overwritten is kept beside what overwrote it: caught by no_false_conflict."""

    def covers(self, later: Version, v: Version) -> bool:
        """Wrong: contexts are not looked at."""
        return False
