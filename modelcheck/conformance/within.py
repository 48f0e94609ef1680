"""The limits of a test of random runs: its time and memory, and a run of the spec's code that never ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.spec import Declaration, Step
from modelcheck.spec.overrun import told
from modelcheck.statespace.stepper import Position

Found = tuple[Sequence[Position], Sequence[Step], Declaration | None]
"""A run, and the property that it violates; None for a deadlock."""
_LOOKS_EVERY = 64


class CutShort(BaseException):
    """A limit was reached. Derived from BaseException, since Hypothesis takes any other for a failure of the test.

    Attributes:
        reason: Which limit.
        runs: How many runs had ended.
        found: The shortest run that violates something, if one was found.
    """

    def __init__(self, reason: str, runs: int, found: Found | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.runs = runs
        self.found = found


class Within:
    """What is used of the limits of one test, and what came of it so far.

    Args:
        limits: Of time and memory.

    Attributes:
        runs: How many runs have ended.
    """

    def __init__(self, limits: Limits) -> None:
        self.runs = 0
        self._budget = Budget(limits)
        self._watch = Watch(self._budget.over)
        self._found: Found | None = None
        self._looks = 0

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Hold the block to the limits.

        Raises:
            CutShort: if one was reached.
            SpecError: if a run of the spec's code does not end.
        """
        try:
            with self._watch.open():
                yield
        except Overrun as overrun:
            raise self._cut_short(told(self._watch, overrun)) from None

    def look(self) -> None:
        """Called before each step.

        Raises:
            CutShort: if a limit was reached.
        """
        self._looks += 1
        why = self._budget.over() if self._looks % _LOOKS_EVERY == 0 else self._budget.ended()
        if why is not None:
            raise self._cut_short(why)

    def note(self, positions: Sequence[Position], steps: Sequence[Step], declared: Declaration | None) -> None:
        """Keep a run that violates a property, if there is no shorter one."""
        if self._found is None or len(steps) < len(self._found[1]):
            self._found = (positions, steps, declared)

    def _cut_short(self, reason: str) -> CutShort:
        return CutShort(reason, self.runs, self._found)
