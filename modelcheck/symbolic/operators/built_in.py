"""Python's built-in functions on symbolic values."""

from __future__ import annotations

import builtins
import collections
import dataclasses
import itertools
import math
import operator as native
import typing
from collections import Counter
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from functools import partial
from typing import Any

import attrs
import z3

from modelcheck.spec import choice
from modelcheck.symbolic.operators.access import attribute, contains, item
from modelcheck.symbolic.operators.calls import KNOWN, call, key_function
from modelcheck.symbolic.operators.conditions import conditional, distinct, greater, less
from modelcheck.symbolic.operators.counting import dict_from_keys, number_of_names, sum_over_names
from modelcheck.symbolic.operators.items import are_sequences, items_of, items_of_union, iterated, listed
from modelcheck.symbolic.operators.library import evolved
from modelcheck.symbolic.operators.ranges import SymbolicRange, ranged, several_names
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import FALSE, TRUE, UnsupportedError, conj, disj, is_false, is_true, neg
from modelcheck.symbolic.values.equality import equal, identical, is_open
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    Symbolic,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    is_symbolic,
    kind_of,
)
from modelcheck.symbolic.values.merging import concrete, merge, over, settled, split
from modelcheck.symbolic.values.scalars import boolean, count, int_term, integer, negated, truth
from modelcheck.symbolic.values.sets import size
from modelcheck.values import Interchangeable, identity


def constantly(value: Any) -> Callable[[], Any]:
    """A function that returns a value."""
    return lambda: value


_RANGES = "Return a truth value, or use assert; a parameter ranges over a domain."


def _only_if(word: str) -> Callable[[object], None]:
    """A word after which an action goes on only if a condition is true; a proof speaks of what is within the bounds."""

    def assume(condition: object) -> None:
        term = truth(condition)
        if not is_true(term):
            Present.paths.act(f"calls {word}()", _RANGES)
            if word == "bound" and Present.paths.is_asked and Present.paths.feasible(neg(term)):
                remedy = "`modelcheck check` tells it from one that is not allowed."
                raise UnsupportedError("a step is cut by a bound of the abstract spec", remedy=remedy)
            Present.paths.assume(term)

    return assume


def length(value: Any) -> Any:
    """``len(value)``."""
    if isinstance(value, SymUnion):
        return over(value, length)
    if isinstance(value, SymSet):
        return size(value)
    if isinstance(value, GuardedList):
        if value.kind is Iterator:
            raise TypeError("object of type 'generator' has no len()")
        if value.bound:
            return number_of_names(value)
        return count(guard for guard, _ in value.finite())
    if hasattr(type(value), "__symbolic_len__"):
        return value.__symbolic_len__()
    return len(value)


def total(values: Any, /, start: Any = 0) -> Any:
    """``sum(values)``."""
    if isinstance(values, GuardedList) and values.bound and Present.paths.sizes is not None:
        return sum_over_names(values)
    items = listed(values)
    if (
        all(isinstance(value, (bool, SymBool)) or (type(value) is int and value == 1) for _, value in items)
        and start == 0
        and type(start) is int
    ):
        return count(conj(guard, truth(value)) for guard, value in items)

    def nothing() -> Any:
        return 0 if isinstance(start, int) else type(start)()

    result = start
    for guard, value in items:
        result = result + conditional(boolean(guard), constantly(value), nothing)
    return result


def every(values: Any) -> Any:
    """``all(values)``."""
    items, bound = items_of(values)
    term = conj(*(disj(neg(guard), truth(value)) for guard, value in items))
    return boolean(z3.ForAll(list(bound), term) if bound else term)


def some(values: Any) -> Any:
    """``any(values)``."""
    items, bound = items_of(values)
    term = disj(*(conj(guard, truth(value)) for guard, value in items))
    return boolean(z3.Exists(list(bound), term) if bound else term)


_NOTHING = object()


