"""Asking z3, within a time, and so that the user can stop it."""

from __future__ import annotations

import time
from typing import Any

import z3


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
