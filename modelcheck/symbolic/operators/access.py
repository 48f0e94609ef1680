"""Access to parts of values: attributes, items, membership, unpacking."""

from __future__ import annotations

import builtins
import collections
import operator as native
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from collections.abc import Set as AbstractSet
from types import FunctionType
from typing import Any

import z3

from modelcheck.statespace.views.records import TrackedMap
from modelcheck.symbolic.operators.calls import call
from modelcheck.symbolic.operators.items import items_of, iterated
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.rewriting.functions import is_foreign
from modelcheck.symbolic.terms import TRUE, Guarded, UnsupportedError, conj, disj, neg
from modelcheck.symbolic.values.equality import decided, equality, member
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    Symbolic,
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    as_set,
    describe,
    is_setlike,
    is_symbolic,
    kind_of,
)
from modelcheck.symbolic.values.merging import concrete, over, settled, split
from modelcheck.symbolic.values.scalars import boolean, int_term, negated


def attribute(value: Any, name: str) -> Any:
    """``value.name``; properties are rewritten."""
    if isinstance(value, SymUnion):
        return over(value, lambda each: attribute(each, name))
    if name.startswith("__") and isinstance(value, Symbolic):
        return builtins.getattr(concrete(value), name)
    if name.startswith("__") and name.endswith("__") and hasattr(type(value), "__symbolic_concrete__"):
        raise UnsupportedError(f"{name} of a container of the state was used", remedy="Use the operator or function that calls it.")
    found = builtins.getattr(type(value), name, None)
    if isinstance(found, property) and isinstance(found.fget, FunctionType):
        return call(found.fget, value)
    return builtins.getattr(value, name)


def part(start: Any, stop: Any, step: Any) -> Any:
    """``start:stop:step``."""
    return slice(start, stop, step)


def item(container: Any, key: Any) -> Any:
    """``container[key]``."""
    if isinstance(container, SymUnion):
        return over(container, lambda each: item(each, key))
    if isinstance(container, GuardedList):
        container = _as_list(container)
    if hasattr(type(container), "_all") or hasattr(type(container), "__symbolic_keyed__"):
        return container[key]
    if isinstance(key, slice):
        return _slice(container, key)
    if not is_symbolic(key):
        return container[key]
    if isinstance(container, (tuple, list, str)) and not isinstance(container, Mapping):
        return over(_index(key, len(container)), lambda at: container[at])
    if isinstance(container, Mapping):
        if hasattr(type(container), "__missing__"):
            Present.paths.effect()
            return container[settled(key)]
        keys = list(container)
        options = [(equality(key, each), each) for each in keys]
        if decide(neg(disj(*(guard for guard, _ in options)))):
            raise KeyError(describe(key))
        return over(
            SymUnion([option for option in options if Present.paths.feasible(option[0])]), lambda each: container[each]
        )
    return container[key]


def _as_list(items: GuardedList) -> list[Any]:
    if items.kind is not list:
        raise TypeError(f"'{items.kind.__name__}' object is not subscriptable")
    return decided(items.finite())


def effect() -> None:
    """Say that the next statement changes an object, or a variable of another function."""
    Present.paths.effect()


def set_item(value: Any, container: Any, key: Any) -> None:
    """``container[key] = value``; a symbolic key of an ordinary container is decided on."""
    Present.paths.effect()
    container[_particular(container, key)] = value


def change_item(name: str, container: Any, key: Any, by: Callable[[], Any]) -> None:
    """``container[key] += by()``; ``name`` is ``"iadd"``, and so on."""
    key = _particular(container, key)
    set_item(changed(name, item(container, key), by()), container, key)


def _particular(container: Any, key: Any) -> Any:
    ordinary = isinstance(container, (list, dict, collections.deque)) and not isinstance(container, TrackedMap)
    return settled(key) if ordinary else key


def changed(name: str, value: Any, by: Any) -> Any:
    """``value += by``; ``name`` is ``"iadd"``, and so on."""
    if not hasattr(type(value), f"__{name}__"):
        return arithmetic(name[1:], value, by)
    if not isinstance(value, Symbolic):
        Present.paths.effect()
    return builtins.getattr(native, name)(value, by)


def arithmetic(name: str, one: Any, other: Any) -> Any:
    """``one + other``; ``name`` is ``"add"``, and so on."""
    if isinstance(one, SymUnion):
        return over(one, lambda each: arithmetic(name, each, other))
    if isinstance(other, SymUnion):
        return over(other, lambda each: arithmetic(name, one, each))
    function = builtins.getattr(native, f"__{name}__")
    if name == "mod" and isinstance(one, (str, bytes)):
        return function(one, concrete(other))
    if any(issubclass(kind_of(each), dict) and (is_symbolic(each) or hasattr(type(each), "__symbolic_concrete__")) for each in (one, other)):
        if not issubclass(kind_of(one), dict) or not issubclass(kind_of(other), dict):
            names = " and ".join(f"'{kind_of(each).__name__}'" for each in (one, other))
            raise TypeError(f"unsupported operand type(s) for {name}: {names}")
        return function(concrete(one), concrete(other))
    return function(_operand(one), _operand(other))


