"""The dining philosophers with one mistake each."""

from modelcheck import fails, fair
from specs.coordination.dining_philosophers import DiningPhilosophers


@fails("deadlock", steps=6)
@fails("nobody_starves", steps=6)
class LeftForkFirst(DiningPhilosophers):
    """Everybody takes the left fork first, and waits for the right one for ever: caught by deadlock, and by nobody_starves."""

    def forks(self, p: int) -> tuple[int, int]:
        """Wrong: no order of the forks."""
        return p, (p + 1) % self.philosophers


@fails("nobody_starves", steps=1)
class ForksTakenAway(DiningPhilosophers):
    """Taking the first fork is only weakly fair, and a neighbour has it again and again: caught by nobody_starves."""

    take_first = fair(DiningPhilosophers.take_first)


@fails("neighbours_take_turns", steps=6)
class SharesForks(DiningPhilosophers):
    """The second fork is taken without looking: caught by neighbours_take_turns."""

    def take_second(self, p: int) -> None:
        """Wrong: the fork may be in a neighbour's hand."""
        self.on_table[self.forks(p)[1]] = True
        super().take_second(p)
