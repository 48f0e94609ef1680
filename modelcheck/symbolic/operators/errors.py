"""Errors that Python raises because a value is symbolic: they are ours, and the spec's code may not catch them."""

from __future__ import annotations

import sys

from modelcheck.spec.run import user_place
from modelcheck.symbolic.terms import UnsupportedError

_OURS = ("Symbolic", "SymInt", "SymBool", "SymUnion", "SymSet", "GuardedList")


def check_error(error: BaseException) -> None:
    """Make sure that an error is the spec's.

    Raises:
        UnsupportedError: if it says that a symbolic value has not what an ordinary one would have.
    """
    texts = [each for each in error.args if type(each) is str]
    if any(name in text for text in texts for name in _OURS):
        raise UnsupportedError(
            f"this cannot be followed symbolically: {error}",
            place=user_place(error),
            remedy="Followed are comparisons, + - *, // and % by a constant, containers, and functions written in Python.",
        ) from error


def caught() -> None:
    """What a handler begins with: the error that it has caught is the spec's."""
    error = sys.exception()
    if error is not None:
        check_error(error)
