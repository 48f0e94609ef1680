"""The definition of a function, found in the source that it was compiled from."""

from __future__ import annotations

import ast
import copy
import inspect
from types import CodeType, FunctionType

from modelcheck.symbolic.terms import UnsupportedError

_Definition = ast.FunctionDef | ast.Lambda
# The lines of each source, and the functions in them.
_sources: dict[str, tuple[list[str], list[_Definition]]] = {}


def place_of(code: CodeType) -> str:
    """``file:line`` of a function's first line."""
    return f"{code.co_filename}:{code.co_firstlineno}"


def _functions_in(file: str, lines: list[str]) -> list[_Definition]:
    """The functions of a source, which is parsed once."""
    known = _sources.get(file)
    if known is None or known[0] != lines:
        tree = ast.parse("".join(lines))
        known = _sources[file] = (lines, [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))])
    return known[1]


def definition_of(function: FunctionType, code: CodeType) -> _Definition:
    """The definition of a function, to be changed at will.

    Raises:
        UnsupportedError: if there is no source, or several definitions on one line that look the same.
    """
    try:
        lines, _ = inspect.findsource(code)
        functions = _functions_in(code.co_filename, lines)
    except (OSError, SyntaxError, TypeError) as error:
        raise UnsupportedError(
            f"the source of {function.__qualname__} is needed and cannot be read",
            place=place_of(code),
            remedy="Write the spec in a file.",
        ) from error
    found = [node for node in functions if _matches(node, code)]
    if len(found) != 1:
        raise UnsupportedError(
            f"the source of {function.__qualname__} cannot be told apart from its neighbours",
            place=place_of(code),
            remedy="Give it a line of its own.",
        )
    return _with_private_names(copy.deepcopy(found[0]), code)


def _with_private_names(definition: _Definition, code: CodeType) -> _Definition:
    """The definition with its private names spelled out, as the compiler does it in the class that the function belongs to."""
    owner = code.co_qualname.split(".")[-2:-1]
    cls = owner[0].lstrip("_") if owner and owner[0] != "<locals>" else ""
    for node in ast.walk(definition) if cls else ():
        for field in ("id", "attr", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                setattr(node, field, f"_{cls}{name}")
    return definition


def _matches(node: _Definition, code: CodeType) -> bool:
    first = code.co_firstlineno
    if isinstance(node, ast.Lambda):
        starts = [
            (line, column)
            for line, _, column, _ in code.co_positions()
            if line is not None and column is not None and column > 0
        ]
        body = node.body
        inside = all(
            (body.lineno, body.col_offset) <= start <= (body.end_lineno or 0, body.end_col_offset or 0)
            for start in starts
        )
        return code.co_name == "<lambda>" and node.lineno == first and inside
    lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
    return node.name == code.co_name and min(lines) == first
