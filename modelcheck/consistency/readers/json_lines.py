"""Our own format: JSON lines, one operation or one event on each.

An operation has two times from one clock::

    {"process": "a", "f": "write", "argument": 1, "result": null, "call": 17, "return": 19}

``return`` is ``null`` (or ``"info": true``) when the outcome is unknown. ``c``, ``a``, ``r`` and ``ret`` are accepted
for ``process``, ``argument``, ``result`` and ``return``; with ``k`` the argument belongs to that key; in this short
form the number -1000000 stands for nothing. ``fail`` instead of a result says that the operation surely had no effect.

Events have the keys of Jepsen: ``process``, ``type`` (``invoke``, ``ok``, ``fail``, ``info``), ``f``, ``value``; their
order in the file is their order in time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import History, Operation, hashable, in_order, no_overlap
from modelcheck.consistency.objects.objects import CasRegister, Register
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers.jepsen import events_of, history_of, json_maps
from modelcheck.consistency.readers.recording import Recording, recorded, text_of
from modelcheck.errors import HistoryError

_NOTHING: Final = -1000000


def read_json_lines(path: Path, model: str | None) -> Recording:
    """JSON lines with operations or events."""
    rows = json_rows(path)
    source = str(path)
    if rows and "type" in rows[0][1]:
        return recorded(history_of(events_of(json_maps((row for _, row in rows), path), source), source), "json-lines", model)
    done: list[Operation] = []
    failed: list[Operation] = []
    for line, row in rows:
        (failed if row.get("fail") else done).append(_operation(row, source, line))
    history = History(in_order(done), in_order(failed), source)
    no_overlap(history.operations)
    recording = recorded(history, "json-lines", model)
    if rows and "c" in rows[0][1] and isinstance(recording.object, Register | CasRegister):
        return recorded(history, "json-lines", recording.model, initial=0)
    return recording


def json_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects on the lines of a file, with their numbers; one call of the parser for all."""
    numbered = [(at, line) for at, line in enumerate(text_of(path).splitlines(), 1) if line and not line.isspace()]
    try:
        rows = json.loads("[" + ",".join(line for _, line in numbered) + "]")
    except json.JSONDecodeError:
        rows = [_row(path, at, line) for at, line in numbered]
    if len(rows) != len(numbered):
        rows = [_row(path, at, line) for at, line in numbered]
    for (at, _), row in zip(numbered, rows, strict=True):
        if not isinstance(row, dict):
            raise HistoryError("a line is no JSON object", place=f"{path}:{at}", remedy="One operation on each line.")
    return [(at, row) for (at, _), row in zip(numbered, rows, strict=True)]


def _row(path: Path, at: int, line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise HistoryError(
            f"a line is not JSON: {error.msg} at column {error.colno}",
            place=f"{path}:{at}",
            remedy="Was the file cut off while it was written? Remove the last line if it is incomplete.",
        ) from error


def _operation(row: Mapping[str, Any], source: str, line: int) -> Operation:
    if "call" not in row:
        raise HistoryError(
            'an operation has no "call"',
            place=f"{source}:{line}",
            remedy="Operations have process, f, argument, result, call, return; events process, type, f, value.",
        )
    short = "c" in row
    name = str(row.get("f", "txn"))
    lost = row.get("info") is True or row.get("return", row.get("ret")) is None
    argument = _given(row.get("argument", row.get("a")), short=short)
    result = _given(row.get("result", row.get("r")), short=short)
    if "k" in row:
        argument = row["k"] if argument is None else (row["k"], argument)
    if name == "txn" and isinstance(result, tuple) and not lost:
        argument, result = result, None
    finish = None if lost else _time(row, ("return", "ret"), source, line)
    call = _time(row, ("call",), source, line)
    process = row.get("process", row.get("c"))
    return Operation(process, name, argument, UNKNOWN if lost else result, call, finish, f"{source}:{line}")


def _given(value: Any, *, short: bool) -> Any:
    if short and value == _NOTHING:
        return None
    return hashable(value) if isinstance(value, list | dict) else value


def _time(row: Mapping[str, Any], names: tuple[str, ...], source: str, line: int) -> int:
    value = row.get(names[0])
    if value is None and len(names) > 1:
        value = row.get(names[1])
    if type(value) is not int:
        raise HistoryError(
            f"the time {names[0]!r} is {value!r}",
            place=f"{source}:{line}",
            remedy="Times are integers, such as nanoseconds from one clock.",
        )
    return value
