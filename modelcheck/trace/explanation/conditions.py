"""Which part of a condition decides it, and the values in that part.

A syntax tree is taken apart from the outside in: of ``a and b`` the part that is false, of ``all(... for r in ...)`` the element for
which it is, of a call to a method of the spec the method's own expression, and so on until only values are left.
Parts are evaluated in the variables that were kept, which changes nothing, since properties have no effects.

*Cost.* Every part is evaluated about as often as it is nested deep; it is done once per counterexample.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.spec.code import code_of
from modelcheck.trace.explanation.evaluate import UNKNOWN, Element, Scope, elements, names_bound
from modelcheck.trace.explanation.reason import Reason, name_of
from modelcheck.trace.explanation.source import source_of
from modelcheck.trace.explanation.values_in import nothing_in, values_in
from modelcheck.trace.explanation.watching import Ending, function_of, watched

_DEEPEST = 14
_LISTED = 4

# Endings: a return, or a failed assertion --------------------------------------------------------------------------------------------------------


def why_ended(ending: Ending, *, wanted: bool, depth: int) -> list[Reason]:
    """Why a call returned something false (or true), or why its assertion failed."""
    source = source_of(ending.code)
    if source is None or depth > _DEEPEST:
        return []
    scope = Scope(source, ending.names, told=frozenset(_parameters(ending)))
    if isinstance(source.node, ast.Lambda):
        return statements(source.node.body, wanted, scope, depth)
    statement = source.statement_at(ending.line)
    if statement is None:
        return []
    loops = [node.target for node in source.above(statement) if isinstance(node, (ast.For, ast.AsyncFor))]
    scope = evolve(scope, told=scope.told.union(*map(names_bound, loops)))
    found = _around(statement, scope, depth, _at_end(ending, statement, scope, wanted=wanted, depth=depth))
    return [*_message(ending, statement), *found]


def _at_end(ending: Ending, statement: ast.stmt, scope: Scope, *, wanted: bool, depth: int) -> list[Reason]:
    """What the statement that ended a call says by itself."""
    if ending.inner:
        return _why_inner(ending, scope, statement, depth)
    if isinstance(statement, ast.Assert):
        return statements(statement.test, wanted=False, scope=scope, depth=depth)
    if (
        isinstance(statement, ast.Return)
        and statement.value is not None
        and not isinstance(statement.value, ast.Constant)
    ):
        return statements(_goal(statement.value), wanted, scope, depth)
    return []


def _goal(returned: ast.expr) -> ast.expr:
    """What is asked of a returned expression: of a premise and a goal, the goal."""
    return returned.elts[1] if isinstance(returned, ast.Tuple) and len(returned.elts) == len(("premise", "goal")) else returned


def _parameters(ending: Ending) -> tuple[str, ...]:
    return ending.code.co_varnames[: ending.code.co_argcount + ending.code.co_kwonlyargcount]


def _message(ending: Ending, statement: ast.stmt) -> list[Reason]:
    """The message of a failed assertion, unless it is one that a test framework made up."""
    given = isinstance(statement, ast.Raise) or (isinstance(statement, ast.Assert) and statement.msg is not None)
    text = str(ending.error).split("\n")[0] if given and ending.error is not None and not ending.inner else ""
    return [Reason(text)] if text else []


def _why_inner(ending: Ending, scope: Scope, statement: ast.stmt, depth: int) -> list[Reason]:
    """The assertion failed in a function that was called."""
    inner = evolve(ending.inner[0], inner=ending.inner[1:])
    if inner.code.co_name.startswith("<") and inner.code.co_name != "<lambda>":
        loops = [f"{name} = {name_of(value)}" for name, value in _own_locals(inner).items()]
        because = _why_inner(inner, scope, statement, depth + 1) if inner.inner else []
        return [Reason(f"for {', '.join(loops)}", tuple(because))] if loops else because
    value = statement.value if isinstance(statement, (ast.Expr, ast.Return)) else None
    name = f"{inner.code.co_name}(...)" if value is None else scope.text(value)
    return [Reason(name, (_in_call(inner, wanted=False, depth=depth + 1),))]


def _own_locals(ending: Ending) -> dict[str, Any]:
    return {
        name: ending.names[name]
        for name in ending.code.co_varnames
        if name in ending.names and not name.startswith(".")
    }


def _in_call(ending: Ending, *, wanted: bool, depth: int) -> Reason:
    """``in matching(a=0, b=1):`` and why it ended so."""
    names = _parameters(ending)
    shown = [f"{name}={name_of(ending.names[name], 60)}" for name in names if name in ending.names and name != "self"]
    subject = name_of(ending.names["self"], 0) if names[:1] == ("self",) and "self" in ending.names else ""
    of = f" of {subject}" if subject.startswith(("self.", "after.")) else ""
    return Reason(
        f"in {ending.code.co_name}({', '.join(shown)}){of}:", tuple(why_ended(ending, wanted=wanted, depth=depth + 1))
    )


def _around(statement: ast.stmt, scope: Scope, depth: int, because: list[Reason]) -> list[Reason]:
    """The reasons of a statement within the loops around it and, where it ends the call by itself, the conditions that led to it."""
    constant = isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant)
    decided = constant or isinstance(statement, ast.Raise)
    if constant:
        because = _not_taken(statement, scope, depth)
    inner: ast.AST = statement
    for node in scope.source.above(statement):
        if isinstance(node, (ast.For, ast.AsyncFor)) and inner in node.body:
            because = [Reason(scope.binding(node.target), tuple(because))]
        elif decided and isinstance(node, (ast.If, ast.While)):
            taken = inner in node.body
            told = details(node.test, taken, scope, depth + 1)
            head = _judged(node.test, taken, told, scope)
            because = [evolve(head, because=(*head.because, *because))]
        elif decided and isinstance(node, ast.Match):
            told = values_in(node.subject, scope)
            because = [Reason(f"match {scope.text(node.subject)}", (*told, *because))]
        inner = node
    return because if because or not constant else [Reason(scope.text(statement))]


def _not_taken(statement: ast.stmt, scope: Scope, depth: int) -> list[Reason]:
    """The ``if`` statements before a constant return that would have returned something else."""
    before = getattr(scope.source.parents.get(statement), "body", [])
    before = before[: before.index(statement)] if statement in before else []
    return [
        _judged(node.test, False, details(node.test, False, scope, depth + 1), scope)
        for node in before
        if isinstance(node, ast.If)
        and any(isinstance(inner, ast.Return) for inner in ast.walk(node))
        and scope.truth(node.test) is False
    ]


# Expressions -------------------------------------------------------------------------------------------------------------------------------------


def statements(node: ast.expr, wanted: bool, scope: Scope, depth: int) -> list[Reason]:
    """The smallest expressions whose truth decides that of a whole, each with its details."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or if wanted else ast.And):
        decisive = next((part for part in node.values if scope.truth(part) is wanted), None)
        if decisive is not None:
            return statements(decisive, wanted, scope, depth)
    if isinstance(node, ast.BoolOp):
        return (
            [reason for part in node.values for reason in statements(part, wanted, scope, depth)]
            if wanted
            else [_either(node, scope, depth)]
        )
    if isinstance(node, ast.IfExp):
        chosen = scope.truth(node.test)
        if chosen is not None:
            test = _judged(node.test, chosen, details(node.test, chosen, scope, depth + 1), scope)
            return [test, *statements(node.body if chosen else node.orelse, wanted, scope, depth)]
    if isinstance(node, ast.Compare) and len(node.ops) > 1 and not wanted:
        link = _false_link(node, scope)
        if link is not None:
            return statements(link, wanted, scope, depth)
    return [_merged(scope.text(node), details(node, wanted, scope, depth + 1))]


