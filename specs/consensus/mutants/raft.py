"""Raft with one bug each: what breaks it, and which property catches it.

Each mutant overrides one method, and sets the constants to the smallest protocol in which its bug shows.
"""

from modelcheck import fails
from specs.consensus.raft import AppendEntries, Log, Member, Raft, RequestVote, Server

S0, S1, S2 = Member.several(3)


@fails("election_safety", steps=6)
class VotesTwice(Raft):
    """A server votes for everyone who asks, twice in one term: caught by election_safety."""

    max_term = 1
    max_log = 0
    candidates = ()

    def is_free_to_vote(self, server: Server, candidate: Member) -> bool:
        """Wrong: votedFor is not looked at."""
        del server, candidate
        return True


@fails("leader_completeness", steps=10)
class VotesForAnyLog(Raft):
    """A server votes without comparing logs: a leader without a committed entry, caught by leader_completeness."""

    def is_up_to_date(self, m: RequestVote, server: Server) -> bool:
        """Wrong: every log will do."""
        del m, server
        return True


@fails("leader_completeness", steps=13)
class CommitsOldTerm(Raft):
    """A leader commits an entry of an earlier term by counting replicas (figure 8): caught by leader_completeness.

    It starts as figure 8 (b) does: s0 led in term 1, s2 in term 2, and each has an entry that nobody else has.
    """

    max_term = 4
    candidates = ((), (), (S0,), (S2,))
    logs = ((1,), (), (2,))

    def is_committable(self, server: Server, n: int) -> bool:
        """Wrong: the term of the entry is not looked at."""
        del server, n
        return True


class ForgetfulServer(Server):
    """A server that does not write its vote to disk."""

    voted_for: Member | None = None


@fails("election_safety", steps=8)
class ForgetsVote(Raft):
    """A crash loses votedFor, and the server votes again in the same term: caught by election_safety."""

    max_term = 1
    max_log = 0
    crashes = 1
    candidates = ()

    def booted(self, i: Member) -> Server:
        """Wrong: votedFor is volatile."""
        return ForgetfulServer(
            next_index=dict.fromkeys(self.others(i), 1), match_index=dict.fromkeys(self.others(i), 0)
        )


@fails("log_matching", steps=11)
class KeepsConflict(Raft):
    """A follower keeps an entry that conflicts with the leader's, and appends later ones after it: caught by log_matching."""

    max_log = 2
    candidates = ((S0,), (S1,))

    def with_entries(self, log: Log, m: AppendEntries) -> Log:
        """Wrong: appends what is beyond the end, and deletes nothing."""
        return log + m.entries[max(len(log) - m.prev_log_index, 0) :]


@fails("state_machine_safety", steps=14)
class AppendsAnywhere(Raft):
    """A follower does not look at prevLogIndex and prevLogTerm: it commits what it never received, caught by state_machine_safety."""

    candidates = ((S0,), (S1,))

    def is_consistent(self, m: AppendEntries, log: Log) -> bool:
        """Wrong: any log is fine."""
        del m, log
        return True


@fails("election_safety", steps=6)
class HalfIsMajority(Raft):
    """Half of the servers is taken for a majority, which shows when their number is even: caught by election_safety."""

    servers = 4
    max_term = 1
    max_log = 0
    candidates = ((S0, S1),)

    def is_majority(self, count: int) -> bool:
        """Wrong: >= for >."""
        return 2 * count >= self.servers


@fails("leader_append_only", steps=10)
class ObeysStaleLeader(Raft):
    """AppendEntries of an earlier term is accepted: the leader overwrites its own log, caught by leader_append_only."""

    candidates = ((S0,), (S1,))

    def is_stale(self, m: AppendEntries, server: Server) -> bool:
        """Wrong: the term is not looked at."""
        del m, server
        return False


@fails("state_machine_safety", steps=11)
class TruncatesAlways(Raft):
    """A follower cuts its log off after the new entries, and loses later ones when messages are reordered: caught by state_machine_safety."""

    candidates = ((S0,), (S1,))

    def with_entries(self, log: Log, m: AppendEntries) -> Log:
        """Wrong: deletes what follows even if nothing conflicts."""
        return log[: m.prev_log_index] + m.entries