def _extreme(better: Callable[[Any, Any], Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(*values: Any, key: Any = None, default: Any = _NOTHING) -> Any:
        items = listed(values[0] if len(values) == 1 else list(values))
        if not any(is_symbolic(v) for _, v in items) and all(is_true(g) for g, _ in items) and key is None:
            plainly = [value for _, value in items]
            return plain(plainly) if plainly or default is _NOTHING else default
        some_item = disj(*(guard for guard, _ in items))
        if default is _NOTHING and decide(neg(some_item)):
            raise ValueError("no items to compare")

        def beats(value: Any, best: Any) -> Any:
            return better(value, best) if key is None else better(call(key, value), call(key, best))

        best: Any = default
        known = FALSE
        for guard, value in items:
            if is_false(known):
                best = (
                    value
                    if is_true(guard) or default is _NOTHING
                    else merge([(guard, value), (neg(guard), best)])
                )
            else:
                won = truth(Present.paths.under(conj(guard, known), partial(beats, value, best)))
                take = conj(guard, disj(neg(known), won))
                best = merge([(take, value), (neg(take), best)])
            known = disj(known, guard)
        return best

    return extreme


largest = _extreme(greater, builtins.max)
smallest = _extreme(less, builtins.min)


def set_of(values: Any = ()) -> Any:
    """``set(values)`` or ``{a, b}``."""
    return _made_set(values, set)


def frozen_set_of(values: Any = ()) -> Any:
    """``frozenset(values)``."""
    return _made_set(values, frozenset)


def dict_of(values: Any = (), /, **more: Any) -> Any:
    """``dict(values)``."""
    if isinstance(values, GuardedList):
        values = list(iterated(values))
    elif hasattr(type(values), "__symbolic_keyed__"):
        values = list(iterated(values.items()))
    return dict(values, **more)


def _made_set(values: Any, kind: type) -> Any:
    items, bound = items_of(values) if isinstance(values, (GuardedList, SymbolicRange)) or is_open(values) else ([], ())
    if bound:
        return GuardedList(items, bound, kind)
    if items:
        values = GuardedList(items)
    items = listed(values)
    if all(is_true(guard) and not is_symbolic(value) for guard, value in items):
        return kind(value for _, value in items)
    return SymSet(items, kind)


def _sequence(kind: type) -> Callable[..., Any]:
    def made(values: Any = (), *more: Any) -> Any:
        if isinstance(values, SymUnion):
            return over(values, lambda each: made(each, *more))
        return kind(iterated(values), *map(settled, more))

    return made


def enumerated(values: Any, start: Any = 0) -> Any:
    """``enumerate(values, start)``."""
    if are_sequences(values):
        pairs = [(guard, (at + start, value)) for at, (guard, value) in enumerate(items_of_union(values))]
        return GuardedList(pairs, kind=Iterator)
    return iter([(at + start, value) for at, value in enumerate(iterated(values))])


def zipped(*values: Any, strict: bool = False) -> Any:
    """``zip(...)``."""
    if strict or not any(map(are_sequences, values)):
        return zip(*(list(iterated(each)) for each in values), strict=strict)
    columns = [
        items_of_union(each) if are_sequences(each) else [(TRUE, value) for value in iterated(each)]
        for each in values
    ]
    return GuardedList(
        [(conj(*(guard for guard, _ in row)), tuple(value for _, value in row)) for row in zip(*columns, strict=False)],
        kind=Iterator,
    )


def is_instance(value: Any, kind: Any) -> Any:
    """``isinstance(value, kind)``."""
    if isinstance(value, SymUnion):
        return boolean(disj(*(conj(guard, truth(is_instance(each, kind))) for guard, each in value.alternatives)))
    if kind_of(value) is type(value):
        return isinstance(value, kind)
    kinds = kind if isinstance(kind, tuple) else builtins.getattr(kind, "__args__", (kind,))
    return any(is_instance(value, each) if isinstance(each, tuple) else issubclass(kind_of(value), each) for each in kinds)


_ABSTRACT = {Iterator, KeysView, ValuesView, ItemsView}
_OF_THE_STATE = {set, dict, Counter}


def type_of(value: Any) -> Any:
    """``type(value)``."""
    value = split(value)
    found = kind_of(value)
    if found in _ABSTRACT:
        raise UnsupportedError("the type of an iterator, or of the keys, values or items of a dict, was asked for", remedy="Make a tuple of it.")
    if found is frozenset or (found in _OF_THE_STATE and type(value) is not found):
        raise UnsupportedError(f"the type of a {found.__name__} was asked for, which is one of its own in a state", remedy="Ask with isinstance().")
    return found


def truth_value(value: Any = False) -> Any:
    """``bool(value)``."""
    return boolean(truth(value))


def whole(value: Any = 0, *rest: Any) -> Any:
    """``int(value)``."""
    if rest or not is_symbolic(value):
        return int(settled(value), *map(settled, rest))
    term = int_term(value)
    return over(value, whole) if term is None else integer(term)


def inverted(value: Any) -> Any:
    """``~value``."""
    return over(value, native.invert)


def rounded(value: Any, digits: Any = None) -> Any:
    """``round(value)``, which rounds an integer to itself."""
    if digits is None:
        return towards(round)(value)
    return over(value, lambda each: round(concrete(each), concrete(digits)))


def towards(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``math.floor`` and the like, of which each gives an integer itself."""

    def made(value: Any) -> Any:
        return integer(int_term(value)) if isinstance(value, (SymInt, SymBool)) else over(value, function)

    return made


def power(base: Any, exponent: Any, modulus: Any = None) -> Any:
    """``pow(base, exponent, modulus)``."""
    values = (base, exponent) if modulus is None else (base, exponent, modulus)
    return pow(*map(concrete, values))


def following(values: Any, default: Any = _NOTHING) -> Any:
    """``next(values)``."""
    if not isinstance(values, GuardedList):
        Present.paths.effect()
        return next(values) if default is _NOTHING else next(values, default)
    items = values.finite()
    none = neg(disj(*(guard for guard, _ in items)))
    if default is _NOTHING and decide(none):
        raise StopIteration
    options = []
    before: list[z3.BoolRef] = []
    for guard, value in items:
        options.append((conj(guard, *(neg(each) for each in before)), value))
        before.append(guard)
    return merge(options if default is _NOTHING else [*options, (none, default)])


def _sorted(values: Any, *, key: Any = None, reverse: bool = False) -> Any:
    return sorted(iterated(values), key=key_function(key), reverse=bool(reverse))


def _getattr(value: Any, name: str, *default: Any) -> Any:
    try:
        return attribute(value, name)
    except AttributeError:
        if default:
            return default[0]
        raise


def backwards(values: Any) -> Any:
    """``reversed(values)``."""
    values = split(values)
    kind: Any = kind_of(values)
    if kind is type(values):
        return reversed(values)
    if not hasattr(kind, "__reversed__") and not issubclass(kind, Sequence):
        raise TypeError(f"'{kind.__name__}' object is not reversible")
    return reversed(list(iterated(values)))


def counter_of(values: Any = (), /, **counts: Any) -> Any:
    """``Counter(values)``."""
    if hasattr(type(values), "__symbolic_keyed__"):
        values = dict_of(values)
    elif not isinstance(values, Mapping):
        values = [settled(each) for each in iterated(values)]
    return Counter(values, **counts)


def _divided(one: Any, other: Any) -> Any:
    return one // other, one % other


def _same_iterator(values: Any, *rest: Any) -> Any:
    if not isinstance(values, GuardedList):
        return iter(iterated(values), *rest)
    return values if values.kind is Iterator else GuardedList(values.items, values.bound, Iterator)


def _hasattr(value: Any, name: str) -> Any:
    if isinstance(value, SymUnion):
        return over(value, lambda each: _hasattr(each, name))
    return hasattr(kind_of(value), name) if isinstance(value, Symbolic) else hasattr(value, name)


def _is_callable(value: Any) -> Any:
    return over(value, _is_callable) if isinstance(value, SymUnion) else callable(value)


def _evolved(instance: Any, /, **changes: Any) -> Any:
    return over(instance, lambda each: evolved(call, each, changes))


def chosen(options: Any) -> Any:
    """``choose(options)``."""
    Present.paths.act("calls choose()", _RANGES)
    by_itself = builtins.getattr(type(options), "__choose__", None)
    return call(by_itself, options) if by_itself is not None else choice.choose(options)


def type_call(*args: Any) -> Any:
    """``type(...)``."""
    return type_of(*args) if len(args) == 1 else type(*args)


KNOWN |= {
    choice.require: _only_if("require"), choice.bound: _only_if("bound"),
    choice.choose: chosen, len: length, sum: total, all: every, any: some, max: largest,
    min: smallest, set: set_of, frozenset: frozen_set_of, list: _sequence(list), tuple: _sequence(tuple), enumerate:
    enumerated, zip: zipped, range: ranged, isinstance: is_instance, bool: truth_value, int: whole, next: following,
    divmod: _divided, identity: lambda value: identity(settled(value)), dict: dict_of, sorted: _sorted, getattr: _getattr, iter: _same_iterator,
    native.is_: identical, native.eq: equal, native.not_: negated, native.truth: truth_value, native.contains:
    contains, native.getitem: item, native.is_not: distinct,
    round: rounded, pow: power, native.invert: inverted, collections.deque: _sequence(collections.deque),
    hasattr: _hasattr, callable: _is_callable, attrs.evolve: _evolved, dataclasses.replace: _evolved, typing.cast: lambda _, value: value,
    itertools.chain: lambda *values: [each for group in values for each in iterated(group)],
}  # fmt: skip


KNOWN |= {function: towards(function) for function in (math.floor, math.ceil, math.trunc)}
KNOWN[vars(Interchangeable)["several"].__func__] = several_names
KNOWN |= {dict.fromkeys: dict_from_keys, type: type_call, Counter: counter_of, hash: lambda value: hash(settled(value)), reversed: backwards}
