"""Python typed by the user, evaluated in a state: the variables by their names or as attributes of ``self``, and whatever the spec's module knows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from modelcheck.errors import UsageError
from modelcheck.spec import Machine, State
from modelcheck.spec.choice import Disabled
from modelcheck.trace.explanation.reason import show_live

_LONGEST = 2_000


class Expression:
    """An expression of a spec's state.

    Args:
        machine: The spec.
        text: The expression.

    Raises:
        UsageError: if it is no expression of Python.
    """

    def __init__(self, machine: Machine, text: str) -> None:
        self.text = text
        self._machine = machine
        try:
            tree = ast.parse(text.strip(), "<expression>", "eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            why = error.msg if isinstance(error, SyntaxError) else str(error)
            raise UsageError(f"{text!r} is no expression: {why}", remedy="Write Python, for example len(network.messages) > 2") from None
        self._body = tree.body
        self._tree = ast.fix_missing_locations(_Names(machine, tree).visit(tree))
        self._code: CodeType = compile(self._tree, "<expression>", "eval")

    def value(self, state: State) -> Any:
        """Its value in a state; raises whatever it raises."""
        return eval(self._code, {**module_names(self._machine), "self": self._machine.thaw(state)})  # noqa: S307 - typed by the user, who has the spec run too.

    def told(self, state: State) -> tuple[str, bool]:
        """The text of its value in a state, and whether it has one: else what it raises."""
        try:
            value = self.value(state)
        except (Exception, Disabled) as error:  # noqa: BLE001 - whatever the user wrote.
            return f"{type(error).__name__}: {error}"[:_LONGEST], False
        return show_live(value, _LONGEST), True

    def function(self, name: str) -> Callable[[Any], bool]:
        """A method that is true where the expression is."""
        returned = ast.Return(ast.Call(ast.Name("bool", ast.Load()), [self._tree.body], []))
        arguments = ast.arguments([], [ast.arg("self")], None, [], [], None, [])
        module = ast.Module([ast.FunctionDef(name, arguments, [returned], [], None, None)], [])
        names = module_names(self._machine)
        exec(compile(ast.fix_missing_locations(module), "<expression>", "exec"), names)  # noqa: S102 - as above.
        made: Callable[[Any], bool] = names[name]
        return made


def module_names(machine: Machine) -> dict[str, Any]:
    """What the spec's module knows."""
    return dict(vars(sys.modules[machine.cls.__module__])) if machine.cls.__module__ in sys.modules else {}


class _Names(ast.NodeTransformer):
    """Makes the names of variables and constants attributes of ``self``, unless the expression binds them itself."""

    def __init__(self, machine: Machine, tree: ast.AST) -> None:
        bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self._known = ({*machine.shape.fields, *machine.constants}) - bound

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name as it is, or as an attribute."""
        return ast.Attribute(ast.Name("self", ast.Load()), node.id, node.ctx) if node.id in self._known else node


