"""Loops over collections, and the conditions on which they do nothing for an element.

``[m for m in self.messages if m.dst == i]`` runs over all messages, but what it results in depends on those to ``i``
only; and whether a message is one of them is known without the state. Where a view is iterated, the source of the loop
is looked up, and its condition becomes a function of an element and of the local variables that it mentions.
`modelcheck.statespace.recording.filters` says what is made of it.

Only loops of which one can see that a rejected element leaves no trace are taken: comprehensions; generators that a
built-in function uses up at once; ``for`` statements over sets of which the condition is the whole body. Any doubt, and
the loop is left alone: it then depends on the whole collection, which is right too.
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import CodeType, FrameType, FunctionType
from typing import Any

from attrs import field, frozen

from modelcheck.spec.choice import choose

_CONSUMERS = frozenset({"all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"})
_REFLECTIVE = frozenset({"super", "__class__", "locals", "globals", "vars", "eval", "exec", "dir"})
_ELEMENT = "_element_"
_GET_ITER = dis.opmap["GET_ITER"]
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Position = tuple[int | None, int | None, int | None, int | None]


@frozen(eq=False)
class Test:
    """A condition without ``and``, ``or`` and ``not``.

    Attributes:
        names: The local variables that it mentions.
        run: Its value for an element and the values of these variables.
    """

    names: tuple[str, ...]
    run: Callable[..., Any]


@frozen(eq=False)
class Not:
    """A negation."""

    term: Condition


@frozen(eq=False)
class Junction:
    """Conditions joined by ``and`` (``stops`` is False) or by ``or`` (True)."""

    terms: tuple[Condition, ...]
    stops: bool


Condition = Test | Not | Junction


@frozen(eq=False)
class Loop:
    """A loop that does nothing for an element for which its condition is False.

    Attributes:
        condition: On the element.
        names: The local variables that it mentions.
        is_statement: Whether it is a ``for`` statement.
    """

    condition: Condition
    names: tuple[str, ...]
    is_statement: bool = False


def loop_of(frame: FrameType) -> Loop | None:
    """The loop that is about to begin in a frame; None if nothing is known of it."""
    return _loop(frame.f_code, frame.f_lasti, _Globals(frame.f_globals))


@frozen(eq=False)
class _Globals:
    """The global variables of a module, as an argument that can be hashed."""

    names: dict[str, Any]

    def __hash__(self) -> int:
        return id(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Globals) and other.names is self.names


@cache
def _loop(code: CodeType, at: int, globals_: _Globals) -> Loop | None:
    if at < 0 or code.co_code[at] != _GET_ITER:
        return None
    module = _parsed("".join(linecache.getlines(code.co_filename, globals_.names)), code.co_filename)
    if module is None or code not in module.codes:
        return None
    position = list(code.co_positions())[at // 2]
    found = module.loops.get(position)
    if found is None:
        return None
    node, generator = found
    if isinstance(node, ast.For):
        return _of_statement(module, node, _Scope(code, globals_.names))
    return _of_comprehension(module, node, generator, _Scope(code, globals_.names))


# The source ---------------------------------------------------------------------------------------------------------------------------------------


@frozen(eq=False)
class _Module:
    """A parsed file.

    Attributes:
        codes: The code of all functions in it.
        parents: The node above each node.
        loops: By the position that the instruction has which begins it: the node, and the number of its ``for``.
    """

    codes: frozenset[CodeType]
    parents: Mapping[ast.AST, ast.AST]
    loops: Mapping[_Position, tuple[_Comprehension | ast.For, int]]


@cache
def _parsed(source: str, file: str) -> _Module | None:
    """The file; None if it is not to be had, or is not Python. That it is what is being run, `_Module.codes` tells."""
    try:
        tree = ast.parse(source)
        codes = frozenset(_codes(compile(tree, file, "exec", dont_inherit=True)))
    except (SyntaxError, ValueError):
        return None
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    loops: dict[_Position, tuple[_Comprehension | ast.For, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            loops[_position(node)] = loops[_position(node.iter)] = (node, 0)
        elif isinstance(node, _Comprehension):
            if len(node.generators) == 1:  # Up to Python 3.12 all of them begin at the position of the whole.
                loops[_position(node)] = (node, 0)
            loops.update((_position(each.iter), (node, i)) for i, each in enumerate(node.generators))
    return _Module(codes, parents, loops)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _position(node: ast.AST) -> _Position:
    where = node if isinstance(node, (ast.expr, ast.stmt)) else None
    assert where is not None
    return (where.lineno, where.end_lineno, where.col_offset, where.end_col_offset)


# What is rejected ---------------------------------------------------------------------------------------------------------------------------------


@frozen(eq=False)
class _Scope:
    """Where a loop stands: the code that it is part of, and the global variables."""

    code: CodeType
    globals: dict[str, Any]
    variables: frozenset[str] = field(init=False)

    @variables.default
    def _variables(self) -> frozenset[str]:
        return frozenset((*self.code.co_varnames, *self.code.co_cellvars, *self.code.co_freevars))

    def means(self, function: ast.expr, names: frozenset[str]) -> str | None:
        """Which of some built-in functions an expression is."""
        if not isinstance(function, ast.Name) or function.id not in names or function.id in self.variables:
            return None
        found = self.globals.get(function.id, getattr(builtins, function.id, None))
        return function.id if found is getattr(builtins, function.id, None) else None

    def is_choose(self, function: ast.expr) -> bool:
        """Whether an expression is the word of the language."""
        return (
            isinstance(function, ast.Name)
            and function.id not in self.variables
            and self.globals.get(function.id) is choose
        )


def _of_comprehension(module: _Module, node: _Comprehension, number: int, scope: _Scope) -> Loop | None:
    if any(isinstance(inner, (ast.NamedExpr, ast.Await)) for inner in ast.walk(node)) or _shares_names(module, node):
        return None
    generator = node.generators[number]
    tests = list(generator.ifs)
    last: list[Condition | None] = []
    if isinstance(node, ast.GeneratorExp):
        call = module.parents.get(node)
        if not isinstance(call, ast.Call) or node not in call.args:
            return None
        name = scope.means(call.func, _CONSUMERS)
        if name is None and not scope.is_choose(call.func):
            return None
        names = _names(generator.target)
        if name in ("any", "all", "sum") and number == len(node.generators) - 1 and len(call.args) == 1 and names:
            judged = _condition(node.elt, generator.target, names, scope)
            last = [Not(judged) if name == "all" and judged else judged]
    return _loop_of(tests, last, generator.target, scope)


def _of_statement(module: _Module, node: ast.For, scope: _Scope) -> Loop | None:
    """A loop of which the whole body is an ``if``, or that begins with ``if ...: continue``."""
    first = node.body[0]
    if not isinstance(first, ast.If) or first.orelse:
        return None
    skips = len(first.body) == 1 and isinstance(first.body[0], ast.Continue)
    if len(node.body) > 1 and not skips:
        return None
    targets = _names(node.target)
    assigned = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    function = _function(module, node)
    if targets is None or function is None or _shares_names(module, node):
        return None
    inside = set(ast.walk(node))
    if any(isinstance(n, ast.Name) and n.id in targets and n not in inside for n in ast.walk(function)):
        return None
    mentioned = {n.id for n in ast.walk(first.test) if isinstance(n, ast.Name)}
    if mentioned & (assigned - targets) or any(isinstance(n, (ast.NamedExpr, ast.Await)) for n in ast.walk(first.test)):
        return None
    bound = sum(isinstance(n, ast.Name) and n.id in targets and not isinstance(n.ctx, ast.Load) for n in inside)
    if bound > len(targets):
        return None
    judged = _condition(first.test, node.target, targets, scope)
    if judged is None:
        return None
    return _loop_of([], [Not(judged) if skips else judged], node.target, scope, is_statement=True)


def _function(module: _Module, node: ast.AST) -> ast.AST | None:
    """The function around a node."""
    above = module.parents.get(node)
    while above is not None and not isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        above = module.parents.get(above)
    return above


def _shares_names(module: _Module, node: ast.AST) -> bool:
    """Whether a function around the node has variables that others may assign meanwhile."""
    function = _function(module, node)
    while function is not None:
        if any(isinstance(inner, (ast.Nonlocal, ast.Global)) for inner in ast.walk(function)):
            return True
        function = _function(module, function)
    return False


def _loop_of(
    tests: Sequence[ast.expr],
    last: Sequence[Condition | None],
    target: ast.expr,
    scope: _Scope,
    *,
    is_statement: bool = False,
) -> Loop | None:
    """The loop that has some conditions one after the other; those after the first that is not understood do not count."""
    names = _names(target)
    if names is None:
        return None
    terms: list[Condition] = []
    for term in (*(_condition(test, target, names, scope) for test in tests), *last):
        if term is None:
            break
        terms.append(term)
    if not terms:
        return None
    condition = Junction(tuple(terms), stops=False)
    return Loop(condition, tuple(sorted(_mentioned(condition))), is_statement)


def _mentioned(condition: Condition) -> set[str]:
    match condition:
        case Test(names=names):
            return set(names)
        case Not(term=term):
            return _mentioned(term)
        case Junction(terms=terms):
            return set().union(*map(_mentioned, terms))


def _names(target: ast.expr) -> frozenset[str] | None:
    """The variables that a loop assigns; None if it assigns other things."""
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    found = [part.id for part in parts if isinstance(part, ast.Name)]
    return frozenset(found) if len(found) == len(parts) else None


def _condition(test: ast.expr, target: ast.expr, targets: frozenset[str], scope: _Scope) -> Condition | None:
    """The condition that an expression is; None if it begins with what is not understood."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        term = _condition(test.operand, target, targets, scope)
        return None if term is None else Not(term)
    if not isinstance(test, ast.BoolOp):
        return _test(test, target, targets, scope)
    terms = [_condition(value, target, targets, scope) for value in test.values]
    known = terms[: terms.index(None)] if None in terms else terms
    if not known:
        return None
    rest: list[Condition] = [] if len(known) == len(terms) else [_UNKNOWN]
    return Junction((*(term for term in known if term), *rest), stops=isinstance(test.op, ast.Or))


