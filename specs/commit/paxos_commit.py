"""Paxos Commit: a transaction that needs all resource managers, and no coordinator that must not fail.

Gray and Lamport, "Consensus on Transaction Commit", 2006, section 4. One instance of Paxos for each resource manager
decides whether that one is prepared. Ballot 0 is the resource manager's own: it begins with phase 2a. Any leader may
begin a higher ballot; what it must propose where nobody has voted is to abort.

*Choices.* Everything that was ever sent can be received at any later time, any number of times, or never; a message
that is broadcast is one message. Several leaders may be at work at once, so a leader has no state: its actions are
enabled by the messages that it needs.

*Bounds.* The ballots are 0 to ``ballots - 1``. With two resource managers, three acceptors and two ballots this has
as many states as Gray and Lamport's own specification.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from itertools import combinations

from attrs import frozen

from modelcheck import Spec, action, invariant, reachable, require, terminal


class RM(Enum):
    """A resource manager's state."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


class Value(Enum):
    """What an instance of Paxos can choose: whether its resource manager is prepared."""

    PREPARED = "prepared"
    ABORTED = "aborted"


class Decision(Enum):
    """A leader tells what became of the transaction."""

    COMMIT = "commit"
    ABORT = "abort"


@frozen
class Vote:
    """A value that an acceptor has accepted, and in which ballot."""

    ballot: int
    value: Value


@frozen
class Phase1a:
    """A leader begins a ballot of an instance."""

    instance: int
    ballot: int


@frozen
class Phase1b:
    """An acceptor's promise, with its last vote."""

    instance: int
    acceptor: int
    ballot: int
    vote: Vote | None


@frozen
class Phase2a:
    """A leader, or in ballot 0 the resource manager, asks for votes for a value."""

    instance: int
    ballot: int
    value: Value


@frozen
class Phase2b:
    """An acceptor has voted."""

    instance: int
    acceptor: int
    ballot: int
    value: Value


