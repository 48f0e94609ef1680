"""The bully algorithm with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.coordination.bully import Bully


@fails("one_coordinator", steps=3)
class LeadsWithoutHalting(Bully):
    """A node coordinates at once, while others still work for the old coordinator: caught by one_coordinator."""

    def has_halted_all(self, i: int) -> bool:
        """Wrong: nobody was asked to stop."""
        return True


@fails("one_coordinator", steps=3)
class ErringDetector(Bully):
    """A node takes a higher one that is slow for one that is down, as in a network without bounds: caught by one_coordinator."""

    crashes = 1

    def is_highest(self, i: int) -> bool:
        """Wrong: it does not wait for answers."""
        return True


@fails("deadlock", steps=4)
class WaitsForTheDead(Bully):
    """A node that is not the highest waits for a higher one, also when that has crashed for good: a deadlock."""

    restarts = False

    def is_highest(self, i: int) -> bool:
        """Wrong: the highest of all, up or not."""
        return i == self.nodes - 1
