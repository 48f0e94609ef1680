"""Truth values and integers: from values to terms and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import z3

from modelcheck.symbolic.terms import chain, conj, disj, is_false, is_true, neg
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymUnion


def boolean(term: z3.BoolRef) -> Any:
    """The truth value of a term: concrete if the term is."""
    return True if is_true(term) else False if is_false(term) else SymBool(term)


def integer(term: z3.ArithRef) -> Any:
    """The integer of a term: concrete if the term is."""
    if z3.is_int_value(term):
        return term.as_long()
    simple = z3.simplify(term)
    return simple.as_long() if z3.is_int_value(simple) else SymInt(term)


def is_bool(value: Any) -> bool:
    """Whether a value is a truth value."""
    return isinstance(value, (bool, SymBool))


def bool_term(value: Any) -> z3.BoolRef:
    """The term of a truth value."""
    return value.term if isinstance(value, SymBool) else z3.BoolVal(value)


def int_term(value: Any) -> Any:
    """The term of an integer or truth value; None if the value is neither."""
    if isinstance(value, SymInt):
        return value.term
    if isinstance(value, SymBool):
        return z3.If(value.term, z3.IntVal(1), z3.IntVal(0))
    if isinstance(value, int):
        return z3.IntVal(int(value))
    if isinstance(value, SymUnion):
        options = [(guard, int_term(each)) for guard, each in value.alternatives]
        return None if any(term is None for _, term in options) else chain(options)
    return None


def truth(value: Any) -> z3.BoolRef:
    """The condition under which a value is true, without taking a way."""
    if isinstance(value, SymBool):
        return value.term
    if isinstance(value, SymInt):
        return value.term != 0
    if isinstance(value, SymUnion):
        return disj(*(conj(guard, truth(each)) for guard, each in value.alternatives))
    if hasattr(type(value), "__symbolic_truth__"):
        term: z3.BoolRef = value.__symbolic_truth__()
        return term
    return z3.BoolVal(bool(value))


def negated(value: Any) -> Any:
    """``not value``."""
    return boolean(neg(truth(value)))


def count(terms: Iterable[z3.BoolRef]) -> Any:
    """How many of the conditions are true."""
    found = list(terms)
    certain = sum(1 for t in found if is_true(t))
    open_terms = [z3.If(t, z3.IntVal(1), z3.IntVal(0)) for t in found if not is_true(t) and not is_false(t)]
    if not open_terms:
        return certain
    return SymInt(z3.Sum([z3.IntVal(certain), *open_terms]) if certain else z3.Sum(open_terms))
