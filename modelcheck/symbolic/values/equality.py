"""When two values are equal or identical, and when one is a member of the other."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import z3

from modelcheck.statespace.views.records import TrackedMap
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.terms import FALSE, TRUE, Guarded, UnsupportedError, conj, disj, exists, neg
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    Symbolic,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    as_set,
    describe,
    field_values,
    has_own_equality,
    is_compared_by_fields,
    is_frozen,
    is_plain_record,
    is_setlike,
    is_symbolic,
    kind_of,
)
from modelcheck.symbolic.values.scalars import bool_term, boolean, int_term, is_bool, truth
from modelcheck.symbolic.values.substitution import with_fresh_names
from modelcheck.values import identity


def equality(one: Any, other: Any) -> z3.BoolRef:
    """The condition under which two values are equal."""
    return truth(equal(one, other))


def equal(one: Any, other: Any) -> Any:
    """``one == other``."""
    for each, value in ((one, other), (other, one)):
        if isinstance(each, SymUnion):
            return boolean(disj(*(conj(guard, equality(one_of, value)) for guard, one_of in each.alternatives)))
    return _equal(one, other)


def _equal(one: Any, other: Any) -> Any:
    for each, value in ((one, other), (other, one)):
        if hasattr(type(each), "__symbolic_equal__"):
            return each.__symbolic_equal__(value)
    if any(isinstance(each, TrackedMap) or _compares_itself(each) for each in (one, other)):
        return _equal_maps(one, other)
    if not is_symbolic(one) and not is_symbolic(other):
        return _equal_sets(one, other) if _is_view(one) or _is_view(other) else one == other
    if is_bool(one) and is_bool(other):
        return boolean(bool_term(one) == bool_term(other))
    if isinstance(one, (SymInt, SymBool)) or isinstance(other, (SymInt, SymBool)):
        return _equal_numbers(one, other)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        if has_own_equality(one) or has_own_equality(other):
            return one == other
        same = isinstance(one, tuple) == isinstance(other, tuple) and len(one) == len(other)
        return boolean(conj(*(equality(a, b) for a, b in zip(one, other, strict=True)))) if same else False
    if isinstance(one, SymSet) or isinstance(other, SymSet) or (is_setlike(one) and is_setlike(other)):
        return _equal_sets(one, other)
    return _equal_containers(one, other)


def _equal_containers(one: Any, other: Any) -> Any:
    if isinstance(one, GuardedList) or isinstance(other, GuardedList):
        lists = kind_of(one) is list and kind_of(other) is list
        return equal(_listed(one), _listed(other)) if lists else one is other
    if (is_plain_record(one) and has_own_equality(one)) or (is_plain_record(other) and has_own_equality(other)):
        return one == other
    if is_plain_record(one) and type(one) is type(other):
        fields = [f.name for f in attrs.fields(type(one)) if f.eq]
        return boolean(conj(*(equality(getattr(one, name), getattr(other, name)) for name in fields)))
    return _equal_maps(one, other)


def _equal_maps(one: Any, other: Any) -> Any:
    """Whether two dicts are equal, whose keys are concrete."""
    if not isinstance(one, (dict, TrackedMap)) or not isinstance(other, (dict, TrackedMap)):
        return one == other if _compares_itself(one) or _compares_itself(other) else False
    if isinstance(one, Counter) and isinstance(other, Counter):
        return boolean(conj(*(equality(one[key], other[key]) for key in {**one, **other})))
    return boolean(conj(*(equality(one[key], other[key]) for key in one))) if set(one) == set(other) else False


def _compares_itself(value: Any) -> bool:
    """Whether a value is a view of a container, but for a set's, and says itself what equals it."""
    return hasattr(type(value), "__symbolic_items__") and not _is_view(value) and not isinstance(value, Symbolic)


def same(value: Any, other: Any) -> z3.BoolRef:
    """The condition under which a value is the other one, which is concrete, and not merely equal to it as 1 is to True."""
    if isinstance(value, SymUnion):
        return disj(*(conj(guard, same(each, other)) for guard, each in value.alternatives))
    if isinstance(value, (SymBool, SymInt)):
        kind = bool if isinstance(value, SymBool) else int
        return truth(equal(value, other)) if type(other) is kind else FALSE
    if isinstance(value, SymSet):
        return _same_members(value, other) if isinstance(other, frozenset) else FALSE
    if not is_symbolic(value):
        return TRUE if identity(value) == identity(other) else FALSE
    if type(value) is not type(other):
        return FALSE
    if isinstance(value, tuple):
        return conj(*map(same, value, other)) if len(value) == len(other) else FALSE
    return conj(*(same(each, getattr(other, name)) for name, each in field_values(value).items()))