class PaxosCommit(Spec):
    """The protocol, for a number of resource managers and acceptors."""

    rms: int = 2
    acceptors: int = 3
    ballots: int = 2

    def init(self) -> None:
        """Everybody works; the acceptors of each instance take part in ballot 0."""
        self.rm = dict.fromkeys(self.managers(), RM.WORKING)
        self.max_bal = {r: dict.fromkeys(self.all_acceptors(), 0) for r in self.managers()}
        self.accepted: dict[int, dict[int, Vote | None]]
        self.accepted = {r: dict.fromkeys(self.all_acceptors()) for r in self.managers()}
        self.messages: set[Phase1a | Phase1b | Phase2a | Phase2b | Decision] = set()

    def managers(self) -> Iterable[int]:
        """The resource managers, and the instances of Paxos, one for each."""
        return range(self.rms)

    def all_acceptors(self) -> Iterable[int]:
        """The acceptors, which serve all instances."""
        return range(self.acceptors)

    def all_ballots(self) -> Iterable[int]:
        """The ballots."""
        return range(self.ballots)

    def leaders_ballots(self) -> Iterable[int]:
        """The ballots that a leader begins."""
        return range(1, self.ballots)

    def majorities(self) -> Iterable[tuple[int, ...]]:
        """The majorities of the acceptors."""
        return combinations(range(self.acceptors), self.acceptors // 2 + 1)

    # Resource managers ------------------------------------------------------------------------------------------------

    @action(managers)
    def rm_prepare(self, r: int) -> None:
        """R is ready to commit, and votes so: a phase 2a message of ballot 0."""
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.PREPARED
        self.messages.add(Phase2a(r, 0, Value.PREPARED))

    @action(managers)
    def rm_choose_to_abort(self, r: int) -> None:
        """R aborts on its own, and says so."""
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.ABORTED
        self.messages.add(Phase2a(r, 0, Value.ABORTED))

    @action(managers)
    def rm_receive_commit(self, r: int) -> None:
        """R learns that the decision is to commit."""
        require(Decision.COMMIT in self.messages)
        self.rm[r] = RM.COMMITTED

    @action(managers)
    def rm_receive_abort(self, r: int) -> None:
        """R learns that the decision is to abort."""
        require(Decision.ABORT in self.messages)
        self.rm[r] = RM.ABORTED

    # Leaders ----------------------------------------------------------------------------------------------------------

    @action(leaders_ballots, managers)
    def phase_1a(self, b: int, r: int) -> None:
        """A leader that has waited too long for r begins a ballot of its instance."""
        self.messages.add(Phase1a(r, b))

    @action(leaders_ballots, managers, majorities)
    def phase_2a(self, b: int, r: int, majority: tuple[int, ...]) -> None:
        """With promises of a majority, the leader proposes what it must: the value of the highest vote, else to abort."""
        require(not any(Phase2a(r, b, v) in self.messages for v in Value))
        promises = [
            m for m in self.messages if isinstance(m, Phase1b) and (m.instance, m.ballot) == (r, b) and m.acceptor in majority
        ]
        require(len(promises) == len(majority))
        votes = [m.vote for m in promises if m.vote is not None]
        self.messages.add(Phase2a(r, b, self.value_to_propose(votes)))

    def value_to_propose(self, votes: list[Vote]) -> Value:
        """The value of the highest-numbered vote; without one, r may never have prepared."""
        return max(votes, key=lambda vote: vote.ballot).value if votes else Value.ABORTED

    @action
    def decide_commit(self) -> None:
        """Every instance has chosen prepared."""
        require(all(self.has_chosen(r, Value.PREPARED) for r in self.managers()))
        self.messages.add(Decision.COMMIT)

    @action
    def decide_abort(self) -> None:
        """Some instance has chosen aborted."""
        require(any(self.has_chosen(r, Value.ABORTED) for r in self.managers()))
        self.messages.add(Decision.ABORT)

    def has_chosen(self, r: int, v: Value) -> bool:
        """A majority has voted for the value in one ballot of the instance."""
        return any(
            all(Phase2b(r, a, b, v) in self.messages for a in majority)
            for b in self.all_ballots()
            for majority in self.majorities()
        )

    # Acceptors --------------------------------------------------------------------------------------------------------

    @action(all_acceptors, managers, leaders_ballots)
    def phase_1b(self, a: int, r: int, b: int) -> None:
        """An acceptor promises to take part in no lower ballot of the instance."""
        require(Phase1a(r, b) in self.messages)
        require(self.max_bal[r][a] < b)
        self.max_bal[r][a] = b
        self.messages.add(Phase1b(r, a, b, self.accepted[r][a]))

    def proposals(self) -> Iterable[Phase2a]:
        """What can be proposed."""
        return [Phase2a(r, b, v) for r in self.managers() for b in self.all_ballots() for v in Value]

    @action(all_acceptors, proposals)
    def phase_2b(self, a: int, proposal: Phase2a) -> None:
        """An acceptor votes, unless it takes part in higher ballots only."""
        require(proposal in self.messages)
        r, b, v = proposal.instance, proposal.ballot, proposal.value
        require(self.max_bal[r][a] <= b)
        self.max_bal[r][a] = b
        self.accepted[r][a] = Vote(b, v)
        self.messages.add(Phase2b(r, a, b, v))

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def consistent(self) -> bool:
        """No two resource managers decide differently."""
        states = set(self.rm.values())
        return not (RM.COMMITTED in states and RM.ABORTED in states)

    @invariant
    def one_decision(self) -> bool:
        """Leaders do not contradict each other."""
        return not (Decision.COMMIT in self.messages and Decision.ABORT in self.messages)

    @reachable
    def all_commit(self) -> bool:
        """The transaction can be committed everywhere."""
        return all(state is RM.COMMITTED for state in self.rm.values())

    @reachable
    def aborts_in_place(self) -> bool:
        """A leader can abort although everybody is prepared: whoever waited for the votes of one did not get them."""
        return Decision.ABORT in self.messages and all(state is RM.PREPARED for state in self.rm.values())

    @terminal
    def decided(self) -> bool:
        """Everybody knows the decision."""
        return all(state in (RM.COMMITTED, RM.ABORTED) for state in self.rm.values())
