"""Which objects are values at all, and why others are none.

A value is told apart by all that is in it (`modelcheck.values.identity`). Where that is not what its class holds for
equal, sets and dicts of the spec would mix up what the state keeps apart; where it cannot be listed, states that differ
would be merged. Either is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, time, timezone, tzinfo
from enum import Enum
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from modelcheck.values.fields import attributes_of, extra_attributes, field_names, is_by_object
from modelcheck.values.frozen import FrozenDict, FrozenRecord
from modelcheck.values.identity import BY_TEXT
from modelcheck.values.interchangeable import Interchangeable
from modelcheck.values.sets import OrderedFrozenSet

_MOST_BITS = 10_000
_ATOMS = frozenset({int, str, bool, float, bytes, type(None)})
_SNAPSHOTS = (OrderedFrozenSet, FrozenDict, FrozenRecord)


@frozen
class Problem:
    """Why an object is not a value.

    Attributes:
        what: A phrase.
        remedy: What to do about its class, where more is known than that it should be frozen.
    """

    what: str
    remedy: str | None = None


def value_problem(value: Any) -> str | None:
    """Why an object is not a value, as a phrase; ``None`` if it is one.

    >>> value_problem([1])
    'a list is mutable and cannot be hashed'
    """
    problem = problem_of(value)
    return None if problem is None else problem.what


def problem_of(value: Any) -> Problem | None:
    """Why an object is not a value, and what to do about it."""
    kind = value.__class__  # A view passes for the container that it stands for, and is to be called by its name.
    if isinstance(value, (float, complex)) and value != value:  # noqa: PLR0124 - the definition of nan.
        return Problem("nan is not equal to itself")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return Problem(f"an integer of {value.bit_length():,} bits is too long to be written down")
    if kind in _ATOMS or isinstance(value, (Enum, type, FunctionType, BuiltinFunctionType, Interchangeable)):
        return None
    if kind in (tuple, frozenset, OrderedFrozenSet):
        return _first(value)
    return _class_problem(kind) or _content_problem(value, kind)


def _first(parts: Iterable[Any]) -> Problem | None:
    return next((problem for part in parts if (problem := problem_of(part))), None)


@functools.lru_cache(maxsize=1024)
def _class_problem(cls: type) -> Problem | None:
    """What keeps all objects of a class from being values."""
    name = cls.__name__
    if cls.__hash__ is None:
        return Problem(f"a {name} is mutable and cannot be hashed")
    if cls is MethodType:
        return Problem("a bound method refers to an object that may change", "Store the name of the method.")
    if is_by_object(cls):
        return Problem(
            f"two equal objects of the class {name} would be different values, since it compares by identity"
        )
    if issubclass(cls, (AbstractSet, Mapping)) and not issubclass(cls, _SNAPSHOTS):
        return Problem(
            f"a {name} is iterated in an order of its own, which may be another in the next run",
            "Use a frozenset, or a tuple of pairs.",
        )
    if issubclass(cls, PurePath) and cls not in BY_TEXT:
        return Problem(f"what objects of the class {name} hold cannot be told", "Use an ordinary path, or its text.")
    return None if cls in BY_TEXT else _equality_problem(cls)


def _equality_problem(cls: type) -> Problem | None:
    """What a class keeps that its ``==`` does not see."""
    cached = next((n for base in cls.__mro__ for n, v in vars(base).items() if isinstance(v, functools.cached_property)), None)
    if cached is not None:
        return Problem(
            f"objects of the class {cls.__name__} change when {cached}, a cached_property, is first read",
            f"Let {cls.__name__}.{cached} be an ordinary property.",
        )
    unseen = _unseen_field(cls)
    if unseen is not None:
        return Problem(
            f"the == of the class {cls.__name__} does not see all of its field {unseen!r}, by which its objects can be told apart",
            f"Let {cls.__name__} compare all of its fields: without eq= and compare= for {unseen!r}.",
        )
    return None


def _unseen_field(cls: type) -> str | None:
    """A field that is left out when objects are compared, or of which something is compared that was made of it."""
    if attrs.has(cls):
        return next((each.name for each in attrs.fields(cls) if not each.eq or each.eq_key is not None), None)
    fields = getattr(cls, "__dataclass_fields__", {})
    return next((name for name, each in fields.items() if not each.compare and each._field_type.name == "_FIELD"), None)


def _content_problem(value: Any, cls: type) -> Problem | None:
    """What keeps this object from being a value."""
    try:
        hash(value)
    except TypeError:
        inner = _first(attributes_of(value).values())
        return inner or Problem(f"something inside this {cls.__name__} is mutable and cannot be hashed")
    if isinstance(value, (datetime, time)):
        return _zone_problem(value.tzinfo)
    if cls in BY_TEXT or isinstance(value, _SNAPSHOTS):
        return None
    if isinstance(value, _BUILT_IN) or field_names(cls) is not None:
        extra = next((name for name, _ in extra_attributes(value)), None)
        if extra is not None:
            return _extra_problem(cls, extra)
    return _first([*attributes_of(value).values(), *(value if isinstance(value, tuple) else ())])


_BUILT_IN = (tuple, frozenset, str, int, float, bytes, complex)


def _extra_problem(cls: type, name: str) -> Problem:
    if field_names(cls) is None:
        return Problem(
            f"an object of the class {cls.__name__} has the attribute {name!r} beside what its == sees",
            f"Let {cls.__name__} be a class decorated with attrs.frozen, with all that it holds as fields.",
        )
    return Problem(
        f"an object of the class {cls.__name__} has the attribute {name!r}, which is no field of it",
        f"Annotate {name} in {cls.__name__} as a field, and decorate {cls.__name__} itself with attrs.frozen.",
    )


def _zone_problem(zone: tzinfo | None) -> Problem | None:
    if zone is None or type(zone) is timezone or (type(zone) is ZoneInfo and zone.key):
        return None
    return problem_of(zone)
