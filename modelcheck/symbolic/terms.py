"""Terms: z3's formulas and integers, simplified while they are built.

The connectives call z3's C functions. Its Python operators look for contexts, coerce and check sorts, and building the
formulas of a spec with them took twice as long. All terms are of the main context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import z3

from modelcheck.errors import SpecError

_CONTEXT = z3.main_ctx()
_C = _CONTEXT.ref()
TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)
Guarded = tuple[z3.BoolRef, Any]
_TRUE_AST = TRUE.ast.value
_FALSE_AST = FALSE.ast.value


class UnsupportedError(SpecError):
    """Something that cannot be made symbolic.

    Args:
        message: What is wrong.
        place: Where.
        remedy: What to do about it.
        about: The symbolic value that is too much, or the path of the variable; None if it is neither.

    Attributes:
        made: Those made in the run under way, so that none gets lost in an ``__exit__`` or ``finally`` of the spec that swallows it.
    """

    made: ClassVar[list[UnsupportedError]] = []

    def __init__(self, message: str, *, place: str | None = None, remedy: str | None = None, about: Any = None) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.about = about
        self.made.append(self)


def is_true(term: Any) -> bool:
    """Whether a term is the constant true. z3 keeps one copy of each term, so its address tells."""
    return bool(term.ast.value == _TRUE_AST)


def is_false(term: Any) -> bool:
    """Whether a term is the constant false."""
    return bool(term.ast.value == _FALSE_AST)


def conj(*terms: z3.BoolRef) -> z3.BoolRef:
    """All of the terms."""
    return _joined(z3.Z3_mk_and, terms, TRUE, _TRUE_AST, FALSE, _FALSE_AST)


def disj(*terms: z3.BoolRef) -> z3.BoolRef:
    """At least one of the terms."""
    return _joined(z3.Z3_mk_or, terms, FALSE, _FALSE_AST, TRUE, _TRUE_AST)


def _joined(
    make: Callable[..., Any], terms: tuple[z3.BoolRef, ...], neutral: z3.BoolRef, idle: int, certain: z3.BoolRef, ends: int
) -> z3.BoolRef:
    """The terms under a connective, of which one constant is neutral and the other one decides."""
    left = []
    for term in terms:
        address = term.ast.value
        if address == ends:
            return certain
        if address != idle:
            left.append(term)
    if not left:
        return neutral
    if len(left) == 1:
        return left[0]
    return z3.BoolRef(make(_C, len(left), (z3.Ast * len(left))(*(term.ast for term in left))), _CONTEXT)


def neg(term: z3.BoolRef) -> z3.BoolRef:
    """The opposite of a term."""
    if is_true(term):
        return FALSE
    if is_false(term):
        return TRUE
    if _is_not(term):
        return z3.BoolRef(z3.Z3_get_app_arg(_C, term.ast, 0), _CONTEXT)
    return z3.BoolRef(z3.Z3_mk_not(_C, term.ast), _CONTEXT)


def _is_not(term: z3.BoolRef) -> bool:
    is_application = z3.Z3_get_ast_kind(_C, term.ast) == z3.Z3_APP_AST
    return is_application and bool(z3.Z3_get_decl_kind(_C, z3.Z3_get_app_decl(_C, term.ast)) == z3.Z3_OP_NOT)


def pick(condition: z3.BoolRef, yes: Any, no: Any) -> Any:
    """A z3 term that is ``yes`` on a condition and ``no`` otherwise."""
    if is_true(condition) or yes.ast.value == no.ast.value:
        return yes
    if is_false(condition):
        return no
    if z3.is_bool(yes):
        if is_true(yes) and is_false(no):
            return condition
        if is_false(no):
            return conj(condition, yes)
    return z3.If(condition, yes, no)


def chain(options: list[Guarded]) -> Any:
    """A z3 term that is each of the options on its condition; exactly one of the conditions is true."""
    result = options[-1][1]
    for guard, term in reversed(options[:-1]):
        result = pick(guard, term, result)
    return result


def exists(variables: Sequence[Any], term: z3.BoolRef) -> z3.BoolRef:
    """That a condition is true for some values of variables; a variable that it says to equal something is that."""
    left = list(variables)
    while (found := _defined(left, term)) is not None:
        variable, value = found
        term = z3.substitute(term, (variable, value))
        left = [each for each in left if not each.eq(variable)]
    used = [each for each in left if mentions(term, each)]
    return z3.Exists(used, term) if used else term


def _defined(variables: Sequence[Any], term: z3.BoolRef) -> tuple[Any, Any] | None:
    """A variable that a conjunction says to equal something else, and what."""
    for part in _parts(term):
        if z3.is_eq(part):
            for one, other in (part.children(), reversed(part.children())):
                if any(each.eq(one) for each in variables) and not mentions(other, one):
                    return one, other
    return None


def _parts(term: z3.BoolRef) -> Iterator[z3.BoolRef]:
    if not z3.is_and(term):
        yield term
        return
    for each in term.children():
        yield from _parts(each)


def mentions(term: Any, variable: Any) -> bool:
    """Whether a variable occurs in a term."""
    seen = set()
    todo = [term]
    while todo:
        each = todo.pop()
        if each.eq(variable):
            return True
        if each.get_id() not in seen:
            seen.add(each.get_id())
            todo.extend([each.body()] if z3.is_quantifier(each) else each.children())
    return False
