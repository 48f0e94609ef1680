"""What there is to iterate over: items that are there on a condition each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import z3

from modelcheck.symbolic.operators.ranges import SymbolicRange
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import TRUE, Guarded, UnsupportedError, conj, disj
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, SymUnion
from modelcheck.symbolic.values.merging import merge, split
from modelcheck.symbolic.values.sets import distinct_items

Items = tuple[list[Guarded], tuple[Any, ...]]


def items_of(iterable: Any) -> Items:
    """The items of an iterable with their conditions, and the variables for all values of which they are meant."""
    if hasattr(type(iterable), "__symbolic_items__"):
        found: Items = iterable.__symbolic_items__()
        return found
    if isinstance(iterable, GuardedList):
        iterable.take()
        return iterable.items, iterable.bound
    if isinstance(iterable, SymSet):
        return distinct_items(iterable), ()
    if isinstance(iterable, SymUnion):
        return items_of_union(iterable), ()
    return [(TRUE, each) for each in iterable], ()


def listed(iterable: Any) -> list[Guarded]:
    """The items of an iterable with their conditions.

    Raises:
        UnsupportedError: if there are unboundedly many.
    """
    if isinstance(iterable, SymbolicRange):
        return iterable.listed()
    return GuardedList(*items_of(iterable)).finite()


def are_sequences(value: Any) -> bool:
    """Whether a value is one of several sequences, whose items are in step with each other."""
    return isinstance(value, SymUnion) and all(isinstance(each, (tuple, list, range)) for _, each in value.alternatives)


def items_of_union(union: SymUnion) -> list[Guarded]:
    """The items of a union of iterables."""
    if are_sequences(union):
        longest = max(len(value) for _, value in union.alternatives)
        found = []
        for at in range(longest):
            options = [(guard, value[at]) for guard, value in union.alternatives if len(value) > at]
            found.append((disj(*(guard for guard, _ in options)), merge(options)))
        return found
    return [(conj(guard, g), v) for guard, value in union.alternatives for g, v in _items_under(guard, value)]


def _items_under(guard: z3.BoolRef, value: Any) -> list[Guarded]:
    """The items of a value; where it has none to give, the run decides on whether it is the one."""
    try:
        return items_of(value)[0]
    except TypeError:
        if decide(guard):
            raise
        return []


def iterated(iterable: Any) -> Iterable[Any]:
    """What a ``for`` statement goes through: of a symbolic container, the run decides on each item when it gets there."""
    iterable = split(iterable)
    if isinstance(iterable, (GuardedList, SymSet)) or hasattr(type(iterable), "__symbolic_items__"):
        return _deciding(iterable)
    return iterable  # type: ignore[no-any-return]


def _deciding(iterable: Any) -> Iterator[Any]:
    for guard, value in _gone_through(iterable):
        if decide(guard):
            yield value


def _gone_through(iterable: Any) -> list[Guarded]:
    if Present.paths.sizes is not None:
        items, bound = items_of(iterable)
        if bound:
            raise UnsupportedError(
                "names were gone through one by one, and there are any number of them",
                remedy="Write all(...), any(...), sum(...), a comprehension, {n: ... for n in ...}, or an action with a name as its parameter.",
            )
        return items
    return listed(iterable)


def picked_of(options: Any) -> list[Guarded] | None:
    """The conditions and options of a choice among symbolic ones; None if they are concrete."""
    if isinstance(options, (GuardedList, SymSet, SymUnion)):
        return listed(options)
    return None
