"""The run that is under way: it decides which way to take where the code asks for the truth of a symbolic condition."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.symbolic.terms import UnsupportedError, is_false, is_true


class Present:
    """What runs at present.

    Attributes:
        paths: The exploration that the run belongs to; set by `modelcheck.symbolic.paths`.
    """

    paths: Any = None


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
