"""Paxos: acceptors choose one value, and never another, whoever proposes.

Lamport, "Paxos Made Simple", 2001, section 2.2; the actions are the phases of the algorithm as it is summed up there.

*Choices.* A ballot has a leader of its own, who may be the leader of other ballots too. Everything that was ever sent
can be received at any later time, any number of times, or never; a message that is broadcast is one message. Learners
are left out: a value is chosen as soon as a majority has accepted it in one ballot. A crash that keeps what the paper
wants on stable storage, ``max_bal`` and ``accepted``, is a pause, so there is nothing to say of crashes.

*Bounds.* The ballots are 0 to ``ballots - 1``. With two of them, this is the smallest model of Lamport's own
specification, and has as many states.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from attrs import frozen

from modelcheck import Interchangeable, Spec, action, invariant, reachable, require, terminal


class Acceptor(Interchangeable):
    """An acceptor's name."""


class Value(Interchangeable):
    """A value that can be chosen, which nobody looks into."""


@frozen
class Vote:
    """A value that was accepted, and in which ballot."""

    ballot: int
    value: Value


@frozen
class Prepare:
    """Phase 1a: the leader of a ballot begins it."""

    ballot: int


@frozen
class Promise:
    """Phase 1b: an acceptor promises to take part in no lower ballot, and tells its last vote."""

    acceptor: Acceptor
    ballot: int
    vote: Vote | None


@frozen
class Accept:
    """Phase 2a: the leader of a ballot asks for votes for a value."""

    ballot: int
    value: Value


@frozen
class Accepted:
    """Phase 2b: an acceptor has voted."""

    acceptor: Acceptor
    ballot: int
    value: Value


class Paxos(Spec):
    """The synod, for a number of acceptors."""

    acceptors: int = 3
    values: int = 2
    ballots: int = 2

    def init(self) -> None:
        """Nobody has promised or accepted anything."""
        self.max_bal: dict[Acceptor, int] = dict.fromkeys(self.all_acceptors(), -1)
        self.accepted: dict[Acceptor, Vote | None] = dict.fromkeys(self.all_acceptors())
        self.messages: set[Prepare | Promise | Accept | Accepted] = set()

    def all_acceptors(self) -> Iterable[Acceptor]:
        """The acceptors."""
        return Acceptor.several(self.acceptors)

    def all_values(self) -> Iterable[Value]:
        """The values that can be proposed."""
        return Value.several(self.values)

    def all_ballots(self) -> Iterable[int]:
        """The ballots."""
        return range(self.ballots)

    def quorums(self) -> Iterable[tuple[Acceptor, ...]]:
        """The majorities, of which any two have an acceptor in common."""
        return combinations(self.all_acceptors(), self.acceptors // 2 + 1)

    @action(all_ballots)
    def phase_1a(self, b: int) -> None:
        """The leader of ballot b sends a prepare request to the acceptors."""
        self.messages.add(Prepare(b))

    @action(all_acceptors, all_ballots)
    def phase_1b(self, a: Acceptor, b: int) -> None:
        """An acceptor promises, if it has not promised or voted in a ballot as high."""
        require(Prepare(b) in self.messages)
        require(b > self.max_bal[a])
        self.max_bal[a] = b
        self.messages.add(Promise(a, b, self.accepted[a]))

    @action(all_ballots, all_values)
    def phase_2a(self, b: int, v: Value) -> None:
        """With promises from a majority, the leader asks for votes for the value of the highest vote in them, or for any if there is none."""
        require(not any(Accept(b, w) in self.messages for w in self.all_values()))
        require(any(self.is_safe_value(b, v, quorum) for quorum in self.quorums()))
        self.messages.add(Accept(b, v))

    def is_safe_value(self, b: int, v: Value, quorum: tuple[Acceptor, ...]) -> bool:
        """Whether the promises of a quorum let the leader of b propose v."""
        promises = [m for m in self.messages if isinstance(m, Promise) and m.ballot == b and m.acceptor in quorum]
        votes = [m.vote for m in promises if m.vote is not None]
        return len(promises) == len(quorum) and (not votes or v == self.value_to_keep(votes))

    def value_to_keep(self, votes: list[Vote]) -> Value:
        """P2c: the value of the highest-numbered vote."""
        return max(votes, key=lambda vote: vote.ballot).value

    @action(all_acceptors, all_ballots, all_values)
    def phase_2b(self, a: Acceptor, b: int, v: Value) -> None:
        """An acceptor votes, unless it has promised to take part in higher ballots only."""
        require(Accept(b, v) in self.messages)
        require(b >= self.max_bal[a])
        self.max_bal[a] = b
        self.accepted[a] = Vote(b, v)
        self.messages.add(Accepted(a, b, v))

    # Properties -------------------------------------------------------------------------------------------------------

    def is_chosen(self, b: int, v: Value) -> bool:
        """A majority has accepted the value in this ballot."""
        return any(all(Accepted(a, b, v) in self.messages for a in quorum) for quorum in self.quorums())

    def chosen(self) -> set[Value]:
        """The values that are chosen."""
        return {v for v in self.all_values() if any(self.is_chosen(b, v) for b in self.all_ballots())}

    @invariant
    def agreement(self) -> bool:
        """Only a single value is chosen."""
        return len(self.chosen()) <= 1

    @reachable(all_values)
    def can_choose(self, v: Value) -> bool:
        """A value can be chosen."""
        return v in self.chosen()

    @reachable(all_values)
    def can_choose_again(self, v: Value) -> bool:
        """A later ballot can choose the same value once more, since its leader must."""
        return sum(self.is_chosen(b, v) for b in self.all_ballots()) > 1

    @terminal
    def may_end(self) -> bool:
        """In the last ballot everything has been said; nothing says that it must choose."""
        return True