def _operand(value: Any) -> Any:
    """A list or deque of the state as an ordinary one, the keys or items of a dict as a set."""
    if isinstance(value, GuardedList) and is_setlike(value):
        return value if value.bound else as_set(value)
    return value.copy() if hasattr(type(value), "_all") else value


def dict_made(*pairs: tuple[Any, Any]) -> dict[Any, Any]:
    """``{key: value}``; a symbolic key is decided on."""
    return {settled(key): value for key, value in pairs}


def _slice(container: Any, key: slice) -> Any:
    if isinstance(container, SymInt | SymBool):
        raise TypeError("not subscriptable")
    bounds = [_bound(each, len(container)) for each in (key.start, key.stop)]
    if is_symbolic(key.step):
        raise UnsupportedError("a slice with a symbolic step")
    return over(bounds[0], lambda start: over(bounds[1], lambda stop: container[start : stop : key.step]))


def _bound(value: Any, length: int) -> Any:
    """A bound of a slice as one of the values that make a difference."""
    if isinstance(value, SymInt):
        options = [(value.term <= -length, -length) if length else (value.term < 0, 0)]
        options += [(value.term == at, at) for at in range(1 - length, length)]
        return SymUnion([*options, (value.term >= length, length)])
    return value


def _index(key: Any, length: int) -> Any:
    """An index as one of those that exist.

    Raises:
        IndexError: on the paths on which it is none.
    """
    if isinstance(key, SymUnion):
        return key
    term = int_term(key)
    if term is None:
        raise TypeError("indices must be integers")
    if decide(z3.Or(term < -length, term >= length)):
        raise IndexError("index out of range")
    options = [(term == at, at) for at in range(-length, length)]
    return SymUnion([option for option in options if Present.paths.feasible(option[0])])


def contains(container: Any, value: Any) -> Any:
    """``value in container``."""
    if isinstance(container, SymUnion):
        return over(container, lambda each: contains(each, value))
    if hasattr(type(container), "__symbolic_member__"):
        return boolean(container.__symbolic_member__(value))
    if isinstance(container, SymSet):
        return boolean(member(container, value))
    if isinstance(container, GuardedList) and container.bound:
        return boolean(member(container, value))
    if isinstance(container, GuardedList):
        return boolean(disj(*(conj(guard, equality(each, value)) for guard, each in container.finite())))
    if (
        not is_symbolic(value)
        and not is_symbolic(container)
        and not isinstance(container, (KeysView, ValuesView, ItemsView))
    ):
        return value in container
    if isinstance(container, range):
        return _in_range(container, value)
    if isinstance(container, (tuple, list, AbstractSet, ValuesView, Mapping, collections.deque)):
        return boolean(disj(*(equality(each, value) for each in container)))
    by_itself: Any = builtins.getattr(type(container), "__contains__", None)
    if isinstance(by_itself, FunctionType) and not is_foreign(by_itself):
        return call(by_itself, container, value)
    return concrete(value) in concrete(container)


def _in_range(container: range, value: Any) -> Any:
    term = int_term(value)
    if term is None or container.step != 1:
        return boolean(disj(*(equality(each, value) for each in container)))
    return boolean(z3.And(term >= container.start, term < container.stop))


def contained(value: Any, container: Any) -> Any:
    """``value in container``."""
    return contains(container, value)


def missing(value: Any, container: Any) -> Any:
    """``value not in container``."""
    return negated(contains(container, value))


def _followed_by(*values: Any) -> Callable[[Any], tuple[Any, ...]]:
    return lambda items: (*items, *values)


def _followed_by_one_of(union: SymUnion) -> Callable[[Any], Any]:
    return lambda items: over(union, lambda more: (*items, *more))


def spread(kind: str, *parts: tuple[bool, Any]) -> Any:
    """``(*a, b)`` or ``[*a, b]``."""
    if any(starred and isinstance(value, GuardedList) and value.bound for starred, value in parts):
        return _spread_out(parts)
    found: Any = ()
    for starred, value in parts:
        if not starred:
            found = over(found, _followed_by(value))
        elif isinstance(value, SymUnion) and all(isinstance(each, (tuple, list)) for _, each in value.alternatives):
            found = over(found, _followed_by_one_of(value))
        else:
            found = over(found, _followed_by(*iterated(value)))
    return over(found, list) if kind == "list" else found


def _spread_out(parts: tuple[tuple[bool, Any], ...]) -> GuardedList:
    """A list of which some items are meant for all values of variables."""
    found: list[Guarded] = []
    bound: list[Any] = []
    for starred, value in parts:
        items, variables = items_of(value) if starred else ([(TRUE, value)], ())
        found += items
        bound += variables
    return GuardedList(found, tuple(bound))


def unpacked(value: Any, parts: int) -> Any:
    """The parts of a tuple."""
    if isinstance(value, SymUnion) and all(
        isinstance(each, (tuple, list)) and len(each) == parts for _, each in value.alternatives
    ):
        return tuple(item(value, at) for at in range(parts))
    return tuple(split(value))
