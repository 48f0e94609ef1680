"""Comparisons and connectives: symbolic ones give a symbolic truth value and take no way where that is possible."""

from __future__ import annotations

import operator as native
from collections.abc import Callable
from typing import Any

import attrs
import z3

from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import conj, disj, is_false, is_true, neg
from modelcheck.symbolic.values.equality import equal, equality, identical
from modelcheck.symbolic.values.kinds import Symbolic, SymBool, SymUnion, is_ordered_by_fields, is_symbolic
from modelcheck.symbolic.values.merging import DEAD, merge, over
from modelcheck.symbolic.values.scalars import boolean, negated, truth


def unequal(one: Any, other: Any) -> Any:
    """``one != other``."""
    return negated(equal(one, other))


def distinct(one: Any, other: Any) -> Any:
    """``one is not other``."""
    return negated(identical(one, other))


def _ordering(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ordering(one: Any, other: Any) -> Any:
        if not is_symbolic(one) and not is_symbolic(other):
            return compare(one, other)
        if isinstance(one, SymUnion):
            return over(one, lambda value: ordering(value, other))
        if isinstance(other, SymUnion):
            return over(other, lambda value: ordering(one, value))
        if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)) and isinstance(one, tuple) == isinstance(other, tuple):
            return _lexicographic(one, other, compare)
        if type(one) is type(other) and is_ordered_by_fields(one):
            return _lexicographic(_ordered_fields(one), _ordered_fields(other), compare)
        return compare(one, other)

    return ordering


less = _ordering(native.lt)
at_most = _ordering(native.le)
greater = _ordering(native.gt)
at_least = _ordering(native.ge)


def _ordered_fields(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, each.name) for each in attrs.fields(type(value)) if each.order)


def _lexicographic(one: Any, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
    if not one or not other:
        return compare(len(one), len(other))
    strict = less if compare in (native.lt, native.le) else greater
    same = equality(one[0], other[0])
    first = truth(strict(one[0], other[0]))
    rest = Present.paths.under(same, lambda: _lexicographic(one[1:], other[1:], compare))
    return boolean(disj(first, conj(same, truth(rest)))) if rest is not DEAD else boolean(first)


def both(*parts: Callable[[], Any]) -> Any:
    """``a and b and ...``."""
    return _connected(parts, stop_at=False)


def either(*parts: Callable[[], Any]) -> Any:
    """``a or b or ...``."""
    return _connected(parts, stop_at=True)


def _all_passed(passed: list[z3.BoolRef], *, stop_at: bool) -> z3.BoolRef:
    """The condition under which none of the parts is ``stop_at``."""
    return conj(*(neg(t) for t in passed)) if stop_at else conj(*passed)


def _connected(parts: tuple[Callable[[], Any], ...], *, stop_at: bool) -> Any:
    """Evaluate parts until one is ``stop_at``; those before it that are symbolic are kept as conditions and take no way."""
    passed: list[z3.BoolRef] = []
    join = disj if stop_at else conj
    value: Any = not stop_at
    for at, part in enumerate(parts):
        value = Present.paths.under(_all_passed(passed, stop_at=stop_at), part) if passed else part()
        if value is DEAD:
            return boolean(join(*passed))
        if isinstance(value, SymBool):
            passed.append(value.term)
            continue
        if isinstance(value, bool):
            if value is stop_at:
                return stop_at
            continue
        if passed:
            if not decide(_all_passed(passed, stop_at=stop_at)):
                return stop_at
            passed = []
        if at + 1 == len(parts):
            return value
        if bool(value) is stop_at:
            return value
    return boolean(join(*passed)) if passed else value


def conditional(test: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """``yes() if test else no()``."""
    condition = z3.simplify(truth(test)) if isinstance(test, Symbolic) else truth(test)
    if is_true(condition):
        return yes()
    if is_false(condition):
        return no()
    options = [
        (condition, Present.paths.under(condition, yes)),
        (neg(condition), Present.paths.under(neg(condition), no)),
    ]
    return merge([(guard, value) for guard, value in options if value is not DEAD])
