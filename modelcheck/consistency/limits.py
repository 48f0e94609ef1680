"""How much time and memory a check may use, and the signal that it is used up."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Final

from attrs import frozen

TIME_UP: Final = "the time limit was reached"
MEMORY_UP: Final = "the memory limit was reached"

_STATM: Final = Path("/proc/self/statm")
_LOOKS_S: Final = 0.05


@frozen
class Limits:
    """How much a check may use.

    Args:
        time_s: Seconds.
        memory_bytes: Bytes of the search's tables, and bytes that the process may grow by meanwhile.
    """

    time_s: float = 60.0
    memory_bytes: int = 2 << 30


class LimitReached(Exception):  # noqa: N818 - it is a verdict, and no error
    """A limit was reached; the text says which. It ends a procedure, whose caller makes it a verdict."""


def resident_bytes() -> int:
    """Bytes of memory that this process has now; where the system does not say, the most it ever had."""
    try:
        return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Deadline:
    """An instant, as the seconds that are left until then, and how far the process may grow before it.

    The process is first looked at some time after the beginning, so that a short check pays nothing.

    Args:
        seconds: Until the instant.
        memory_bytes: What the process may grow by; any number of bytes if not given.
    """

    def __init__(self, seconds: float, memory_bytes: int | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._memory_bytes = memory_bytes
        self._look = self._end - seconds + _LOOKS_S
        self._first_bytes: int | None = None

    @property
    def left_s(self) -> float:
        """Seconds until the deadline, at least zero."""
        return max(0.0, self._end - time.monotonic())

    def check(self, bytes_needed: int = 0) -> None:
        """Raise :class:`LimitReached` if the time is up, or the memory used up. To be called often; it is cheap.

        Args:
            bytes_needed: A share of the limit that is about to be used.
        """
        now = time.monotonic()
        if now >= self._end:
            raise LimitReached(TIME_UP)
        if self._memory_bytes is None:
            return
        if bytes_needed > self._memory_bytes:
            raise LimitReached(MEMORY_UP)
        if now >= self._look:
            self._look = now + _LOOKS_S
            resident = resident_bytes()
            if self._first_bytes is None:
                self._first_bytes = resident
            elif resident - self._first_bytes > self._memory_bytes:
                raise LimitReached(MEMORY_UP)
