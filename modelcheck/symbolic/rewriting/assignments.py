"""Statements that change something: what is seen from outside of the function is announced before it is changed.

A piece of code that is explored on its own, such as the right side of ``and``, is run whether its condition is true or not. What it does to its own
variables is forgotten; an object, or a variable of another function, would stay changed. So the statement says so, and the run decides first.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from types import CodeType
from typing import Any

from modelcheck.symbolic.rewriting.comprehensions import Comprehensions
from modelcheck.symbolic.rewriting.nodes import assigns, yields

IN_PLACE = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
}  # fmt: skip
# Functions that change an object which nobody else has yet.
_MAKING = {"__init__", "__attrs_post_init__", "__post_init__"}


class Assignments(Comprehensions):
    """Rewrites assignments, and other statements with targets."""

    def __init__(self, code: CodeType) -> None:
        super().__init__(code)
        self._self = code.co_varnames[0] if code.co_argcount else None
        self._outer: set[str] = set()

    def visit_Assign(self, node: ast.Assign) -> Any:
        """``a[b] = c``."""
        if isinstance(node.value, ast.GeneratorExp):  # Its items are looked at later, when what they depend on may be different.
            raise self.refuse(node, "a generator that is kept in a variable", "Write a list: [x for x in ...].")
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
            return self._announced(node, *node.targets)
        if assigns(node):
            return self._announced(node, target)
        value, container, key = (self.visit(each) for each in (node.value, target.value, target.slice))
        return self.at(node, ast.Expr(self.call(node, "set_item", value, container, key)))

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """``a += b``: what a name holds may be changed in place."""
        target = node.target
        sliced = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice)
        of_a_name = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        if (isinstance(target, ast.Attribute) and not of_a_name) or sliced or assigns(node) or yields(node):
            return self._announced(node, target)
        operator, value = ast.Constant(f"i{IN_PLACE[type(node.op)]}"), self.visit(node.value)
        if isinstance(target, ast.Name):
            changed = self.call(node, "changed", operator, ast.Name(target.id, ast.Load()), value)
            return self._after(node, [target], self.at(node, ast.Assign([target], changed)))
        if isinstance(target, ast.Attribute):
            now = self.visit(ast.copy_location(ast.Attribute(copy.deepcopy(target.value), target.attr, ast.Load()), target))
            changed = self.call(node, "changed", operator, now, value)
            return self._after(node, [target], self.at(node, ast.Assign([target], changed)))
        assert isinstance(target, ast.Subscript)
        container, key = self.visit(target.value), self.visit(target.slice)
        return self.at(node, ast.Expr(self.call(node, "change_item", operator, container, key, self.thunk(value))))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Annotations are left as they are."""
        node.target = self.visit(node.target)
        node.value = self.visit(node.value) if node.value else None
        return self._after(node, [node.target], node)

    def visit_Delete(self, node: ast.Delete) -> Any:
        """``del a[b]``."""
        return self._announced(node, *node.targets)

    def visit_For(self, node: ast.For) -> Any:
        """``for x in xs``."""
        announced = self._announced(node, node.target)
        node.iter = self.call(node.iter, "iterated", node.iter)
        return announced

    def visit_With(self, node: ast.With) -> Any:
        """``with x as y``."""
        return self._announced(node, *(each.optional_vars for each in node.items if each.optional_vars))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.stmt:
        """``nonlocal x``: from here on, an assignment to it is seen by others."""
        self._outer.update(node.names)
        return node

    def _announced(self, node: ast.stmt, *targets: ast.expr) -> Any:
        self.generic_visit(node)
        return self._after(node, targets, node)

    def _after(self, node: ast.stmt, targets: Iterable[ast.expr], made: ast.stmt) -> Any:
        """A statement, after the announcement if one of its targets is seen from outside."""
        if not any(self._is_seen(each) for target in targets for each in ast.walk(target)):
            return made
        return [self.at(node, ast.Expr(self.call(node, "effect"))), made]

    def _is_seen(self, target: ast.AST) -> bool:
        if isinstance(target, ast.Name):
            return isinstance(target.ctx, ast.Store) and target.id in self._outer
        if not isinstance(target, (ast.Attribute, ast.Subscript)) or isinstance(target.ctx, ast.Load):
            return False
        own = isinstance(target.value, ast.Name) and target.value.id == self._self
        return not (own and self._code.co_name in _MAKING)
