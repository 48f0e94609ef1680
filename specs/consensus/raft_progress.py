"""Raft: when an election comes to an end.

Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014, sections 5.2 and
5.6. Raft elects a leader as long as messages arrive much sooner than servers time out. Then whoever times out first
stands alone, and wins before anybody else stands. Without that, all may stand at once and split the vote, again and
again; which is why the paper draws timeouts at random.
"""

from modelcheck import eventually, fair, require
from specs.consensus.raft import Member, Raft, Role


class RaftProgress(Raft):
    """One election under the timing requirement: messages arrive, servers without a leader time out, one at a time."""

    candidates: tuple[tuple[Member, ...], ...] = ()
    max_term: int = 1

    receive = fair(Raft.receive)
    commits = changes_leader = truncates = None  # type: ignore[assignment] # Not asked: there is one term.

    def is_quiet(self) -> bool:
        """Whether nobody stands or leads, so that somebody's time runs out."""
        return all(server.role is Role.FOLLOWER for server in self.server.values())

    @fair
    def time_out(self, i: Member) -> None:
        """Section 5.6: a candidate has its answers before anybody else times out."""
        require(self.is_quiet())
        super().time_out(i)

    @eventually
    def elects_a_leader(self) -> bool:
        """Some server is elected."""
        return any(server.role is Role.LEADER for server in self.server.values())
