"""Values as Informal Trace Format, and back.

Source: Apalache ADR-015, revised 2025-11-11. Integers are ``{"#bigint": "12"}``, tuples ``#tup``, sets ``#set`` (in
the total order of values, so that files are stable), dicts and bags ``#map``, records of the state plain objects.

*Choices.* An enum member is a variant without a value and ``None`` is the variant ``None``, as Quint writes them; an
object of a frozen class is a variant whose tag is the name of the class and whose value is the record of its fields.
A set of messages of several classes is then a set of one sum type, as ITF readers expect. What the format cannot hold
(floats, bytes, functions) is ``#unserializable`` with its text. Encoded values are what a replay compares, so
decoding is needed for showing a recorded value only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

import attrs

from modelcheck.errors import TraceError
from modelcheck.spec import State
from modelcheck.values import FrozenDict, FrozenRecord, order_key, ordered, show

Json = Any

# The value of a variant without a value, as Apalache writes it. Quint writes an empty tuple and reads both.
UNIT = "U_OF_UNIT"


def encode(value: Any) -> Json:
    """A value as ITF.

    >>> encode((1, None, frozenset({"x"})))
    {'#tup': [{'#bigint': '1'}, {'tag': 'None', 'value': 'U_OF_UNIT'}, {'#set': ['x']}]}
    """
    if isinstance(value, Enum):
        return _variant(value.name or repr(value))
    if value is None:
        return _variant("None")
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"#bigint": str(int(value))}
    if isinstance(value, AbstractSet):
        return {"#set": [encode(item) for item in ordered(value)]}
    if isinstance(value, (State, FrozenRecord)):
        return {name: encode(inner) for name, inner in value.items()}
    if isinstance(value, Mapping):
        items = sorted(value.items(), key=lambda item: order_key(item[0]))
        return {"#map": [[encode(key), encode(inner)] for key, inner in items]}
    fields = fields_of(value)
    if fields is not None:
        return {"tag": type(value).__name__, "value": {name: encode(getattr(value, name)) for name in fields}}
    if isinstance(value, tuple):
        return {"#tup": [encode(item) for item in value]}
    return {"#unserializable": show(value)}


def fields_of(value: Any) -> list[str] | None:
    """The names of the fields of an attrs class, dataclass or named tuple; None for other values."""
    kind = type(value)
    if attrs.has(kind):
        return [field.name for field in attrs.fields(kind)]
    if hasattr(kind, "__dataclass_fields__"):
        return list(kind.__dataclass_fields__)
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return list(kind._fields)
    return None


def _variant(tag: str) -> Json:
    return {"tag": tag, "value": UNIT}


def decode(json: Json, namespace: Mapping[str, Any] | None = None) -> Any:
    """The value that an ITF expression stands for; classes and enum members are looked up by name.

    Args:
        json: The expression.
        namespace: The names known where the spec is written. A variant of unknown name becomes a `FrozenRecord`.

    Raises:
        TraceError: if it is no ITF expression.

    >>> decode({"#tup": [{"#bigint": "1"}, {"tag": "None", "value": "U_OF_UNIT"}]})
    (1, None)
    """
    known = namespace or {}
    if isinstance(json, (bool, str, int)):
        return json
    if isinstance(json, list):
        return tuple(decode(item, known) for item in json)
    if not isinstance(json, dict):
        raise TraceError(f"no ITF expression: {json!r}")
    special = [key for key in json if key.startswith("#")]
    if special:
        return _decode_special(special[0], json[special[0]], known)
    if json.keys() == {"tag", "value"} and isinstance(json["tag"], str):
        return _decode_variant(json["tag"], json["value"], known)
    return FrozenRecord("", {name: decode(inner, known) for name, inner in json.items()})


def _decode_special(key: str, inner: Json, known: Mapping[str, Any]) -> Any:
    readers: dict[str, Callable[[Json], Any]] = {
        "#bigint": int,
        "#tup": lambda items: tuple(decode(item, known) for item in items),
        "#set": lambda items: frozenset(decode(item, known) for item in items),
        "#map": lambda items: FrozenDict({decode(k, known): decode(v, known) for k, v in items}),
        "#unserializable": lambda text: FrozenRecord(str(text), {}),
    }
    try:
        return readers[key](inner)
    except (KeyError, ValueError, TypeError) as error:
        raise TraceError(f"no ITF expression: {key} with {inner!r}") from error


def _decode_variant(tag: str, inner: Json, known: Mapping[str, Any]) -> Any:
    if inner in (UNIT, {"#tup": []}):
        if tag == "None":
            return None
        member = _enum_member(tag, known)
        return FrozenRecord(tag, {}) if member is None else member
    cls = known.get(tag)
    fields = (
        {name: decode(value, known) for name, value in inner.items()}
        if isinstance(inner, dict)
        else {"value": decode(inner, known)}
    )
    if isinstance(cls, type):
        made = _construct(cls, fields)
        if made is not None:
            return made
    return FrozenRecord(tag, fields)


def _enum_member(name: str, known: Mapping[str, Any]) -> Any:
    for kind in known.values():
        if isinstance(kind, type) and issubclass(kind, Enum) and name in kind.__members__:
            return kind[name]
    return None


def _construct(cls: type, fields: Mapping[str, Any]) -> Any:
    """An object with these fields, or None if the class does not take them."""
    try:
        if attrs.has(cls):
            return cls(**{field.alias: fields[field.name] for field in attrs.fields(cls) if field.init})
        return cls(**fields)
    except Exception:  # noqa: BLE001 - a class that has changed since; the fields are shown as they were recorded.
        return None


def decode_near(json: Json, near: Any, known: Mapping[str, Any]) -> Any:
    """The value that an expression stands for, given a similar one: what is written as a part of that is that part.

    Without it, a bag would come back as a dict, and a member of an enum perhaps as that of another with the same name.
    """
    if encode(near) == json:
        return near
    if isinstance(near, FrozenRecord) and isinstance(json, dict) and json.keys() == near.keys():
        return FrozenRecord(near._name, {name: decode_near(inner, near[name], known) for name, inner in json.items()})
    if isinstance(near, FrozenDict) and isinstance(json, dict) and "#map" in json:
        keys = _by_text(near)
        made = {}
        for key, inner in json["#map"]:
            if str(key) in keys:
                made[keys[str(key)]] = decode_near(inner, near[keys[str(key)]], known)
            else:
                made[decode(key, known)] = decode(inner, known)
        return type(near)(made)
    for tag, kind in (("#set", frozenset), ("#tup", tuple)):
        if type(near) is kind and isinstance(json, dict) and tag in json:
            items = _by_text(near)
            return kind(items[str(item)] if str(item) in items else decode(item, known) for item in json[tag])
    return decode(json, known)


def _by_text(values: Any) -> dict[str, Any]:
    return {str(encode(value)): value for value in values}
