"""Rewriting: the spec's functions, with the operations that Python does not let a value define handed to `modelcheck.symbolic.operators`.

Python asks nobody about ``is``, ``not``, ``and``, ``or``, ``in`` (whose result it makes a bool), calls and comprehensions. So a function is taken
from its source, these operations become calls, and the result is compiled under the function's own file name and lines, with its own globals and
closure. Nothing else changes; ``if``, ``while``, ``assert`` and ``for`` stay, and take one way per path.

Cannot be rewritten: code without source, coroutines, ``global`` state, ``except`` clauses that catch everything.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeVar

from modelcheck.symbolic.terms import UnsupportedError

_Node = TypeVar("_Node", bound=ast.AST)
OPERATORS = "__modelcheck_operators"
_COMPARE = {
    ast.Eq: "equal", ast.NotEq: "unequal", ast.Is: "identical", ast.IsNot: "distinct", ast.In: "contained", ast.NotIn: "missing",
    ast.Lt: "less", ast.LtE: "at_most", ast.Gt: "greater", ast.GtE: "at_least",
}  # fmt: skip
_STDLIB = tuple(str(Path(sysconfig.get_paths()[name]).resolve()) for name in ("stdlib", "platstdlib"))
_OURS = str(Path(__file__).resolve().parent)
_VALUES = str(Path(__file__).resolve().parent.parent / "values")
_CHOICE = str(Path(__file__).resolve().parent.parent / "spec" / "choice.py")
_rewritten: dict[CodeType, CodeType] = {}
registered: set[CodeType] = set()


def is_foreign(function: FunctionType) -> bool:
    """Whether a function belongs to Python's library, to attrs or to this package's machinery, and is run as it is."""
    file = function.__code__.co_filename
    if file.startswith("<"):
        return file.startswith(("<attrs generated", "<string>", "<frozen"))
    resolved = str(Path(file).resolve())
    if resolved.startswith((_OURS, _VALUES, _CHOICE)):
        return True
    return (resolved.startswith(_STDLIB) and "site-packages" not in resolved) or function.__module__.split(".")[0] in {
        "attr",
        "attrs",
    }


def rewritten(function: FunctionType) -> FunctionType:
    """The function with its operations made symbolic.

    Raises:
        UnsupportedError: if it has no source, or contains what cannot be followed.
    """
    code = function.__code__
    if code in registered:
        return function
    if code not in _rewritten:
        _rewritten[code] = _compiled(function)
        _register(_rewritten[code])
    inner = _rewritten[code]
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in inner.co_freevars)
    function.__globals__.setdefault(OPERATORS, sys.modules["modelcheck.symbolic.operators"])
    made = FunctionType(inner, function.__globals__, function.__name__, function.__defaults__, closure)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__annotations__ = dict(function.__annotations__)
    return made


def _register(code: CodeType) -> None:
    registered.add(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _register(constant)


def place_of(code: CodeType) -> str:
    """``file:line`` of a function's first line."""
    return f"{code.co_filename}:{code.co_firstlineno}"


def _definition(function: FunctionType) -> ast.FunctionDef | ast.Lambda:
    code = function.__code__
    try:
        lines, first = inspect.findsource(code)
        tree = ast.parse("".join(lines))
    except (OSError, SyntaxError, TypeError) as error:
        raise UnsupportedError(
            f"the source of {function.__qualname__} is needed and cannot be read",
            place=place_of(code),
            remedy="Write the spec in a file.",
        ) from error
    del first
    found = [
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda)) and _matches(node, function)
    ]
    if len(found) != 1:
        raise UnsupportedError(
            f"the source of {function.__qualname__} cannot be told apart from its neighbours",
            place=place_of(code),
            remedy="Give it a line of its own.",
        )
    return found[0]


