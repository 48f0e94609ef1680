"""The three answers of every check.

``unknown`` is an honest answer: a limit was reached, the solver gave up, the run was interrupted. It is never turned into ``holds``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Verdict(Enum):
    """What a check found out; the value is the word used in reports and JSON.

    >>> Verdict.all_of([Verdict.HOLDS, Verdict.UNKNOWN])
    <Verdict.UNKNOWN: 'unknown'>
    """

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        """The exit code of a command whose answer this is: 0, 1 or 3 (2 is for errors)."""
        return {Verdict.HOLDS: 0, Verdict.VIOLATED: 1, Verdict.UNKNOWN: 3}[self]

    @classmethod
    def all_of(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """The verdict on several properties together: one violation decides, then one unknown."""
        found = set(verdicts)
        if cls.VIOLATED in found:
            return cls.VIOLATED
        return cls.UNKNOWN if cls.UNKNOWN in found else cls.HOLDS
