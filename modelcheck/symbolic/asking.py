"""Asking z3, within a time, and so that the user can stop it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import z3
from attrs import define


@define
class _Stop:
    wanted: bool = False


_stop = _Stop()


@contextmanager
def stoppable() -> Iterator[None]:
    """Remember within the block that the user wants to stop, so that `ask` raises `KeyboardInterrupt`.

    Python drops the exception where it hits it in a ``__del__``, and z3's terms are deleted all the time.
    """
    before = signal.getsignal(signal.SIGINT)

    def note(*_: object) -> None:
        _stop.wanted = True
        raise KeyboardInterrupt

    _stop.wanted = False
    try:
        ours = before is signal.default_int_handler and bool(signal.signal(signal.SIGINT, note))
    except ValueError:  # Not in the main thread, which is the one to be interrupted.
        ours = False
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


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
    if _stop.wanted:
        raise KeyboardInterrupt
    limits = [] if most_ms is None else [most_ms]
    if deadline is not None:
        limits.append(int((deadline - time.monotonic()) * 1000))
    if limits:
        solver.set("timeout", max(min(limits), 1))
    answer = solver.check(*assumptions)
    if answer == z3.unknown and solver.reason_unknown() == "interrupted from keyboard":
        raise KeyboardInterrupt
    return answer


def said(reason: str) -> str:
    """Z3's reason for no answer, in words."""
    if "timeout" in reason or "canceled" in reason:
        return "the time limit was reached"
    if "max. memory" in reason:
        return "the memory limit was reached"
    return f"z3 gave up: {reason}"
