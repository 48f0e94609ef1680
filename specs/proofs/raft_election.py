"""Why Raft elects at most one leader per term, whatever the terms: Election Safety and its lemmas, with terms unbounded.

The servers, their messages and their actions are those of `specs.raft`. What is taken away is the bound on terms, the
log (``max_log=0``, so nothing is replicated), and the table ``elected``, which has an entry per term. A server leads
until its term ends, so two leaders of one term lead it at the same time.
"""

from collections.abc import Iterable

from modelcheck import invariant, lemma
from specs.raft import Message, Raft, Role, Server, Vote


class UnboundedElections(Raft):
    """Elections of Raft, without a bound on terms."""

    max_term: int = 0
    max_log: int = 0
    candidates: tuple[tuple[int, ...], ...] = ()

    def may_stand(self, i: int, term: int) -> bool:
        """Whoever does not lead may stand for election, in any term."""
        del i, term
        return True

    def become_leader(self, server: Server, i: int) -> None:
        """As in Raft, without an entry in the table of all terms."""
        server.role = Role.LEADER
        server.votes = frozenset()
        for j in self.others(i):
            server.next_index[j] = len(server.log) + 1
            server.match_index[j] = 0

    def everyone(self) -> Iterable[int]:
        """The servers."""
        return self.members()

    def another(self, i: int) -> Iterable[int]:
        """The servers after i."""
        return range(i + 1, self.servers)

    def in_flight_now(self) -> Iterable[Message]:
        """The messages in flight, which on a duplicating network are all that were ever sent."""
        return self.network.in_flight()

    def has_vote(self, i: int, j: int, term: int) -> bool:
        """Whether i has the vote of j in a term: its own, or one that was sent."""
        if i == j:
            return self.server[i].voted_for == i and self.server[i].current_term == term
        return Vote(j, i, term, granted=True) in self.network.messages

    @invariant(everyone, another)
    def one_leader_per_term(self, i: int, j: int) -> bool:
        """Two servers do not lead the same term."""
        one, other = self.server[i], self.server[j]
        both_lead = one.role is Role.LEADER and other.role is Role.LEADER
        return not (both_lead and one.current_term == other.current_term)

    @lemma(in_flight_now)
    def votes_are_kept(self, m: Message) -> bool:
        """Who granted a vote has voted for that candidate as long as the term lasts, and does not go back to it."""
        if not isinstance(m, Vote) or not m.granted:
            return True
        voter = self.server[m.src]
        return voter.current_term > m.term or (voter.current_term == m.term and voter.voted_for == m.dst)

    @lemma(in_flight_now, everyone)
    def one_vote_per_term(self, m: Message, other: int) -> bool:
        """Who granted a vote to one candidate of a term granted none to another."""
        if not isinstance(m, Vote) or not m.granted or other == m.dst:
            return True
        return Vote(m.src, other, m.term, granted=True) not in self.network.messages

    @lemma(everyone)
    def votes_for_itself(self, i: int) -> bool:
        """Candidates and leaders have voted for themselves."""
        return self.server[i].role is Role.FOLLOWER or self.server[i].voted_for == i

    @lemma(everyone, everyone)
    def counts_votes_only(self, i: int, j: int) -> bool:
        """What a candidate counts are votes of its term."""
        server = self.server[i]
        return server.role is not Role.CANDIDATE or j not in server.votes or self.has_vote(i, j, server.current_term)

    @lemma(everyone)
    def leads_by_majority(self, i: int) -> bool:
        """A leader has the votes of a majority in its term."""
        server = self.server[i]
        if server.role is not Role.LEADER:
            return True
        return self.is_majority(sum(self.has_vote(i, j, server.current_term) for j in self.members()))
