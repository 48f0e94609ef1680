"""Observations: what a line of a log, or an adapter, says about a step and the state after it.

An observation is partial. It may leave out the action, some of its arguments, most variables, most fields of those. Values are plain JSON:
an enum member is its name, a tuple, a set or a bag is a list (of a set in any order), a dict or a record is an object with the keys and
fields that were seen, and a message is an object in which ``"type"`` may name its class. Values in the encoding of ITF are understood too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import field, frozen

from modelcheck.errors import TraceError, UsageError
from modelcheck.spec import Machine, State, Step
from modelcheck.spec.constants import unknown
from modelcheck.trace.itf import encode, fields_of
from modelcheck.values import Bag, FrozenRecord, show

_KEYS = ("action", "arguments", "state")


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


def read_log(path: Path, machine: Machine) -> list[Observation]:
    """The observations in a file with one JSON object per line; empty lines are passed over.

    Raises:
        TraceError: if the file cannot be read, or a line is none; with the number of the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TraceError(f"cannot read the log: {error.strerror}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise TraceError("the log is not text", place=str(path)) from error
    return [_read(line, number, path, machine) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _read(line: str, number: int, path: Path, machine: Machine) -> Observation:
    place = f"{path}:{number}"
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise TraceError(f"not JSON: {error.msg} at column {error.colno}", place=place, remedy="A log has one JSON object per line.") from error
    if not isinstance(found, dict) or not found:
        raise TraceError(f"a line is an object with {', '.join(_KEYS)}, not {line.strip()[:60]}", place=place)
    try:
        return checked(machine, found.get("action"), found.get("arguments", {}), found.get("state", {}), found, number)
    except UsageError as error:
        raise TraceError(error.message, place=place, remedy=error.remedy) from error


def checked(machine: Machine, action: Any, arguments: Any, state: Any, keys: Mapping[str, Any], line: int = 0) -> Observation:
    """An observation, its names checked against the spec.

    Raises:
        UsageError: if there is no such action, argument or variable.
    """
    for key in keys:
        if key not in _KEYS:
            raise UsageError(unknown(key, list(_KEYS), f"an observation has no key {key!r}"))
    if not isinstance(arguments, Mapping) or not isinstance(state, Mapping):
        raise UsageError("arguments and state are objects with names as keys")
    if action is not None:
        declared = machine.find(action, machine.actions)
        for name in arguments:
            if name not in declared.parameters:
                raise UsageError(unknown(name, list(declared.parameters), f"the action {action} has no argument {name!r}"))
        action = declared.name
    elif arguments:
        raise UsageError("arguments without an action mean nothing")
    for name in state:
        if name not in machine.variables:
            raise UsageError(unknown(name, machine.variables, f"the spec has no variable {name!r}"))
    return Observation(action, arguments, state, line)


# Matching ---------------------------------------------------------------------------------------------------------------------------------------


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
    elif isinstance(seen, Sequence) and not isinstance(seen, str):
        yield from _items(value, seen, path)
    elif not _is_same(value, seen):
        yield _phrase(path, value, seen)


def is_encoded(seen: Mapping[str, Any]) -> bool:
    """Whether an object is a value in the encoding of ITF."""
    return any(isinstance(key, str) and key.startswith("#") for key in seen) or seen.keys() == {"tag", "value"}


def keys_by_name(value: Iterable[Any]) -> dict[str, Any]:
    """The keys of a dict by what they are called in JSON."""
    return {(key.name or repr(key) if isinstance(key, Enum) else str(key)): key for key in value}


def _is_same(value: Any, seen: Any) -> bool:
    if isinstance(value, Enum):
        return seen in (value.name, value.value) or seen is value
    if isinstance(value, bool) or isinstance(seen, bool) or value is None or seen is None:
        return value is seen
    return bool(value == seen)


def _phrase(path: str, value: Any, seen: Any) -> str:
    return f"{path} is {show(value)}, not {show(seen) if not isinstance(seen, (Mapping, list)) else json.dumps(seen)}"


def _parts(value: Any, seen: Mapping[str, Any], path: str) -> Iterator[str]:
    """The fields of a record or object, or the entries of a dict, that were seen."""
    if isinstance(value, Mapping) and not isinstance(value, FrozenRecord):
        keys = keys_by_name(value)
        for name, inner in seen.items():
            if name in keys:
                yield from differences(value[keys[name]], inner, f"{path}[{show(keys[name])}]")
            elif not (isinstance(value, Bag) and inner == 0):
                yield f"{path} has no {name}"
        return
    names = list(value) if isinstance(value, FrozenRecord) else fields_of(value)
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
    elif isinstance(value, (tuple, list)) and not hasattr(value, "_fields"):
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
        found = next((item for item in left if not any(differences(item, inner, path))), None)
        if found is None and not any(_is_same(item, inner) for item in left):
            yield f"{path} does not hold {json.dumps(inner, default=str)}"
        else:
            left.remove(found)
    for item in left:
        yield f"{path} holds {show(item)} too"
