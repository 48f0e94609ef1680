"""Python's own operators on symbolic values: the methods that it calls, ``__eq__``, ``__add__`` and so on.

They are installed in the classes of `modelcheck.symbolic.values.kinds` when this package is imported, so that those stay plain data. Who calls them
is either rewritten code, where Python lets a value define an operation, or C code, such as ``sorted``, that rewritten code has called.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any

import z3

from modelcheck.symbolic.operators.access import attribute, contains, item
from modelcheck.symbolic.operators.built_in import type_of
from modelcheck.symbolic.operators.calls import call
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.rewriting.supervision import check_caller
from modelcheck.symbolic.terms import UnsupportedError, conj, disj
from modelcheck.symbolic.values import sets
from modelcheck.symbolic.values.equality import decided, equal, exactly, member
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    Symbolic,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    describe,
    is_setlike,
    is_symbolic,
    kind_of,
)
from modelcheck.symbolic.values.merging import concrete, over, settled, split
from modelcheck.symbolic.values.scalars import bool_term, boolean, int_term, integer, is_bool, negated, truth
from modelcheck.values import order_key

Method = Callable[..., Any]


def install() -> None:
    """Give the symbolic values their methods."""
    for cls, methods in (
        (SymBool, _of_truth_values()),
        (SymInt, _of_integers()),
        (SymUnion, _of_unions()),
        (SymSet, _of_sets()),
        (GuardedList, _of_lists()),
    ):
        for name, method in {**_of_all(), **methods}.items():
            setattr(cls, name, _asked_who_calls(method))


def _asked_who_calls(method: Method) -> Method:
    def entered(self: Any, *args: Any) -> Any:
        check_caller(sys._getframe(1).f_code, self)
        return method(self, *args)

    return entered


def _of_all() -> dict[str, Method]:
    return {
        "__eq__": equal,
        "__ne__": lambda self, other: negated(equal(self, other)),
        "__bool__": lambda self: decide(truth(self)),
        "__hash__": Symbolic.__hash__,
        "__index__": _index,
        "__str__": _text(str),
        "__format__": lambda self, spec: _text(lambda value: format(value, spec))(self),
        "__repr__": lambda self: describe(self) if Present.paths is None else _text(repr)(self),
    }


def _index(self: Any) -> int:
    """One particular integer: a path for each that it can be."""
    value = settled(self)
    if is_symbolic(value):
        return Symbolic.__index__(self)
    return operator.index(value)


def _text(function: Callable[[Any], str]) -> Method:
    """The text of one particular value: a path for each that it can be."""

    def method(self: Any) -> str:
        value = settled(self)
        return Symbolic.__str__(self) if is_symbolic(value) else function(value)

    return method


# Numbers -----------------------------------------------------------------------------------------------------------------------------------------


def _forward(function: Method) -> Method:
    def method(self: Any, other: Any) -> Any:
        term = _integer_term(self, other)
        return NotImplemented if term is None else integer(function(int_term(self), term))

    return method


def _backward(function: Method) -> Method:
    def method(self: Any, other: Any) -> Any:
        term = _integer_term(self, other)
        return NotImplemented if term is None else integer(function(term, int_term(self)))

    return method


def _order(function: Method) -> Method:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (float, Fraction, Decimal)):
            exact = exactly(other)
            if exact is None:  # Infinite, or no number: the same beside all integers.
                return function(0, other)
            return boolean(function(int_term(self) * exact.denominator, z3.IntVal(exact.numerator)))
        term = _integer_term(self, other)
        return NotImplemented if term is None else boolean(function(int_term(self), term))

    return method


def _integer_term(number: Any, other: Any) -> Any:
    term = int_term(other)
    if term is None and isinstance(other, Number):
        raise UnsupportedError(f"{describe(number)} met {other!r} in a calculation", remedy="Calculate with integers.")
    return term


def _particular(function: Method, *, turned: bool = False) -> Method:
    """An operator on particular values: a path for each that they can be."""

    def method(self: Any, other: Any) -> Any:
        left, right = map(settled, (other, self) if turned else (self, other))
        if is_symbolic(left) or is_symbolic(right):
            raise UnsupportedError(
                f"{function.__name__} of {describe(left)} and {describe(right)}",
                remedy="Bound the integers by a guard or a @constraint before; followed for all integers are + - * and // and % by a constant.",
                about=(left, right),
            )
        return function(left, right)

    return method


def _divided(function: Method, number: Any, divisor: Any) -> Any:
    """``number // divisor`` or ``number % divisor``; z3 rounds as Python does where the divisor is positive."""
    divisor = settled(divisor)
    if int_term(number) is None or int_term(divisor) is None:
        return NotImplemented
    if is_symbolic(divisor):
        raise UnsupportedError(
            f"{describe(number)} was divided by {describe(divisor)}",
            remedy="Bound the divisor by a guard or a @constraint before.",
            about=divisor,
        )
    if divisor == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    if divisor > 0:
        return integer(function(int_term(number), z3.IntVal(int(divisor))))
    opposite = function(-int_term(number), z3.IntVal(-int(divisor)))
    return integer(opposite if function is _quotient else -opposite)


