"""Chord as published, and with one bug each: how the ring breaks."""

from modelcheck import fails
from specs.convergence.chord import Chord


@fails("one_ordered_ring", steps=4)
@fails("connected", steps=4)
class AdoptsTheDead(Chord):
    """As published: a node adopts its successor's predecessor without asking whether it is still there: caught by connected and one_ordered_ring."""

    def may_adopt(self, i: int) -> bool:
        """Wrong: it may have failed."""
        return True


@fails("deadlock", steps=7)
class KeepsTheDead(Chord):
    """A node keeps a predecessor that has failed, and whoever comes before it now is never known: a deadlock, and no ideal ring."""

    def is_gone(self, i: int) -> bool:
        """Wrong: it is not asked."""
        return False


@fails("one_ordered_ring", steps=3)
class AdoptsAnybody(Chord):
    """A node adopts its successor's predecessor wherever it lies on the circle: caught by one_ordered_ring."""

    def is_between(self, low: int, i: int, high: int) -> bool:
        """Wrong: the order of the circle is not looked at."""
        return i not in (low, high)