_UNKNOWN = Test((), lambda _: None)


def _test(test: ast.expr, target: ast.expr, targets: frozenset[str], scope: _Scope) -> Test | None:
    mentioned: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load) and (node.id in scope.variables or node.id in targets):
                return None
            mentioned.add(node.id)
        written = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        private = written.startswith("__") and not written.endswith("__")
        if private or written in _REFLECTIVE or isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
            return None
    names = tuple(sorted(mentioned & scope.variables - targets))
    return Test(names, _compiled(test, target, names, scope))


def _compiled(test: ast.expr, target: ast.expr, names: Sequence[str], scope: _Scope) -> Callable[..., Any]:
    """A function of the element and of local variables that has the value of an expression."""
    element = ast.Name(_ELEMENT, ast.Load())
    arguments = ast.arguments([], [ast.arg(name) for name in (_ELEMENT, *names)], None, [], [], None, [])
    body = [ast.Assign([target], element), ast.Return(test)]
    made = ast.parse("def condition(): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.args, made.body = arguments, body
    tree = ast.fix_missing_locations(ast.Module([ast.copy_location(made, test)], []))
    code = compile(tree, scope.code.co_filename, "exec", dont_inherit=True)
    return FunctionType(next(each for each in code.co_consts if isinstance(each, CodeType)), scope.globals)
