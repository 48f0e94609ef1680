"""The code of a function, also while another one stands in for it.

A proof that is under way in some thread lets the functions of the spec's modules have code of its own (`modelcheck.symbolic.rewriting.supervision`).
Whoever looks at the code of a function, and does not only call it, asks here.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

# By the id of the code that stands in: that code, which is kept so that the id stays its own, and the code that the function was defined with.
_own: dict[int, tuple[CodeType, CodeType]] = {}


def code_of(function: Any) -> CodeType:
    """The code that a function, or the function of a method, was defined with."""
    code: CodeType = function.__code__
    known = _own.get(id(code))
    return code if known is None else known[1]


def stands_in(code: CodeType, own: CodeType) -> None:
    """Say which code one stands in for."""
    _own[id(code)] = (code, own)
