"""The values in an expression: of its parts, down to the variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import attrs

from modelcheck.spec import Spec
from modelcheck.spec.record import Part
from modelcheck.trace.explanation.evaluate import UNKNOWN, Scope, elements
from modelcheck.trace.explanation.reason import Reason, name_of, show_live
from modelcheck.values import ordered

_MOST = 8
_SMALL = 4
_VIEWS = frozenset({"values", "items", "keys"})
_Comprehension = (ast.GeneratorExp, ast.ListComp, ast.SetComp)


def values_in(node: ast.expr, scope: Scope) -> list[Reason]:
    """A line for each part of an expression that has a value worth showing, outer parts first."""
    found: dict[str, Reason] = {}
    for part in _parts(node):
        text = scope.text(part)
        if text not in found and text not in scope.told:
            value = scope.value(part)
            if value is not UNKNOWN and not _is_static(value, part):
                found[text] = Reason(f"{text} = {show_live(value)}")
    for inner in ast.walk(node):
        if isinstance(inner, _Comprehension):
            found |= {reason.text: reason for reason in _of_comprehension(inner, scope)}
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        found |= {reason.text: reason for reason in _difference(node, scope)}
    return list(found.values())[:_MOST]


def _of_comprehension(node: ast.GeneratorExp | ast.ListComp | ast.SetComp, scope: Scope) -> Iterator[Reason]:
    """What a comprehension went through: for each element its variables, and its value if that is no constant."""
    found = elements(node, scope)
    if found is None:
        return
    if not found:
        yield nothing_in(node, scope)
    for element in found[:_MOST]:
        constant = isinstance(node.elt, ast.Constant) or scope.text(node.elt) in element.scope.told
        value = "" if constant else f": {scope.text(node.elt)} = {name_of(element.scope.value(node.elt))}"
        yield Reason(f"{element.bindings}{value}")
    if len(found) > _MOST:
        yield Reason(f"and for {len(found) - _MOST} more")


def nothing_in(node: ast.expr, scope: Scope) -> Reason:
    """Says that there is nothing to go through."""
    if isinstance(node, _Comprehension):
        conditions = [scope.text(condition) for loop in node.generators for condition in loop.ifs]
        sources = " and ".join(scope.text(loop.iter) for loop in node.generators)
        satisfies = f" satisfies {' and '.join(conditions)}" if conditions else ""
        return Reason(f"nothing in {sources}{satisfies}" if satisfies else f"there is nothing in {sources}")
    return Reason(f"{scope.text(node)} is empty")


def _is_static(value: Any, part: ast.expr) -> bool:
    """Whether a value is known from its text: a class, a function, an enum member by its name, the spec itself."""
    if isinstance(value, (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, Spec, Part)):
        return True
    if isinstance(value, Enum):
        return isinstance(part, ast.Attribute) and part.attr == value.name
    return hasattr(value, "__next__")


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of an expression that have a value of their own, outer ones first."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.IfExp)) and not _is_view(
        node
    ):
        yield node
    for child in _children(node):
        yield from _parts(child)


def _is_view(node: ast.expr) -> bool:
    """Whether this is ``x.values()`` or the like, of which ``x`` says all."""
    method = node.func if isinstance(node, ast.Call) and not node.args else None
    return isinstance(method, ast.Attribute) and method.attr in _VIEWS


def _children(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Subscript):
        yield from _variables(node.slice)
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        if not _is_path(node):
            yield node.value
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            yield node.func.value
        yield from (argument.value if isinstance(argument, ast.Starred) else argument for argument in node.args)
        yield from (keyword.value for keyword in node.keywords)
    elif not isinstance(node, (*_Comprehension, ast.DictComp, ast.Lambda)):
        yield from (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _variables(node: ast.expr) -> Iterator[ast.expr]:
    """The variables of an index."""
    yield from (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _is_path(node: ast.expr) -> bool:
    """Whether an expression is a name followed by attributes, the parts of which need not be shown."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return isinstance(node, ast.Name)


def _difference(node: ast.Compare, scope: Scope) -> Iterator[Reason]:
    """Where two large values part that should be equal, or one contain the other."""
    left, right = scope.value(node.left), scope.value(node.comparators[0])
    texts = scope.text(node.left), scope.text(node.comparators[0])
    equal, below, above = (
        isinstance(node.ops[0], ast.Eq),
        isinstance(node.ops[0], ast.LtE),
        isinstance(node.ops[0], ast.GtE),
    )
    if isinstance(left, AbstractSet) and isinstance(right, AbstractSet) and len(left) + len(right) > _SMALL:
        if (equal or below) and left - right:
            yield Reason(f"only in {texts[0]}: {show_live(frozenset(left - right))}")
        if (equal or above) and right - left:
            yield Reason(f"only in {texts[1]}: {show_live(frozenset(right - left))}")
    elif equal and isinstance(left, Mapping) and isinstance(right, Mapping) and len(left) + len(right) > _SMALL:
        differ = [key for key in ordered({**left, **right}) if left.get(key, UNKNOWN) != right.get(key, UNKNOWN)]
        yield Reason(f"they differ at {', '.join(map(show_live, differ))}")
    elif equal and isinstance(left, (tuple, list)) and isinstance(right, (tuple, list)) and not attrs.has(type(left)):
        yield from _first_difference(left, right)


def _first_difference(left: Any, right: Any) -> Iterator[Reason]:
    if len(left) != len(right):
        yield Reason(f"they have {len(left)} and {len(right)} items")
    elif len(left) > _SMALL:
        differ = [index for index, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        yield Reason(f"they differ at index {', '.join(map(str, differ))}")
