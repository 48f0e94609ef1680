"""Several values as one: each is it on its condition."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from modelcheck.spec.record import Record
from modelcheck.spec.shapes.containers import OrderedSet
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import Guarded, UnsupportedError, chain, conj, disj, is_false
from modelcheck.symbolic.values.kinds import (
    GuardedList,
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
    is_symbolic,
    rebuilt,
    set_kind,
)
from modelcheck.symbolic.values.scalars import bool_term, boolean, int_term, integer
from modelcheck.values import OrderedFrozenSet, identity

_MOST_INTEGERS = 40


class _Dead:
    def __repr__(self) -> str:
        return "nothing"


DEAD = _Dead()


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


def split(value: Any) -> Any:
    """The value with its top made concrete: the run takes one of the alternatives."""
    if isinstance(value, SymUnion):
        chosen: Any = Present.paths.choose_alternative(value.alternatives)
        return chosen
    return value


def settled(value: Any) -> Any:
    """The value made concrete throughout: the run takes one of the alternatives of each part. Integers that can be too many stay."""
    value = split(value)
    if isinstance(value, SymBool):
        return decide(value.term)
    if isinstance(value, SymInt):
        number = Present.paths.particular(value.term)
        return value if number is None else number
    if isinstance(value, SymSet):
        kind = OrderedSet if value.kind is set else OrderedFrozenSet
        return kind(settled(each) for guard, each in value.items if decide(guard))
    if isinstance(value, GuardedList):
        return _made(value.kind, [settled(each) for guard, each in value.finite() if decide(guard)])
    if type(value) in (tuple, list):
        return type(value)(map(settled, value))
    if type(value) is dict:
        return {key: settled(each) for key, each in value.items()}
    if is_compared_by_fields(value) and is_symbolic(value):
        return rebuilt(value, {name: settled(each) for name, each in field_values(value).items()})
    return value


def concrete(value: Any) -> Any:
    """The value made concrete throughout, a container of the state as an ordinary one: for code that must not see anything symbolic.

    Raises:
        UnsupportedError: if an integer in it can be too many.
    """
    found = value.__symbolic_concrete__() if hasattr(type(value), "__symbolic_concrete__") else settled(value)
    if is_symbolic(found):
        raise UnsupportedError(
            f"{describe(found)} was used where one particular value is needed",
            remedy="Bound the integers by a guard or a @constraint before, or write it with Python's own operators.",
            about=found,
        )
    return found


def _made(kind: type, items: list[Any]) -> Any:
    """What a symbolic list stands for, with these items."""
    if kind is KeysView:
        return dict.fromkeys(items).keys()
    if kind is ItemsView:
        return dict(items).items()
    if kind is ValuesView:
        return dict(enumerate(items)).values()
    return iter(items) if kind is Iterator else items


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


def _flat(guard: Any, value: Any) -> list[Guarded]:
    return [(conj(guard, g), v) for g, v in value.alternatives] if isinstance(value, SymUnion) else [(guard, value)]


def _kind(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (bool, SymBool)):
        return ("truth",)
    if isinstance(value, SymInt):
        return ("integer",)
    if type(value) is tuple:
        return ("tuple", len(value))
    if isinstance(value, (SymSet, frozenset)):
        return ("set", set_kind(value))
    if is_compared_by_fields(value):
        return ("record", type(value)) if is_frozen(value) else ("object", id(value))
    if isinstance(value, Record) or type(value).__hash__ is None or has_own_equality(value):
        return ("object", id(value))
    return ("atom", identity(value))


def _merge_group(group: list[Guarded]) -> Any:
    first = group[0][1]
    if len(group) == 1:
        return first
    if all(value is first for _, value in group):
        return first
    kind = _kind(first)[0]
    if kind == "truth":
        return boolean(chain([(g, bool_term(v)) for g, v in group]))
    if kind == "integer" or (kind == "atom" and any(isinstance(v, SymInt) for _, v in group)):
        return integer(chain([(g, int_term(v)) for g, v in group]))
    if kind == "atom" and type(first) is int and len({v for _, v in group}) > 1:
        return integer(chain([(g, int_term(v)) for g, v in group]))
    if kind == "tuple":
        return tuple(merge([(g, v[at]) for g, v in group]) for at in range(len(first)))
    if kind == "set":
        return SymSet(((conj(g, condition), member) for g, v in group for condition, member in as_set(v).items), set_kind(first))
    if kind == "record":
        return rebuilt(first, {name: merge([(g, getattr(v, name)) for g, v in group]) for name in field_values(first)})
    return first
