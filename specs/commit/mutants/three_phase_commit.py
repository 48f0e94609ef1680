"""Three-phase commit where it breaks: under a partition, as the literature says, and with one bug each."""

from modelcheck import fails
from specs.commit.three_phase_commit import COORDINATOR, ThreePhaseCommit


@fails("consistent", steps=9)
class Partitioned(ThreePhaseCommit):
    """The protocol as it is, when the network splits: each side takes the other to be down, and decides by itself; caught by consistent."""

    crashes = 0
    partitions = 1


@fails("consistent", steps=9)
class CommitsUnprepared(ThreePhaseCommit):
    """The coordinator leaves out the second phase, which makes it two-phase commit with a backup that guesses: caught by consistent."""

    def has_moved_all(self, s: int) -> bool:
        """Wrong: the coordinator does not wait until all are prepared."""
        return s == COORDINATOR or super().has_moved_all(s)


@fails("consistent", steps=9)
class BackupDecidesAlone(ThreePhaseCommit):
    """A backup decides without moving the others to its state first, and the next backup decides otherwise: caught by consistent."""

    def has_moved_all(self, s: int) -> bool:
        """Wrong: only the coordinator takes that trouble."""
        return s != COORDINATOR or super().has_moved_all(s)


@fails("consistent", steps=11)
class WaitsForMajority(ThreePhaseCommit):
    """The coordinator commits when a majority is prepared: caught by consistent."""

    def has_moved_all(self, s: int) -> bool:
        """Wrong: those that are still waiting can be left alone."""
        return 2 * len(self.site[s].heard) > self.participants or super().has_moved_all(s)


@fails("deadlock", steps=2)
class NobodyTakesOver(ThreePhaseCommit):
    """Without backups, participants wait for a coordinator that has crashed, as in two-phase commit: caught by the check for deadlock."""

    def coordinates(self, s: int) -> bool:
        """Wrong: nobody but the coordinator."""
        return s == COORDINATOR and super().coordinates(s)
