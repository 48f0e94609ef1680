"""Evaluating parts of an expression in the variables that a call left behind."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.spec.choice import Disabled
from modelcheck.trace.explanation.reason import name_of
from modelcheck.trace.explanation.source import Source

UNKNOWN = object()
"""The value of what cannot be evaluated."""

_MOST_ELEMENTS = 10_000
_MAP_AND_ITERABLE = 2  # The arguments of map, if it has one iterable.


@frozen(eq=False)
class Scope:
    """Where expressions are evaluated.

    Attributes:
        source: The function that they are in.
        names: The variables, as one dict.
        told: The variables whose values an outer line has told already.
    """

    source: Source
    names: Mapping[str, Any]
    told: frozenset[str] = frozenset()

    def text(self, node: ast.AST) -> str:
        """The expression as it is written."""
        return self.source.text(node)

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression; raises whatever it raises."""
        expression = ast.fix_missing_locations(ast.Expression(node))
        return eval(compile(expression, "<explanation>", "eval"), dict(self.names))  # noqa: S307 - the user's own code, in the user's own variables.

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, or `UNKNOWN`."""
        try:
            return self.evaluate(node)
        except (Exception, Disabled):  # noqa: BLE001 - parts of the user's code may raise anything when they are run on their own.
            return UNKNOWN

    def truth(self, node: ast.expr) -> bool | None:
        """Whether an expression is true, or None if that cannot be told. A failed assertion in a function that it calls makes it false."""
        try:
            return bool(self.evaluate(node))
        except AssertionError:
            return False
        except (Exception, Disabled):  # noqa: BLE001 - as above.
            return None

    def bound(self, target: ast.expr, value: Any) -> Scope:
        """The scope in which a loop's target has a value."""
        names = {**self.names, ".item": value}
        assign = ast.Assign([target], ast.Name(".item", ast.Load()))
        module = ast.fix_missing_locations(ast.Module([assign], []))
        exec(compile(module, "<explanation>", "exec"), names)  # noqa: S102 - as above.
        return evolve(self, names=names, told=self.told | names_bound(target))

    def binding(self, target: ast.AST) -> str:
        """The variables of a loop with their values: ``for i = 0, s = self.servers[0]``."""
        names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
        shown = [
            f"{name} = {name_of(self.names[name])}" for name in names if name in self.names and not name.startswith("_")
        ]
        return f"for {', '.join(shown) or 'an element'}"


def names_bound(target: ast.AST) -> frozenset[str]:
    """The variables that a loop's target binds."""
    return frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))


@frozen(eq=False)
class Element:
    """An element of a comprehension or an iterable.

    Attributes:
        bindings: ``for r = 2``.
        scope: Where its loop variables have their values.
        node: The expression that is evaluated for it; None if there is only its value.
        truth: Whether it is true.
    """

    bindings: str
    scope: Scope
    node: ast.expr | None
    truth: bool | None = field(default=None)


def elements(operand: ast.expr, scope: Scope) -> list[Element] | None:
    """The elements that ``all`` or ``any`` looks at; None if they cannot be evaluated."""
    try:
        if isinstance(operand, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
            return _limited(_of_comprehension(operand, scope))
        return _limited(_of_iterable(operand, scope))
    except (Exception, Disabled):  # noqa: BLE001 - the user's code.
        return None


def _limited(found: Iterator[Element]) -> list[Element]:
    return [element for element, _ in zip(found, range(_MOST_ELEMENTS), strict=False)]


def _of_comprehension(operand: ast.GeneratorExp | ast.ListComp | ast.SetComp, scope: Scope) -> Iterator[Element]:
    targets = ast.Tuple([loop.target for loop in operand.generators])
    for inner in _bound(operand.generators, scope):
        yield Element(inner.binding(targets), inner, operand.elt, inner.truth(operand.elt))


def _bound(loops: list[ast.comprehension], scope: Scope) -> Iterator[Scope]:
    if not loops:
        yield scope
        return
    for item in scope.evaluate(loops[0].iter):
        inner = scope.bound(loops[0].target, item)
        if all(inner.evaluate(condition) for condition in loops[0].ifs):
            yield from _bound(loops[1:], inner)


def _of_iterable(operand: ast.expr, scope: Scope) -> Iterator[Element]:
    if (
        isinstance(operand, ast.Call)
        and isinstance(operand.func, ast.Name)
        and scope.value(operand.func) is map
        and len(operand.args) == _MAP_AND_ITERABLE
    ):
        function, argument = operand.args
        for item in scope.evaluate(argument):
            inner = evolve(scope, names={**scope.names, "item": item}, told=scope.told | {"item"})
            node = ast.Call(function, [ast.Name("item", ast.Load())], [])
            yield Element(f"for item = {name_of(item)}", inner, node, inner.truth(node))
        return
    for number, item in enumerate(scope.evaluate(operand)):
        yield Element(f"item {number} is {name_of(item)}", scope, None, bool(item))
