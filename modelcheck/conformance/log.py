"""Logs: a file with an observation per line, each a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelcheck.errors import TraceError, UsageError
from modelcheck.limits.budget import Budget
from modelcheck.spec import Machine
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.overrun import out_of_memory
from modelcheck.spec.shapes.shape import MapShape, RecordShape, Shape
from modelcheck.trace.observation import Observation, called, is_encoded, keys_by_name
from modelcheck.trace.reading import MOST_BYTES, check_finite, parse

_BATCH = 256
_LONG = 1 << 16
_LONGEST_LINE = 1 << 24  # Bytes: what reads a line cannot be interrupted.
_KEYS = ("action", "arguments", "state")
_REMEDY = 'A log has one JSON object per line, such as {"action": "receive", "arguments": {"m": {"dst": 1}}, "state": {"x": 0}}.'


class CutShort(Exception):  # noqa: N818 - a limit, not an error.
    """A limit was reached before the log was read.

    Attributes:
        reason: Which.
        line: The line that is read next.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_log(path: Path, machine: Machine, budget: Budget | None = None) -> list[Observation]:
    """The observations in a file with one JSON object per line; empty lines are passed over.

    Args:
        path: The file.
        machine: The spec, which says what can be observed.
        budget: What there is of time and memory; by default without limits.

    Raises:
        CutShort: if a limit is reached.
        TraceError: if the file cannot be read or tells of nothing, or a line is no observation; with the number of the line.
    """
    budget = budget or Budget()
    log: list[Observation] = []
    number = 0
    try:
        for number, line in enumerate(_lines(path), 1):
            reason = budget.over() if number % _BATCH == 0 or len(line) > _LONG else budget.ended()
            if reason is not None:
                raise CutShort(reason, number)
            if line.strip():
                log.append(_read(line, number, path, machine))
    except MemoryError as error:
        log.clear()
        raise CutShort(out_of_memory(error), number + 1) from None
    if not log:
        raise TraceError("the log is empty", place=str(path), remedy=_REMEDY)
    return log


def _lines(path: Path) -> Iterator[str]:
    """The lines of a file, one after the other.

    Raises:
        TraceError: if it cannot be read, is longer than a log can be, or no text in UTF-8.
    """
    left = MOST_BYTES
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), 1):
                left -= len(line)
                if len(line) > _LONGEST_LINE:
                    raise TraceError(f"a line is longer than {_LONGEST_LINE >> 20} MB", place=f"{path}:{number}", remedy=_REMEDY)
                if left < 0:
                    raise TraceError(f"cannot read the log: it is longer than {MOST_BYTES >> 20} MB", place=str(path))
                yield _decoded(line, number, path)
    except OSError as error:
        raise TraceError(f"cannot read the log: {error.strerror}", place=str(path)) from error


def _decoded(line: bytes, number: int, path: Path) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise TraceError("the log is not text in UTF-8", place=f"{path}:{number}", remedy=_REMEDY) from error


def _read(line: str, number: int, path: Path, machine: Machine) -> Observation:
    place = f"{path}:{number}"
    try:
        found = parse(line)
        check_finite(found)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(line.rstrip()) or error.msg.startswith("Unterminated")
        what = "the line ends in the middle" if cut else f"not JSON: {error.msg}"
        raise TraceError(f"{what} (column {error.colno})", place=place, remedy=_REMEDY) from error
    except ValueError as error:
        raise TraceError(f"not JSON that can be read: {error}", place=place, remedy=_REMEDY) from error
    if not isinstance(found, dict) or not found:
        raise TraceError(f"a line is an object with {', '.join(_KEYS)}, not {line.strip()[:60]}", place=place)
    try:
        return checked(machine, found.get("action"), found.get("arguments", {}), found.get("state", {}), found, number)
    except UsageError as error:
        raise TraceError(error.message, place=place, remedy=error.remedy) from error


def checked(machine: Machine, action: Any, arguments: Any, state: Any, keys: Mapping[str, Any], line: int = 0) -> Observation:
    """An observation, its names checked against the spec.

    Raises:
        UsageError: if there is no such action, argument or variable, or field or fixed key in a variable.
    """
    for key in keys:
        if key not in _KEYS:
            raise UsageError(unknown(key, list(_KEYS), f"an observation has no key {key!r}"))
    if not isinstance(arguments, Mapping) or not isinstance(state, Mapping):
        raise UsageError("arguments and state are objects with names as keys")
    if action is not None:
        action = _checked_action(machine, action, arguments)
    elif arguments:
        raise UsageError("arguments without an action mean nothing")
    for name in state:
        if name not in machine.variables:
            raise UsageError(unknown(name, machine.variables, f"the spec has no variable {name!r}"))
        _check_parts(machine.shape.fields[name], state[name], name)
    return Observation(action, arguments, state, line)


def _checked_action(machine: Machine, action: Any, arguments: Mapping[str, Any]) -> str:
    if not isinstance(action, str):
        raise UsageError(f"an action is given by its name, not by {action!r}")
    declared = machine.find(action, machine.actions)
    for name in arguments:
        if name not in declared.parameters:
            raise UsageError(unknown(name, list(declared.parameters), f"the action {action} has no argument {name!r}"))
    return declared.name


def _check_parts(shape: Shape, seen: Any, path: str) -> None:
    """Refuse fields that a record does not have, and keys that a dict never has."""
    if not isinstance(shape, (RecordShape, MapShape)) or not isinstance(seen, Mapping) or is_encoded(seen):
        return
    is_record = isinstance(shape, RecordShape)
    parts = shape.fields if isinstance(shape, RecordShape) else {name: shape.items[key] for name, key in keys_by_name(shape.items).items()}
    for key, inner in seen.items():
        name = called(key)
        if name in parts:
            _check_parts(parts[name], inner, f"{path}.{name}" if is_record else f"{path}[{name}]")
        elif not (is_record and name == "type"):
            raise UsageError(unknown(name, parts, f"{path} has no {'field' if is_record else 'key'} {name!r}"))