def _either(node: ast.BoolOp, scope: Scope, depth: int) -> Reason:
    """None of several alternatives is true: what each needs, if one of them has a structure of its own."""
    if any(not _is_leaf(part, scope) for part in node.values):
        found = [
            reason for part in node.values for reason in statements(part, wanted=False, scope=scope, depth=depth + 1)
        ]
    else:
        found = details(node, False, scope, depth + 1)
    return Reason(scope.text(node), tuple(found))


def _merged(text: str, because: list[Reason]) -> Reason:
    """``self.ok`` with its only detail ``self.ok = False`` is one line."""
    if len(because) == 1 and because[0].text.startswith(f"{text} = "):
        return because[0]
    return Reason(text, tuple(because))


def _judged(test: ast.expr, truth: bool, because: list[Reason], scope: Scope) -> Reason:
    """``self.n > 2 is true``, or ``self.ok = False`` where the value says it."""
    text = scope.text(test)
    merged = _merged(text, because)
    if merged.text != text:
        return merged
    whole = f"({text})" if isinstance(test, (ast.BoolOp, ast.IfExp)) else text
    return Reason(f"{whole} is {'true' if truth else 'false'}", tuple(because))


def _is_leaf(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _is_leaf(node.operand, scope)
    return (
        not isinstance(node, (ast.BoolOp, ast.IfExp))
        and _quantified(node, scope) is None
        and _called(node, scope) is None
    )


def _false_link(node: ast.Compare, scope: Scope) -> ast.Compare | None:
    """The first false link of ``a <= b <= c``."""
    operands = [node.left, *node.comparators]
    links = (ast.Compare(operands[i], [node.ops[i]], [operands[i + 1]]) for i in range(len(node.ops)))
    return next((link for link in links if scope.truth(link) is False), None)


def details(node: ast.expr, wanted: bool, scope: Scope, depth: int) -> list[Reason]:
    """What makes an expression true or false, without the expression itself."""
    if depth > _DEEPEST or isinstance(node, ast.Constant):
        return []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return details(node.operand, not wanted, scope, depth)
    if isinstance(node, ast.NamedExpr):
        return details(node.value, wanted, scope, depth)
    if isinstance(node, ast.BoolOp):
        return _details_of_several(node, wanted, scope, depth)
    for explanation in (_quantified, _called, _assigned):
        found = explanation(node, scope)
        if found is not None:
            return found(wanted, depth)
    return values_in(node, scope)


def _details_of_several(node: ast.BoolOp, wanted: bool, scope: Scope, depth: int) -> list[Reason]:
    decides = isinstance(node.op, ast.Or if wanted else ast.And)
    parts = [part for part in node.values if scope.truth(part) is wanted][:1] if decides else node.values
    found: dict[str, Reason] = {}
    for part in parts:
        if _is_leaf(part, scope):
            found |= {reason.text: reason for reason in details(part, wanted, scope, depth)}
        else:
            found |= {reason.text: reason for reason in statements(part, wanted, scope, depth + 1)}
    return list(found.values())


_Explanation = Callable[[bool, int], list[Reason]]


# ``all`` and ``any`` -----------------------------------------------------------------------------------------------------------------------------


@frozen
class _Quantified:
    """``all(...)`` or ``any(...)`` of a comprehension or an iterable."""

    scope: Scope
    everything: bool
    operand: ast.expr
    test: ast.expr | None = field(default=None)

    def __call__(self, wanted: bool, depth: int) -> list[Reason]:
        found = elements(self.operand, self.scope)
        if found is None:
            return values_in(self.operand, self.scope)
        seen = [element for element in found if element.truth is not None]
        if wanted != self.everything:
            decisive = next((element for element in seen if element.truth is wanted), None)
            return [] if decisive is None else self._of(decisive.bindings, decisive.scope, decisive.node, wanted, depth)
        if not seen:
            return [nothing_in(self.operand, self.scope)]
        if len(seen) <= _LISTED:
            reasons = (reason for e in seen for reason in self._of(e.bindings, e.scope, e.node, wanted, depth))
            return list(dict.fromkeys(reasons))
        return [Reason(f"{'for all' if wanted else 'for none'} of {len(seen)}: {self._examples(seen)}")]

    def _of(self, bindings: str, scope: Scope, node: ast.expr | None, wanted: bool, depth: int) -> list[Reason]:
        because = tuple(statements(node, wanted, scope, depth + 1)) if node is not None else ()
        return [Reason(bindings, because)]

    def _examples(self, seen: list[Element]) -> str:
        return f"{'; '.join(element.bindings.removeprefix('for ') for element in seen[:_LISTED])}; ..."


def _quantified(node: ast.expr, scope: Scope) -> _Explanation | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
        called = scope.value(node.func)
        if called is all or called is any:
            return _Quantified(scope, called is all, node.args[0])
    return None


# Calls, properties and names ---------------------------------------------------------------------------------------------------------------------


def _called(node: ast.expr, scope: Scope) -> _Explanation | None:
    """A call of a function of the spec, or a property of one of its objects."""
    call: Callable[[], Any]
    if isinstance(node, ast.Call):
        called = scope.value(node.func)
        function = function_of(called)
        call = lambda: scope.evaluate(node)  # noqa: E731 - the alternative below needs the same name.
    elif isinstance(node, ast.Attribute):
        owner = scope.value(node.value)
        described = getattr(type(owner), node.attr, None) if owner is not UNKNOWN else None
        function = function_of(described.fget) if isinstance(described, property) else None
        call = lambda: scope.evaluate(node)  # noqa: E731
    else:
        return None
    if function is None:
        return None
    code = code_of(function)

    def explanation(wanted: bool, depth: int) -> list[Reason]:
        ending = watched(call, code)
        inner = _in_call(ending, wanted=wanted, depth=depth) if ending is not None else None
        return [inner] if inner is not None and inner.because else values_in(node, scope)

    return explanation


def _assigned(node: ast.expr, scope: Scope) -> _Explanation | None:
    """A variable that holds a truth value and was assigned once: the expression that it was assigned."""
    if not isinstance(node, ast.Name) or not isinstance(scope.names.get(node.id), bool):
        return None
    given = [value for name, value in _assignments(scope.source.node) if name == node.id]
    value = given[0] if len(given) == 1 else None
    if value is None or scope.truth(value) is not scope.names[node.id]:
        return None
    found = value

    def explanation(wanted: bool, depth: int) -> list[Reason]:
        return [Reason(f"{node.id} = {scope.names[node.id]}", tuple(statements(found, wanted, scope, depth + 1)))]

    return explanation


def _assignments(function: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Every binding of a name in a function, with the expression if it is a plain assignment."""
    plain: dict[ast.AST, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            plain[node.targets[0]] = node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            plain[node.target] = node.value
        elif isinstance(node, ast.arg):
            yield node.arg, None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, plain.get(node)
