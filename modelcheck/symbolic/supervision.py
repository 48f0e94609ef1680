"""Supervision of a symbolic run: no code that was not rewritten gets to see a symbolic value.

The spec's functions that rewritten code calls are rewritten as they are called. Others are reached through C code or through a library: an ``__eq__``
that ``list.index`` calls, a key function, a descriptor, the function under a decorator. In these ``is`` on a symbolic value would be false where it
is undecided, and nobody would notice. So a trace function looks at each Python function that is entered during a run. One of the spec's own that was
not rewritten spoils the run: it gets the code of its rewritten twin, in place, and the run is repeated. If it has no source, the run is refused. When
the exploration ends, all functions have their own code back.

Functions of libraries are not rewritten, and `check_caller` refuses them when they touch a symbolic value. What attrs and dataclasses generate, and
`functools.total_ordering`, is excepted: it consists of comparisons that Python lets a value define.

*Cost.* About 0.1 µs per Python function entered. A trace function set by a debugger or a coverage tool rests during symbolic runs.
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType
from typing import Any

from modelcheck.symbolic.rewrite import is_generated, is_library, is_ours, is_rewritten, place_of, rewritten
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import describe

_COMPARING = {"_gt_from_lt", "_le_from_lt", "_ge_from_lt", "_ge_from_le", "_lt_from_le", "_gt_from_le", "_lt_from_gt",
              "_ge_from_gt", "_le_from_gt", "_le_from_ge", "_gt_from_ge", "_lt_from_ge"}  # fmt: skip


class Supervision:
    """Looks at the Python functions that are entered during symbolic runs.

    Attributes:
        spoiled: Whether a function that was not rewritten has been entered since this was last set to False.
        refusal: Why such a function cannot be rewritten.
    """

    def __init__(self) -> None:
        self.spoiled = False
        self.refusal: UnsupportedError | None = None
        self._active = False
        # By the id of the code; the code is kept, so that the id stays its own.
        self._harmless: dict[int, CodeType] = {}
        self._callers: dict[int, CodeType] = {}
        self._exchanged: list[tuple[FunctionType, CodeType, CodeType]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Supervise what runs inside of the block."""
        if self._active:
            yield
            return
        before = sys.gettrace()
        self._active = True
        for function, _, new in self._exchanged:
            function.__code__ = new
        sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(before)
            self._active = False
            for function, own, _ in self._exchanged:
                function.__code__ = own

    def _entered(self, frame: FrameType, event: str, argument: Any) -> None:
        del event, argument
        code = frame.f_code
        if id(code) not in self._harmless:
            self._look_at(code)

    def _look_at(self, code: CodeType) -> None:
        outside = is_rewritten(code) or is_ours(code) or is_generated(code) or is_library(code)
        if outside or not code.co_flags & inspect.CO_OPTIMIZED:
            self._harmless[id(code)] = code
            return
        self.spoiled = True
        functions = [each for each in gc.get_referrers(code) if isinstance(each, FunctionType)]
        try:
            for function in functions:
                self._exchange(function)
        except UnsupportedError as error:
            self.refusal = error
        if not functions and self.refusal is None:
            self.refusal = UnsupportedError(
                f"{code.co_qualname} is called from code that cannot be followed",
                place=place_of(code),
                remedy="Call it from the spec itself.",
            )

    def _exchange(self, function: FunctionType) -> None:
        own = function.__code__
        new = rewritten(function).__code__
        if new.co_freevars != own.co_freevars:
            raise UnsupportedError(
                f"{function.__qualname__} is called from code that cannot be followed",
                place=place_of(own),
                remedy="Call it from the spec itself.",
            )
        self._exchanged.append((function, own, new))
        function.__code__ = new

    def check_caller(self, code: CodeType, value: Any) -> None:
        """Make sure that code which touches a symbolic value may do so.

        Raises:
            UnsupportedError: if it belongs to a library.
        """
        if id(code) in self._callers:
            return
        if is_library(code) and code.co_name not in _COMPARING:
            raise UnsupportedError(
                f"{code.co_qualname} of {code.co_filename} works on {describe(value)}",
                remedy="Library code cannot be followed; write it with Python's own operators.",
            )
        self._callers[id(code)] = code


SUPERVISION = Supervision()
