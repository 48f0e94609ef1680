"""Supervision of symbolic runs: no code that was not rewritten gets to see a symbolic value.

The spec's functions that rewritten code calls are rewritten as they are called. Others are reached through C code or through a library: an ``__eq__``
that ``list.index`` calls, a key function, a descriptor, the function under a decorator. In these ``is`` on a symbolic value would be false where it
is undecided, and nobody would notice. So as long as an exploration lasts, every function of the spec's modules has a *detour* for its code: whoever
calls it on the thread that explores, its rewritten twin is run. Other threads run it as it is, by a call more, and who asks what code it has is told
that (`modelcheck.spec.code`). One that cannot be rewritten is refused when it is called.

Functions of libraries are not rewritten, and `check_caller` refuses them when they touch a symbolic value. What attrs and dataclasses generate, and
`functools.total_ordering`, is excepted: it consists of comparisons that Python lets a value define.

*Cost.* A look at all objects of the process per system; two assignments per function each time that the detours are taken, which is once for
a round of exploring all actions. A process that has loaded thousands of functions notices.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from modelcheck.spec.code import code_of
from modelcheck.symbolic.present import Present, alone
from modelcheck.symbolic.rewriting.functions import detour, is_foreign, is_rewritten
from modelcheck.symbolic.rewriting.ownership import is_library, is_ours
from modelcheck.symbolic.rewriting.source import place_of
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import describe
from modelcheck.symbolic.values.merging import settled

_COMPARING = {"_gt_from_lt", "_le_from_lt", "_ge_from_lt", "_ge_from_le", "_lt_from_le", "_gt_from_le", "_lt_from_gt",
              "_ge_from_gt", "_le_from_gt", "_le_from_ge", "_gt_from_ge", "_lt_from_ge"}  # fmt: skip
# Callers that may touch symbolic values, by the id of their code, which is kept so that the id stays its own.
_callers: dict[int, CodeType] = {}


class Supervision:
    """The functions of the spec's modules, at the time at which this is made."""

    def __init__(self) -> None:
        functions = [each for each in gc.get_objects() if type(each) is FunctionType]
        self._functions = [each for each in functions if not is_rewritten(code_of(each)) and not is_foreign(each)]
        self._watches = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Let the functions take their detours, if they do not do so by now."""
        if self._watches:
            yield
            return
        with alone:
            own = [(each, code_of(each)) for each in self._functions]
            before, Present.thread = Present.thread, threading.get_ident()
            try:
                self._watches = True
                for function, code in own:
                    function.__code__ = detour(function, code, settled)
                yield
            finally:
                self._watches = False
                for function, code in own:
                    function.__code__ = code
                Present.thread = before


def check_caller(code: CodeType, value: Any) -> None:
    """Make sure that code which touches a symbolic value may do so.

    Raises:
        UnsupportedError: if it belongs to a library, or was not rewritten.
    """
    if id(code) in _callers:
        return
    compares = code.co_name in _COMPARING or code.co_qualname.startswith("_make_order.")
    if is_library(code) and not compares:
        raise UnsupportedError(
            f"{code.co_qualname} of {code.co_filename} works on {describe(value)}",
            remedy="Library code cannot be followed; write it with Python's own operators.",
            about=value,
        )
    if not (compares or is_rewritten(code) or is_ours(code)) and not code.co_filename.startswith("<"):
        raise UnsupportedError(
            f"{code.co_qualname} works on {describe(value)} and was not there when the exploration began",
            place=place_of(code),
            remedy="Import its module when the spec is imported.",
        )
    _callers[id(code)] = code
