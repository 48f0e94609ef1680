"""Code of libraries: it is not rewritten, so it may be given symbolic values only where it does nothing but pass them on."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, MethodType
from typing import Any

import attrs

from modelcheck.spec import Spec
from modelcheck.spec.code import code_of
from modelcheck.symbolic.rewriting.ownership import is_library
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import Symbolic, describe

_REMEDY = "Library code is followed on few values only: bound the integers, or write it with Python's own operators."
_ATOMS = (type, str, bytes, int, float, complex, FunctionType, type(None))
_MOST_LOOKED_AT = 10_000
_MOVING = {(collections.__file__, name) for name in ("_replace", "_asdict", "_make")} | {
    (function.__code__.co_filename, function.__name__) for function in (Mapping.get, Mapping.keys, Mapping.items, Mapping.values)
}


def check_library(name: str, args: Iterable[Any]) -> None:
    """Make sure that code of a library is given nothing symbolic that it could ask a question of.

    Raises:
        UnsupportedError: if it is.
    """
    found = symbolic_part(list(args))
    if found is not None:
        raise UnsupportedError(f"{name} was called with {describe(found)}", remedy=_REMEDY, about=found)


def library_maker(cls: Any) -> str | None:
    """The name of code of a library that looks at what an object of a class is made of; None if there is none."""
    for maker in [cls.__new__, cls.__init__, *(_looking_at_fields(cls) if attrs.has(cls) else ())]:
        kind: Any = type(maker)
        function = maker if isinstance(maker, FunctionType) else kind.__call__
        if isinstance(function, FunctionType) and is_library(code_of(function)):
            return getattr(maker, "__qualname__", None) or type(maker).__qualname__
    return None


def _looking_at_fields(cls: Any) -> Iterable[Any]:
    for each in attrs.fields(cls):
        if each.converter is not None:
            yield getattr(each.converter, "converter", each.converter)
        if each.validator is not None:
            yield each.validator


def passes_on(function: FunctionType) -> bool:
    """Whether a function of a library only hands its arguments on to other code, or moves them."""
    code = code_of(function)
    of_contextlib = code.co_filename == contextlib.contextmanager.__code__.co_filename
    return of_contextlib or (code.co_filename, code.co_name) in _MOVING


def symbolic_part(value: Any) -> Any:
    """Something symbolic in a value, however deep; None if there is nothing."""
    seen: dict[int, Any] = {}
    todo = [value]
    while todo and len(seen) < _MOST_LOOKED_AT:
        each = todo.pop()
        if isinstance(each, Symbolic) or hasattr(type(each), "__symbolic_items__") or isinstance(each, Spec):
            return each
        if id(each) not in seen and not isinstance(each, _ATOMS):
            seen[id(each)] = each
            todo.extend(_parts(each))
    return None


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, (tuple, list, set, frozenset, collections.deque)):
        return value
    if isinstance(value, MethodType):
        return [value.__self__]
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    slots = [name for cls in type(value).__mro__ for name in _names(getattr(cls, "__slots__", ()))]
    found = [getattr(value, name, None) for name in slots]
    return [*found, *getattr(value, "__dict__", {}).values()]


def _names(slots: Any) -> Iterable[str]:
    return (slots,) if isinstance(slots, str) else slots


def evolved(call: Callable[..., Any], instance: Any, changes: dict[str, Any]) -> Any:
    """``attrs.evolve`` and ``dataclasses.replace``: an object of the same class, with other fields."""
    cls = instance.__class__  # That of a record of the state passes for the class that the spec wrote.
    if attrs.has(cls):
        kept = {each.alias: each.name for each in attrs.fields(cls) if each.init}
    else:
        kept = {each.name: each.name for each in dataclasses.fields(cls) if each.init}
    return call(cls, **{key: getattr(instance, name) for key, name in kept.items() if key not in changes}, **changes)
