"""Sums, sizes and dicts of names, of which there are any number."""

from __future__ import annotations

from typing import Any

from modelcheck.symbolic.names.counts import count_of, distinct_of
from modelcheck.symbolic.names.functions import function_of
from modelcheck.symbolic.operators.items import items_of, iterated
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import GuardedList, SymBool, describe, is_setlike
from modelcheck.symbolic.values.merging import settled


def sum_over_names(values: GuardedList) -> Any:
    """The sum of truth values and ones, one for each of some names."""
    values.take()
    for _, value in values.items:
        if not isinstance(value, (bool, SymBool)) and (type(value) is not int or value != 1):
            raise UnsupportedError(f"a sum over names of {describe(value)}", remedy="Sum truth values: how many names make a condition true.")
    return count_of(values.items, values.bound)


def number_of_names(values: GuardedList) -> Any:
    """The length of a list with an item for each of some names, or the size of a set of names."""
    if is_setlike(values):
        return distinct_of(values.items, values.bound)
    return count_of([(guard, True) for guard, _ in values.items], values.bound)


def dict_from_keys(keys: Any, value: Any = None) -> Any:
    """``dict.fromkeys(keys, value)``."""
    items, bound = items_of(keys) if hasattr(type(keys), "__symbolic_items__") or isinstance(keys, GuardedList) else ([], ())
    if bound:
        return function_of([(guard, (each, value)) for guard, each in items], bound)
    if items:
        return dict.fromkeys([settled(each) for each in iterated(GuardedList(items))], value)
    return dict.fromkeys(keys, value)
