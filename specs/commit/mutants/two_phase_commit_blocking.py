"""Two-phase commit with a coordinator that crashes and recovers, with one bug each."""

from modelcheck import fails
from specs.commit.two_phase_commit_blocking import Coordinator, Inquiry, Participant, Recovering, Status


class ForgetfulCoordinator(Coordinator):
    """A coordinator that does not write its decision to its log."""

    commit: bool | None = None


@fails("consistent", steps=11)
class DecidesTwice(Recovering):
    """The decision is lost in a crash, and the coordinator aborts what it told a participant to commit: caught by consistent."""

    def coordinator_at_start(self) -> Coordinator:
        """Wrong: the decision is volatile."""
        return ForgetfulCoordinator()


@fails("consistent", steps=7)
class AbortsWhenAsked(Recovering):
    """A participant aborts when it has waited for long, although it has voted yes: caught by consistent."""

    def inquire(self, p: Participant) -> None:
        """Wrong: does not wait for the answer."""
        super().inquire(p)
        self.status[p] = Status.ABORTED


@fails("consistent", steps=9)
class AnswersUndecided(Recovering):
    """An undecided coordinator tells who asks to abort, and commits afterwards: caught by consistent."""

    def on_inquiry(self, m: Inquiry) -> None:
        """Wrong: no decision is taken for a decision to abort, and not written down."""
        self.tell(m.participant, commit=bool(self.coordinator.commit))