def _same_members(members: SymSet, other: frozenset[Any]) -> z3.BoolRef:
    there = [disj(*(conj(guard, same(value, each)) for guard, value in members.items)) for each in other]
    nothing_else = [disj(neg(guard), *(same(value, each) for each in other)) for guard, value in members.items]
    return conj(*there, *nothing_else)


def _listed(value: Any) -> list[Any]:
    return decided(value.finite()) if isinstance(value, GuardedList) else list(value)


def decided(items: list[Guarded]) -> list[Any]:
    """The items that are there on the path of the present run, which decides on each."""
    return [value for guard, value in items if decide(guard)]


def _is_view(value: Any) -> bool:
    return hasattr(type(value), "__symbolic_set__")


def _equal_sets(one: Any, other: Any) -> Any:
    if not is_setlike(one) or not is_setlike(other):
        return False
    return boolean(conj(subset(one, other), subset(other, one)))


def members_in(value: Any) -> tuple[list[Guarded], tuple[Any, ...]]:
    """The members of a set with their conditions, and the variables for all values of which they are meant; these are in no other term."""
    if isinstance(value, GuardedList) and value.bound:
        value.take()
        return with_fresh_names(value.items, value.bound)
    if _is_view(value):
        found, bound = value.__symbolic_items__()
        if bound:
            return found, bound
    return as_set(value).items, ()


def is_open(value: Any) -> bool:
    """Whether a set has members for all values of some variables."""
    if isinstance(value, GuardedList):
        return bool(value.bound)
    return _is_view(value) and bool(value.__symbolic_items__()[1])


def member(members: Any, value: Any) -> z3.BoolRef:
    """The condition under which a value is a member of a set."""
    items, bound = members_in(members)
    return disj(*(exists(bound, conj(guard, equality(each, value))) for guard, each in items))


def subset(one: Any, other: Any) -> z3.BoolRef:
    """The condition under which all members of a set are in another one."""
    items, bound = members_in(one)
    return conj(*(neg(exists(bound, conj(guard, neg(member(other, value))))) for guard, value in items))


def exactly(value: Any) -> Fraction | None:
    """The number that a value is; None if it is none, or infinite."""
    finite = value.is_finite() if isinstance(value, Decimal) else isinstance(value, Fraction) or math.isfinite(value)
    return Fraction(value) if finite else None


def _equal_numbers(one: Any, other: Any) -> Any:
    for number, value in ((one, other), (other, one)):
        if isinstance(value, complex):
            return _equal_numbers(number, value.real) if value.imag == 0 else False
        if isinstance(value, (float, Fraction, Decimal)):
            exact = exactly(value)
            return False if exact is None or exact.denominator != 1 else boolean(int_term(number) == exact.numerator)
    left, right = int_term(one), int_term(other)
    if left is None or right is None:
        return False
    return True if left.eq(right) else boolean(left == right)


def identical(one: Any, other: Any) -> Any:
    """``one is other``."""
    for union, value in ((one, other), (other, one)):
        if isinstance(union, SymUnion):
            return boolean(disj(*(conj(guard, truth(identical(each, value))) for guard, each in union.alternatives)))
        if isinstance(union, SymBool) and is_bool(value):
            return equal(union, value)
        if isinstance(union, SymInt) and value is not None and value is not union:
            if isinstance(value, (int, SymInt)):
                raise UnsupportedError(f"{describe(one)} was compared by `is`", remedy="Compare numbers with ==.")
            return False
    if one is not other and type(one) is type(other) and _is_value(one) and (is_symbolic(one) or is_symbolic(other)):
        raise UnsupportedError(f"{describe(one)} was compared by `is`", remedy="Compare values with ==.")
    return one is other


def _is_value(value: Any) -> bool:
    return isinstance(value, (tuple, SymSet)) or (is_compared_by_fields(value) and is_frozen(value))
