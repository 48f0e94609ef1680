"""Constants written as text: Python literals, and members of the spec's own enums.

Nothing in the text is called or looked up but these: a tuple, ``{1, 2}`` and ``frozenset({1, 2})`` for a frozenset, ``Mode.FAST`` or ``FAST`` for a
member, ``s0`` for an interchangeable name. A text for a `str` stands for itself.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from typing import Any

from modelcheck.spec.constants.annotations import classes_in, fits, plain_annotation
from modelcheck.values import FrozenDict
from modelcheck.values.interchangeable import name_called

_PACKAGE = f"{__name__.partition('.')[0]}."
_NAMES: Mapping[str, Any] = {"true": True, "false": False, "inf": math.inf}


class UnreadableError(Exception):
    """A text that is no literal; says which part of it."""


def from_text(cls: type, kind: Any, text: str) -> Any:
    """The value that a text stands for where a value of an annotated type is expected.

    Raises:
        UnreadableError: if it is no literal.
    """
    kind = plain_annotation(kind)
    if kind is str:
        return text
    if _is_enum(kind) and text in kind.__members__:
        return kind.__members__[text]
    try:
        value = _Reader(cls, kind, text.strip()).value(_parsed(text))
    except UnreadableError:
        if fits(text, kind) and str in classes_in(kind):
            return text
        raise
    return text if not fits(value, kind) and str in classes_in(kind) and fits(text, kind) else value


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(text) from error


def from_node(cls: type, kind: Any, node: ast.expr) -> Any:
    """The value of an expression; see `from_text`."""
    return _Reader(cls, kind).value(node)


class _Reader:
    """Reads one constant.

    Args:
        cls: The spec's class, whose module's enums are known by their names.
        kind: The constant's annotation, whose enums' members are known by theirs alone.
        source: The text, where that is all there is.
    """

    def __init__(self, cls: type, kind: Any, source: str = "") -> None:
        self._source = source
        self._classes = list(classes_in(kind))
        self._enums = {each.__name__: each for each in [*_enums_of(cls), *self._classes] if _is_enum(each)}

    def value(self, node: ast.expr) -> Any:
        """The value of an expression."""
        match node:
            case ast.Constant(value=int() | float() | complex() | str() | bytes() | None as value):
                return self._number(value, node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                return self._signed(isinstance(sign, ast.USub), self.value(operand), node)
            case ast.Tuple(elts=items):
                return tuple(map(self.value, items))
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.Set(elts=items):
                return self._hashed(items, node)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return FrozenDict({self.value(key): self.value(each) for key, each in zip(keys, values, strict=True) if key is not None})
            case ast.Call(func=ast.Name(id="frozenset" | "set" | "tuple" as name), args=args, keywords=[]) if len(args) <= 1:
                return self._collected(name, args, node)
            case ast.Name(id=name):
                return self._named(name, node)
            case ast.Attribute(value=ast.Name(id=name), attr=member):
                return self._member(name, member, node)
        raise UnreadableError(ast.unparse(node))

    def _number(self, value: Any, node: ast.expr) -> Any:
        for cls in self._classes:
            if cls in (Decimal, Fraction) and isinstance(value, (int, float, str)) and not isinstance(value, bool):
                try:
                    return cls(value if isinstance(value, str) else ast.get_source_segment(self._source, node) or ast.unparse(node))
                except (ValueError, InvalidOperation, ZeroDivisionError) as error:
                    raise UnreadableError(ast.unparse(node)) from error
        return value

    def _signed(self, negative: bool, value: Any, node: ast.expr) -> Any:
        if type(value) not in (int, float, complex, Decimal, Fraction):
            raise UnreadableError(ast.unparse(node))
        return -value if negative else value

    def _hashed(self, items: list[ast.expr], node: ast.expr) -> frozenset[Any]:
        try:
            return frozenset(map(self.value, items))
        except TypeError as error:
            raise UnreadableError(ast.unparse(node)) from error

    def _collected(self, name: str, args: list[ast.expr], node: ast.expr) -> Any:
        if args and not isinstance(args[0], (ast.Tuple, ast.List, ast.Set)):
            raise UnreadableError(ast.unparse(node))
        items = args[0].elts if args and isinstance(args[0], (ast.Tuple, ast.List, ast.Set)) else []
        return tuple(map(self.value, items)) if name == "tuple" else self._hashed(items, node)

    def _named(self, name: str, node: ast.expr) -> Any:
        """A member of an enum that the annotation names, else of the only one of the spec's that has such a member."""
        annotated = [each for each in self._classes if _is_enum(each)]
        for enums in (annotated, list(self._enums.values())):
            having = list(dict.fromkeys(each for each in enums if name in each.__members__))
            if len(having) == 1:
                return having[0].__members__[name]
        if name in _NAMES:
            return _NAMES[name]
        found = name_called(name, self._classes)
        if found is not None:
            return found
        raise UnreadableError(ast.unparse(node))

    def _member(self, name: str, member: str, node: ast.expr) -> Any:
        found = self._enums.get(name)
        if found is None or member not in found.__members__:
            raise UnreadableError(ast.unparse(node))
        return found.__members__[member]


def _enums_of(cls: type) -> Iterator[Any]:
    """The enums that the modules of a spec's classes know, and those inside of the classes."""
    for base in reversed(cls.__mro__):
        if base is not object and not base.__module__.startswith(_PACKAGE):
            yield from list(vars(sys.modules.get(base.__module__, object)).values())
            yield from vars(base).values()


def _is_enum(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Enum) and cls is not Enum
