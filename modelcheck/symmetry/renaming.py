"""Values under a renaming, and the names that a value mentions."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any

from modelcheck.values import Bag, FrozenDict, Interchangeable, OrderedFrozenSet
from modelcheck.values.fields import attributes_of, is_transparent

_ATOMS = frozenset({int, str, bool, float, bytes, type(None)})
_SINGLE = (Enum, type, FunctionType, BuiltinFunctionType)
_CACHED = "_attrs_cached_hash"


def mentioned(value: Any) -> Iterator[Interchangeable]:
    """The names in a value, as often as they are there.

    >>> class Server(Interchangeable):
    ...     '''A server.'''
    >>> list(mentioned((1, frozenset(Server.several(2)), None)))
    [s0, s1]
    """
    kind = type(value)
    if kind in _ATOMS or isinstance(value, _SINGLE):
        return
    if isinstance(value, Interchangeable):
        yield value
    elif isinstance(value, (tuple, frozenset)):
        for item in value:
            yield from mentioned(item)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from mentioned(key)
            yield from mentioned(inner)
    elif is_transparent(value):
        for inner in attributes_of(value).values():
            yield from mentioned(inner)


def renamed(value: Any, to: Mapping[Any, Any]) -> Any:
    """A value with each name replaced by what the mapping has for it, if it has something.

    What a class keeps beside its fields is renamed too, unless it was computed of names as something else: such values are told apart from
    those that a renamed run makes, and the spec is then not taken for symmetric.
    """
    kind = type(value)
    if kind in _ATOMS or isinstance(value, _SINGLE):
        return value
    if isinstance(value, Interchangeable):
        return to.get(value, value)
    if isinstance(value, tuple):
        items = [renamed(item, to) for item in tuple.__iter__(value)]
        same = all(one is other for one, other in zip(items, tuple.__iter__(value), strict=True))
        return value if same else tuple.__new__(kind, items)
    if kind in (frozenset, OrderedFrozenSet):
        return OrderedFrozenSet(renamed(item, to) for item in value)
    if kind in (FrozenDict, Bag):
        return kind({renamed(key, to): renamed(inner, to) for key, inner in value.items()})
    return _rebuilt(value, to) if is_transparent(value) else value


def _rebuilt(value: Any, to: Mapping[Any, Any]) -> Any:
    changed = {name: new for name, old in attributes_of(value).items() if (new := renamed(old, to)) is not old}
    if not changed:
        return value
    made = copy.copy(value)
    for name, new in changed.items():
        object.__setattr__(made, name, new)
    if getattr(made, _CACHED, None) is not None:
        object.__setattr__(made, _CACHED, None)
    return made
