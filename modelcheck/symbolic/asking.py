"""Asking z3, within a time, and so that the user can stop it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import z3
from attrs import define

from modelcheck.limits.memory import require_room
from modelcheck.limits.raising import Interrupted, interrupt
from modelcheck.limits.watch import Overrun

_AGAIN_S = 0.01
# Z3 starts threads, and lets the program end where it cannot.
_ROOM_BYTES = 32 << 20
_Z3 = str(Path(z3.__file__).parent) + os.sep


@define
class _Stop:
    """Whether the user wants to stop, and what repeats the signal if it came where it does harm."""

    wanted: bool = False
    again: threading.Timer | None = None
    asked: z3.Context | None = None
    over: bool = False

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Within the block z3 is at work, and `cut_short` ends that.

        Raises:
            Overrun: if it did.
        """
        self.asked = z3.main_ctx()
        try:
            yield
        finally:
            self.asked, over, self.over = None, self.over, False
        if over:
            raise Overrun

    def note(self, _: int, frame: FrameType | None) -> None:
        """Take the signal."""
        self.wanted = True
        if not _is_in_z3(frame):
            self.now()
        self.settle()
        self.again = threading.Timer(_AGAIN_S, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
        self.again.daemon = True
        self.again.start()

    def now(self) -> NoReturn:
        """Stop, and do not repeat the signal."""
        self.settle()
        raise Interrupted

    def settle(self) -> None:
        """Do not repeat the signal."""
        if self.again is not None:
            self.again.cancel()
            self.again = None


_stop = _Stop()


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `KeyboardInterrupt` within the block as soon as it does no harm.

    In the middle of z3's Python code it does: ctypes makes an ``ArgumentError`` of it, and a ``__del__`` drops it. There the signal is
    repeated a little later; meanwhile `ask` knows of it.
    """
    before = signal.getsignal(signal.SIGINT)
    _stop.wanted = False
    try:
        ours = before in (signal.default_int_handler, interrupt) and bool(signal.signal(signal.SIGINT, _stop.note))
    except ValueError:  # Not in the main thread, which is the one to be interrupted.
        ours = False
    try:
        yield
    finally:
        _stop.settle()
        _stop.wanted = False
        if ours:
            signal.signal(signal.SIGINT, before)


def cut_short() -> None:
    """End what z3 does now; may be called on any thread."""
    context = _stop.asked
    if context is not None:
        _stop.over = True
        context.interrupt()


def stop_if_wanted() -> None:
    """Stop if the user wants it."""
    if _stop.wanted:
        _stop.now()


def _is_in_z3(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_Z3):
            return True
        frame = frame.f_back
    return False


def ask(solver: z3.Solver, *assumptions: Any, deadline: float | None = None, most_ms: int | None = None) -> Any:
    """What z3 answers: ``sat``, ``unsat`` or ``unknown``.

    Args:
        solver: What to ask about.
        assumptions: What to assume.
        deadline: When to give up, as `time.monotonic` says it.
        most_ms: After how many milliseconds to give up, if not before.

    Raises:
        KeyboardInterrupt: if the user stopped z3, which takes the signal for itself.
    """
    stop_if_wanted()
    limits = [] if most_ms is None else [most_ms]
    if deadline is not None:
        limits.append(int((deadline - time.monotonic()) * 1000))
    if limits:
        solver.set("timeout", max(min(limits), 1))
    require_room(_ROOM_BYTES)
    with _stop.asking():
        answer = solver.check(*assumptions)
    if answer == z3.unknown and solver.reason_unknown() == "interrupted from keyboard":
        _stop.now()
    return answer


def said(reason: str) -> str:
    """Z3's reason for no answer, in words."""
    if "timeout" in reason or "canceled" in reason:
        return "the time limit was reached"
    if "max. memory" in reason:
        return "the memory limit was reached"
    return f"z3 gave up: {reason}"
