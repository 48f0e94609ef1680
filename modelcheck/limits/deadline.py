"""How much time and memory a check may use, and what ends it then.

A native search looks at its limits itself, and asks Python some twenty times a second (:class:`Deadline`). Everything
else is watched by a thread that raises the same exception where it happens to be, as Ctrl-C would (:func:`watched`); a
short check is over before it could matter and goes without.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Final

from attrs import frozen

from modelcheck.limits.given import Limits
from modelcheck.limits.memory import allowed, resident_bytes
from modelcheck.limits.raising import Interrupted, is_main, on_interrupt, raise_in, started, take_back, wake

TIME_UP: Final = "the time limit was reached"
MEMORY_UP: Final = "the memory limit was reached"

_LOOKS_S: Final = 0.05
_AGAIN_S: Final = 0.3


@frozen
class Allowance:
    """How much a piece of work may use: limits of which none is left open.

    Args:
        time_s: Seconds.
        memory_bytes: Bytes of the search's tables, and bytes that the process may grow by meanwhile.
    """

    time_s: float = 60.0
    memory_bytes: int = 2 << 30


_ENDLESS_S: Final = 1e9
"""Some thirty years, for whoever wants no limit: z3 and condition variables cannot count to infinity."""


def allowance(limits: Limits) -> Allowance:
    """What may be used within limits, those left open included."""
    time_s = _ENDLESS_S if limits.time_s is None else limits.time_s
    return Allowance(time_s, allowed().bytes if limits.memory_bytes is None else limits.memory_bytes)


class LimitReached(BaseException):
    """A limit was reached; the text says which. It ends a procedure, whose caller makes it a verdict.

    Derived from BaseException so that ``except Exception`` does not swallow it, in the reader of a file or in a module that is imported.
    """


class TimeUp(LimitReached):
    """The time is used up."""

    def __init__(self) -> None:
        super().__init__(TIME_UP)


class MemoryUp(LimitReached):
    """The memory is used up."""

    def __init__(self) -> None:
        super().__init__(MEMORY_UP)


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

    def over(self, bytes_needed: int = 0) -> type[TimeUp | MemoryUp] | None:
        """The limit that is reached, if one is. Cheap: memory is looked at twenty times a second.

        Args:
            bytes_needed: A share of the limit that is about to be used.
        """
        now = time.monotonic()
        if now >= self._end:
            return TimeUp
        if self._memory_bytes is None:
            return None
        if bytes_needed > self._memory_bytes:
            return MemoryUp
        if now >= self._look:
            self._look = now + _LOOKS_S
            resident = resident_bytes()
            if self._first_bytes is None:
                self._first_bytes = resident
            return MemoryUp if resident - self._first_bytes > self._memory_bytes else None
        return None

    def check(self, bytes_needed: int = 0) -> None:
        """As :meth:`over`, but raise the limit that is reached."""
        reached = self.over(bytes_needed)
        if reached is not None:
            raise reached()


_LEAST_BYTES: Final = 1 << 16
"""What a check that is worth a watch surely takes."""


class watched:  # noqa: N801 - used like a function
    """Raise :class:`LimitReached` in the block, wherever it is in Python, when a limit is reached.

    Also at once, if there is nothing to use. A function in C, such as a call of z3, is not interrupted, unless it waits and is to be woken.

    Args:
        limits: Counted from the beginning of the block.
        wakes: Whether the main thread is woken by a signal, as Ctrl-C would, if it waits in a call of C.
    """

    def __init__(self, limits: Allowance, *, wakes: bool = False) -> None:
        self._deadline = Deadline(limits.time_s, limits.memory_bytes)
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._told: type[LimitReached] | None = None
        self._wakes = wakes  # The block is then in a generator, which is on no stack while it runs.
        self._signals = on_interrupt(self._heed) if wakes and is_main() else None
        self._frame: FrameType | None = None

    def __enter__(self) -> None:
        self._deadline.check(_LEAST_BYTES)
        self._frame = None if self._wakes else sys._getframe(1)
        if self._signals is not None:
            self._signals.__enter__()
        started(threading.Thread(target=self._look_on, name="modelcheck-limits", daemon=True))

    def __exit__(self, *_: object) -> None:
        while not self._closed.is_set():
            with suppress(LimitReached):  # The block is over: what it found is complete.
                self._close()
        if self._signals is not None:
            self._signals.__exit__(None, None, None)

    def _heed(self) -> None:
        if self._told is None:
            raise Interrupted
        if not self._closed.is_set():
            raise self._told()

    def _look_on(self) -> None:
        """Look a few times a second; a limit is told again, for a destructor may have swallowed it."""
        wait_s = _LOOKS_S
        while not self._closed.wait(wait_s):
            reached = self._deadline.over()
            with self._lock:
                if reached is not None and not self._is_inside():
                    self._closed.set()
                if reached is not None and not self._closed.is_set():
                    again, self._told, wait_s = self._told is not None, reached, _AGAIN_S
                    raise_in(self._thread, reached)
                    if again and self._signals is not None:
                        wake(self._thread)

    def _is_inside(self) -> bool:
        """Whether the function with the block still runs: the exception may come just before the block or at its end, which then is not told."""
        if self._frame is None:
            return True
        frame = sys._current_frames().get(self._thread)
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        return frame is not None

    def _close(self) -> None:
        """Raise nothing any more, and take back what has not been raised yet."""
        with self._lock:
            self._closed.set()
        self._frame = None
        if self._told is not None:
            take_back()
