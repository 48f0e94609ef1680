"""Comprehensions: each becomes calls of a collector, which runs every item on its condition."""

from __future__ import annotations

import ast

from modelcheck.symbolic.rewriting.nodes import Transformer, assigns, yields


class Comprehensions(Transformer):
    """Rewrites comprehensions."""

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        """``[x for ...]``."""
        return self._comprehension(node, node.elt, node.generators, "list")

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """``(x for ...)``, evaluated at once."""
        return self._comprehension(node, node.elt, node.generators, "generator")

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        """``{x for ...}``."""
        return self._comprehension(node, node.elt, node.generators, "set")

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        """``{k: v for ...}``."""
        pair = self.at(node, ast.Tuple([node.key, node.value], ast.Load()))
        return self._comprehension(node, pair, node.generators, "dict")

    def _comprehension(
        self, node: ast.expr, element: ast.expr, generators: list[ast.comprehension], kind: str
    ) -> ast.expr:
        if assigns(node):
            return self.generic(node)
        if yields(node) or any(g.is_async for g in generators):
            raise self.refuse(node, "a comprehension with yield or await")
        collector = f"__modelcheck_collector_{node.lineno}_{node.col_offset}"
        gather = ast.Attribute(ast.Name(collector, ast.Load()), "emit", ast.Load())
        body: ast.expr = self.at(node, ast.Call(gather, [self.thunk(self.visit(element))], []))
        for generator in reversed(generators):
            for condition in reversed(generator.ifs):
                test = ast.Attribute(ast.Name(collector, ast.Load()), "when", ast.Load())
                body = self.at(node, ast.Call(test, [self.thunk(self.visit(condition)), self.thunk(body)], []))
            each = self._item_function(node, generator.target, body)
            loop = ast.Attribute(ast.Name(collector, ast.Load()), "loop", ast.Load())
            body = self.at(node, ast.Call(loop, [self.thunk(self.visit(generator.iter)), each], []))
        return self.call(node, "comprehension", self.at(node, ast.Constant(kind)), self.thunk(body, collector))

    def _item_function(self, node: ast.expr, target: ast.expr, body: ast.expr) -> ast.expr:
        if isinstance(target, ast.Name):
            return self.thunk(body, target.id)
        if not isinstance(target, (ast.Tuple, ast.List)) or any(isinstance(each, ast.Starred) for each in target.elts):
            raise self.refuse(node, "this target of a comprehension", "Use names, or tuples of names.")
        names = [
            each.id if isinstance(each, ast.Name) else f"__modelcheck_part_{node.lineno}_{node.col_offset}_{at}"
            for at, each in enumerate(target.elts)
        ]
        inner = body
        for name, each in zip(names, target.elts, strict=True):
            if not isinstance(each, ast.Name):
                inner = self.at(
                    node, ast.Call(self._item_function(node, each, inner), [ast.Name(name, ast.Load())], [])
                )
        whole = f"__modelcheck_whole_{node.lineno}_{node.col_offset}_{target.col_offset}"
        parts = self.call(node, "unpacked", ast.Name(whole, ast.Load()), ast.Constant(len(names)))
        call = ast.Call(self.thunk(inner, *names), [ast.Starred(parts, ast.Load())], [])
        return self.thunk(self.at(node, call), whole)