def _quotient(number: Any, divisor: Any) -> Any:
    return number / divisor


def _remainder(number: Any, divisor: Any) -> Any:
    return number % divisor


def _of_integers() -> dict[str, Method]:
    found: dict[str, Method] = {
        "__floordiv__": lambda self, other: _divided(_quotient, self, other),
        "__mod__": lambda self, other: _divided(_remainder, self, other),
        "__rfloordiv__": lambda self, other: _divided(_quotient, other, self),
        "__rmod__": lambda self, other: _divided(_remainder, other, self),
        "__getattr__": _missing_attribute,
        "__neg__": lambda self: integer(-int_term(self)),
        "__pos__": lambda self: integer(int_term(self)),
        "__invert__": lambda self: integer(-int_term(self) - 1),
        "__abs__": lambda self: integer(z3.If(int_term(self) < 0, -int_term(self), int_term(self))),
    }
    for name in ("add", "sub", "mul"):
        found[f"__{name}__"] = _forward(getattr(operator, name))
        found[f"__r{name}__"] = _backward(getattr(operator, name))
    for name in ("lt", "le", "gt", "ge"):
        found[f"__{name}__"] = _order(getattr(operator, name))
    for name in ("truediv", "pow", "lshift", "rshift", "and", "or", "xor"):
        found[f"__{name}__"] = _particular(getattr(operator, f"__{name}__"))
        found[f"__r{name}__"] = _particular(getattr(operator, f"__{name}__"), turned=True)
    return found


def _missing_attribute(self: Any, name: str) -> Any:
    if hasattr(int, name) and not name.startswith("__"):
        return getattr(concrete(self), name)
    raise AttributeError(f"'{type_of(self).__name__}' object has no attribute {name!r}")


def _of_truth_values() -> dict[str, Method]:
    found = _of_integers()
    for name, function in (("and", conj), ("or", disj), ("xor", z3.Xor)):
        found[f"__{name}__"] = found[f"__r{name}__"] = _connective(function)
    return found


def _connective(function: Method) -> Method:
    def method(self: Any, other: Any) -> Any:
        return boolean(function(self.term, bool_term(other))) if is_bool(other) else NotImplemented

    return method


# Unions ------------------------------------------------------------------------------------------------------------------------------------------


def _of_unions() -> dict[str, Method]:
    found: dict[str, Method] = {
        "__getattr__": _attribute_of_union,
        "__getitem__": item,
        "__call__": call,
        "__iter__": lambda self: iter(split(self)),
        "__contains__": lambda self, value: bool(contains(self, value)),
        "__setitem__": lambda self, key, value: operator.setitem(split(self), key, value),
        "__delitem__": lambda self, key: operator.delitem(split(self), key),
        "__setattr__": lambda self, name, value: setattr(split(self), name, value),
    }
    for name in ("add", "sub", "mul", "and", "or", "xor"):
        found[f"__i{name}__"] = _in_place(getattr(operator, f"__i{name}__"))
    for name in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor", "truediv", "pow", "lshift", "rshift"):
        found[f"__{name}__"] = _lifted(getattr(operator, f"__{name}__"))
        found[f"__r{name}__"] = _lifted_backward(getattr(operator, f"__{name}__"))
    for name in ("lt", "le", "gt", "ge"):
        found[f"__{name}__"] = _lifted(getattr(operator, name))
    for name in ("neg", "pos", "abs", "invert"):
        found[f"__{name}__"] = _lifted_unary(getattr(operator, name))
    return found


