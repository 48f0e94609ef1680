"""Logs: a file with an observation per line, each a JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelcheck.errors import TraceError, UsageError
from modelcheck.spec import Machine
from modelcheck.spec.constants import unknown
from modelcheck.trace.observation import Observation

_KEYS = ("action", "arguments", "state")


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
