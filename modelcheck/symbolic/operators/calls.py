"""Calls: the spec's own functions are rewritten, built-in ones that are known are replaced, others get no symbolic value."""

from __future__ import annotations

import builtins
import collections
import functools
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType, GeneratorType, MethodType, MethodWrapperType
from typing import Any

from modelcheck.spec.code import code_of
from modelcheck.symbolic.operators.items import iterated
from modelcheck.symbolic.operators.library import check_library, library_maker, passes_on
from modelcheck.symbolic.present import MOST_CALLS, Present, too_deep
from modelcheck.symbolic.rewriting.functions import is_foreign, rewritten
from modelcheck.symbolic.rewriting.ownership import is_library
from modelcheck.symbolic.terms import disj, neg
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import SymUnion, as_set, is_symbolic
from modelcheck.symbolic.values.merging import concrete, merge, over, settled, split
from modelcheck.symbolic.values.scalars import count

# What is called instead of a function; the modules that define the replacements put them here.
KNOWN: dict[Any, Callable[..., Any]] = {}


_MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "extendleft",
        "insert",
        "intersection_update",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "rotate",
        "setdefault",
        "sort",
        "subtract",
        "symmetric_difference_update",
        "update",
        "__setitem__",
        "__delitem__",
    ]
)
_MUTATING_MODULES = {"_heapq", "_bisect"}
# Built-in functions that do not look at what an argument is, and names of those that store it.
_INDIFFERENT = {abs, callable, hasattr, print, setattr, delattr}
_STORING = {"__setattr__", "__init__", "__new__", "__init_subclass__", "__set_name__"}
_MOVING = {"_functools", "_operator", "itertools"}
# Libraries of which the types are written in C, or look at what they are given.
_LIBRARIES = {"builtins", "collections", "decimal", "fractions", "datetime", "array", "re", "functools"}
_HEAP_TYPE = 1 << 9
# A function with a cache is the function: what it has cached for a value on one path is no matter of another one.
_REMEMBERING: Any = type(functools.lru_cache(lambda: None))
_CONTAINERS = (list, dict, set, collections.deque, collections.Counter)


def call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """``function(*args, **kwargs)``."""
    if isinstance(function, SymUnion):
        return over(function, lambda each: call(each, *args, **kwargs))
    if isinstance(function, MethodType):
        return _call_method(function, args, kwargs)
    if isinstance(function, FunctionType):
        return _call_function(function, args, kwargs)
    if isinstance(function, _REMEMBERING):
        return call(function.__wrapped__, *args, **kwargs)
    known = KNOWN.get(function) if isinstance(function, (type, BuiltinFunctionType)) else None
    if known is not None:
        return known(*args, **kwargs)
    if type(function) is functools.partial:
        return call(function.func, *function.args, *args, **{**function.keywords, **kwargs})
    cls: Any = type(function)
    entered = cls.__call__
    if isinstance(entered, FunctionType):
        return _call_function(entered, (function, *args), kwargs)
    if isinstance(function, type) and (maker := library_maker(function)):
        args, kwargs = _particular_arguments(args, kwargs)
        check_library(f"{function.__module__}.{function.__qualname__}, or {maker},", (*args, *kwargs.values()))
    return _call_native(function, args, kwargs)


