"""Two-phase commit in which somebody waits for ever."""

from modelcheck import fails, require
from specs.commit.two_phase_commit import Manager
from specs.commit.two_phase_commit_progress import TwoPhaseCommitProgress


@fails("all_decide", steps=0)
@fails("nobody_stays_prepared", steps=2)
class NeverGivesUp(TwoPhaseCommitProgress):
    """The transaction manager waits for ever for resource managers that do not prepare: caught by all_decide and nobody_stays_prepared."""

    def tm_abort(self) -> None:
        """Wrong: the decision to abort is never made."""
        require(self.rms == 0)
        super().tm_abort()


@fails("all_decide", steps=2)
@fails("nobody_stays_prepared", steps=3)
class TellsOnlyTheFirst(TwoPhaseCommitProgress):
    """Only the first resource manager hears of an abort: caught by all_decide and nobody_stays_prepared."""

    def rm_receive_abort(self, r: Manager) -> None:
        """Wrong: the others are not listened to."""
        require(r is Manager.several(1)[0])
        super().rm_receive_abort(r)
