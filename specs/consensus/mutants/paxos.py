"""Paxos with one bug each; ``agreement`` catches them all."""

from modelcheck import fails, require
from specs.consensus.paxos import Accept, Accepted, Acceptor, Paxos, Value, Vote


@fails("agreement", steps=12)
class ProposesAnything(Paxos):
    """A leader proposes what it likes, whatever the promises tell: caught by agreement."""

    def value_to_keep(self, votes: list[Vote]) -> Value:
        """Wrong: the votes are not looked at."""
        del votes
        return list(self.all_values())[-1]


@fails("agreement", steps=17)
class KeepsLowestVote(Paxos):
    """A leader proposes the value of some vote, but not of the highest one, which is the one that may be chosen: caught by agreement."""

    ballots = 3

    def value_to_keep(self, votes: list[Vote]) -> Value:
        """Wrong: the lowest-numbered vote."""
        return min(votes, key=lambda vote: vote.ballot).value


@fails("agreement", steps=12)
class BreaksPromises(Paxos):
    """An acceptor votes in a ballot although it has promised to take part in higher ones only: caught by agreement."""

    def phase_2b(self, a: Acceptor, b: int, v: Value) -> None:
        """Wrong: the promise is not looked at."""
        require(Accept(b, v) in self.messages)
        self.max_bal[a] = max(b, self.max_bal[a])
        self.accepted[a] = Vote(b, v)
        self.messages.add(Accepted(a, b, v))


@fails("agreement", steps=8)
class HalfIsQuorum(Paxos):
    """Half of the acceptors are a quorum, of which two need not meet: caught by agreement."""

    acceptors = 2

    def quorums(self) -> list[tuple[Acceptor, ...]]:
        """Wrong: each acceptor by itself."""
        return [(a,) for a in self.all_acceptors()]


@fails("agreement", steps=17)
class VotesWithoutPromising(Paxos):
    """An acceptor that votes in a ballot does not promise to take part in no lower one: caught by agreement.

    The published TLA+ specification of Egalitarian Paxos has this bug: one variable for two ballots (Sutra, "On the
    Correctness of Egalitarian Paxos", 2020).
    """

    ballots = 3

    def phase_2b(self, a: Acceptor, b: int, v: Value) -> None:
        """Wrong: max_bal stays as it is."""
        require(Accept(b, v) in self.messages)
        require(b >= self.max_bal[a])
        self.accepted[a] = Vote(b, v)
        self.messages.add(Accepted(a, b, v))
