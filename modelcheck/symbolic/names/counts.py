"""Counts: how many names make a condition true, as a value that is compared and nothing else.

A comparison is a quantifier: *at least one*, *all*, *at least two*, *a majority*. Which one it is, z3 says: whether ``count > n // 2`` and
``2 * count >= n + 1`` are the same of all counts and sizes. So majorities may be written as one likes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import z3

from modelcheck.symbolic.names.sizes import COUNT, Sizes, in_range
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import Guarded, UnsupportedError, conj, disj, exists, neg
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import Symbolic, SymInt, SymUnion, describe
from modelcheck.symbolic.values.merging import over
from modelcheck.symbolic.values.scalars import boolean, int_term, truth
from modelcheck.symbolic.values.substitution import Pairs

_REMEDY = "Compare it with numbers that depend on sizes only: == 0, >= 2, > n // 2, == n."
_Comparison = Callable[[Any, Any], Any]


class SymCount(Symbolic):
    """How many names make a condition true, times a factor, plus a number.

    Args:
        name: The variable for a name.
        size: How many names there are.
        condition: The condition, which implies that the variable is a name.
        factor: The factor.
        plus: What is added.
    """

    __slots__ = ("condition", "factor", "name", "plus", "size")
    __stands_for__ = int
    __hash__ = Symbolic.__hash__

    def __init__(self, name: z3.ArithRef, size: z3.ArithRef, condition: z3.BoolRef, factor: int = 1, plus: int = 0) -> None:
        self.name = name
        self.size = size
        self.condition = condition
        self.factor = factor
        self.plus = plus

    def __symbolic_substituted__(self, pairs: Pairs) -> SymCount:
        return SymCount(self.name, self.size, z3.substitute(self.condition, *pairs), self.factor, self.plus)

    def __symbolic_truth__(self) -> z3.BoolRef:
        return truth(self._compared(operator.ne, 0))

    def __symbolic_equal__(self, other: Any) -> Any:
        return self._compared(operator.eq, other)

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __mul__(self, by: Any) -> Any:
        return SymCount(self.name, self.size, self.condition, self.factor * by, self.plus * by) if type(by) is int else self._refuse(by)

    def __add__(self, by: Any) -> Any:
        return SymCount(self.name, self.size, self.condition, self.factor, self.plus + by) if type(by) is int else self._refuse(by)

    def __sub__(self, by: Any) -> Any:
        return self + (-by) if type(by) is int else self._refuse(by)

    __rmul__, __radd__ = __mul__, __add__

    def __lt__(self, other: Any) -> Any:
        return self._compared(operator.lt, other)

    def __le__(self, other: Any) -> Any:
        return self._compared(operator.le, other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(operator.gt, other)

    def __ge__(self, other: Any) -> Any:
        return self._compared(operator.ge, other)

    def __eq__(self, other: object) -> Any:
        return self._compared(operator.eq, other)

    def __ne__(self, other: object) -> Any:
        return self._compared(operator.ne, other)

    def _refuse(self, other: Any) -> Any:
        raise UnsupportedError(f"a count of names was combined with {describe(other)}", remedy=_REMEDY)

    def _compared(self, comparison: _Comparison, other: Any) -> Any:
        if isinstance(other, SymUnion):
            return over(other, lambda each: self._compared(comparison, each))
        if other is None or isinstance(other, (str, tuple)):
            return self._unlike(comparison)
        if isinstance(other, SymCount) or (term := int_term(other)) is None:
            self._refuse(other)
        sizes: Sizes = Present.paths.sizes
        return boolean(self._recognised(comparison, self.factor * COUNT + self.plus, term, sizes))

    @staticmethod
    def _unlike(comparison: _Comparison) -> Any:
        if comparison not in (operator.eq, operator.ne):
            raise TypeError("a number was compared with something that is none")
        return comparison is operator.ne

    def _recognised(self, comparison: _Comparison, own: z3.ArithRef, term: z3.ArithRef, sizes: Sizes) -> z3.BoolRef:
        if comparison is operator.ne:
            return neg(self._recognised(operator.eq, own, term, sizes))
        predicate = comparison(own, term)
        possible = z3.And(COUNT >= 0, self.size >= COUNT)
        for known, quantified in ((COUNT >= 1, self._some), (self.size == COUNT, self._every), (COUNT > 1, self._two)):
            for positive in (True, False):
                if sizes.is_valid(z3.Implies(possible, predicate == (known if positive else z3.Not(known)))):
                    return quantified() if positive else neg(quantified())
        if comparison is operator.eq:
            both = (self._recognised(operator.ge, own, term, sizes), self._recognised(operator.le, own, term, sizes))
            return conj(*both)
        if sizes.is_valid(z3.Implies(possible, predicate)):
            return z3.BoolVal(True)
        if sizes.is_valid(z3.Implies(possible, z3.Not(predicate))):
            return z3.BoolVal(False)
        downwards = not sizes.is_valid(z3.substitute(predicate, (COUNT, self.size)))
        found = self._threshold(sizes, z3.Not(predicate) if downwards else predicate)
        return neg(found) if downwards else found

    def _of(self, name: z3.ArithRef) -> z3.BoolRef:
        return z3.substitute(self.condition, (self.name, name))

    def _some(self) -> z3.BoolRef:
        return exists([self.name], self.condition)

    def _every(self) -> z3.BoolRef:
        return z3.ForAll([self.name], z3.Implies(in_range(self.name, self.size), self.condition))

    def _two(self) -> z3.BoolRef:
        other = Present.paths.bound("other")
        return z3.Exists([self.name, other], conj(self.name != other, self.condition, self._of(other)))

    def _threshold(self, sizes: Sizes, enough: z3.BoolRef) -> z3.BoolRef:
        known = sizes.threshold(self.size, enough)
        members = z3.Const(str(Present.paths.bound("quorum")), known.sort)
        each = z3.Implies(z3.And(in_range(self.name, self.size), known.has(self.name, members)), self.condition)
        return z3.Exists([members], z3.ForAll([self.name], each))


def count_of(items: list[Guarded], bound: tuple[Any, ...]) -> SymCount:
    """How many of the items are true or 1, of a list that has one for each of some names.

    Raises:
        UnsupportedError: if it has one for something else.
    """
    if len(items) == 1 and len(bound) == 1:
        guard, value = items[0]
        size = Present.paths.sizes.of_range(guard, bound[0])
        if size is not None:
            name = Present.paths.bound("counted")
            return SymCount(name, size, z3.substitute(conj(guard, truth(value)), (bound[0], name)))
    raise UnsupportedError(
        "what was counted is not one thing for each of some names", remedy="Count names: sum(... for n in range(n)), len(a set of names)."
    )


def distinct_of(items: list[Guarded], bound: tuple[Any, ...]) -> SymCount:
    """How many names there are in a set.

    Raises:
        UnsupportedError: if it has something else than names in it.
    """
    paths = Present.paths
    name = paths.bound("counted")
    for _, value in items:
        if not isinstance(value, (SymInt, int)):
            raise UnsupportedError(
                f"the size of a set with {describe(value)} in it was asked for", remedy="Count names, or compare with the empty set."
            )
    found = [(exists(bound, conj(guard, equality(value, SymInt(name))))) for guard, value in items]
    for size in paths.sizes.all.values():
        inside = [z3.Implies(guard, in_range(int_term(value), size)) for guard, value in items]
        if all(map(paths.sizes.is_valid, inside)):
            return SymCount(name, size, conj(in_range(name, size), disj(*found)))
    raise UnsupportedError("the size of a set of other integers than names was asked for", remedy="Count names.")

