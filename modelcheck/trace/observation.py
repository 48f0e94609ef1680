"""Observations: what a line of a log, or an adapter, says about a step and the state after it.

An observation is partial. It may leave out the action, some of its arguments, most variables, most fields of those. Values are plain JSON:
an enum member is its name, a tuple, a set or a bag is a list (of a set in any order), a dict or a record is an object with the keys and
fields that were seen, and a message is an object in which ``"type"`` may name its class. Values in the encoding of ITF are understood too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from attrs import field, frozen

from modelcheck.spec import State, Step
from modelcheck.trace.itf import Json, encode
from modelcheck.values import Bag, FrozenRecord, Interchangeable, field_names, identity, show


@frozen
class Observation:
    """What was seen of one step.

    Attributes:
        action: The action's name; None where only the state was looked at and no step was taken.
        arguments: Some of its arguments.
        state: Some variables of the state after it, with some of what is in them.
        line: The line of the log.
    """

    action: str | None = None
    arguments: Mapping[str, Any] = field(factory=dict)
    state: Mapping[str, Any] = field(factory=dict)
    line: int = 0

    def as_json(self) -> dict[str, Json]:
        """What was seen, as a line of a log says it."""
        told = {"action": self.action, "arguments": _plain(self.arguments), "state": _plain(self.state)}
        return {name: value for name, value in told.items() if value}


def observation_from(json: Mapping[str, Json]) -> Observation:
    """The reverse of `Observation.as_json`."""
    return Observation(json.get("action"), json.get("arguments", {}), json.get("state", {}))


def _plain(seen: Any) -> Json:
    """What was seen as JSON; what that has no words for in the encoding of ITF."""
    if isinstance(seen, Mapping) and not isinstance(seen, FrozenRecord):
        return {called(key): _plain(inner) for key, inner in seen.items()}
    if isinstance(seen, list):
        return [_plain(inner) for inner in seen]
    if seen is None or (isinstance(seen, (bool, int, float, str)) and not isinstance(seen, Enum)):
        return seen
    return encode(seen)


def step_differences(observation: Observation, step: Step) -> Iterator[str]:
    """How a step differs from what was seen of it."""
    for name, seen in observation.arguments.items():
        yield from differences(step.arguments[name], seen, name)


def state_differences(observation: Observation, state: State) -> Iterator[str]:
    """How a state differs from what was seen of it."""
    for name, seen in observation.state.items():
        yield from differences(state[name], seen, name)


def differences(value: Any, seen: Any, path: str) -> Iterator[str]:
    """How a value differs from what was seen of it, a phrase for each place."""
    if isinstance(seen, Mapping) and is_encoded(seen):
        if encode(value) != seen:
            yield _phrase(path, value, seen)
    elif isinstance(seen, Mapping):
        yield from _parts(value, seen, path)
    elif isinstance(seen, Sequence) and not isinstance(seen, (str, bytes)):
        yield from _items(value, seen, path)
    elif not _is_same(value, seen):
        yield _phrase(path, value, seen)


def is_encoded(seen: Mapping[str, Any]) -> bool:
    """Whether an object is a value in the encoding of ITF."""
    return any(isinstance(key, str) and key.startswith("#") for key in seen) or seen.keys() == {"tag", "value"}


def keys_by_name(value: Iterable[Any]) -> dict[str, Any]:
    """The keys of a dict by what they are called in JSON."""
    return {called(key): key for key in value}


def called(key: Any) -> str:
    """What a key is called in JSON."""
    return key.name or repr(key) if isinstance(key, Enum) else str(key)


def _is_same(value: Any, seen: Any) -> bool:
    if isinstance(value, Interchangeable):
        return seen is value or _is_identical(repr(value), seen)
    if isinstance(value, Enum):
        return seen is value or _is_identical(value.name, seen) or _is_identical(value.value, seen)
    return _is_identical(value, seen)


def _is_identical(value: Any, seen: Any) -> bool:
    """Whether two values are one, of the same types throughout: 1, True and 1.0 are three."""
    try:
        return bool(identity(value) == identity(frozenset(seen) if isinstance(seen, set) else seen))
    except TypeError:  # What was seen is no value.
        return type(value) is type(seen) and bool(value == seen)


def _phrase(path: str, value: Any, seen: Any) -> str:
    return f"{path} is {show(value)}, not {show(seen) if not isinstance(seen, (Mapping, list)) else json.dumps(seen)}"


def _parts(value: Any, seen: Mapping[str, Any], path: str) -> Iterator[str]:
    """The fields of a record or object, or the entries of a dict, that were seen."""
    if isinstance(value, Mapping) and not isinstance(value, FrozenRecord):
        keys = keys_by_name(value)
        for key, inner in seen.items():
            name = called(key)
            if name in keys:
                yield from differences(value[keys[name]], inner, f"{path}[{show(keys[name])}]")
            elif not (isinstance(value, Bag) and inner == 0):
                yield f"{path} has no {name}"
        return
    names = list(value) if isinstance(value, FrozenRecord) else field_names(type(value))
    if names is None:
        yield _phrase(path, value, seen)
        return
    for name, inner in seen.items():
        if name in names:
            yield from differences(value[name] if isinstance(value, FrozenRecord) else getattr(value, name), inner, f"{path}.{name}")
        elif name == "type":
            kind = value._name if isinstance(value, FrozenRecord) else type(value).__name__
            if kind != inner:
                yield f"{path} is a {kind}, not a {inner}"
        else:
            yield f"{path} has no field {name}"


def _items(value: Any, seen: Sequence[Any], path: str) -> Iterator[str]:
    if isinstance(value, Bag):
        value = tuple(key for key, count in value.items() for _ in range(count))
        yield from _unordered(list(value), seen, path)
    elif isinstance(value, frozenset):
        yield from _unordered(list(value), seen, path)
    elif isinstance(value, (tuple, list)) and (not hasattr(value, "_fields") or type(value) is type(seen)):
        if len(value) != len(seen):
            yield f"{path} has {len(value)} items, not {len(seen)}"
            return
        for number, (item, inner) in enumerate(zip(value, seen, strict=True)):
            yield from differences(item, inner, f"{path}[{number}]")
    else:
        yield _phrase(path, value, list(seen))


def _unordered(items: list[Any], seen: Sequence[Any], path: str) -> Iterator[str]:
    """A set, each of whose elements must be one that was seen, and the other way around."""
    left = list(items)
    for inner in seen:
        at = next((at for at, item in enumerate(left) if not any(differences(item, inner, path))), None)
        if at is None:
            yield f"{path} does not hold {json.dumps(inner, default=str)}"
        else:
            del left[at]
    for item in left:
        yield f"{path} holds {show(item)} too"
