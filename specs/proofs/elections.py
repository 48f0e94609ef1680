"""Elections and agreement by majorities, for any number of nodes and values; `modelcheck prove --all nodes` finds most of the lemmas.

Most are protocols on which tools that find invariants are compared: IC3PO (Goel and Sakallah, 2021), DuoAI (Yao et al., 2022)
and Endive (Schultz et al., 2022).
"""

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, lemma, require, terminal


class NaiveConsensus(Spec):
    """Every node votes once; a value with a majority is decided."""

    nodes: int = 3
    values: int = 2

    def init(self) -> None:
        """Nobody has voted."""
        self.vote: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.decided: set[int] = set()

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def all_values(self) -> Iterable[int]:
        """The values."""
        return range(self.values)

    @action(everybody, all_values)
    def cast(self, n: int, v: int) -> None:
        """A node votes for a value."""
        require(self.vote[n] is None)
        self.vote[n] = v

    @action(all_values)
    def decide(self, v: int) -> None:
        """A value with a majority is decided."""
        require(sum(self.vote[n] == v for n in self.everybody()) > self.nodes // 2)
        self.decided.add(v)

    @invariant(all_values, all_values)
    def agreement(self, one: int, other: int) -> bool:
        """One value is decided."""
        return one == other or not (one in self.decided and other in self.decided)

    @terminal
    def all_have_voted(self) -> bool:
        """It ends when all have voted."""
        return None not in self.vote.values()


class LeaderElection(Spec):
    """Votes in messages; a candidate with a majority of them leads."""

    nodes: int = 3

    def init(self) -> None:
        """Nobody has voted, and nothing is in flight."""
        self.voted = dict.fromkeys(self.everybody(), False)
        self.requests: set[tuple[int, int]] = set()
        self.votes: set[tuple[int, int]] = set()
        self.tally: set[tuple[int, int]] = set()
        self.leader = dict.fromkeys(self.everybody(), False)

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def later(self, n: int) -> Iterable[int]:
        """The nodes after one."""
        return range(n + 1, self.nodes)

    @action(everybody, everybody)
    def ask(self, candidate: int, n: int) -> None:
        """A candidate asks a node for its vote."""
        self.requests.add((candidate, n))

    @action(everybody, everybody)
    def cast(self, n: int, candidate: int) -> None:
        """A node that has not voted votes."""
        require((candidate, n) in self.requests and not self.voted[n])
        self.voted[n] = True
        self.votes.add((n, candidate))

    @action(everybody, everybody)
    def count(self, candidate: int, n: int) -> None:
        """A candidate gets a vote."""
        require((n, candidate) in self.votes)
        self.tally.add((candidate, n))

    @action(everybody)
    def lead(self, candidate: int) -> None:
        """A candidate with a majority leads."""
        require(2 * sum((candidate, n) in self.tally for n in self.everybody()) > self.nodes)
        self.leader[candidate] = True

    @invariant(everybody, later)
    def one_leader(self, one: int, other: int) -> bool:
        """No two nodes lead."""
        return not (self.leader[one] and self.leader[other])


class ConsensusByLeader(Spec):
    """A leader by majority decides a value; nodes learn it from a leader."""

    nodes: int = 3
    values: int = 2

    def init(self) -> None:
        """Nobody has voted, and nothing is decided."""
        self.vote: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.leaders: set[int] = set()
        self.decided: dict[int, int | None] = dict.fromkeys(self.everybody())

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def all_values(self) -> Iterable[int]:
        """The values."""
        return range(self.values)

    @action(everybody, everybody)
    def cast(self, n: int, candidate: int) -> None:
        """A node votes once."""
        require(self.vote[n] is None)
        self.vote[n] = candidate

    @action(everybody)
    def lead(self, candidate: int) -> None:
        """A candidate with a majority leads."""
        require(len({n for n in self.everybody() if self.vote[n] == candidate}) >= self.nodes // 2 + 1)
        self.leaders.add(candidate)

    @action(everybody, all_values)
    def decide(self, n: int, v: int) -> None:
        """A leader decides once."""
        require(n in self.leaders and self.decided[n] is None)
        self.decided[n] = v

    @invariant(everybody, everybody)
    def agreement(self, one: int, other: int) -> bool:
        """Whatever is decided is one value."""
        return self.decided[one] is None or self.decided[other] is None or self.decided[one] == self.decided[other]

    @terminal
    def all_have_voted(self) -> bool:
        """It ends when all have voted."""
        return None not in self.vote.values()


class TermElection(Spec):
    """Raft's elections: terms without end, one vote per term, and no two leaders in a term. The lemmas are given.

    Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014, section 5.2.
    """

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    nodes: int = 3

    def init(self) -> None:
        """All are in term 0 and have not voted."""
        self.term = dict.fromkeys(self.everybody(), 0)
        self.voted: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.votes: set[tuple[int, int, int]] = set()
        self.leaders: set[tuple[int, int]] = set()

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def elected(self) -> Iterable[tuple[int, int]]:
        """Who was elected in which term."""
        return self.leaders

    def cast(self) -> Iterable[tuple[int, int, int]]:
        """The votes: of whom, for whom, in which term."""
        return self.votes

    @action(everybody)
    def stand(self, n: int) -> None:
        """A node begins a new term and votes for itself."""
        self.term[n] += 1
        self.voted[n] = n
        self.votes.add((n, n, self.term[n]))

    @action(everybody, everybody)
    def vote(self, n: int, candidate: int) -> None:
        """A node votes for one that stands, in a later term, or in its own if it has not voted for another one."""
        term = self.term[candidate]
        require((candidate, candidate, term) in self.votes)
        require(term > self.term[n] or (term == self.term[n] and (self.voted[n] is None or self.voted[n] == candidate)))
        self.term[n] = term
        self.voted[n] = candidate
        self.votes.add((n, candidate, term))

    @action(everybody, everybody)
    def hear_of_a_term(self, n: int, other: int) -> None:
        """A node that hears of a later term is in that term, and has not voted in it."""
        require(self.term[other] > self.term[n])
        self.term[n] = self.term[other]
        self.voted[n] = None

    @action(everybody)
    def lead(self, n: int) -> None:
        """Who has a majority of the votes of its term leads."""
        require(sum((m, n, self.term[n]) in self.votes for m in self.everybody()) > self.nodes // 2)
        self.leaders.add((n, self.term[n]))

    @invariant(elected, elected)
    def election_safety(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """There is one leader in a term."""
        return one[1] != other[1] or one[0] == other[0]

    @lemma(elected)
    def elected_by_a_majority(self, leader: tuple[int, int]) -> bool:
        """Whoever was elected has a majority of the votes of that term."""
        return sum((m, leader[0], leader[1]) in self.votes for m in self.everybody()) > self.nodes // 2

    @lemma(cast, cast)
    def one_vote(self, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
        """A node votes once in a term."""
        return one[0] != other[0] or one[2] != other[2] or one[1] == other[1]

    @lemma(cast)
    def votes_are_remembered(self, vote: tuple[int, int, int]) -> bool:
        """A vote is of the term of its node, which remembers it, or of an earlier one."""
        voter, candidate, term = vote
        return term < self.term[voter] or (term == self.term[voter] and self.voted[voter] == candidate)


class QuorumRegister(Spec):
    """One write and one read of a register on replicas, each by a majority: a read after the write returns it. The lemmas are given."""

    replicas: int = 3

    def init(self) -> None:
        """Nothing is stored."""
        self.stored: set[int] = set()
        self.written = False
        self.answered: set[int] = set()
        self.reads = False
        self.after = False
        self.saw = False
        self.returned: bool | None = None

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    @action(everybody)
    def store(self, r: int) -> None:
        """A replica stores what is written."""
        self.stored.add(r)

    @action
    def complete_the_write(self) -> None:
        """The write is complete when a majority has stored it."""
        require(sum(r in self.stored for r in self.everybody()) > self.replicas // 2)
        self.written = True

    @action
    def begin_to_read(self) -> None:
        """The read begins."""
        require(not self.reads)
        self.reads = True
        self.after = self.written

    @action(everybody)
    def answer(self, r: int) -> None:
        """A replica tells the reader what it has."""
        require(self.reads and r not in self.answered)
        self.answered.add(r)
        self.saw = self.saw or r in self.stored

    @action
    def return_it(self) -> None:
        """The read returns when a majority has answered."""
        require(self.returned is None and sum(r in self.answered for r in self.everybody()) > self.replicas // 2)
        self.returned = self.saw

    @invariant
    def reads_what_was_written(self) -> bool:
        """A read that begins after the write returns it."""
        return not self.after or self.returned is not False

    @lemma
    def complete_is_stored(self) -> bool:
        """A complete write is stored by a majority."""
        return not self.written or sum(r in self.stored for r in self.everybody()) > self.replicas // 2

    @lemma
    def a_majority_is_to_answer(self) -> bool:
        """As long as the reader has seen nothing, a majority that has stored the write has not answered."""
        return not self.after or self.saw or sum(r in self.stored and r not in self.answered for r in self.everybody()) > self.replicas // 2

    @lemma
    def nobody_answers_before(self) -> bool:
        """Before the read nobody has answered; it is after the write only when that is complete."""
        if self.reads:
            return not self.after or self.written
        return not self.after and not self.saw and self.returned is None and self.answered == set()
