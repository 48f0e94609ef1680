"""The definition of a function, found in the source that it was compiled from."""

from __future__ import annotations

import ast
import copy
import inspect
from types import CodeType, FunctionType

from modelcheck.symbolic.terms import UnsupportedError

# The lines of each source, and the functions in them.
_sources: dict[str, tuple[list[str], list[ast.FunctionDef | ast.Lambda]]] = {}


def place_of(code: CodeType) -> str:
    """``file:line`` of a function's first line."""
    return f"{code.co_filename}:{code.co_firstlineno}"


def _functions_in(file: str, lines: list[str]) -> list[ast.FunctionDef | ast.Lambda]:
    """The functions of a source, which is parsed once."""
    known = _sources.get(file)
    if known is None or known[0] != lines:
        tree = ast.parse("".join(lines))
        known = _sources[file] = (lines, [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))])
    return known[1]


def definition_of(function: FunctionType, code: CodeType) -> ast.FunctionDef | ast.Lambda:
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
    return copy.deepcopy(found[0])


def _matches(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
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
