"""Values as Informal Trace Format, and back.

Source: Apalache ADR-015, revised 2025-11-11. Integers are ``{"#bigint": "12"}``, tuples ``#tup``, sets ``#set`` (in
the total order of values, so that files are stable), dicts and bags ``#map``, records of the state plain objects.

*Choices.* An enum member is a variant without a value and ``None`` is the variant ``None``, as Quint writes them, and so is an
interchangeable name; an object of a frozen class is a variant whose tag is the name of the class and whose value is the record of its
fields. A set of messages of several classes is then a set of one sum type, as ITF readers expect. What the format cannot hold
(floats, bytes, functions) is ``#unserializable`` with its text.

A file never decides what is called: encoded values are what a replay compares, and decoding, which is needed for showing
a recorded value only, looks up no name. What was an object or a member comes back as a `Variant`, which shows like it.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

from modelcheck.errors import TraceError
from modelcheck.spec import State
from modelcheck.values import Bag, FrozenDict, FrozenRecord, Interchangeable, fields_of, order_key, ordered, show

Json = Any

# The value of a variant without a value, as Apalache writes it. Quint writes an empty tuple and reads both.
UNIT = "U_OF_UNIT"

_INTEGER = re.compile(r"-?[0-9]{1,4000}")
_DEEPEST = 200
_CONTAINERS = ("#tup", "#set")


class Variant(FrozenRecord):
    """A recorded object or enum member: its class's name and its fields, or its own name and none."""

    __slots__ = ("_is_member",)

    def __init__(self, name: str, fields: Mapping[str, Any], *, is_member: bool = False) -> None:
        super().__init__(name, fields)
        object.__setattr__(self, "_is_member", is_member)


def encode(value: Any) -> Json:
    """A value as ITF.

    >>> encode((1, None, frozenset({"x"})))
    {'#tup': [{'#bigint': '1'}, {'tag': 'None', 'value': 'U_OF_UNIT'}, {'#set': ['x']}]}
    """
    if isinstance(value, Enum):
        return _variant(value.name or show(value))
    if value is None or isinstance(value, Interchangeable):
        return _variant(repr(value))
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"#bigint": str(int(value))}
    if isinstance(value, AbstractSet):
        return {"#set": [encode(item) for item in ordered(value)]}
    if isinstance(value, (State, FrozenRecord)):
        return _record(value)
    if isinstance(value, Mapping):
        items = sorted(value.items(), key=lambda item: order_key(item[0]))
        return {"#map": [[encode(key), encode(inner)] for key, inner in items]}
    fields = fields_of(value)
    if fields is not None:
        return {"tag": type(value).__name__, "value": {name: encode(inner) for name, inner in fields.items()}}
    if isinstance(value, tuple):
        return {"#tup": [encode(item) for item in value]}
    return {"#unserializable": show(value)}


def _record(value: State | FrozenRecord) -> Json:
    fields = {name: encode(inner) for name, inner in value.items()}
    if isinstance(value, Variant):
        return {"tag": value._name, "value": UNIT if value._is_member else fields}
    return fields


def _variant(tag: str) -> Json:
    return {"tag": tag, "value": UNIT}


def normalized(json: Json, depth: int = 0) -> Json:
    """An ITF expression as `encode` would write it: Apalache writes small integers and lists as JSON's own.

    Raises:
        TraceError: if it is no ITF expression.
    """
    if depth > _DEEPEST:
        raise TraceError(f"no ITF expression: it is nested more than {_DEEPEST} deep")
    if isinstance(json, (bool, str)):
        return json
    if isinstance(json, int):
        return {"#bigint": str(json)}
    if isinstance(json, list):
        return {"#tup": [normalized(item, depth + 1) for item in json]}
    if not isinstance(json, dict):
        raise TraceError(f"no ITF expression: {_shortened(json)}")
    special = next((key for key in json if key.startswith("#")), None)
    if special is not None:
        return _special(special, json, depth)
    return {name: normalized(inner, depth + 1) for name, inner in json.items()}