def _call_method(function: MethodType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if isinstance(function.__self__, _CONTAINERS) and function.__name__ in _MUTATORS:
        Present.paths.effect()
    if isinstance(function.__func__, FunctionType):
        return _call_function(function.__func__, (function.__self__, *args), kwargs)
    return call(function.__func__, function.__self__, *args, **kwargs)


def _call_function(function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if function in KNOWN:
        return KNOWN[function](*args, **kwargs)
    if not is_foreign(function):
        return _call_rewritten(rewritten(function), args, kwargs)
    if is_library(code_of(function)) and not passes_on(function):
        args, kwargs = _particular_arguments(args, kwargs)
        check_library(f"{function.__module__}.{function.__qualname__}", (*args, *kwargs.values()))
    return function(*args, **kwargs)


def _call_rewritten(function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if Present.calls >= MOST_CALLS:
        raise too_deep()
    Present.calls += 1
    try:
        return function(*args, **kwargs)
    finally:
        Present.calls -= 1


def _particular_arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return tuple(map(_particular, args)), {name: _particular(each) for name, each in kwargs.items()}


def _particular(value: Any) -> Any:
    """An argument of code that cannot be followed: a path for each value that it can be."""
    if not is_symbolic(value):
        return value
    if not isinstance(value, (list, dict)):
        return settled(value)
    Present.paths.effect()
    if isinstance(value, list):
        value[:] = map(settled, value)
    else:
        for key, each in list(value.items()):  # Not by update, which adds to a Counter.
            value[key] = settled(each)
    return value


def _call_native(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    owner = builtins.getattr(function, "__self__", None)
    if isinstance(function, (BuiltinFunctionType, BuiltinMethodType)) and isinstance(owner, _CONTAINERS):
        if function.__name__ in _MUTATORS:
            Present.paths.effect()
            args = _keyed(owner, function.__name__, args)
        if args and is_symbolic(args) and function.__name__ in {"get", "pop", "index", "count", "remove", "setdefault"}:
            return _container_method(owner, function, args)
    if isinstance(owner, tuple) and function.__name__ in {"index", "count"} and is_symbolic((owner, args)):
        return _container_method(owner, function, args)
    if isinstance(owner, AbstractSet) and isinstance(function, BuiltinMethodType) and is_symbolic(list(args)):
        return builtins.getattr(as_set(owner), function.__name__)(*args)
    module = builtins.getattr(function, "__module__", None)
    if module in _MUTATING_MODULES or function in (setattr, delattr):
        Present.paths.effect()
    elif not _is_indifferent(function, owner, module):
        args, kwargs = tuple(map(_concrete, args)), {name: _concrete(each) for name, each in kwargs.items()}
    args = tuple(followed(each) for each in args)
    return function(*args, **{name: key_function(each) if name == "key" else followed(each) for name, each in kwargs.items()})


def _is_indifferent(function: Any, owner: Any, module: str | None) -> bool:
    """Whether native code does nothing with its arguments but store them, move them, or ask Python's operators of them."""
    if isinstance(function, type):
        made_by_python = bool(function.__flags__ & _HEAP_TYPE) and module not in _LIBRARIES
        return made_by_python or module == "itertools" or issubclass(function, BaseException)
    if isinstance(owner, _CONTAINERS) and not isinstance(function, MethodWrapperType):
        return True
    by_name = builtins.getattr(function, "__name__", None) in _STORING or function in _INDIFFERENT
    return by_name or module in _MOVING or isinstance(owner, GeneratorType) or type(function).__module__ == "operator"


def _concrete(value: Any) -> Any:
    is_view = hasattr(type(value), "__symbolic_concrete__")
    if isinstance(value, (list, dict)) and is_symbolic(value):
        return concrete(_particular(value))
    return concrete(value) if is_view or is_symbolic(value) else value


def _keyed(owner: Any, name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a method that changes a container; what is hashed by it is decided on."""
    if not is_symbolic(list(args)) or not isinstance(owner, (set, dict)):
        return args
    if name in {"add", "discard", "remove", "setdefault", "pop"}:
        return (settled(args[0]), *args[1:])
    if isinstance(owner, set):
        return tuple([settled(each) for each in iterated(more)] for more in args)
    if name == "update" and not isinstance(args[0], Mapping):
        return ([(settled(key), value) for key, value in map(split, iterated(args[0]))],)
    return args


def _container_method(owner: Any, function: Any, args: tuple[Any, ...]) -> Any:
    name = function.__name__
    if name == "get" and isinstance(owner, Mapping) and len(args) <= 2:  # noqa: PLR2004 - the key and a default.
        default = args[1] if len(args) > 1 else None
        options = [(equality(args[0], key), value) for key, value in owner.items()]
        return merge([*options, (neg(disj(*(guard for guard, _ in options))), default)])
    if name == "count" and len(args) == 1:
        return count(equality(each, args[0]) for each in owner)
    return function(*args)


def followed(argument: Any) -> Any:
    """What is given to C code that may call it: the spec's functions are rewritten, known ones replaced, and libraries' are watched."""
    if isinstance(argument, BuiltinFunctionType) and argument in KNOWN:
        return KNOWN[argument]
    if type(argument) is functools.partial:
        return functools.partial(followed(argument.func), *argument.args, **argument.keywords)
    function = argument.__func__ if isinstance(argument, MethodType) else argument
    if not isinstance(function, FunctionType):
        return argument
    made = _known_to_library(function) if is_foreign(function) else rewritten(function)
    return made if function is argument else MethodType(made, argument.__self__)


def key_function(key: Any) -> Any:
    """What is given as ``key=``, where a class is called too."""
    return functools.partial(call, key) if isinstance(key, type) else followed(key)


def _known_to_library(function: FunctionType) -> Any:
    if function in KNOWN:
        return KNOWN[function]
    if not is_library(code_of(function)):
        return function

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        return _call_function(function, args, kwargs)

    return checked
