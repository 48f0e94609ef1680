"""The run that is under way: it decides which way to take where the code asks for the truth of a symbolic condition."""

from __future__ import annotations

import threading
from typing import Any

import z3

from modelcheck.symbolic.terms import UnsupportedError, is_false, is_true

MOST_CALLS = 100
"""How deep the spec's functions may call each other."""
MOST_FRAMES = 4000
"""Python's own limit while that is under way. It must not be reached: an error in the midst of making a term leaves z3 with wrong counts."""


class Present:
    """What runs at present.

    Attributes:
        paths: The exploration that the run belongs to; set by `modelcheck.symbolic.paths`.
        calls: How many calls of the spec's functions are under way, one in the other.
        thread: The thread that explores; other threads run the spec's code as it is.
    """

    paths: Any = None
    calls: int = 0
    thread: int | None = None

    @classmethod
    def is_here(cls) -> bool:
        """Whether the present thread is the one that explores."""
        return cls.thread == threading.get_ident()


alone = threading.RLock()
"""Held by the thread that explores or asks z3, whose terms and contexts are for one thread at a time."""


def decide(term: z3.BoolRef) -> bool:
    """Whether a condition is true on the path of the present run."""
    if is_true(term):
        return True
    if is_false(term):
        return False
    if Present.paths is None:
        raise UnsupportedError(f"the truth of {term} was asked outside of a run")
    decided: bool = Present.paths.decide(term)
    return decided


def too_deep() -> UnsupportedError:
    """The error that a function calls itself too often."""
    return UnsupportedError(
        "a function calls itself too often for symbolic values",
        remedy=f"Let it end after fewer than {MOST_CALLS} calls, or write it as a loop.",
    )
