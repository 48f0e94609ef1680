"""Operations and statements: what each becomes in a twin."""

from __future__ import annotations

import ast
import copy
from typing import Any

from modelcheck.symbolic.rewriting.assignments import IN_PLACE, Assignments
from modelcheck.symbolic.rewriting.nodes import OPERATORS, assigns
from modelcheck.symbolic.rewriting.patterns import looked_at

_COMPARE = {
    ast.Eq: "equal", ast.NotEq: "unequal", ast.Is: "identical", ast.IsNot: "distinct", ast.In: "contained", ast.NotIn: "missing",
    ast.Lt: "less", ast.LtE: "at_most", ast.Gt: "greater", ast.GtE: "at_least",
}  # fmt: skip


class Rewriter(Assignments):
    """Turns operations into calls."""

    # Conditions -------------------------------------------------------------------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """``a < b < c`` becomes a conjunction that evaluates each side once."""
        if len(node.ops) == 1:
            return self.call(node, _COMPARE[type(node.ops[0])], self.visit(node.left), self.visit(node.comparators[0]))
        if assigns(node):
            raise self.refuse(node, "an assignment inside a chain of comparisons", "Assign before.")
        middle = f"__modelcheck_{node.lineno}_{node.col_offset}_{len(node.ops)}"
        first = self.call(node, _COMPARE[type(node.ops[0])], self.visit(node.left), ast.Name(middle, ast.Load()))
        rest = ast.copy_location(
            ast.Compare(self.at(node, ast.Name(middle, ast.Load())), node.ops[1:], node.comparators[1:]), node
        )
        both = self.call(node, "both", self.thunk(first), self.thunk(self.visit(rest)))
        return self.at(node, ast.Call(self.thunk(both, middle), [self.visit(node.comparators[0])], []))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """``and`` and ``or``."""
        if assigns(node):
            return self.generic(node)
        name = "both" if isinstance(node.op, ast.And) else "either"
        return self.call(node, name, *(self.thunk(self.visit(value)) for value in node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """``not``."""
        if not isinstance(node.op, ast.Not):
            return self.generic(node)
        return self.call(node, "negated", self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """``a + b``."""
        operator = ast.Constant(IN_PLACE[type(node.op)])
        return self.call(node, "arithmetic", operator, self.visit(node.left), self.visit(node.right))

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """``a if c else b``."""
        if assigns(node):
            return self.generic(node)
        return self.call(
            node,
            "conditional",
            self.visit(node.test),
            self.thunk(self.visit(node.body)),
            self.thunk(self.visit(node.orelse)),
        )

    # Access -----------------------------------------------------------------------------------------------------------------------------------

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """``a.b``; other names in double underscores are Python's own."""
        if isinstance(node.ctx, ast.Load) and node.attr == "__class__":
            return self.call(node, "type_of", self.visit(node.value))
        if not isinstance(node.ctx, ast.Load):
            return self.generic(node)
        if node.attr == "__dict__":
            raise self.refuse(node, "__dict__", "Name the attributes themselves.")
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            return self.generic(node)
        return self.call(node, "attribute", self.visit(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``a[b]``."""
        if not isinstance(node.ctx, ast.Load):
            return self.generic(node)
        return self.call(node, "item", self.visit(node.value), self._key(node.slice))

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        """``{a: b}``."""
        if not all(node.keys):
            return self.generic(node)
        pairs = zip(node.keys, node.values, strict=True)
        parts = [ast.Tuple([self.visit(key), self.visit(value)], ast.Load()) for key, value in pairs if key]
        return self.call(node, "dict_made", *(self.at(node, each) for each in parts))

    def _key(self, key: ast.expr) -> ast.expr:
        if not isinstance(key, ast.Slice):
            return self.visit(key)  # type: ignore[no-any-return]
        parts = [self.visit(part) if part else ast.Constant(None) for part in (key.lower, key.upper, key.step)]
        return self.call(key, "part", *parts)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """``f(x)``; ``super()`` is spelled out, ``all`` and ``any`` of a generator stop early."""
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name == "super" and not node.args:
            own: list[ast.expr] = [
                self.at(node, ast.Name("__class__", ast.Load())),
                self.at(node, ast.Name(self._self or "self", ast.Load())),
            ]
            return self.at(node, ast.Call(node.func, own, []))
        if name in {"locals", "globals", "eval", "exec", "vars", "id"}:
            raise self.refuse(node, f"{name}()", "Name the values themselves, and compare them with ==.")
        if (
            name in {"all", "any"}
            and len(node.args) == 1
            and isinstance(node.args[0], ast.GeneratorExp)
            and not assigns(node.args[0])
        ):
            return self._comprehension(node.args[0], node.args[0].elt, node.args[0].generators, name)
        self.generic_visit(node)
        function = ast.Attribute(ast.Name(OPERATORS, ast.Load()), "call", ast.Load())
        return self.at(node, ast.Call(function, [node.func, *node.args], node.keywords))

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        """``(*a, b)``."""
        return self._spread(node, "tuple") if isinstance(node.ctx, ast.Load) else self.generic(node)

    def visit_List(self, node: ast.List) -> ast.expr:
        """``[*a, b]``."""
        return self._spread(node, "list") if isinstance(node.ctx, ast.Load) else self.generic(node)

    def _spread(self, node: ast.Tuple | ast.List, kind: str) -> ast.expr:
        if not any(isinstance(each, ast.Starred) for each in node.elts):
            return self.generic(node)
        parts: list[ast.expr] = []
        for each in node.elts:
            starred = isinstance(each, ast.Starred)
            value = each.value if isinstance(each, ast.Starred) else each
            parts.append(self.at(node, ast.Tuple([ast.Constant(starred), self.visit(value)], ast.Load())))
        return self.call(node, "spread", self.at(node, ast.Constant(kind)), *parts)

    def visit_Set(self, node: ast.Set) -> ast.expr:
        """``{a, b}``."""
        elements = ast.List([self.visit(each) for each in node.elts], ast.Load())
        return self.call(node, "set_of", self.at(node, elements))

    # Statements -------------------------------------------------------------------------------------------------------------------------------

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        """``match x``: a union takes one of its alternatives first."""
        for each in ast.walk(node):
            if isinstance(each, ast.MatchMapping):
                raise self.refuse(each, "a mapping pattern", "Look the keys up with `in` and [].")
        names, classes = looked_at(node)
        asked_for = ast.Tuple([self.visit(copy.deepcopy(each)) for each in classes], ast.Load())
        node.subject = self.call(node.subject, "matched", self.visit(node.subject), names, asked_for)
        node.cases = [self.visit(each) for each in node.cases]
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.MatchClass:
        """The class of a pattern stays as it is."""
        node.patterns = [self.visit(each) for each in node.patterns]
        node.kwd_patterns = [self.visit(each) for each in node.kwd_patterns]
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        """Patterns are constants, and stay."""
        return node

    def visit_Try(self, node: ast.Try) -> ast.stmt:
        """``try``: what catches everything would catch our own errors."""
        for handler in node.handlers:
            names = (
                [each.id for each in ast.walk(handler.type) if isinstance(each, ast.Name)]
                if handler.type
                else ["BaseException"]
            )
            if {"BaseException", "Exception"} & set(names):
                raise self.refuse(
                    handler, "an except clause that catches everything", "Name the exceptions that are meant."
                )
        self.generic(node)
        for handler in node.handlers:
            handler.body.insert(0, self.at(handler, ast.Expr(self.call(handler, "caught"))))
        return node

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        """``global``: state outside of the state."""
        raise self.refuse(node, "a global variable that changes", "Keep what changes in a variable set by init.")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        """Functions inside functions are rewritten with them."""
        decorators, node.decorator_list = node.decorator_list, []
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.decorator_list, node.returns = decorators, returns
        return node
