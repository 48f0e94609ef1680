"""Functions and their twins; the detour from the one to the other."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from modelcheck.spec.code import code_of, stands_in
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.rewriting.nodes import OPERATORS
from modelcheck.symbolic.rewriting.operations import Rewriter
from modelcheck.symbolic.rewriting.ownership import is_of_the_spec
from modelcheck.symbolic.rewriting.source import definition_of, place_of
from modelcheck.symbolic.terms import UnsupportedError

# By the id of the code, which is kept: equal code of two files is not the same.
_rewritten: dict[int, tuple[CodeType, CodeType]] = {}
_registered: dict[int, CodeType] = {}
_MARK = "the twin"
# Code of the same kind as the function's own: Python 3.13 warns where a plain function is made a generator, or the other way round.
_BODIES = {
    0: ("def", "return {}"),
    inspect.CO_GENERATOR: ("def", "return (yield from {})"),
    inspect.CO_COROUTINE: ("async def", "return {}"),
    inspect.CO_ASYNC_GENERATOR: ("async def", "yield {}"),
}
_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_DEMANDING = {"__bool__", "__contains__", "__float__", "__format__", "__hash__", "__index__", "__int__", "__len__", "__repr__", "__str__"}
# By the id of the function: the function, its own code and its detour.
_detour_of: dict[int, tuple[FunctionType, CodeType, CodeType]] = {}


def is_foreign(function: FunctionType) -> bool:
    """Whether a function is none of the spec's own, and is run as it is."""
    return not is_of_the_spec(code_of(function))


def is_rewritten(code: CodeType) -> bool:
    """Whether code is the result of rewriting."""
    return id(code) in _registered


def original(function: Any) -> FunctionType:
    """The function as it was defined, even while it takes its detour."""
    own = code_of(function)
    made = FunctionType(own, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__annotations__ = function.__annotations__
    return made


def rewritten(function: FunctionType) -> FunctionType:
    """The function with its operations made symbolic.

    Raises:
        UnsupportedError: if it has no source, or contains what cannot be followed.
    """
    code = code_of(function)
    if is_rewritten(code):
        return function
    if id(code) not in _rewritten:
        _rewritten[id(code)] = (code, _compiled(function, code))
        _register(_rewritten[id(code)][1])
    inner = _rewritten[id(code)][1]
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in inner.co_freevars)
    function.__globals__.setdefault(OPERATORS, sys.modules["modelcheck.symbolic.operators"])
    made = FunctionType(inner, function.__globals__, function.__name__, function.__defaults__, closure)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__annotations__ = dict(function.__annotations__)
    return made


def detour(function: FunctionType, code: CodeType, settle: Callable[[Any], Any]) -> CodeType:
    """Code that calls the rewritten twin of a function whose own code is given; on other threads than that of the exploration, the function as it is.

    Args:
        function: The function.
        code: Its own code.
        settle: Makes the result of a method concrete from which Python demands a bool, an int or a text of its own.
    """
    key = id(function)
    known = _detour_of.get(key)
    if known is None or known[0] is not function or known[1] is not code:

        def call_rewritten(*args: Any, **kwargs: Any) -> Any:
            if not Present.is_here():
                return original(function)(*args, **kwargs)
            result = rewritten(function)(*args, **kwargs)
            if code.co_name == "__iter__" and not hasattr(result, "__next__"):
                return iter(settle(result))
            return settle(result) if code.co_name in _DEMANDING else result

        template = _template(code)
        constants = tuple(call_rewritten if each == _MARK else each for each in template.co_consts)
        made = template.replace(
            co_consts=constants,
            co_freevars=code.co_freevars,
            co_filename=code.co_filename,
            co_firstlineno=code.co_firstlineno,
            co_name=code.co_name,
        )
        known = _detour_of[key] = (function, code, made)
        stands_in(made, code)
    return known[2]


def _template(code: CodeType) -> CodeType:
    """Code with the parameters of other code, that passes them on to the constant `_MARK`."""
    names = [name.replace(".", "_") for name in code.co_varnames]  # The argument of a comprehension is called ``.0``.
    positional = names[: code.co_argcount]
    by_name = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    more = iter(names[code.co_argcount + code.co_kwonlyargcount :])
    rest = [f"*{next(more)}"] if code.co_flags & inspect.CO_VARARGS else []
    others = [f"**{next(more)}"] if code.co_flags & inspect.CO_VARKEYWORDS else []
    apart = ["*"] if by_name and not rest else []
    taken = [*positional, *rest, *apart, *by_name, *others]
    taken[code.co_posonlyargcount : code.co_posonlyargcount] = ["/"] if code.co_posonlyargcount else []
    passed = [*positional, *rest, *(f"{name}={name}" for name in by_name), *others]
    head, body = _BODIES[code.co_flags & _KINDS]
    call = body.format(f"{_MARK!r}.__call__({', '.join(passed)})")
    text = f"{head} detour({', '.join(taken)}): {call}"
    return next(each for each in compile(text, __file__, "exec", dont_inherit=True).co_consts if isinstance(each, CodeType))


def _register(code: CodeType) -> None:
    _registered[id(code)] = code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _register(constant)


def _compiled(function: FunctionType, code: CodeType) -> CodeType:
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise UnsupportedError(f"{function.__qualname__} is asynchronous", place=place_of(code))
    definition = definition_of(function, code)
    node = Rewriter(code).visit(definition)
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