def _special(key: str, json: Json, depth: int) -> Json:
    inner = json[key]
    if len(json) == 1:
        if key == "#bigint" and isinstance(inner, str) and _INTEGER.fullmatch(inner):
            return {key: str(int(inner))}
        if key in _CONTAINERS and isinstance(inner, list):
            return {key: [normalized(item, depth + 1) for item in inner]}
        if key == "#map" and isinstance(inner, list) and all(isinstance(pair, list) and len(pair) == len("kv") for pair in inner):
            return {key: [[normalized(item, depth + 1) for item in pair] for pair in inner]}
        if key == "#unserializable" and isinstance(inner, str):
            return json
    raise TraceError(f"no ITF expression: {readable(key)} with {_shortened(inner)}")


def _shortened(json: Json) -> str:
    return reprlib.repr(json)


def decode(json: Json) -> Any:
    """The value that an ITF expression stands for, for showing it; no class and no member is looked up.

    Raises:
        TraceError: if it is no ITF expression.

    >>> decode({"#tup": [{"#bigint": "1"}, {"tag": "None", "value": "U_OF_UNIT"}]})
    (1, None)
    """
    return _decoded(normalized(json))


def _decoded(json: Json) -> Any:
    if isinstance(json, (bool, str)):
        return json
    match json:
        case {"#bigint": text}:
            return int(text)
        case {"#tup": items}:
            return tuple(map(_decoded, items))
        case {"#set": items}:
            return frozenset(map(_decoded, items))
        case {"#map": pairs}:
            return FrozenDict({_decoded(key): _decoded(inner) for key, inner in pairs})
        case {"#unserializable": text}:
            return FrozenRecord(readable(text), {})
        case {"tag": str(tag), "value": inner, **rest} if not rest:
            return _decoded_variant(tag, inner)
    return FrozenRecord("", _fields(json))


def _decoded_variant(tag: str, inner: Json) -> Any:
    if inner in (UNIT, {"#tup": []}):
        return None if tag == "None" else Variant(readable(tag), {}, is_member=True)
    if isinstance(inner, dict) and not any(key.startswith("#") for key in inner):
        return Variant(readable(tag), _fields(inner))
    return Variant(readable(tag), {"value": _decoded(inner)})


def _fields(json: Mapping[str, Json]) -> dict[str, Any]:
    return {readable(name): _decoded(inner) for name, inner in json.items()}


def readable(text: str) -> str:
    r"""Text in which nothing can command a terminal: what cannot be printed is escaped as Python does.

    >>> readable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def decode_near(json: Json, near: Any) -> Any:
    """The value that an expression stands for, given a similar one: what is written as a part of that is that part.

    Without it, a bag would come back as a dict, and a member of an enum as a record. Nothing is called to make an object:
    one that differs comes back as a `Variant` with the fields that do not.
    """
    if encode(near) == json:
        return near
    if isinstance(near, FrozenRecord) and isinstance(json, dict) and json.keys() == near.keys():
        return FrozenRecord(near._name, {name: decode_near(inner, near[name]) for name, inner in json.items()})
    if isinstance(near, FrozenDict) and isinstance(json, dict) and "#map" in json:
        return _map_near(json["#map"], near)
    for tag, kind in (("#set", frozenset), ("#tup", tuple)):
        if near.__class__ is kind and isinstance(json, dict) and tag in json:
            items = _by_text(near)
            return kind(items[str(item)] if str(item) in items else decode(item) for item in json[tag])
    fields = fields_of(near)
    if fields is not None and isinstance(json, dict) and json.get("tag") == type(near).__name__ and _has_fields(json.get("value"), fields):
        return Variant(type(near).__name__, {name: decode_near(json["value"][name], inner) for name, inner in fields.items()})
    return decode(json)


def _has_fields(json: Json, fields: Mapping[str, Any]) -> bool:
    return isinstance(json, dict) and json.keys() == fields.keys()


def _map_near(pairs: Json, near: FrozenDict[Any, Any]) -> FrozenDict[Any, Any]:
    keys = _by_text(near)
    made = {}
    for key, inner in pairs:
        if str(key) in keys:
            made[keys[str(key)]] = decode_near(inner, near[keys[str(key)]])
        else:
            made[decode(key)] = decode(inner)
    counts = all(type(inner) is int for inner in made.values())
    return type(near)(made) if counts or not isinstance(near, Bag) else FrozenDict(made)


def _by_text(values: Any) -> dict[str, Any]:
    return {str(encode(value)): value for value in values}
