"""Why Raft elects at most one leader per term, whatever the terms, and what follows for logs; the lemmas, with terms unbounded.

The servers, their messages and their actions are those of `specs.consensus.raft`: elections, in which votes are refused for an
older log, and replication. Messages are reordered, lost and duplicated without bound. The bound on terms is gone, and so
the table ``elected``, which has an entry per term, is a set here. A server may restart at any time, any number of times;
one that is down for a while is one that does nothing for a while.

*What is proved.* Election Safety, Leader Append-Only and Log Matching of figure 3, for the number of servers and the
length of logs that are the spec's constants: each needs a proof of its own. Election Safety needs no lemma about logs,
Log Matching needs those below for logs of one entry only. Leader Completeness and State Machine Safety are not proved.
"""

from collections.abc import Iterable

from attrs import frozen

from modelcheck import action, invariant, lemma
from specs.consensus.raft import AppendEntries, Log, Member, Message, Raft, Role, Vote


@frozen
class Leader:
    """A server was elected in a term."""

    term: int
    server: Member


class UnboundedElections(Raft):
    """Elections of Raft, without a bound on terms."""

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    max_term: int = 0
    max_log: int = 1
    candidates: tuple[tuple[Member, ...], ...] = ()

    def init(self) -> None:
        """As in Raft; nobody was elected."""
        super().init()
        self.leaders: set[Leader] = set()

    def may_stand(self, i: Member, term: int) -> bool:
        """Whoever does not lead may stand for election, in any term."""
        del i, term
        return True

    def note_leader(self, term: int, i: Member) -> None:
        """The observers note who was elected."""
        self.leaders.add(Leader(term, i))

    def everyone(self) -> Iterable[Member]:
        """The servers."""
        return self.members()

    @action(everyone)
    def restart(self, i: Member) -> None:
        """A server crashes and runs again, from what is durable."""
        self.server[i].crash()
        self.server[i].restart()

    # Election Safety --------------------------------------------------------------------------------------------------

    def ever_elected(self) -> Iterable[Leader]:
        """Who was elected, in all terms."""
        return self.leaders

    @invariant(ever_elected, everyone)
    def election_safety(self, one: Leader, other: Member) -> bool:  # type: ignore[override]  # It ranges over leaders, not terms.
        """At most one leader can be elected in a given term."""
        return other == one.server or Leader(one.term, other) not in self.leaders

    # Lemmas on votes --------------------------------------------------------------------------------------------------

    def in_flight_now(self) -> Iterable[Message]:
        """The messages in flight, which on a duplicating network are all that were ever sent."""
        return self.network.in_flight()

    def has_granted(self, voter: Member, candidate: Member, term: int) -> bool:
        """Whether a vote was sent."""
        return Vote(voter, candidate, term, granted=True) in self.network.messages

    def has_voted(self, voter: Member, candidate: Member, term: int) -> bool:
        """Whether a server has voted in a term so that it cannot vote for anybody else any more."""
        server = self.server[voter]
        return server.current_term > term or (server.current_term == term and server.voted_for == candidate)

    @lemma(in_flight_now)
    def votes_are_kept(self, m: Message) -> bool:
        """Who granted a vote has voted for that candidate as long as the term lasts, and does not go back to it."""
        return not isinstance(m, Vote) or not m.granted or self.has_voted(m.src, m.dst, m.term)

    @lemma(in_flight_now, everyone)
    def one_vote_per_term(self, m: Message, other: Member) -> bool:
        """Who granted a vote to one candidate of a term granted none to another."""
        if not isinstance(m, Vote) or not m.granted or other == m.dst:
            return True
        return not self.has_granted(m.src, other, m.term)

    @lemma(everyone)
    def votes_for_itself(self, i: Member) -> bool:
        """Candidates have voted for themselves."""
        return self.server[i].role is not Role.CANDIDATE or self.server[i].voted_for == i

    @lemma(everyone, everyone)
    def counts_votes_only(self, i: Member, j: Member) -> bool:
        """What a candidate counts are its own vote and those that it was granted in its term."""
        server = self.server[i]
        if server.role is not Role.CANDIDATE or j not in server.votes:
            return True
        return i == j or self.has_granted(j, i, server.current_term)

    @lemma(ever_elected)
    def elected_by_majority(self, one: Leader) -> bool:
        """Who was elected had a majority of the votes in that term, its own among them."""
        votes = sum(j == one.server or self.has_granted(j, one.server, one.term) for j in self.members())
        return self.is_majority(votes)

    @lemma(ever_elected, everyone)
    def elected_for_itself(self, one: Leader, other: Member) -> bool:
        """Who was elected voted for itself in that term, and for nobody else."""
        voted = self.has_voted(one.server, one.server, one.term)
        return voted and (other == one.server or not self.has_granted(one.server, other, one.term))

    @lemma(everyone)
    def nobody_stands_in_term_0(self, i: Member) -> bool:
        """Terms count from 0, in which there are neither candidates nor leaders; 0 is what an empty log has for its last term."""
        server = self.server[i]
        return server.current_term > 0 or (server.current_term == 0 and server.role is Role.FOLLOWER)

    # Lemmas on logs ---------------------------------------------------------------------------------------------------

    def was_elected(self, i: Member, term: int) -> bool:
        """Whether a server was elected in a term."""
        return Leader(term, i) in self.leaders

    @lemma(everyone)
    def leaders_were_elected(self, i: Member) -> bool:
        """Leaders were elected in their term."""
        return self.server[i].role is not Role.LEADER or self.was_elected(i, self.server[i].current_term)

    @lemma(in_flight_now)
    def leaders_replicate(self, m: Message) -> bool:
        """Whoever sent entries was elected in the term of the message."""
        return not isinstance(m, AppendEntries) or self.was_elected(m.src, m.term)

    def are_of_leaders(self, entries: Log) -> bool:
        """Whether who was elected in the term of an entry is who took it from its client."""
        return all(entry.command is not None and self.was_elected(entry.command, entry.term) for entry in entries)

    @lemma(everyone)
    def logs_are_of_leaders(self, i: Member) -> bool:
        """Entries in logs are those of leaders of their terms."""
        return self.are_of_leaders(self.server[i].log)

    @lemma(in_flight_now)
    def messages_are_of_leaders(self, m: Message) -> bool:
        """So are those in messages."""
        return not isinstance(m, AppendEntries) or self.are_of_leaders(m.entries)
