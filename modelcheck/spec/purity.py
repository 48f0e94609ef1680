"""Calls whose results differ from one run of Python to the next: ``hash()`` of a text, ``id()``, the environment, random numbers, the clock.

A search notices what comes out in two ways within one process. What is the same throughout a process, such as ``hash("a")`` with one
``PYTHONHASHSEED``, it cannot notice; so the code is read. Followed are the functions of the user's own that the code names, and the methods of
the class.

*Limits.* What is called under another name, by a library, or through a value is not seen. Whether the order of a set matters that the code makes
itself is found out by runs (`modelcheck.statespace.recording.orders`).
"""

from __future__ import annotations

import builtins
import dis
import os
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from modelcheck.spec.code import code_of
from modelcheck.spec.run import is_users

_VARYING = {
    "builtins": ("hash", "id"),
    "os": ("getenv", "getpid", "urandom"),
    "random": ("choice", "choices", "gauss", "getrandbits", "randbytes", "randint", "random", "randrange", "sample", "shuffle", "uniform"),
    "secrets": ("choice", "randbelow", "randbits", "token_bytes", "token_hex"),
    "time": ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "time", "time_ns"),
    "uuid": ("uuid1", "uuid4"),
}


def varying_calls(function: FunctionType, owner: type) -> Iterator[tuple[str, str]]:
    """What a function, or what it calls, uses that differs from process to process, and ``file:line`` of each.

    Args:
        function: A function of the spec.
        owner: The spec's class.
    """
    varying = _functions()
    for _, place, value in _followed(function, owner):
        if value is os.environ:
            yield "os.environ", place
        elif isinstance(value, (FunctionType, MethodType, BuiltinFunctionType)) and value in varying:
            yield varying[value], place


def names_used(function: FunctionType, owner: type) -> set[str]:
    """The names of the globals and attributes that a function, or what it calls, uses; arguments as in `varying_calls`."""
    return {name for name, _, _ in _followed(function, owner)}


def _followed(function: FunctionType, owner: type) -> Iterator[tuple[str, str, Any]]:
    """What `_named` gives for a function and all of the user's own that it calls."""
    waiting, seen = [function], {function}
    while waiting:
        for name, place, value in _named(waiting.pop()):
            yield name, place, value
            called = value if isinstance(value, FunctionType) else getattr(owner, name, None)
            if isinstance(called, FunctionType) and called not in seen and is_users(code_of(called).co_filename):
                seen.add(called)
                waiting.append(called)


def _functions() -> dict[Any, str]:
    """The functions whose results differ, and what they are called; of modules that were imported, since no other is used."""
    modules = {name: sys.modules[name] for name in _VARYING if name in sys.modules}
    return {
        getattr(module, name): f"{name}()" if module is builtins else f"{module.__name__}.{name}()"
        for module in modules.values()
        for name in _VARYING[module.__name__]
    }


def _named(function: FunctionType) -> Iterator[tuple[str, str, Any]]:
    """The global names and the attributes that a function uses: the name, the place, and the value of a global or of a module's attribute."""
    for code in _codes(code_of(function)):
        value: Any = None
        for step in dis.get_instructions(code):
            if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
                value = function.__globals__.get(step.argval, getattr(builtins, step.argval, None))
            elif step.opname in {"LOAD_ATTR", "LOAD_METHOD"}:
                value = getattr(value, step.argval, None) if isinstance(value, ModuleType) else None
            else:
                value = None
                continue
            line = step.positions.lineno if step.positions else code.co_firstlineno
            yield step.argval, f"{code.co_filename}:{line}", value


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and those inside of it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
