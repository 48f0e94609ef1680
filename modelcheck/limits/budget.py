"""The time and memory that a piece of work has, and what of them is used."""

from __future__ import annotations

import errno
import time

from modelcheck.limits.given import NO_LIMITS, Limits
from modelcheck.limits.memory import Allowed, allowed, refused, resident_bytes

# What the loader of shared libraries says.
_LOADER = ("failed to map segment", "cannot allocate memory", "Cannot allocate memory", "cannot create shared object descriptor")
INTERRUPTED = "it was interrupted"
_EVIDENCE_S = 10.0


class Budget:
    """What a piece of work may use, counted from when this object is made.

    Args:
        limits: Those of time and memory are of interest.

    Attributes:
        memory_bytes: The limit of memory.
        interrupted: Whether the user has had enough.
    """

    def __init__(self, limits: Limits = NO_LIMITS) -> None:
        self._allowed = allowed() if limits.memory_bytes is None else Allowed(limits.memory_bytes)
        self.memory_bytes = self._allowed.bytes
        self.interrupted = False
        self._time_s = limits.time_s
        self._more_s = 0.0
        self._heard_s = 0.0  # Until when an interrupt that ended the search does not end what shows its findings.
        self._started_s = time.monotonic()
        self._resident_bytes = resident_bytes()

    @property
    def seconds(self) -> float:
        """Used so far."""
        return time.monotonic() - self._started_s

    @property
    def left_s(self) -> float:
        """What is left of the time; ``inf`` without a limit."""
        return float("inf") if self._time_s is None else max(self._time_s - self.seconds, 0.0)

    def extend(self) -> None:
        """Give the time that it takes to show what was found: the limit, or the interrupt, was for finding it."""
        self._more_s = _EVIDENCE_S
        if self.interrupted:
            self._heard_s = self.seconds + _EVIDENCE_S

    def allow(self, seconds: float) -> None:
        """Give some more time: what was done in it was not for the user's question."""
        self._more_s += seconds
        self._heard_s += seconds

    def over(self) -> str | None:
        """Why the work is to end now; None if it may go on."""
        return self.ended() or self.memory_over(0)

    def ended(self) -> str | None:
        """Why the work is to end now, its memory left aside."""
        return INTERRUPTED if self.interrupted and self.seconds > self._heard_s else self.time_over()

    def time_over(self) -> str | None:
        """That the time is used up, if it is."""
        late = self._time_s is not None and self.seconds > self._time_s + self._more_s
        return f"the time limit of {self._time_s:g} s was reached" if late else None

    def memory_over(self, used: int) -> str | None:
        """That the memory is used up, if it is: by the work's own structures, or by these and the spec's values together.

        Args:
            used: Bytes of the work's own structures, some of which may not be resident.
        """
        over = max(used, resident_bytes() - self._resident_bytes) > self.memory_bytes
        return self.memory_short() if over else None

    def memory_short(self) -> str:
        """That the memory does not suffice."""
        return f"memory ran short: {self._allowed}"


def is_refusal(error: BaseException | None) -> bool:
    """Whether an error says that the system gave no more memory: to Python, to a library that is loaded, or to a call of the system."""
    seen: set[int] = set()  # An error may be raised from one that it is the context of.
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if isinstance(error, ImportError) and any(text in str(error) for text in _LOADER):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_refused() -> str:
    """That the system gave no more memory, and which of its limits that was."""
    return f"memory ran short: {refused()}"
