"""Running a function once more and keeping what its variables were when it ended.

The interpreter's profile hook gives the frame at its ``return``, and a failed ``assert`` carries its frames in the
traceback. Nothing of the spec is rewritten or recompiled.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType, TracebackType
from typing import Any

from attrs import frozen

from modelcheck.spec.code import code_of

_STANDARD = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib"))
_PACKAGE = str(Path(__file__).resolve().parents[2])


@frozen(eq=False)
class Ending:
    """How a call ended.

    Attributes:
        code: The code that was run.
        names: The variables that it saw at its end, global ones included.
        line: The line on which it ended.
        value: What it returned.
        error: The failed assertion that ended it, if one did.
        inner: The endings of the calls that the assertion came out of, outermost first; those of comprehensions included.
    """

    code: CodeType
    names: Mapping[str, Any]
    line: int
    value: Any = None
    error: AssertionError | None = None
    inner: tuple[Ending, ...] = ()


def watched(call: Callable[[], Any], code: CodeType) -> Ending | None:
    """Make a call and tell how the first run of a code object in it ended; None if it was not run."""
    frames: list[FrameType] = []
    found: list[Ending] = []

    def hook(frame: FrameType, event: str, value: Any) -> None:
        if frame.f_code is not code:
            return
        if event == "call" and not frames:
            frames.append(frame)
        elif event == "return" and frames and frame is frames[0] and not found:
            found.append(Ending(code, names_in(frame), frame.f_lineno, value))

    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        call()
    except AssertionError as error:
        return _failed(error, code)
    finally:
        sys.setprofile(before)
    return found[0] if found else None


def names_in(frame: FrameType) -> dict[str, Any]:
    """The names that an expression in a frame would see. They are one dict, since a comprehension in an evaluated expression sees no locals."""
    names = {**frame.f_globals, **frame.f_locals}
    if "__class__" in frame.f_locals and frame.f_code.co_argcount:
        cls, first = frame.f_locals["__class__"], frame.f_locals.get(frame.f_code.co_varnames[0])
        names["super"] = lambda *args: super(*args) if args else super(cls, first)
    return names


def _failed(error: AssertionError, code: CodeType) -> Ending | None:
    frames: list[TracebackType] = []
    at = error.__traceback__
    while at is not None:
        frames.append(at)
        at = at.tb_next
    codes = [entry.tb_frame.f_code for entry in frames]
    if code not in codes:
        return None
    entries = frames[codes.index(code) :]
    first, *rest = [
        Ending(e.tb_frame.f_code, names_in(e.tb_frame), e.tb_lineno, error=error)
        for e in entries
        if _is_readable(e.tb_frame.f_code)
    ]
    return Ending(first.code, first.names, first.line, error=error, inner=tuple(rest))


def _is_readable(code: CodeType) -> bool:
    """Whether code belongs to the spec, or to this package's ready-made parts, rather than to Python or another installed package."""
    file = code.co_filename
    if file.startswith(_PACKAGE):
        return True
    return not file.startswith((*_STANDARD, "<frozen")) and "site-packages" not in file


def function_of(called: Any) -> FunctionType | None:
    """The readable Python function behind something that is called; None for all else."""
    function = called.__func__ if isinstance(called, MethodType) else called
    return function if isinstance(function, FunctionType) and _is_readable(code_of(function)) else None