def _matches(node: ast.FunctionDef | ast.Lambda, function: FunctionType) -> bool:
    first = function.__code__.co_firstlineno
    if isinstance(node, ast.Lambda):
        starts = [
            (line, column)
            for line, _, column, _ in function.__code__.co_positions()
            if line is not None and column is not None and column > 0
        ]
        body = node.body
        inside = all(
            (body.lineno, body.col_offset) <= start <= (body.end_lineno or 0, body.end_col_offset or 0)
            for start in starts
        )
        return function.__code__.co_name == "<lambda>" and node.lineno == first and inside
    lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
    return node.name == function.__code__.co_name and min(lines) == first


def _compiled(function: FunctionType) -> CodeType:
    code = function.__code__
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise UnsupportedError(f"{function.__qualname__} is asynchronous", place=place_of(code))
    definition = _definition(function)
    node = _Rewriter(code).visit(definition)
    if isinstance(node, ast.Lambda):
        node = ast.FunctionDef(name="<lambda>", args=node.args, body=[ast.Return(node.body)], decorator_list=[])
        node.name = "__modelcheck_lambda"
    node.decorator_list = []
    node.returns = None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
    node.args.kw_defaults = [default and ast.Constant(None) for default in node.args.kw_defaults]
    factory = ast.FunctionDef(
        name="__modelcheck_factory",
        args=ast.arguments(
            posonlyargs=[],
            args=[ast.arg(name) for name in code.co_freevars],
            kwonlyargs=[],
            kw_defaults=[],
            defaults=[],
        ),
        body=[node, ast.Return(ast.Name(node.name, ast.Load()))],
        decorator_list=[],
    )
    module = ast.fix_missing_locations(
        ast.copy_location(ast.Module(body=[ast.copy_location(factory, definition)], type_ignores=[]), definition)
    )
    made = compile(module, code.co_filename, "exec")
    outer = next(c for c in made.co_consts if isinstance(c, CodeType))
    return next(c for c in outer.co_consts if isinstance(c, CodeType) and c.co_name == node.name)


