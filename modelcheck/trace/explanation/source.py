"""The source of running code, as syntax trees.

The function of a code object, the statement at a line, the text of an expression.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

from attrs import field, frozen

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@frozen(eq=False)
class Source:
    """A function's source.

    Attributes:
        node: Its syntax tree.
        lines: The lines of its file.
        parents: The parent of each node of the tree.
    """

    node: FunctionNode
    lines: list[str]
    parents: dict[ast.AST, ast.AST] = field(factory=dict)

    def text(self, node: ast.AST) -> str:
        """The text of an expression on one line, as it was written where it was written on one."""
        start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        if node not in self.parents or start is None or start != end or start > len(self.lines):
            return ast.unparse(node)
        line: bytes = self.lines[start - 1].encode()
        place = slice(node.col_offset, node.end_col_offset)  # type: ignore[attr-defined]
        return line[place].decode(errors="replace")

    def statement_at(self, line: int) -> ast.stmt | None:
        """The innermost statement of the function at a line of its file."""
        found = [
            node
            for node in ast.walk(self.node)
            if isinstance(node, ast.stmt) and node is not self.node and _spans(node, line)
        ]
        return min(found, key=lambda node: ((node.end_lineno or 0) - node.lineno, -node.lineno), default=None)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out, up to the function."""
        while node is not self.node and node in self.parents:
            node = self.parents[node]
            yield node


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def source_of(code: CodeType) -> Source | None:
    """The source of a function, or None where there is none."""
    file = _parsed(code.co_filename)
    if file is None:
        return None
    tree, lines, parents = file
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if code.co_firstlineno in (node.lineno, first):
                return Source(node, lines, parents)
        elif isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            return Source(node, lines, parents)
    return None


@lru_cache(maxsize=64)
def _parsed(filename: str) -> tuple[ast.Module, list[str], dict[ast.AST, ast.AST]] | None:
    lines = linecache.getlines(filename)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    if not lines:
        return None
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return tree, lines, parents
