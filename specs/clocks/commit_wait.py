"""Commit wait: transactions with timestamps of real clocks, in the order in which clients see them.

Corbett et al., "Spanner: Google's Globally-Distributed Database", 2012, sections 3 and 4.1.2. TrueTime tells an
interval that holds the true time. A transaction takes the latest end of the interval for its timestamp, and is not
told to be committed before the earliest end has passed it. So if one transaction starts after another has committed,
its timestamp is larger: external consistency.

*Choices.* Transactions run on servers of their own. When a clock is read, it may be off by anything up to ``error``;
TrueTime says that it is off by at most ``bound``, which is true by default. True time is counted in ticks, and nobody
reads it.

*Bounds.* Time ends after ``ticks``.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Record, Spec, action, bound, choose, invariant, reachable, require, terminal


@frozen
class Interval:
    """What TrueTime tells: the true time is not before the one, and not after the other."""

    earliest: int
    latest: int


class Transaction(Record):
    """A transaction: its timestamp, whether it is committed, and the timestamps committed when it started."""

    timestamp: int | None = None
    committed: bool = False
    seen: frozenset[int] = frozenset()


class CommitWait(Spec):
    """The rule, for a number of transactions."""

    transactions: int = 2
    ticks: int = 8
    error: int = 1
    uncertainty: int = 1

    def init(self) -> None:
        """Nothing has started."""
        self.now = 2
        self.transaction = {t: Transaction() for t in self.all_transactions()}

    def all_transactions(self) -> Iterable[int]:
        """The transactions."""
        return range(self.transactions)

    def true_time(self) -> Interval:
        """TT.now() on some server, whose clock is off by anything that there can be."""
        clock = self.now + choose(range(-self.error, self.error + 1))
        return Interval(clock - self.uncertainty, clock + self.uncertainty)

    @action
    def tick(self) -> None:
        """True time passes."""
        bound(self.now < self.ticks)
        self.now += 1

    @action(all_transactions)
    def start(self, t: int) -> None:
        """Start: the timestamp is no less than TT.now().latest, read after the transaction has arrived."""
        transaction = self.transaction[t]
        require(transaction.timestamp is None)
        committed = [other.timestamp for other in self.transaction.values() if other.committed]
        transaction.seen = frozenset(timestamp for timestamp in committed if timestamp is not None)
        transaction.timestamp = self.pick(self.true_time())

    def pick(self, interval: Interval) -> int:
        """The timestamp."""
        return interval.latest

    @action(all_transactions)
    def commit(self, t: int) -> None:
        """Commit wait: clients see nothing of it until TT.after(s) is true."""
        transaction = self.transaction[t]
        require(transaction.timestamp is not None)
        require(not transaction.committed)
        require(self.is_after(self.true_time(), transaction.timestamp or 0))
        transaction.committed = True

    def is_after(self, interval: Interval, timestamp: int) -> bool:
        """The timestamp has definitely passed."""
        return interval.earliest > timestamp

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(all_transactions)
    def external_consistency(self, t: int) -> bool:
        """If a transaction starts after another one has committed, its timestamp is larger."""
        transaction = self.transaction[t]
        return transaction.timestamp is None or all(seen < transaction.timestamp for seen in transaction.seen)

    @invariant(all_transactions)
    def committed_is_past(self, t: int) -> bool:
        """The timestamp of what is committed is past: a read at the present sees it."""
        transaction = self.transaction[t]
        return not transaction.committed or (transaction.timestamp or 0) < self.now

    @reachable
    def orders_against_clocks(self) -> bool:
        """Two transactions that overlap can be ordered against their starts: nobody can tell."""
        first, second = self.transaction[0], self.transaction[1]
        return first.committed and second.committed and first.timestamp == second.timestamp

    @terminal
    def all_are_committed(self) -> bool:
        """Nothing is left to do."""
        return all(transaction.committed for transaction in self.transaction.values())
