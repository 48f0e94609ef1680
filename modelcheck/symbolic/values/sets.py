"""Operations on sets whose members are there on a condition each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import z3

from modelcheck.symbolic.terms import Guarded, conj, disj, neg
from modelcheck.symbolic.values.equality import equality, is_open, member, members_in, subset
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, SymUnion, as_set, is_symbolic, set_kind
from modelcheck.symbolic.values.merging import split
from modelcheck.symbolic.values.scalars import boolean, count, truth


def distinct_items(members: SymSet) -> list[Guarded]:
    """The members, each but once: one that equals an earlier one is not there."""
    found = []
    symbolic: list[Guarded] = []
    concrete: dict[Any, list[z3.BoolRef]] = {}  # Of several that are equal and of different types, such as 1 and True, the first is there.
    for at, (guard, value) in enumerate(members.items):
        if is_symbolic(value):
            earlier = [conj(g, equality(value, v)) for g, v in members.items[:at]]
            symbolic.append((guard, value))
        else:
            earlier = [*concrete.get(value, ()), *(conj(g, equality(value, v)) for g, v in symbolic)]
            concrete.setdefault(value, []).append(guard)
        found.append((conj(guard, neg(disj(*earlier))), value))
    return found


def size(members: SymSet) -> Any:
    """The number of members."""
    return count(guard for guard, _ in distinct_items(members))


def _as_set(value: Any) -> SymSet:
    """A set; of several values of which one cannot be iterated over, the run takes one."""
    if isinstance(value, SymUnion) and not all(hasattr(type(each), "__iter__") for _, each in value.alternatives):
        value = split(value)
    return as_set(value)


def _set(value: Any) -> Any:
    return value if is_open(value) else _as_set(value)


def union(*sets: Any) -> Any:
    """What is in one of the sets."""
    if any(map(is_open, sets)):
        parts = [members_in(_set(each)) for each in sets]
        return GuardedList([item for items, _ in parts for item in items], tuple(each for _, bound in parts for each in bound), set_kind(sets[0]))
    return SymSet((each for one in sets for each in _as_set(one).items), set_kind(sets[0]))


def intersection(one: Any, *others: Any) -> Any:
    """What is in all of the sets."""
    return _restricted(one, [partial(member, other) for other in others])


def difference(one: Any, *others: Any) -> Any:
    """What is in the first set only."""
    return _restricted(one, [partial(_lacks, other) for other in others])


def _lacks(members: Any, value: Any) -> z3.BoolRef:
    return neg(member(members, value))


def _restricted(one: Any, conditions: list[Callable[[Any], z3.BoolRef]]) -> Any:
    """What is in a set and makes all conditions true."""
    items, bound = members_in(_set(one))
    found = [(conj(guard, *(condition(value) for condition in conditions)), value) for guard, value in items]
    return GuardedList(found, bound, set_kind(one)) if bound else SymSet(found, set_kind(one))


def symmetric_difference(one: Any, other: Any) -> Any:
    """What is in exactly one of two sets."""
    return union(difference(one, other), difference(other, one))


def is_subset(one: Any, other: Any) -> Any:
    """``one <= other``."""
    return boolean(subset(_set(one), _set(other)))


def is_proper_subset(one: Any, other: Any) -> Any:
    """``one < other``."""
    left, right = _set(one), _set(other)
    return boolean(conj(subset(left, right), neg(subset(right, left))))


def is_disjoint(one: Any, other: Any) -> Any:
    """Whether two sets have no member in common."""
    return boolean(neg(truth(intersection(one, other))))
