"""A ticket lock: mutual exclusion by numbers that count up without end, proved without a lemma.

Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", 1991, section 2.2.
Neither the numbers drawn nor those served are bounded, so there are infinitely many states; `modelcheck prove` finds an
inductive invariant for two and three threads by itself. With the lemmas of `ProvedTicketLock` it is proved for any
number of threads that z3 can be given.
"""

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, lemma, require


class TicketLock(Spec):
    """Whoever has drawn the number that is served holds the lock."""

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    threads: int = 2

    def init(self) -> None:
        """Nobody has drawn a number."""
        self.next_ticket = 0
        self.now_serving = 0
        self.ticket: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.holds = dict.fromkeys(self.everybody(), False)

    def everybody(self) -> Iterable[int]:
        """The threads."""
        return range(self.threads)

    @action(everybody)
    def draw(self, t: int) -> None:
        """A thread draws the next number: fetch and increment, in one step."""
        require(self.ticket[t] is None)
        self.ticket[t] = self.next_ticket
        self.next_ticket += 1

    @action(everybody)
    def acquire(self, t: int) -> None:
        """A thread sees that its number is served."""
        require(self.ticket[t] == self.now_serving)
        self.holds[t] = True

    @action(everybody)
    def release(self, t: int) -> None:
        """A thread is done, and the next number is served."""
        require(self.holds[t])
        self.holds[t] = False
        self.ticket[t] = None
        self.now_serving += 1

    def later(self, t: int) -> Iterable[int]:
        """The threads after one, so that each pair is looked at once."""
        return range(t + 1, self.threads)

    @invariant(everybody, later)
    def mutual_exclusion(self, one: int, other: int) -> bool:
        """No two threads hold the lock."""
        return not (self.holds[one] and self.holds[other])


class ProvedTicketLock(TicketLock):
    """A ticket lock, with what makes mutual exclusion inductive."""

    __test__ = False  # Without an end: there is something to prove, and nothing to explore to the last state.

    def all_threads(self) -> Iterable[int]:
        """The threads."""
        return self.everybody()

    @lemma(all_threads)
    def holds_when_served(self, t: int) -> bool:
        """Who holds the lock has the number that is served."""
        return not self.holds[t] or self.ticket[t] == self.now_serving

    @lemma
    def what_is_served_was_drawn(self) -> bool:
        """At most the next number to be drawn is served."""
        return self.now_serving <= self.next_ticket

    @lemma(all_threads)
    def was_drawn(self, t: int) -> bool:
        """Numbers in hand were drawn, and are not over."""
        number = self.ticket[t]
        return number is None or self.now_serving <= number < self.next_ticket

    @lemma(all_threads, TicketLock.later)
    def numbers_differ(self, one: int, other: int) -> bool:
        """No two threads have the same number."""
        return self.ticket[one] is None or self.ticket[one] != self.ticket[other]
