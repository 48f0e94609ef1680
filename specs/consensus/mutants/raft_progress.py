"""Raft's election without what it rests on."""

from modelcheck import fails
from specs.consensus.raft import Member, Server
from specs.consensus.raft_progress import RaftProgress


@fails("elects_a_leader", steps=3)
class SplitsTheVote(RaftProgress):
    """All servers may stand at once, in one round of an election: each votes for itself. Caught by elects_a_leader."""

    def is_quiet(self) -> bool:
        """Wrong: whoever has not stood may stand, whatever the others do."""
        return any(server.current_term == 0 for server in self.server.values())


@fails("elects_a_leader", steps=3)
class VotesForNobody(RaftProgress):
    """A server does not vote in a term that it hears of for the first time: caught by elects_a_leader."""

    def is_free_to_vote(self, server: Server, candidate: Member) -> bool:
        """Wrong: the vote of a term that has just begun is not given."""
        return server.voted_for == candidate


@fails("elects_a_leader", steps=4)
class NeedsAll(RaftProgress):
    """A candidate needs every vote, and one server is down: caught by elects_a_leader."""

    crashes = 1

    def is_majority(self, count: int) -> bool:
        """Wrong: more than half would do."""
        return count == self.servers