def _attribute_of_union(self: SymUnion, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return attribute(self, name)


def _lifted(function: Method) -> Method:
    return lambda self, other: over(self, lambda value: function(value, other))


def _lifted_backward(function: Method) -> Method:
    return lambda self, other: over(self, lambda value: function(other, value))


def _in_place(function: Method) -> Method:
    """``self += other``: of a container, which the run decides on, the container itself is changed."""

    def method(self: Any, other: Any) -> Any:
        changes = any(type(value).__hash__ is None for _, value in self.alternatives)
        if changes:
            Present.paths.effect()
            return function(split(self), other)
        return over(self, lambda value: function(value, other))

    return method


def _lifted_unary(function: Method) -> Method:
    return lambda self: over(self, function)


# Sets and lists ----------------------------------------------------------------------------------------------------------------------------------


def _of_sets() -> dict[str, Method]:
    found: dict[str, Method] = {
        "__iter__": _iterated_set,
        "__contains__": lambda self, value: decide(member(self, value)),
        "__getattr__": _refusing("Make a new set instead: s = s | {x}."),
        "__lt__": _between_sets(sets.is_proper_subset),
        "__le__": _between_sets(sets.is_subset),
        "__gt__": _between_sets(lambda one, other: sets.is_proper_subset(other, one)),
        "__ge__": _between_sets(lambda one, other: sets.is_subset(other, one)),
        "__sub__": _between_sets(sets.difference),
        "__rsub__": _between_sets(lambda one, other: sets.difference(other, one)),
    }
    for name, function in (("or", sets.union), ("and", sets.intersection), ("xor", sets.symmetric_difference)):
        found[f"__{name}__"] = _between_sets(function)
        found[f"__r{name}__"] = _between_sets(lambda one, other, function=function: function(other, one))
    for name in ("or", "and", "xor", "sub"):
        found[f"__i{name}__"] = _changed_set(getattr(operator, f"__{name}__"))
    found |= {
        "union": sets.union,
        "intersection": sets.intersection,
        "difference": sets.difference,
        "symmetric_difference": sets.symmetric_difference,
        "issubset": sets.is_subset,
        "issuperset": lambda self, other: sets.is_subset(other, self),
        "isdisjoint": sets.is_disjoint,
        "copy": lambda self: self,
    }
    return found


def _between_sets(function: Method) -> Method:
    return lambda self, other: function(self, other) if is_setlike(other) else NotImplemented


def _changed_set(function: Method) -> Method:
    def method(self: SymSet, other: Any) -> Any:
        if self.kind is frozenset:
            return function(self, other)
        raise UnsupportedError(f"{describe(self)} was changed in place", remedy="Make a new set instead: s = s | {x}.")

    return method


def _iterated_set(self: SymSet) -> Iterator[Any]:
    ordered = sorted(sets.distinct_items(self), key=lambda each: (0, order_key(each[1])) if not is_symbolic(each[1]) else (1,))
    return iter(decided(ordered))


def _refusing(remedy: str) -> Method:
    def method(self: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsupportedError(f"{name} of {describe(self)} was used", remedy=remedy)

    return method


def _are_lists(*values: Any) -> bool:
    return all(kind_of(each) is list for each in values)


def _of_lists() -> dict[str, Method]:
    found: dict[str, Method] = {
        "__iter__": lambda self: iter(decided(self.finite())),
        "__contains__": lambda self, value: decide(truth(contains(self, value))),
        "__getitem__": item,
        "__add__": lambda self, other: list(self) + list(other) if _are_lists(self, other) else NotImplemented,
        "__radd__": lambda self, other: list(other) + list(self) if _are_lists(self, other) else NotImplemented,
        "__mul__": lambda self, times: list(self) * times if _are_lists(self) else NotImplemented,
        "__rmul__": lambda self, times: list(self) * times if _are_lists(self) else NotImplemented,
        "__getattr__": _refusing("Make a tuple of it first."),
    }
    return found | {name: _of_open_set(name) for name in _SET_OPERATIONS}


_SET_OPERATIONS = ("__or__", "__and__", "__sub__", "__xor__", "__le__", "__lt__", "__ge__", "__gt__")


def _of_open_set(name: str) -> Method:
    """An operation on the members of a set, where the list stands for one."""
    function = _of_sets()[name]
    return lambda self, other: function(self, other) if is_setlike(self) else NotImplemented
