"""Membership changes with one bug each; the first is that of 2015."""

from modelcheck import fails
from specs.consensus.raft_membership import Configuration, RaftMembership, Server


@fails("election_safety", steps=6)
class ChangesAtOnce(RaftMembership):
    """A leader changes the configuration before it has committed an entry of its term, as first published: caught by election_safety.

    Two leaders change the same configuration in different ways, and two configurations that both differ from it by one
    need not have majorities that meet.
    """

    servers = 4
    members = (0, 1, 2, 3)
    max_term = 3
    candidates = (0, 1)

    def may_change(self, leader: Server) -> bool:
        """Wrong: the change of an earlier leader may lie uncommitted somewhere."""
        return self.has_committed_last(leader)


@fails("election_safety", steps=8)
@fails("leader_completeness", steps=8)
class ChangesTwice(RaftMembership):
    """A leader begins a change before the last one is committed: caught by election_safety and leader_completeness."""

    servers = 5
    max_log = 4
    candidates = (0, 1)

    def has_committed_last(self, leader: Server) -> bool:
        """Wrong: two changes under way differ by two servers."""
        return leader.commit_index > 0


@fails("election_safety", steps=5)
class ReplacesServers(RaftMembership):
    """One server is replaced by another in one change: caught by election_safety."""

    def changed(self, old: Configuration, j: int) -> Configuration:
        """Wrong: majorities need not meet."""
        return old ^ {j} if j in old else (old ^ {j}) - {min(old)}
