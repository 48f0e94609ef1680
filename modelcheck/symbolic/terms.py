"""Terms: z3's formulas and integers, simplified while they are built."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.errors import SpecError

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)
Guarded = tuple[z3.BoolRef, Any]
_TRUE_AST = TRUE.ast.value
_FALSE_AST = FALSE.ast.value


class UnsupportedError(SpecError):
    """Something that cannot be made symbolic."""


def is_true(term: Any) -> bool:
    """Whether a term is the constant true. z3 keeps one copy of each term, so its address tells."""
    return bool(term.ast.value == _TRUE_AST)


def is_false(term: Any) -> bool:
    """Whether a term is the constant false."""
    return bool(term.ast.value == _FALSE_AST)


def conj(*terms: z3.BoolRef) -> z3.BoolRef:
    """All of the terms."""
    if any(is_false(t) for t in terms):
        return FALSE
    left = [t for t in terms if not is_true(t)]
    return TRUE if not left else left[0] if len(left) == 1 else z3.And(*left)


def disj(*terms: z3.BoolRef) -> z3.BoolRef:
    """At least one of the terms."""
    if any(is_true(t) for t in terms):
        return TRUE
    left = [t for t in terms if not is_false(t)]
    return FALSE if not left else left[0] if len(left) == 1 else z3.Or(*left)


def neg(term: z3.BoolRef) -> z3.BoolRef:
    """The opposite of a term."""
    if is_true(term):
        return FALSE
    if is_false(term):
        return TRUE
    return term.arg(0) if z3.is_not(term) else z3.Not(term)


def pick(condition: z3.BoolRef, yes: Any, no: Any) -> Any:
    """A z3 term that is ``yes`` on a condition and ``no`` otherwise."""
    if is_true(condition) or yes.eq(no):
        return yes
    if is_false(condition):
        return no
    if is_true(yes) and is_false(no):
        return condition
    if is_false(no) and z3.is_bool(yes):
        return conj(condition, yes)
    return z3.If(condition, yes, no)


def chain(options: list[Guarded]) -> Any:
    """A z3 term that is each of the options on its condition; exactly one of the conditions is true."""
    result = options[-1][1]
    for guard, term in reversed(options[:-1]):
        result = pick(guard, term, result)
    return result


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
