"""Paxos Commit with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails, require
from specs.commit.paxos_commit import RM, Decision, PaxosCommit, Phase2a, Value, Vote


@fails("one_decision", steps=5)
class AbortsWithoutBallot(PaxosCommit):
    """A leader that has waited too long aborts at once, as a coordinator of two-phase commit would: caught by one_decision."""

    rms = 1

    def decide_abort(self) -> None:
        """Wrong: no instance has to have chosen aborted."""
        self.messages.add(Decision.ABORT)


@fails("one_decision", steps=11)
class IgnoresVotes(PaxosCommit):
    """A leader proposes to abort whatever the acceptors have voted for: caught by one_decision."""

    rms = 1

    def value_to_propose(self, votes: list[Vote]) -> Value:
        """Wrong: the votes are not looked at."""
        del votes
        return Value.ABORTED


@fails("one_decision", steps=8)
class HalfIsMajority(PaxosCommit):
    """Half of the acceptors are a majority, of which two need not meet: caught by one_decision."""

    rms = 1
    acceptors = 2

    def majorities(self) -> list[tuple[int, ...]]:
        """Wrong: each acceptor by itself."""
        return [(a,) for a in self.all_acceptors()]


@fails("consistent", steps=6)
class CommitsWithoutAll(PaxosCommit):
    """The transaction is committed when some instance has chosen prepared: caught by consistent."""

    def decide_commit(self) -> None:
        """Wrong: any instance, not every one."""
        require(any(self.has_chosen(r, Value.PREPARED) for r in self.managers()))
        self.messages.add(Decision.COMMIT)


@fails("one_decision", steps=8)
class PreparedAborts(PaxosCommit):
    """A resource manager that is prepared changes its mind, and asks for votes for that in its own ballot: caught by one_decision."""

    rms = 1

    def rm_choose_to_abort(self, r: int) -> None:
        """Wrong: prepared is a promise."""
        require(self.rm[r] in (RM.WORKING, RM.PREPARED))
        self.rm[r] = RM.ABORTED
        self.messages.add(Phase2a(r, 0, Value.ABORTED))
