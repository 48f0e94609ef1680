"""What an object is made of: the fields of attrs classes, dataclasses and named tuples, the attributes of all others.

The one place that lists them; what tells values apart, orders, shows and writes them is built on it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from enum import Enum
from typing import Any, cast

import attrs

_BY_OBJECT: Any = vars(object)["__hash__"]
_NOT_CONTENT = frozenset({"__weakref__", "__dict__", "_attrs_cached_hash"})
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a class statement, or is written as if.


def field_names(cls: type) -> list[str] | None:
    """The names of the fields of an attrs class, dataclass or named tuple, in the order of their definition; None for other classes."""
    return _field_names(cast("Any", cls))


@functools.lru_cache(maxsize=1024)
def _field_names(cls: type) -> list[str] | None:
    if attrs.has(cls):
        return [field.name for field in attrs.fields(cls)]
    if hasattr(cls, "__dataclass_fields__"):
        return list(cls.__dataclass_fields__)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return list(cls._fields)
    return None


def fields_of(value: Any) -> dict[str, Any] | None:
    """The fields of an object and what is in them; None for objects of other classes, and for classes.

    >>> from collections import namedtuple
    >>> fields_of(namedtuple("Point", "x y")(1, 2)), fields_of((1, 2))
    ({'x': 1, 'y': 2}, None)
    """
    if isinstance(value, type):
        return None
    names = field_names(type(value))
    return None if names is None else {name: getattr(value, name) for name in names if hasattr(value, name)}


def attributes_of(value: Any) -> dict[str, Any]:
    """All that a spec can find in an object of a class of its own: its fields, then its other attributes by name."""
    found = fields_of(value) or {}
    return found | dict(sorted(extra_attributes(value)))


def extra_attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of an object that are no fields of its class."""
    fields = frozenset(field_names(type(value)) or ())
    for name in _slots(cast("Any", type(value))):
        if name not in fields and hasattr(value, name):
            yield name, getattr(value, name)
    for name, content in getattr(value, "__dict__", {}).items():
        if name not in fields and name not in _NOT_CONTENT:
            yield name, content


@functools.lru_cache(maxsize=1024)
def _slots(cls: type) -> tuple[str, ...]:
    """The slots of a class and of those that it derives from."""
    found: dict[str, None] = {}
    for base in cls.__mro__:
        own = base.__dict__.get("__slots__", ())
        for name in (own,) if isinstance(own, str) else own:
            mangled = f"_{base.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            found.setdefault(mangled)
    return tuple(name for name in found if name not in _NOT_CONTENT)


def is_by_object(cls: type) -> bool:
    """Whether a class leaves it at Python's own equality, by which two objects are never equal."""
    return getattr(cls, "__hash__", None) is _BY_OBJECT


def is_transparent(value: Any) -> bool:
    """Whether an object's attributes are all that there is to it, as with classes written in Python; not if there is memory of C's behind it."""
    return all(base.__flags__ & _HEAP_TYPE or base in (object, Enum) for base in type(value).__mro__)
