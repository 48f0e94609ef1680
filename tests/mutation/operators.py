"""Operators that make mutants of a file: by the syntax tree of a Python module, by patterns on lines of C++ and Cython.

A comparison is swapped, a condition negated, a number off by one, ``and`` made ``or``, an argument or a statement dropped. Text that only people
read (docstrings, messages, names of types) is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .mutants import Mutant

SWAPPED = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Is: "is not", ast.IsNot: "is", ast.In: "not in",
    ast.NotIn: "in",
}  # fmt: skip
WORDING = {"help", "remedy", "place", "metavar", "style", "title"}
NATIVE = (
    (r" == ", " != "), (r" != ", " == "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ 1\b", " + 2"), (r" - 1\b", " - 2"), (r"\breturn true;", "return false;"), (r"\breturn false;", "return true;"), (r"\bif \((?!!)", "if (!"),
    (r" and ", " or "), (r" or ", " and "), (r"\bcontinue;", ";"), (r" = 0;", " = 1;"), (r" \|= ", " = "), (r" &= ", " = "), (r" \+= ", " -= "),
)  # fmt: skip
NATIVE_STATEMENT = re.compile(r"^(\s+)((?:\+\+|--)?[a-z_][\w.>\[\]-]*(?:\(.*\)| [|&+-]?= .*|\+\+|--)?;)\s*$")


def mutants(root: Path, path: str) -> list[Mutant]:
    """All mutants of a file, in the order of its text."""
    text = (root / path).read_text()
    made = _of_python(text) if path.endswith(".py") else _of_native(text)
    found = []
    for start, end, after in sorted(made):
        line = text.count("\n", 0, start) + 1
        before = text[start:end]
        if before != after:
            found.append(Mutant(f"{path}:{line} {_short(before)} -> {_short(after)}", path, before, after, start))
    return found


def compiles(root: Path, mutant: Mutant) -> bool:
    """Whether the file, if it is Python, still is with the mistake."""
    if not mutant.path.endswith(".py"):
        return True
    try:
        ast.parse(mutant.applied((root / mutant.path).read_text()) or "")
    except SyntaxError:
        return False
    return True


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= 70 else joined[:67] + "..."


def _of_python(text: str) -> Iterator[tuple[int, int, str]]:
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    data = text.encode()

    def span(node: ast.AST) -> tuple[int, int]:
        ends = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        return len(data[: ends[0]].decode()), len(data[: ends[1]].decode())

    for node in _executed(ast.parse(text)):
        for part, after in _changes(node, lambda inner: text[slice(*span(inner))]):
            yield (*span(part), after)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, without annotations, docstrings, what is raised, and how objects are shown."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"} or isinstance(node, (ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr)):
            continue
        for inner in value if isinstance(value, list) else [value]:
            if not isinstance(inner, ast.AST) or (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant)):
                continue
            if isinstance(inner, ast.FunctionDef) and inner.name in {"__repr__", "__str__"}:
                continue
            yield inner
            yield from _executed(inner)


def _changes(node: ast.AST, source) -> Iterator[tuple[ast.AST, str]]:
    """The parts of a node that can be replaced, and by what."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in SWAPPED:
            yield node, f"{source(left)} {SWAPPED[type(op)]} {source(right)}"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            yield test, f"(not ({source(test)}))"
        case ast.BoolOp(op=op, values=values):
            word = " or " if isinstance(op, ast.And) else " and "
            yield node, f"({word.join(f'({source(value)})' for value in values)})"
            yield node, f"({source(values[0])})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"bool({source(operand)})"
        case ast.Constant(value=bool() as value):
            yield node, repr(not value)
        case ast.Constant(value=int() as value):
            yield node, repr(value + 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield node, f"{source(left)} {'-' if isinstance(op, ast.Add) else '+'} {source(right)}"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue() | ast.Delete():
            yield node, "pass"
        case ast.Call(keywords=[*_, ast.keyword(arg=str() as name) as last]) if name not in WORDING:
            yield last, ""
        case ast.comprehension(ifs=[test]):
            yield test, "True"
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield node, "return None"
        case _:
            return


def _of_native(text: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        code = line.split("//")[0] if "://" not in line else line
        if code.strip() and not code.lstrip().startswith(("#", "*", "/*", '"', "template", "static_assert", "using", "cdef extern", "throw")):
            for pattern, after in NATIVE:
                for found in re.finditer(pattern, code):
                    yield at + found.start(), at + found.end(), after
            statement = NATIVE_STATEMENT.match(code.rstrip("\n"))
            if statement and not statement[2].startswith(("return", "const", "uint", "auto", "int", "bool", "double", "using", "break")):
                yield at + statement.start(2), at + statement.end(2), ";"
        at += len(line)
