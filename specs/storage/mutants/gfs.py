"""Record append with one bug each, and what it never promised."""

from modelcheck import fails, invariant
from specs.storage.gfs import Gfs


@fails("exactly_once", steps=2)
class ExactlyOnce(Gfs):
    """What record append does not promise, exactly_once: an append that failed at one replica leaves the record at others."""

    @invariant
    def exactly_once(self) -> bool:
        """No replica has a record twice."""
        return all(
            replica.chunk.count(record) <= 1 for replica in self.replica.values() for record in self.all_records()
        )


@fails("at_least_once", steps=1)
class AnswersEarly(Gfs):
    """The client is told of success when the primary has the record: caught by at_least_once."""

    def succeeds(self, failing: int | None) -> bool:
        """Wrong: a secondary may have failed."""
        return True


@fails("at_least_once", steps=2)
class SecondariesChoose(Gfs):
    """Each replica appends at the end of its own chunk: caught by at_least_once."""

    def place(self, r: int, offset: int) -> int:
        """Wrong: after a failure the ends differ."""
        return len(self.replica[r].chunk)


@fails("one_primary", steps=1)
class TwoPrimaries(Gfs):
    """The master gives the lease away while the old one runs: caught by one_primary."""

    def runs_out(self, r: int) -> bool:
        """Wrong: the old primary goes on."""
        return False
