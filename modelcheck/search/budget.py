"""The time and memory that a search has."""

from __future__ import annotations

import time

from modelcheck.search.memory import default_limit, resident_bytes
from modelcheck.search.report import Limits

_GB = 1 << 30


class Budget:
    """What a search may use, counted from when this object is made.

    Args:
        limits: Those of time and memory are of interest.

    Attributes:
        memory_bytes: The limit of memory.
        interrupted: Whether the user has had enough.
    """

    def __init__(self, limits: Limits) -> None:
        self.memory_bytes = limits.memory_bytes or default_limit()
        self.interrupted = False
        self._time_s = limits.time_s
        self._started_s = time.monotonic()
        self._resident_bytes = resident_bytes()

    @property
    def seconds(self) -> float:
        """Used so far."""
        return time.monotonic() - self._started_s

    def over(self) -> str | None:
        """Why the search is to end now; None if it may go on."""
        if self.interrupted:
            return "it was interrupted"
        return self.time_over() or self.memory_over(0)

    def time_over(self) -> str | None:
        """That the time is used up, if it is."""
        late = self._time_s is not None and self.seconds > self._time_s
        return f"the time limit of {self._time_s:g} s was reached" if late else None

    def memory_over(self, used: int) -> str | None:
        """That the memory is used up, if it is: by the search's own structures, or by these and the spec's values together.

        Args:
            used: Bytes of the search's own structures, some of which may not be resident.
        """
        over = max(used, resident_bytes() - self._resident_bytes) > self.memory_bytes
        return self.memory_short() if over else None

    def memory_short(self) -> str:
        """That the memory does not suffice."""
        limit = self.memory_bytes
        return f"memory ran short: the limit is {f'{limit / _GB:.1f} GB' if limit >= _GB else f'{limit >> 20} MB'}"
