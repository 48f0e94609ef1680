"""Two-phase commit that does not implement transaction commit."""

from modelcheck import fails, require
from specs.commit.two_phase_commit import TM, Decision
from specs.refinement.transaction_commit import TwoPhaseCommitRefines


@fails("transaction", steps=2)
class CommitsWithoutAsking(TwoPhaseCommitRefines):
    """The transaction manager commits without hearing from anybody: caught by transaction."""

    def tm_commit(self) -> None:
        """Wrong: nobody is known to be prepared."""
        require(self.tm is TM.INIT)
        self.tm = TM.DONE
        self.messages.add(Decision.COMMIT)
