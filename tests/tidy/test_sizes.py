"""Nothing grows so large that it has to be searched instead of read: files, packages and functions."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("modelcheck", "tests", "benchmarks", "specs")
MOST_LINES = 400
MOST_FILES = 20
MOST_OF_A_FUNCTION = 50
LARGER = {
    "specs/consensus/raft.py": "A spec is read in one piece, and this one is a paper's whole protocol.",
}
"""Files beyond the limit, and why."""


def files(*kinds: str, folders: tuple[str, ...] = FOLDERS) -> list[Path]:
    """All that is written by hand, by its endings."""
    return sorted(path for folder in folders for kind in kinds for path in (ROOT / folder).rglob(f"*{kind}") if "data" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_too_long():
    """A file beyond the limit holds a second subject, which has a name and is a file of its own."""
    long = {name_of(path) for path in files(".py", ".pyx", ".pxd", ".hpp", ".js") if path.read_text().count("\n") > MOST_LINES}
    assert long == set(LARGER)


def test_no_package_has_too_many_files():
    """A package beyond the limit holds a second subject, which is a room of its own. A stub belongs to its module."""
    rooms = Counter(path.parent for path in files(".py", ".pyx", ".hpp", folders=("modelcheck",)) if path.name != "__init__.py")
    assert [(name_of(room), count) for room, count in rooms.items() if count > MOST_FILES] == []


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function's body has without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body and function.end_lineno else 0


@pytest.mark.parametrize("package", sorted(path.name for path in (ROOT / "modelcheck").iterdir() if path.is_dir() and path.name != "__pycache__"))
def test_no_function_is_too_long(package):
    """A function beyond the limit tells several stories. Its signature and its docstring do not count."""
    for path in files(".py", folders=(f"modelcheck/{package}",)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert lines_of(node) <= MOST_OF_A_FUNCTION, f"{name_of(path)}: {node.name}"
