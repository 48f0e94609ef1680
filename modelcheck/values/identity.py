"""When two values are the same value, and which objects are values at all.

Python holds ``1 == True == 1.0``. An action can tell them apart (``isinstance``, ``match``, printing), so a cell must
too: interning by ``==`` alone would merge states that behave differently. `identity` adds the types, recursively.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import Any

import attrs

_MOST_BITS = 10_000
_ATOMS = frozenset({int, str, bool, float, bytes, type(None)})


def identity(value: Any) -> Any:
    """A hashable key, equal for two values exactly if they are equal and of the same types throughout.

    Raises:
        TypeError: if the value, or something in it, is unhashable.

    >>> identity((1, 2)) == identity((True, 2))
    False
    """
    kind = type(value)
    if kind is float:
        return (kind, repr(value))  # Python holds 0.0 == -0.0, and nan for unequal to itself.
    if kind in _ATOMS:
        return (kind, value)
    if isinstance(value, tuple):
        hash(value)
        return (kind, tuple(map(identity, value)))
    if isinstance(value, frozenset):
        return (kind, frozenset(map(identity, value)))
    if isinstance(value, Mapping):
        named = (kind, getattr(value, "_name", ""))  # Records without fields differ by the names of their classes only.
        return (named, frozenset((identity(k), identity(v)) for k, v in value.items()))
    if attrs.has(kind):
        hash(value)
        return (kind, tuple(identity(getattr(value, field.name)) for field in attrs.fields(kind)))
    hash(value)
    if "__dataclass_fields__" in kind.__dict__:
        return (kind, tuple(identity(getattr(value, name)) for name in kind.__dataclass_fields__))
    return (kind, value)


def copied(value: Any) -> Any:
    """The same value as another object, wherever it is told apart by ``is``; what there is only one of stays.

    >>> pair = (1, "one")
    >>> copied(pair) == pair, copied(pair) is pair
    (True, False)
    """
    kind = type(value)
    if kind is str or kind is bytes:
        return (value + value)[: len(value)]
    if kind is int:
        return value + 1 - 1
    if kind is float:
        return float(repr(value))
    if kind is tuple or kind is frozenset:
        return kind(map(copied, value)) if value else value
    if isinstance(value, (bool, type(None), Enum, type, FunctionType, BuiltinFunctionType)):
        return value
    return copy.copy(value)


def value_problem(value: Any) -> str | None:
    """Why an object is not a value, as a phrase; ``None`` if it is one.

    >>> value_problem([1])
    'a list is mutable and cannot be hashed'
    """
    kind = value.__class__  # A view passes for the container that it stands for, and is to be called by its name.
    if kind is float and value != value:  # noqa: PLR0124 - the definition of nan.
        return "nan is not equal to itself"
    if kind is int and value.bit_length() > _MOST_BITS:
        return f"an integer of {value.bit_length():,} bits is too long to be written down"
    if kind in _ATOMS or isinstance(value, (Enum, type, FunctionType, BuiltinFunctionType)):
        return None
    if isinstance(value, (tuple, frozenset)):
        return next((problem for item in value if (problem := value_problem(item))), None)
    if kind.__hash__ is None:
        return f"a {kind.__name__} is mutable and cannot be hashed"
    if getattr(kind, "__hash__") is getattr(object, "__hash__"):  # noqa: B009 - mypy knows too much about the attribute.
        return (
            f"two equal objects of the class {kind.__name__} would be different values, since it compares by identity"
        )
    if attrs.has(kind):
        fields = (getattr(value, field.name) for field in attrs.fields(kind))
        return next((problem for item in fields if (problem := value_problem(item))), None)
    try:
        hash(value)
    except TypeError:
        return f"something inside this {kind.__name__} is mutable and cannot be hashed"
    return None
