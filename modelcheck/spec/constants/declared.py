"""Constants of a spec: annotated class attributes, their values checked and read from text."""

from __future__ import annotations

import ast
import difflib
import inspect
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, get_origin

from modelcheck.errors import SpecError, UsageError
from modelcheck.spec.constants.annotations import annotation_text, classes_in, fits
from modelcheck.spec.constants.literals import UnreadableError, from_node, from_text
from modelcheck.values import Interchangeable, kept, show, value_problem

_MISSING = object()


def constant_types(cls: type) -> dict[str, Any]:
    """The constants of a spec class with their annotated types, in the order of their definition."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        own = inspect.get_annotations(base)
        if not own or (base.__name__ == "Spec" and base.__module__.startswith("modelcheck.")):
            continue
        try:
            hints = typing.get_type_hints(base)
        except NameError as error:
            raise SpecError(
                f"an annotation of {base.__name__} cannot be read: {error}",
                remedy="Define the classes that constants are annotated with at the top of the module.",
            ) from error
        for name in own:
            if (
                not name.startswith("_")
                and get_origin(hints.get(name)) is not ClassVar
                and hints.get(name) is not ClassVar
            ):
                found[name] = hints[name]
    return found


def constant_values(cls: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each constant: the one given, or the default.

    Raises:
        UsageError: for an unknown name, a value of another type, or a constant without a value.
    """
    types = constant_types(cls)
    for name in given:
        if name not in types:
            raise UsageError(unknown(name, types, f"{cls.__name__} has no constant {name!r}"))
    values = {}
    for name, kind in types.items():
        value = given.get(name, getattr(cls, name, _MISSING))
        if value is _MISSING:
            raise UsageError(
                f"{cls.__name__} needs a value for the constant {name!r}",
                remedy=f"Give one: {cls.__name__}({name}=...), or --set {name}=...",
            )
        values[name] = kept(_checked(cls, name, value, kind))
    return values


def _checked(cls: type, name: str, value: Any, kind: Any) -> Any:
    problem = value_problem(value)
    if problem:
        raise SpecError(
            f"the constant {name!r} of {cls.__name__} cannot be {value!r}: {problem}",
            place=_written_at(cls),
            remedy="Use a tuple or a frozenset.",
        )
    if not fits(value, kind):
        text = annotation_text(kind)
        article = "" if not _is_class(kind) else "an " if text[0] in "aeiou" else "a "
        raise UsageError(
            f"the constant {name!r} of {cls.__name__} is {article}{text}, not {show(value)}",
            place=_written_at(cls) if cls.__dict__.get(name, _MISSING) is value else None,
            remedy=None if _is_class(kind) else _members(kind),
        )
    return value


def _is_class(kind: Any) -> bool:
    return isinstance(kind, type) and get_origin(kind) is None


def _members(kind: Any) -> str | None:
    """How the members of the enums in an annotation are written, or names."""
    names = [each for each in classes_in(kind) if isinstance(each, type) and issubclass(each, Interchangeable)]
    if names:
        return f"A name is written {names[0].prefix}0."
    enums = [each for each in classes_in(kind) if isinstance(each, type) and issubclass(each, Enum) and len(each)]
    return f"A member is written {enums[0].__name__}.{next(iter(enums[0].__members__))}." if enums else None


def _written_at(cls: type) -> str | None:
    try:
        return f"{inspect.getsourcefile(cls)}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError):
        return None


def parse_constant(cls: type, name: str, text: str | ast.expr) -> Any:
    """The value that ``--set NAME=TEXT`` means: the text itself for a ``str``, a member for an enum, else a Python literal.

    Args:
        cls: The spec's class.
        name: The constant.
        text: What was given, or an expression of a text that was parsed already.

    Raises:
        UsageError: if the name is unknown or the text cannot be read.
    """
    types = constant_types(cls)
    if name not in types:
        raise UsageError(unknown(name, types, f"{cls.__name__} has no constant {name!r}"))
    kind = types[name]
    try:
        return from_text(cls, kind, text) if isinstance(text, str) else from_node(cls, kind, text)
    except UnreadableError as error:
        given = text if isinstance(text, str) else ast.unparse(text)
        if isinstance(kind, type) and issubclass(kind, Enum):
            raise UsageError(unknown(given, kind.__members__, f"{kind.__name__} has no member {given!r}")) from error
        part = "" if str(error) == given.strip() else f": {error} is no literal, and no member of an enum of the spec"
        raise UsageError(
            f"the constant {name!r} cannot be set to {given!r}{part}",
            remedy=f"It is {annotation_text(kind)}. "
            + (_members(kind) or "Write a Python literal, for example 3, True, (1, 2) or {1, 2}, which is a frozenset."),
        ) from error


def unknown(name: str, known: Mapping[str, Any] | list[str], message: str) -> str:
    """The message, with the nearest known name or the list of all."""
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"{message}; did you mean {near[0]!r}?"
    return f"{message}; there are {', '.join(known)}" if known else f"{message}; there are none"
