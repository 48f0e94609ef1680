"""The same text, with another language: a module's source run with the stand-ins in place of modelcheck."""

from __future__ import annotations

import ast
import builtins
import linecache
from types import SimpleNamespace

from . import language, parts, values

STANDING_IN = SimpleNamespace(**{**vars(language), **{name: held for name, held in vars(parts).items() if not name.startswith("_")}})


class _Sets(ast.NodeTransformer):
    """Sets that are written in braces are made by `set`, which stands for one in order."""

    def visit_Set(self, node):
        self.generic_visit(node)
        return ast.Call(ast.Name("set", ast.Load()), [ast.List(node.elts, ast.Load())], [])

    def visit_SetComp(self, node):
        self.generic_visit(node)
        return ast.Call(ast.Name("set", ast.Load()), [ast.ListComp(node.elt, node.generators)], [])


def _import(name, *rest):
    return STANDING_IN if name.split(".")[0] == "modelcheck" else builtins.__import__(name, *rest)


def load(*texts, package):
    """The names that texts define, run one after the other."""
    namespace = {
        "__builtins__": {**vars(builtins), "__import__": _import, "set": values.SortedSet, "frozenset": values.SortedFrozenSet},
        "__name__": "plain",
        "__package__": package,
    }
    for text in texts:
        name = f"<plain {hash(text)}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        tree = ast.fix_missing_locations(_Sets().visit(ast.parse(text)))
        exec(compile(tree, name, "exec", dont_inherit=True), namespace)
    return namespace