class _Rewriter(ast.NodeTransformer):
    """Turns operations into calls."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._self = code.co_varnames[0] if code.co_argcount else None

    def _refuse(self, node: ast.AST, what: str, remedy: str | None = None) -> UnsupportedError:
        return UnsupportedError(
            f"{what} cannot be followed symbolically",
            place=f"{self._code.co_filename}:{getattr(node, 'lineno', '?')}",
            remedy=remedy,
        )

    def _call(self, node: ast.AST, name: str, *arguments: ast.expr) -> ast.Call:
        function = ast.Attribute(ast.Name(OPERATORS, ast.Load()), name, ast.Load())
        return self._at(node, ast.Call(function, list(arguments), []))

    def _at(self, node: ast.AST, made: _Node) -> _Node:
        for each in ast.walk(made):
            if not hasattr(each, "lineno") and isinstance(each, (ast.expr, ast.arg, ast.stmt, ast.pattern)):
                ast.copy_location(each, node)
        return made

    def _thunk(self, body: ast.expr, *names: str) -> ast.Lambda:
        arguments = ast.arguments(
            posonlyargs=[], args=[ast.arg(name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        return self._at(body, ast.Lambda(arguments, body))

    # Conditions -------------------------------------------------------------------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """``a < b < c`` becomes a conjunction that evaluates each side once."""
        if len(node.ops) == 1:
            return self._call(node, _COMPARE[type(node.ops[0])], self.visit(node.left), self.visit(node.comparators[0]))
        if _assigns(node):
            raise self._refuse(node, "an assignment inside a chain of comparisons", "Assign before.")
        middle = f"__modelcheck_{node.lineno}_{node.col_offset}_{len(node.ops)}"
        first = self._call(node, _COMPARE[type(node.ops[0])], self.visit(node.left), ast.Name(middle, ast.Load()))
        rest = ast.copy_location(
            ast.Compare(self._at(node, ast.Name(middle, ast.Load())), node.ops[1:], node.comparators[1:]), node
        )
        both = self._call(node, "both", self._thunk(first), self._thunk(self.visit(rest)))
        return self._at(node, ast.Call(self._thunk(both, middle), [self.visit(node.comparators[0])], []))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """``and`` and ``or``."""
        if _assigns(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        name = "both" if isinstance(node.op, ast.And) else "either"
        return self._call(node, name, *(self._thunk(self.visit(value)) for value in node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """``not``."""
        if not isinstance(node.op, ast.Not):
            return self.generic_visit(node)  # type: ignore[return-value]
        return self._call(node, "negated", self.visit(node.operand))

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """``a if c else b``."""
        if _assigns(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        return self._call(
            node,
            "conditional",
            self.visit(node.test),
            self._thunk(self.visit(node.body)),
            self._thunk(self.visit(node.orelse)),
        )

    # Access -----------------------------------------------------------------------------------------------------------------------------------

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """``a.b``."""
        if not isinstance(node.ctx, ast.Load) or node.attr.startswith("__"):
            return self.generic_visit(node)  # type: ignore[return-value]
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            return self.generic_visit(node)  # type: ignore[return-value]
        return self._call(node, "attribute", self.visit(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``a[b]``."""
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)  # type: ignore[return-value]
        return self._call(node, "item", self.visit(node.value), self._key(node.slice))

    def _key(self, key: ast.expr) -> ast.expr:
        if not isinstance(key, ast.Slice):
            return self.visit(key)  # type: ignore[no-any-return]
        parts = [self.visit(part) if part else ast.Constant(None) for part in (key.lower, key.upper, key.step)]
        return self._call(key, "part", *parts)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """``f(x)``; ``super()`` is spelled out, ``all`` and ``any`` of a generator stop early."""
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name == "super" and not node.args:
            own: list[ast.expr] = [
                self._at(node, ast.Name("__class__", ast.Load())),
                self._at(node, ast.Name(self._self or "self", ast.Load())),
            ]
            return self._at(node, ast.Call(node.func, own, []))
        if name in {"locals", "globals", "eval", "exec", "vars", "id"}:
            raise self._refuse(node, f"{name}()")
        if (
            name in {"all", "any"}
            and len(node.args) == 1
            and isinstance(node.args[0], ast.GeneratorExp)
            and not _assigns(node.args[0])
        ):
            return self._comprehension(node.args[0], node.args[0].elt, node.args[0].generators, name)
        self.generic_visit(node)
        function = ast.Attribute(ast.Name(OPERATORS, ast.Load()), "call", ast.Load())
        return self._at(node, ast.Call(function, [node.func, *node.args], node.keywords))

    # Comprehensions ---------------------------------------------------------------------------------------------------------------------------

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
        pair = self._at(node, ast.Tuple([node.key, node.value], ast.Load()))
        return self._comprehension(node, pair, node.generators, "dict")

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        """``(*a, b)``."""
        return self._spread(node, "tuple") if isinstance(node.ctx, ast.Load) else self._generic(node)

    def visit_List(self, node: ast.List) -> ast.expr:
        """``[*a, b]``."""
        return self._spread(node, "list") if isinstance(node.ctx, ast.Load) else self._generic(node)

    def _generic(self, node: ast.expr) -> ast.expr:
        return self.generic_visit(node)  # type: ignore[return-value]

    def _spread(self, node: ast.Tuple | ast.List, kind: str) -> ast.expr:
        if not any(isinstance(each, ast.Starred) for each in node.elts):
            return self._generic(node)
        parts: list[ast.expr] = []
        for each in node.elts:
            starred = isinstance(each, ast.Starred)
            value = each.value if isinstance(each, ast.Starred) else each
            parts.append(self._at(node, ast.Tuple([ast.Constant(starred), self.visit(value)], ast.Load())))
        return self._call(node, "spread", self._at(node, ast.Constant(kind)), *parts)

    def visit_Set(self, node: ast.Set) -> ast.expr:
        """``{a, b}``."""
        elements = ast.List([self.visit(each) for each in node.elts], ast.Load())
        return self._call(node, "set_of", self._at(node, elements))

    def _comprehension(
        self, node: ast.expr, element: ast.expr, generators: list[ast.comprehension], kind: str
    ) -> ast.expr:
        if _assigns(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        if any(isinstance(each, (ast.Yield, ast.YieldFrom, ast.Await)) for each in ast.walk(node)) or any(
            g.is_async for g in generators
        ):
            raise self._refuse(node, "a comprehension with yield or await")
        collector = f"__modelcheck_collector_{node.lineno}_{node.col_offset}"
        gather = ast.Attribute(ast.Name(collector, ast.Load()), "emit", ast.Load())
        body: ast.expr = self._at(node, ast.Call(gather, [self._thunk(self.visit(element))], []))
        for generator in reversed(generators):
            for condition in reversed(generator.ifs):
                test = ast.Attribute(ast.Name(collector, ast.Load()), "when", ast.Load())
                body = self._at(node, ast.Call(test, [self._thunk(self.visit(condition)), self._thunk(body)], []))
            each = self._item_function(node, generator.target, body)
            loop = ast.Attribute(ast.Name(collector, ast.Load()), "loop", ast.Load())
            body = self._at(node, ast.Call(loop, [self._thunk(self.visit(generator.iter)), each], []))
        return self._call(node, "comprehension", self._at(node, ast.Constant(kind)), self._thunk(body, collector))

    def _item_function(self, node: ast.expr, target: ast.expr, body: ast.expr) -> ast.expr:
        if isinstance(target, ast.Name):
            return self._thunk(body, target.id)
        if not isinstance(target, (ast.Tuple, ast.List)) or any(isinstance(each, ast.Starred) for each in target.elts):
            raise self._refuse(node, "this target of a comprehension", "Use names, or tuples of names.")
        names = [
            each.id if isinstance(each, ast.Name) else f"__modelcheck_part_{node.lineno}_{node.col_offset}_{at}"
            for at, each in enumerate(target.elts)
        ]
        inner = body
        for name, each in zip(names, target.elts, strict=True):
            if not isinstance(each, ast.Name):
                inner = self._at(
                    node, ast.Call(self._item_function(node, each, inner), [ast.Name(name, ast.Load())], [])
                )
        whole = f"__modelcheck_whole_{node.lineno}_{node.col_offset}_{target.col_offset}"
        parts = self._call(node, "unpacked", ast.Name(whole, ast.Load()), ast.Constant(len(names)))
        call = ast.Call(self._thunk(inner, *names), [ast.Starred(parts, ast.Load())], [])
        return self._thunk(self._at(node, call), whole)

    # Statements -------------------------------------------------------------------------------------------------------------------------------

    def visit_For(self, node: ast.For) -> ast.stmt:
        """``for x in xs``."""
        self.generic_visit(node)
        node.iter = self._call(node.iter, "iterated", node.iter)
        return node

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        """``match x``: a union takes one of its alternatives first."""
        for each in ast.walk(node):
            if (
                isinstance(each, ast.MatchClass)
                and isinstance(each.cls, ast.Name)
                and each.cls.id in {"int", "bool", "float", "str", "frozenset", "tuple"}
            ):
                raise self._refuse(
                    each, f"the pattern {each.cls.id}()", "Match the class of a record, or compare in a guard."
                )
            if isinstance(each, ast.MatchMapping):
                raise self._refuse(each, "a mapping pattern")
        self.generic_visit(node)
        deep = any(
            (isinstance(case, ast.MatchClass) and (case.patterns or case.kwd_patterns))
            or isinstance(case, ast.MatchSequence)
            for case in ast.walk(node)
        )
        node.subject = self._call(node.subject, "matched", node.subject, ast.Constant(deep))
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
                raise self._refuse(
                    handler, "an except clause that catches everything", "Name the exceptions that are meant."
                )
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        """``global``: state outside of the state."""
        raise self._refuse(node, "a global variable that changes", "Keep what changes in a variable set by init.")

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        """Annotations are left as they are."""
        node.target = self.visit(node.target)
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        """Functions inside functions are rewritten with them."""
        decorators, node.decorator_list = node.decorator_list, []
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.decorator_list, node.returns = decorators, returns
        return node


def _assigns(node: ast.AST) -> bool:
    return any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))


def clear_line_cache() -> None:
    """Forget the sources of files that changed."""
    linecache.checkcache()
