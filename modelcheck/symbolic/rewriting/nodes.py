"""Nodes of a definition: how new ones are made, and what is refused."""

from __future__ import annotations

import ast
from types import CodeType
from typing import TypeVar

from modelcheck.symbolic.terms import UnsupportedError

_Node = TypeVar("_Node", bound=ast.AST)
OPERATORS = "__modelcheck_operators"


class Transformer(ast.NodeTransformer):
    """Makes calls of `modelcheck.symbolic.operators`.

    Args:
        code: The code of the function that is rewritten.
    """

    def __init__(self, code: CodeType) -> None:
        self._code = code

    def refuse(self, node: ast.AST, what: str, remedy: str | None = None) -> UnsupportedError:
        """The error that something cannot be followed, to be raised."""
        return UnsupportedError(
            f"{what} cannot be followed symbolically",
            place=f"{self._code.co_filename}:{getattr(node, 'lineno', '?')}",
            remedy=remedy,
        )

    def call(self, node: ast.AST, name: str, *arguments: ast.expr) -> ast.Call:
        """A call of an operator, at the place of a node."""
        function = ast.Attribute(ast.Name(OPERATORS, ast.Load()), name, ast.Load())
        return self.at(node, ast.Call(function, list(arguments), []))

    def at(self, node: ast.AST, made: _Node) -> _Node:
        """A new node, at the place of another one where it has none."""
        for each in ast.walk(made):
            if not hasattr(each, "lineno") and isinstance(each, (ast.expr, ast.arg, ast.stmt, ast.pattern)):
                ast.copy_location(each, node)
        return made

    def thunk(self, body: ast.expr, *names: str) -> ast.Lambda:
        """A function of the names that evaluates an expression."""
        arguments = ast.arguments(
            posonlyargs=[], args=[ast.arg(name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        return self.at(body, ast.Lambda(arguments, body))

    def generic(self, node: _Node) -> _Node:
        """The same operation on parts that were rewritten."""
        return self.generic_visit(node)  # type: ignore[return-value]


def assigns(node: ast.AST) -> bool:
    """Whether there is a ``:=`` in a node, whose variable must stay one of the function."""
    return any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))


def yields(node: ast.AST) -> bool:
    """Whether a node hands something to the caller of a generator or coroutine, which only the function itself can do."""
    return any(isinstance(each, (ast.Yield, ast.YieldFrom, ast.Await)) for each in ast.walk(node))
