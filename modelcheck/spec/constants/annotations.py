"""Whether a value is what an annotation says, down to the elements of collections."""

from __future__ import annotations

import types
import typing
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, NewType, Union, get_args, get_origin

_COUNTED_AS = {float: (int,), complex: (int, float)}


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is of an annotated type. What cannot be told of an annotation fits.

    >>> fits((1, 2), tuple[int, ...]), fits((1, "2"), tuple[int, ...]), fits(None, int | None), fits(True, int)
    (True, False, True, False)
    """
    kind = plain_annotation(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if kind is None or kind is type(None):
        return value is None
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in inner)
    if origin is Literal:
        return any(type(each) is type(value) and each == value for each in inner)
    cls = origin or kind
    if not isinstance(cls, type) or cls in (object, Any):
        return True
    if origin is tuple and not inner:
        return bool(value == ())
    return _is_instance(value, cls) and (not inner or _elements_fit(value, cls, inner))


def _is_instance(value: Any, cls: type) -> bool:
    try:
        if isinstance(value, bool):
            return cls is bool or (cls not in (int, float, complex) and isinstance(value, cls))
        return isinstance(value, (cls, *_COUNTED_AS.get(cls, ())))
    except TypeError:
        return True  # A protocol that does not say of objects whether they have it.


def _elements_fit(value: Any, cls: type, inner: tuple[Any, ...]) -> bool:
    if issubclass(cls, tuple):
        if len(inner) == 2 and inner[1] is Ellipsis:  # noqa: PLR2004 - the notation for tuples of any length.
            return all(fits(each, inner[0]) for each in value)
        wanted = () if inner == ((),) else inner
        return len(value) == len(wanted) and all(map(fits, value, wanted))
    if issubclass(cls, Mapping) and len(inner) == 2:  # noqa: PLR2004 - those of keys and of values.
        return all(fits(key, inner[0]) and fits(each, inner[1]) for key, each in value.items())
    if isinstance(value, Collection) and len(inner) == 1 and not isinstance(value, (str, bytes)):
        return all(fits(each, inner[0]) for each in value)
    return True


def plain_annotation(kind: Any) -> Any:
    """An annotation without what says nothing of values: Annotated, Final, names of types."""
    while True:
        if get_origin(kind) in (Annotated, Final):
            kind = get_args(kind)[0]
        elif isinstance(kind, NewType):
            kind = kind.__supertype__
        elif hasattr(kind, "__value__") and type(kind).__name__ == "TypeAliasType":
            kind = kind.__value__
        elif isinstance(kind, typing.TypeVar):
            kind = kind.__bound__ or object
        else:
            return kind


def classes_in(kind: Any) -> Iterator[Any]:
    """The classes that an annotation names, at any depth."""
    kind = plain_annotation(kind)
    if get_origin(kind) is Literal:
        yield from (type(each) for each in get_args(kind))
        return
    yield get_origin(kind) or kind
    for each in get_args(kind):
        yield from classes_in(each)


def annotation_text(kind: Any) -> str:
    """An annotation as it is written.

    >>> annotation_text(tuple[int, ...]), annotation_text(int | None), annotation_text(int)
    ('tuple[int, ...]', 'int | None', 'int')
    """
    if kind is None or kind is type(None):
        return "None"
    if kind is Ellipsis:
        return "..."
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " | ".join(map(annotation_text, inner))
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, inner))}]"
    name = getattr(origin or kind, "__name__", str(kind))
    return f"{name}[{', '.join(map(annotation_text, inner))}]" if inner else name
