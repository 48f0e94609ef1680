"""Symbolic values: what stands in a variable when its value is not known.

Booleans and integers are z3 terms. Everything else is as concrete as it can be: a tuple or a frozen attrs object holds symbolic leaves, and where the
value may be one of several, `SymUnion` lists them, each with the condition under which it is the one (Torlak and Bodik, "A Lightweight Symbolic
Virtual Machine for Solver-Aided Host Languages", 2014, section 4). `SymSet` is a set whose members are there on a condition each.

The truth value of a symbolic boolean is asked of the present run, which takes one way and comes back for the other. A symbolic value has no hash and
no text: both would make it one particular value without anybody noticing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import z3

from modelcheck.errors import SpecError
from modelcheck.values import identity, order_key

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)
Guarded = tuple[z3.BoolRef, Any]
_MOST_SHOWN = 4
_LONGEST_TEXT = 60
_TRUE_AST = TRUE.ast.value
_FALSE_AST = FALSE.ast.value
_MOST_INTEGERS = 40


class UnsupportedError(SpecError):
    """Something that cannot be made symbolic."""


# Terms -------------------------------------------------------------------------------------------------------------------------------------------


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


# Values ------------------------------------------------------------------------------------------------------------------------------------------


class Present:
    """The run that is under way, which decides on conditions, and the operations on symbolic values; set by `paths` and `operators`."""

    paths: Any = None
    operators: Any = None


def decide(term: z3.BoolRef) -> bool:
    """Whether a condition is true on the path of the present run."""
    if is_true(term):
        return True
    if is_false(term):
        return False
    if Present.paths is None:
        raise UnsupportedError(f"the truth of {term} was asked outside of a run")
    decided: bool = Present.paths.decide(term)
    return decided


class Symbolic:
    """A value that is not known."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise UnsupportedError(
            f"{describe(self)} was hashed, as a key of a dict or an element of a set outside of what can be followed",
            remedy="Compare it with ==, use it in a tuple or a frozen attrs class, or keep the set or dict in a variable of the state.",
        )

    def __str__(self) -> str:
        raise UnsupportedError(
            f"{describe(self)} was turned into text", remedy="Store the value itself, not a text made from it."
        )

    def __format__(self, _: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return describe(self)

    def __index__(self) -> int:
        raise UnsupportedError(
            f"{describe(self)} was used where Python needs one particular integer",
            remedy="Range over what it can be, and compare.",
        )


class SymBool(Symbolic):
    """A truth value."""

    __slots__ = ("term",)
    __hash__ = Symbolic.__hash__

    def __init__(self, term: z3.BoolRef) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return decide(self.term)

    def __and__(self, other: Any) -> Any:
        return boolean(conj(self.term, _bool_term(other))) if _is_bool(other) else NotImplemented

    def __or__(self, other: Any) -> Any:
        return boolean(disj(self.term, _bool_term(other))) if _is_bool(other) else NotImplemented

    def __xor__(self, other: Any) -> Any:
        return boolean(z3.Xor(self.term, _bool_term(other))) if _is_bool(other) else NotImplemented

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __eq__(self, other: object) -> Any:
        return equal(self, other)

    def __ne__(self, other: object) -> Any:
        return negation(equal(self, other))

    def __add__(self, other: Any) -> Any:
        return integer_of(self) + other

    __radd__ = __add__

    def __lt__(self, other: Any) -> Any:
        return integer_of(self) < other

    def __gt__(self, other: Any) -> Any:
        return integer_of(self) > other


def _arithmetic(function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    def forward(self: SymInt, other: Any) -> Any:
        term = _int_term(other)
        return NotImplemented if term is None else integer(function(self.term, term))

    def backward(self: SymInt, other: Any) -> Any:
        term = _int_term(other)
        return NotImplemented if term is None else integer(function(term, self.term))

    return forward, backward


def _order(function: Callable[[Any, Any], Any]) -> Any:
    def compare(self: SymInt, other: Any) -> Any:
        if isinstance(other, (float, Fraction)):
            exact = Fraction(other)
            return boolean(function(self.term * exact.denominator, z3.IntVal(exact.numerator)))
        term = _int_term(other)
        return NotImplemented if term is None else boolean(function(self.term, term))

    return compare


class SymInt(Symbolic):
    """An integer, unbounded."""

    __slots__ = ("term",)
    __hash__ = Symbolic.__hash__

    def __init__(self, term: z3.ArithRef) -> None:
        self.term = term

    __add__, __radd__ = _arithmetic(operator.add)
    __sub__, __rsub__ = _arithmetic(operator.sub)
    __mul__, __rmul__ = _arithmetic(operator.mul)
    __lt__ = _order(operator.lt)
    __le__ = _order(operator.le)
    __gt__ = _order(operator.gt)
    __ge__ = _order(operator.ge)

    def __floordiv__(self, other: Any) -> Any:
        return integer(self.term / self._divisor(other))

    def __mod__(self, other: Any) -> Any:
        return integer(self.term % self._divisor(other))

    def _divisor(self, other: Any) -> int:
        if type(other) is not int or other <= 0:
            raise UnsupportedError(
                f"{describe(self)} was divided by {describe(other)}",
                remedy="Only division by a positive constant can be followed.",
            )
        return other

    def __neg__(self) -> Any:
        return integer(-self.term)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return integer(z3.If(self.term < 0, -self.term, self.term))

    def __bool__(self) -> bool:
        return decide(self.term != 0)

    def __eq__(self, other: object) -> Any:
        return equal(self, other)

    def __ne__(self, other: object) -> Any:
        return negation(equal(self, other))


def _is_bool(value: Any) -> bool:
    return isinstance(value, (bool, SymBool))


def _bool_term(value: Any) -> z3.BoolRef:
    return value.term if isinstance(value, SymBool) else z3.BoolVal(value)


def _int_term(value: Any) -> Any:
    if isinstance(value, SymInt):
        return value.term
    if isinstance(value, SymBool):
        return z3.If(value.term, z3.IntVal(1), z3.IntVal(0))
    if isinstance(value, int) and not isinstance(value, Enum):
        return z3.IntVal(int(value))
    if isinstance(value, SymUnion):
        return integers_of(value)
    return None


def integers_of(union: SymUnion) -> Any:
    """The z3 term of a union of integers; None if it is of something else."""
    terms = [(guard, _int_term(value)) for guard, value in union.alternatives]
    if any(term is None for _, term in terms):
        return None
    result = terms[-1][1]
    for guard, term in reversed(terms[:-1]):
        result = pick(guard, term, result)
    return result


def boolean(term: z3.BoolRef) -> Any:
    """The truth value of a term: concrete if the term is."""
    return True if is_true(term) else False if is_false(term) else SymBool(term)


def integer(term: z3.ArithRef) -> Any:
    """The integer of a term: concrete if the term is."""
    if z3.is_int_value(term):
        return term.as_long()
    simple = z3.simplify(term)
    return simple.as_long() if z3.is_int_value(simple) else SymInt(term)


def integer_of(value: Any) -> Any:
    """A truth value or integer as an integer."""
    return integer(_int_term(value))


def negation(value: Any) -> Any:
    """``not value``."""
    return boolean(neg(truth(value)))


def truth(value: Any) -> z3.BoolRef:
    """The condition under which a value is true, without taking a way."""
    if isinstance(value, SymBool):
        return value.term
    if isinstance(value, SymInt):
        return value.term != 0
    if isinstance(value, SymUnion):
        return disj(*(conj(guard, truth(item)) for guard, item in value.alternatives))
    if hasattr(type(value), "__symbolic_truth__"):
        term: z3.BoolRef = value.__symbolic_truth__()
        return term
    return z3.BoolVal(bool(value))


class SymUnion(Symbolic):
    """One of several values; exactly one of the conditions is true.

    Attributes:
        alternatives: The conditions and values; no value is itself a union.
    """

    __slots__ = ("alternatives",)
    __hash__ = Symbolic.__hash__

    def __init__(self, alternatives: list[Guarded]) -> None:
        object.__setattr__(self, "alternatives", alternatives)

    def __setattr__(self, name: str, value: Any) -> None:
        raise UnsupportedError(
            f"the field {name} of {describe(self)} was assigned",
            remedy="Records behind a symbolic key cannot be changed; range over the keys.",
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return over(self, lambda value: attribute(value, name))

    def __getitem__(self, key: Any) -> Any:
        return over(self, lambda value: item(value, key))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What each of the alternatives returns, called with the same arguments."""
        return over(self, lambda value: Present.operators.call(value, *args, **kwargs))

    def __bool__(self) -> bool:
        return decide(truth(self))

    def __iter__(self) -> Iterator[Any]:
        return iter(split(self))

    def __contains__(self, value: Any) -> bool:
        return bool(over(self, lambda each: contains(each, value)))

    def __eq__(self, other: object) -> Any:
        return equal(self, other)

    def __ne__(self, other: object) -> Any:
        return negation(equal(self, other))


def _lift(name: str) -> None:
    function = getattr(operator, name)

    def forward(self: SymUnion, other: Any) -> Any:
        return over(self, lambda value: function(value, other))

    setattr(SymUnion, f"__{name.strip('_')}__", forward)
    if name not in {"lt", "le", "gt", "ge"}:
        setattr(
            SymUnion, f"__r{name.strip('_')}__", lambda self, other: over(self, lambda value: function(other, value))
        )


for _name in ("add", "sub", "mul", "floordiv", "mod", "and_", "or_", "xor", "lt", "le", "gt", "ge"):
    _lift(_name)


def over(union: Any, function: Callable[[Any], Any]) -> Any:
    """A function of a value, for each of the alternatives that it has."""
    if not isinstance(union, SymUnion):
        return function(union)
    results = []
    for guard, value in union.alternatives:
        found = Present.paths.under(guard, lambda value=value: function(value))
        if found is not DEAD:
            results.append((guard, found))
    return merge(results)


class _Dead:
    def __repr__(self) -> str:
        return "nothing"


DEAD = _Dead()


def split(value: Any) -> Any:
    """The value with its top made concrete: the run takes one of the alternatives."""
    if isinstance(value, SymUnion):
        chosen: Any = Present.paths.choose_alternative(value.alternatives)
        return chosen
    return value


def attribute(value: Any, name: str) -> Any:
    """``value.name``."""
    return Present.operators.attribute(value, name)


def item(container: Any, key: Any) -> Any:
    """``container[key]``."""
    return Present.operators.item(container, key)


def contains(container: Any, value: Any) -> Any:
    """``value in container``."""
    return Present.operators.contains(container, value)


# Sets --------------------------------------------------------------------------------------------------------------------------------------------


class SymSet(Symbolic):
    """A set whose members are there on a condition each. It cannot be changed.

    Attributes:
        items: The conditions and members; a concrete member occurs once.
    """

    __slots__ = ("items",)
    __hash__ = Symbolic.__hash__

    def __init__(self, items: Iterable[Guarded]) -> None:
        self.items: list[Guarded] = []
        known: dict[Any, int] = {}
        for guard, value in items:
            for condition, each in alternatives_of(value, guard):
                self._put(condition, each, known)

    def _put(self, guard: z3.BoolRef, value: Any, known: dict[Any, int]) -> None:
        if is_false(guard):
            return
        if is_symbolic(value):
            self.items.append((guard, value))
            return
        key = identity(value)
        if key in known:
            self.items[known[key]] = (disj(self.items[known[key]][0], guard), value)
        else:
            known[key] = len(self.items)
            self.items.append((guard, value))

    def member(self, value: Any) -> z3.BoolRef:
        """The condition under which a value is a member."""
        return disj(*(conj(guard, equality(each, value)) for guard, each in self.items))

    def size(self) -> Any:
        """The number of members."""
        terms = []
        for at, (guard, value) in enumerate(self.items):
            earlier = [conj(g, equality(value, v)) for g, v in self.items[:at] if is_symbolic(value) or is_symbolic(v)]
            terms.append(conj(guard, neg(disj(*earlier))))
        return count(terms)

    def subset(self, other: Any) -> z3.BoolRef:
        """The condition under which all members are in another set."""
        wanted = as_set(other)
        return conj(*(disj(neg(guard), wanted.member(value)) for guard, value in self.items))

    def __symbolic_truth__(self) -> z3.BoolRef:
        return disj(*(guard for guard, _ in self.items))

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        ordered = sorted(self.items, key=lambda each: (0, order_key(each[1])) if not is_symbolic(each[1]) else (1,))
        return iter([value for guard, value in ordered if decide(guard)])

    def __contains__(self, value: Any) -> bool:
        return decide(self.member(value))

    def __or__(self, other: Any) -> Any:
        return SymSet([*self.items, *as_set(other).items]) if _setlike(other) else NotImplemented

    def __and__(self, other: Any) -> Any:
        return (
            SymSet((conj(g, as_set(other).member(v)), v) for g, v in self.items) if _setlike(other) else NotImplemented
        )

    def __sub__(self, other: Any) -> Any:
        return (
            SymSet((conj(g, neg(as_set(other).member(v))), v) for g, v in self.items)
            if _setlike(other)
            else NotImplemented
        )

    def __rsub__(self, other: Any) -> Any:
        return as_set(other) - self if _setlike(other) else NotImplemented

    def __xor__(self, other: Any) -> Any:
        return (self - other) | (as_set(other) - self) if _setlike(other) else NotImplemented

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def __le__(self, other: Any) -> Any:
        return boolean(self.subset(other)) if _setlike(other) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        return boolean(as_set(other).subset(self)) if _setlike(other) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return boolean(conj(self.subset(other), neg(as_set(other).subset(self)))) if _setlike(other) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return as_set(other) < self if _setlike(other) else NotImplemented

    def __eq__(self, other: object) -> Any:
        return equal(self, other)

    def __ne__(self, other: object) -> Any:
        return negation(equal(self, other))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsupportedError(f"{name} of {describe(self)} was used", remedy="Make a new set instead: s = s | {x}.")

    def union(self, *others: Any) -> SymSet:
        """As `frozenset.union`."""
        return SymSet([*self.items, *(each for other in others for each in as_set(other).items)])

    def intersection(self, other: Any) -> Any:
        """As `frozenset.intersection`."""
        return self & as_set(other)

    def difference(self, other: Any) -> Any:
        """As `frozenset.difference`."""
        return self - as_set(other)

    def issubset(self, other: Any) -> Any:
        """As `frozenset.issubset`."""
        return boolean(self.subset(other))

    def issuperset(self, other: Any) -> Any:
        """As `frozenset.issuperset`."""
        return boolean(as_set(other).subset(self))

    def isdisjoint(self, other: Any) -> Any:
        """As `frozenset.isdisjoint`."""
        return negation(self & as_set(other))


def _setlike(value: Any) -> bool:
    return isinstance(value, (AbstractSet, SymSet, SymUnion)) or hasattr(type(value), "__symbolic_set__")


def as_set(value: Any) -> SymSet:
    """A set, concrete or not, as a symbolic one."""
    if isinstance(value, SymSet):
        return value
    if hasattr(type(value), "__symbolic_set__"):
        found: SymSet = value.__symbolic_set__()
        return found
    if isinstance(value, SymUnion):
        return SymSet((conj(guard, g), v) for guard, each in value.alternatives for g, v in as_set(each).items)
    if isinstance(value, GuardedList):
        return SymSet(value.items)
    return SymSet((TRUE, each) for each in value)


class GuardedList(Symbolic):
    """A list whose items are there on a condition each, as a comprehension over symbolic values gives it.

    Attributes:
        items: The conditions and items.
        bound: Integer variables for all values of which the items are meant, if there are unboundedly many.
    """

    __slots__ = ("bound", "items")
    __hash__ = Symbolic.__hash__

    def __init__(self, items: list[Guarded], bound: tuple[Any, ...] = ()) -> None:
        self.items = items
        self.bound = bound

    def finite(self) -> list[Guarded]:
        """The items, if there are finitely many."""
        if self.bound:
            raise UnsupportedError(
                "the elements of a set with unbounded integers in them were listed one by one",
                remedy="Only all(...), any(...) and `in` can be followed over such a set; or bound the integers by a constraint.",
            )
        return self.items

    def __symbolic_truth__(self) -> z3.BoolRef:
        return disj(*(guard for guard, _ in self.finite()))

    def __bool__(self) -> bool:
        return decide(self.__symbolic_truth__())

    def __iter__(self) -> Iterator[Any]:
        return iter([value for guard, value in self.finite() if decide(guard)])

    def __eq__(self, other: object) -> Any:
        return equal(list(self), other)

    def __getitem__(self, key: Any) -> Any:
        return item(list(self), key)

    def __add__(self, other: Any) -> Any:
        return list(self) + list(other)

    def __radd__(self, other: Any) -> Any:
        return other + type(other)(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsupportedError(f"{name} of {describe(self)} was used", remedy="Make a tuple of it first.")


# Structure ---------------------------------------------------------------------------------------------------------------------------------------


def is_plain_record(value: Any) -> bool:
    """Whether a value is an attrs object that compares by its fields."""
    return attrs.has(type(value)) and not isinstance(value, type) and not isinstance(value, Enum)


def is_compared_by_fields(value: Any) -> bool:
    """Whether a value is an attrs object whose class has an equality of its own."""
    cls: Any = type(value)
    return is_plain_record(value) and cls.__eq__ is not object.__eq__


def field_values(value: Any) -> dict[str, Any]:
    """The fields of an attrs object."""
    return {f.name: getattr(value, f.name) for f in attrs.fields(type(value))}


def rebuilt(value: Any, fields: dict[str, Any]) -> Any:
    """An attrs object of the same class with other fields."""
    made = object.__new__(type(value))
    for name, each in fields.items():
        object.__setattr__(made, name, each)
    return made


def is_symbolic(value: Any) -> bool:
    """Whether there is anything symbolic in a value."""
    if isinstance(value, Symbolic):
        return True
    if isinstance(value, (tuple, list)):
        return any(map(is_symbolic, value))
    if isinstance(value, dict):
        return any(map(is_symbolic, value.values()))
    if is_compared_by_fields(value):
        return any(is_symbolic(getattr(value, f.name, None)) for f in attrs.fields(type(value)))
    return False


def equality(one: Any, other: Any) -> z3.BoolRef:
    """The condition under which two values are equal."""
    return truth(equal(one, other))


def equal(one: Any, other: Any) -> Any:
    """``one == other``."""
    for union, value in ((one, other), (other, one)):
        if isinstance(union, SymUnion):
            return boolean(disj(*(conj(guard, equality(each, value)) for guard, each in union.alternatives)))
    if not is_symbolic(one) and not is_symbolic(other):
        return _equal_sets(one, other) if _is_view(one) or _is_view(other) else one == other
    if _is_bool(one) and _is_bool(other):
        return boolean(_bool_term(one) == _bool_term(other))
    if isinstance(one, (SymInt, SymBool)) or isinstance(other, (SymInt, SymBool)):
        return _equal_numbers(one, other)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        same = isinstance(one, tuple) == isinstance(other, tuple) and len(one) == len(other)
        return boolean(conj(*(equality(a, b) for a, b in zip(one, other, strict=True)))) if same else False
    if isinstance(one, SymSet) or isinstance(other, SymSet):
        return _equal_sets(one, other)
    return _equal_containers(one, other)


def _equal_containers(one: Any, other: Any) -> Any:
    if isinstance(one, GuardedList) or isinstance(other, GuardedList):
        return (
            equal(list(one), list(other))
            if isinstance(other, (list, GuardedList)) and isinstance(one, (list, GuardedList))
            else False
        )
    if is_plain_record(one) and type(one) is type(other):
        fields = [f.name for f in attrs.fields(type(one)) if f.eq]
        return boolean(conj(*(equality(getattr(one, name), getattr(other, name)) for name in fields)))
    if isinstance(one, dict) and isinstance(other, dict):
        return boolean(conj(*(equality(one[key], other[key]) for key in one))) if one.keys() == other.keys() else False
    return False


def _is_view(value: Any) -> bool:
    return hasattr(type(value), "__symbolic_set__")


def _equal_sets(one: Any, other: Any) -> Any:
    if not _setlike(one) or not _setlike(other):
        return False
    left, right = as_set(one), as_set(other)
    return boolean(conj(left.subset(right), right.subset(left)))


def _equal_numbers(one: Any, other: Any) -> Any:
    for number, value in ((one, other), (other, one)):
        if isinstance(value, (float, Fraction)):
            return boolean(z3.ToReal(_int_term(number)) == z3.Q(Fraction(value).numerator, Fraction(value).denominator))
    left, right = _int_term(one), _int_term(other)
    return False if left is None or right is None else boolean(left == right)


def identical(one: Any, other: Any) -> Any:
    """``one is other``."""
    for union, value in ((one, other), (other, one)):
        if isinstance(union, SymUnion):
            return boolean(disj(*(conj(guard, truth(identical(each, value))) for guard, each in union.alternatives)))
        if isinstance(union, SymBool) and _is_bool(value):
            return equal(union, value)
        if isinstance(union, SymInt) and value is not None and value is not union:
            if isinstance(value, (int, SymInt)):
                raise UnsupportedError(f"{describe(one)} was compared by `is`", remedy="Compare numbers with ==.")
            return False
    return one is other


def alternatives_of(value: Any, guard: z3.BoolRef = TRUE) -> list[Guarded]:
    """The alternatives of a value, a truth value counting as two."""
    if isinstance(value, SymUnion):
        return [(conj(guard, each), v) for each, v in value.alternatives]
    if isinstance(value, SymBool):
        return [(conj(guard, value.term), True), (conj(guard, neg(value.term)), False)]
    return [(guard, value)]


def count(terms: Iterable[z3.BoolRef]) -> Any:
    """How many of the conditions are true."""
    found = list(terms)
    certain = sum(1 for t in found if is_true(t))
    open_terms = [z3.If(t, z3.IntVal(1), z3.IntVal(0)) for t in found if not is_true(t) and not is_false(t)]
    if not open_terms:
        return certain
    return SymInt(z3.Sum([z3.IntVal(certain), *open_terms]) if certain else z3.Sum(open_terms))


def merge(options: list[Guarded]) -> Any:
    """One value that is each of the options on its condition; exactly one of the conditions is true."""
    flat = [(g, v) for guard, value in options for g, v in _flat(guard, value) if not is_false(g)]
    if not flat:
        return DEAD
    groups: dict[Any, list[Guarded]] = {}
    for guard, value in flat:
        groups.setdefault(_kind(value), []).append((guard, value))
    wide = any(isinstance(value, SymInt) for _, value in flat)
    numbers = [key for key in groups if key[0] == "integer" or (key[0] == "atom" and type(groups[key][0][1]) is int)]
    if numbers and (wide or len(numbers) > _MOST_INTEGERS):
        joined = [each for key in numbers for each in groups.pop(key)]
        groups["integer",] = joined
    merged = [(disj(*(g for g, _ in group)), _merge_group(group)) for group in groups.values()]
    return merged[0][1] if len(merged) == 1 else SymUnion(merged)


def _flat(guard: z3.BoolRef, value: Any) -> list[Guarded]:
    return [(conj(guard, g), v) for g, v in value.alternatives] if isinstance(value, SymUnion) else [(guard, value)]


def _kind(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (bool, SymBool)):
        return ("truth",)
    if isinstance(value, SymInt):
        return ("integer",)
    if type(value) is tuple:
        return ("tuple", len(value))
    if type(value) is list:
        return ("list", len(value))
    if isinstance(value, (SymSet, frozenset)):
        return ("set",)
    if is_compared_by_fields(value):
        return ("record", type(value))
    try:
        return ("atom", identity(value))
    except TypeError:
        return ("object", id(value))


def _merge_group(group: list[Guarded]) -> Any:
    first = group[0][1]
    if len(group) == 1:
        return first
    if all(value is first for _, value in group):
        return first
    kind = _kind(first)[0]
    if kind == "truth":
        return boolean(_chain([(g, _bool_term(v)) for g, v in group]))
    if kind == "integer" or (kind == "atom" and any(isinstance(v, SymInt) for _, v in group)):
        return integer(_chain([(g, _int_term(v)) for g, v in group]))
    if kind == "atom" and type(first) is int and len({v for _, v in group}) > 1:
        return integer(_chain([(g, _int_term(v)) for g, v in group]))
    if kind in {"tuple", "list"}:
        return type(first)(merge([(g, v[at]) for g, v in group]) for at in range(len(first)))
    if kind == "set":
        return SymSet((conj(g, condition), member) for g, v in group for condition, member in as_set(v).items)
    if kind == "record":
        return rebuilt(first, {name: merge([(g, getattr(v, name)) for g, v in group]) for name in field_values(first)})
    return first


def _chain(options: list[Guarded]) -> Any:
    result = options[-1][1]
    for guard, term in reversed(options[:-1]):
        result = pick(guard, term, result)
    return result


# Text --------------------------------------------------------------------------------------------------------------------------------------------


def describe(value: Any) -> str:
    """A symbolic value as messages call it."""
    if isinstance(value, SymBool):
        return f"the symbolic truth value {_short(value.term)}"
    if isinstance(value, SymInt):
        return f"the symbolic integer {_short(value.term)}"
    if isinstance(value, SymUnion):
        shown = ", ".join(
            repr(v) if not is_symbolic(v) else type(v).__name__ for _, v in value.alternatives[:_MOST_SHOWN]
        )
        return f"a symbolic value ({shown}{', ...' if len(value.alternatives) > _MOST_SHOWN else ''})"
    if isinstance(value, SymSet):
        return f"a symbolic set of at most {len(value.items)}"
    if isinstance(value, GuardedList):
        return f"a symbolic list of at most {len(value.items)}"
    return repr(value) if not is_symbolic(value) else f"a symbolic {type(value).__name__}"


def _short(term: Any) -> str:
    text = " ".join(str(term).split())
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
