"""Replicated types that are not conflict-free, and what each loses."""

from typing import Any

from modelcheck import fails
from specs.convergence.crdt import AddWinsSet, Counter, LastWriterWins


@fails("strong_eventual_consistency", steps=4)
@fails("keeps_meaning", steps=4)
class NaiveSet(AddWinsSet):
    """What was removed leaves no trace, and comes back with the next merge: caught by strong_eventual_consistency and keeps_meaning."""

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """Wrong: an element is taken out as if nobody else had it."""
        added, removed = super().updated(payload, r, number, operation, argument)
        return added - removed, frozenset()


@fails("keeps_meaning", steps=3)
class SharedCounter(Counter):
    """All replicas count in one place, and of two additions at a time one is lost: caught by keeps_meaning."""

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """Wrong: the pair of replica 0, whoever adds."""
        return super().updated(payload, 0, number, operation, argument)


@fails("strong_eventual_consistency", steps=3)
@fails("keeps_meaning", steps=3)
class AddingMerge(Counter):
    """Merging adds the numbers, which counts an addition as often as it is heard of: caught by keeps_meaning and strong_eventual_consistency."""

    def merged(self, mine: Any, theirs: Any) -> Any:
        """Wrong: not idempotent; the numbers stop at 3, so that they do not grow for ever."""
        return tuple((min(a + c, 3), min(b + d, 3)) for (a, b), (c, d) in zip(mine, theirs, strict=True))


@fails("strong_eventual_consistency", steps=4)
class NoTieBreak(LastWriterWins):
    """Of two values with one timestamp a replica keeps its own: caught by strong_eventual_consistency."""

    def merged(self, mine: Any, theirs: Any) -> Any:
        """Wrong: names do not break ties."""
        return mine if mine[0] >= theirs[0] else theirs


@fails("keeps_meaning", steps=3)
class RemovesUnseen(AddWinsSet):
    """A removal takes out what was added elsewhere at the same time, since the additions have no names of their own: caught by keeps_meaning."""

    updates = 3

    def updated(self, payload: Any, r: int, number: int, operation: str, argument: int) -> Any:
        """Wrong: all additions of an element have one name."""
        return super().updated(payload, r, 0, operation, argument)
