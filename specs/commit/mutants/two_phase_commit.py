"""Two-phase commit with one bug each; the invariant ``consistent`` catches them all."""

from modelcheck import fails, require
from specs.commit.two_phase_commit import RM, TM, Decision, Manager, Prepared, TwoPhaseCommit


@fails("consistent", steps=5)
class CommitsEarly(TwoPhaseCommit):
    """The transaction manager commits when some resource manager is prepared, not when all are: caught by consistent."""

    rms = 2

    def tm_commit(self) -> None:
        """Wrong: any for all."""
        require(self.tm is TM.INIT)
        require(any(r in self.prepared for r in self.managers()))
        self.tm = TM.DONE
        self.messages.add(Decision.COMMIT)


@fails("consistent", steps=8)
class ChangesItsMind(TwoPhaseCommit):
    """The transaction manager aborts after it has committed: caught by consistent."""

    rms = 2

    def tm_abort(self) -> None:
        """Wrong: does not look whether it has decided."""
        self.tm = TM.DONE
        self.messages.add(Decision.ABORT)


@fails("consistent", steps=7)
class BreaksItsPromise(TwoPhaseCommit):
    """A resource manager aborts on its own although it is prepared: caught by consistent."""

    rms = 2

    def rm_choose_to_abort(self, r: Manager) -> None:
        """Wrong: allowed when prepared."""
        require(self.rm[r] in (RM.WORKING, RM.PREPARED))
        self.rm[r] = RM.ABORTED


@fails("consistent", steps=6)
class CountsAnyMessage(TwoPhaseCommit):
    """The transaction manager takes one resource manager's message for another's: caught by consistent."""

    rms = 2

    def tm_receive_prepared(self, r: Manager) -> None:
        """Wrong: does not look at who sent the message."""
        require(self.tm is TM.INIT)
        require(any(Prepared(sender) in self.messages for sender in self.managers()))
        self.prepared.add(r)


@fails("consistent", steps=3)
class DoesNotWait(TwoPhaseCommit):
    """A resource manager commits as soon as it is prepared, without the decision: caught by consistent."""

    rms = 2

    def rm_receive_commit(self, r: Manager) -> None:
        """Wrong: does not look for the decision."""
        require(self.rm[r] is RM.PREPARED)
        self.rm[r] = RM.COMMITTED
