"""The dining philosophers: each needs the forks on both sides, and takes one after the other.

Dijkstra, "Hierarchical Ordering of Sequential Processes", 1971, section 6. Forks are numbered, and everybody takes
the one with the lower number first, so that no circle of philosophers can wait for each other. That nobody starves is
more: it needs forks that are not taken from under a philosopher's nose for ever, which is strong fairness of taking
them.
"""

from collections.abc import Iterable
from enum import Enum

from modelcheck import Spec, action, fair, invariant, leads_to, reachable, require, strongly_fair


class Mood(Enum):
    """What a philosopher does."""

    THINKS = "thinks"
    HUNGRY = "hungry"
    HOLDS_ONE = "holds one"
    EATS = "eats"


class DiningPhilosophers(Spec):
    """Philosophers at a round table; fork p lies at the left of philosopher p."""

    philosophers: int = 3

    def init(self) -> None:
        """Everybody thinks, and all forks are on the table."""
        self.mood = dict.fromkeys(self.table(), Mood.THINKS)
        self.on_table = dict.fromkeys(self.table(), True)

    def table(self) -> Iterable[int]:
        """The philosophers, and the forks."""
        return range(self.philosophers)

    def forks(self, p: int) -> tuple[int, int]:
        """The forks of a philosopher, in the order in which they are taken: the lower number first."""
        left, right = p, (p + 1) % self.philosophers
        return min(left, right), max(left, right)

    @action(table)
    def get_hungry(self, p: int) -> None:
        """A philosopher stops thinking; nothing says that one has to."""
        require(self.mood[p] is Mood.THINKS)
        self.mood[p] = Mood.HUNGRY

    @strongly_fair
    @action(table)
    def take_first(self, p: int) -> None:
        """A hungry philosopher takes the first fork, if it is on the table."""
        fork, _ = self.forks(p)
        require(self.mood[p] is Mood.HUNGRY)
        require(self.on_table[fork])
        self.on_table[fork] = False
        self.mood[p] = Mood.HOLDS_ONE

    @strongly_fair
    @action(table)
    def take_second(self, p: int) -> None:
        """A philosopher with one fork takes the second, if it is on the table."""
        _, fork = self.forks(p)
        require(self.mood[p] is Mood.HOLDS_ONE)
        require(self.on_table[fork])
        self.on_table[fork] = False
        self.mood[p] = Mood.EATS

    @fair
    @action(table)
    def finish(self, p: int) -> None:
        """A philosopher has eaten, and puts both forks back."""
        require(self.mood[p] is Mood.EATS)
        for fork in self.forks(p):
            self.on_table[fork] = True
        self.mood[p] = Mood.THINKS

    @invariant(table)
    def neighbours_take_turns(self, p: int) -> bool:
        """Neighbours do not eat at the same time."""
        return not (self.mood[p] is Mood.EATS and self.mood[(p + 1) % self.philosophers] is Mood.EATS)

    @reachable(table)
    def can_eat(self, p: int) -> bool:
        """Every philosopher can get to eat."""
        return self.mood[p] is Mood.EATS

    @leads_to(table)
    def nobody_starves(self, p: int) -> tuple[bool, bool]:
        """Whoever is hungry gets to eat."""
        return self.mood[p] is Mood.HUNGRY, self.mood[p] is Mood.EATS
