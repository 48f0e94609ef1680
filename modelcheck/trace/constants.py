"""The constants of a recording, read back: literals, members of the spec's own enums, and values that the spec itself lists.

A file never decides what is called, so no object is made from one. What a spec's class has for a constant, as its default or in
its ``configurations``, is taken if it is written as the file says.
"""

from __future__ import annotations

import ast
import operator
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, Flag
from functools import reduce
from typing import Any

from attrs import frozen

from modelcheck.errors import TraceError, UsageError
from modelcheck.spec.constants.annotations import classes_in
from modelcheck.spec.constants.declared import constant_types, unknown
from modelcheck.trace.itf import UNIT, Json, decode, encode
from modelcheck.trace.recording import Recording
from modelcheck.values import Interchangeable, show
from modelcheck.values.interchangeable import name_called

_LONGEST = 1_000


def recorded_constants(cls: type, recording: Recording) -> dict[str, Any]:
    """The values of the constants that were recorded, as the class takes them.

    Raises:
        UsageError: if the class has lost one of them.
        TraceError: if a value cannot be read back.
    """
    types = constant_types(cls)
    lost = [name for name in recording.constants if name not in types]
    if lost:
        raise UsageError(
            unknown(lost[0], types, f"the trace sets the constant {lost[0]!r}, which {cls.__name__} has not")
        )
    return {name: _constant(cls, name, types[name], wanted) for name, wanted in recording.constants.items()}


class _UnreadableError(Exception):
    """The argument says why."""


@frozen
class _Reader:
    """Reads values of one constant.

    Attributes:
        enums: Where members are looked for, those that are most likely meant first.
        names: The classes of interchangeable names that a value may be of.
    """

    enums: Sequence[Iterable[type[Enum]]]
    names: Sequence[type]

    def read(self, json: Json) -> Any:
        """The value that an expression stands for."""
        if isinstance(json, (bool, str)):
            return json
        match json:
            case {"#bigint": str(text)}:
                return int(text)
            case {"#tup": list(items)}:
                return tuple(map(self.read, items))
            case {"#set": list(items)}:
                return frozenset(map(self.read, items))
            case {"#unserializable": str(text)}:
                return _literal(text)
            case {"tag": "None", "value": inner} if inner == UNIT:
                return None
            case {"tag": str(tag), "value": inner} if inner == UNIT:
                return self.member(tag)
        raise _UnreadableError("it is no literal")

    def member(self, tag: str) -> Enum | Interchangeable:
        """The member of that name, or the name itself."""
        name = name_called(tag, self.names)
        if name is not None:
            return name
        for group in self.enums:
            found = [member for kind in group if (member := _member(kind, tag)) is not None]
            if len(found) > 1:
                raise _UnreadableError(f"{' and '.join(f'{type(member).__name__}.{tag}' for member in found)} are written alike")
            if found:
                return found[0]
        raise _UnreadableError("no enum of the spec has that member")


def _constant(cls: type, name: str, annotation: Any, wanted: Json) -> Any:
    listed = list(_listed(cls, name))
    for value in listed:
        if encode(value) == wanted:
            return value
    of_values = dict.fromkeys(kind for value in listed for kind in _enums_of(value))
    reader = _Reader([_enums_in(annotation), of_values, _enums_near(cls)], list(classes_in(annotation)))
    try:
        found = reader.read(wanted)
    except _UnreadableError as error:
        raise _not_read_back(name, wanted, str(error)) from None
    if encode(found) != wanted:
        raise _not_read_back(name, wanted, "it is no literal")
    return found


def _not_read_back(name: str, wanted: Json, why: str) -> TraceError:
    return TraceError(
        f"the trace's value of the constant {name!r} cannot be read back: {show(decode(wanted))} ({why})",
        remedy="Make it the default, list it in the `configurations` of the spec, or replay the trace in Python: modelcheck.trace.replay.",
    )


def _listed(cls: type, name: str) -> Iterator[Any]:
    """What the class itself has for a constant."""
    if hasattr(cls, name):
        yield getattr(cls, name)
    configurations = getattr(cls, "configurations", ())
    lists = configurations.values() if isinstance(configurations, Mapping) else [configurations]
    for entries in lists:
        for entry in entries if isinstance(entries, Sequence) else ():
            if isinstance(entry, Mapping) and name in entry:
                yield entry[name]


def _enums_in(annotation: Any) -> dict[type[Enum], None]:
    """The enums that an annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {annotation: None}
    return {kind: None for inner in typing.get_args(annotation) for kind in _enums_in(inner)}


def _enums_of(value: Any) -> dict[type[Enum], None]:
    if isinstance(value, Enum):
        return {type(value): None}
    return {kind: None for item in value for kind in _enums_of(item)} if isinstance(value, (tuple, frozenset)) else {}


def _enums_near(cls: type) -> dict[type[Enum], None]:
    """The enums known where a spec is written, its base classes' modules included."""
    places = [vars(place) for base in cls.__mro__ for place in (base, sys.modules.get(base.__module__, object))]
    return {found: None for names in places for found in list(names.values()) if isinstance(found, type) and issubclass(found, Enum)}


def _member(kind: type[Enum], tag: str) -> Enum | None:
    members = kind.__members__
    if tag in members:
        return members[tag]
    parts = tag.split("|")
    if issubclass(kind, Flag) and all(part in members for part in parts):
        return reduce(operator.or_, (members[part] for part in parts))
    return None


def _literal(text: str) -> Any:
    """A float or bytes, which the format has no words for."""
    try:
        found = float(text) if text in {"inf", "-inf"} else ast.literal_eval(text[:_LONGEST])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        found = None
    if type(found) in (float, bytes):
        return found
    raise _UnreadableError("it is no literal")
