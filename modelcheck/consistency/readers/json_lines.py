"""Our own format: JSON lines, one operation or one event on each.

An operation has two times from one clock::

    {"process": "a", "f": "write", "argument": 1, "result": null, "call": 17, "return": 19}

``return`` is ``null`` (or ``"info": true``) when the outcome is unknown. ``c``, ``a``, ``r`` and ``ret`` are accepted
for ``process``, ``argument``, ``result`` and ``return``; with ``k`` the argument belongs to that key; in this short
form the number -1000000 stands for nothing. ``fail`` instead of a result says that the operation surely had no effect.
Times are whole numbers, or all kinds of numbers: only their order counts.

Events have the keys of Jepsen: ``process``, ``type`` (``invoke``, ``ok``, ``fail``, ``info``), ``f``, ``value``; their
order in the file is their order in time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import History, Operation, hashable, in_order, no_overlap
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.jepsen import events_of, recording_of
from modelcheck.consistency.readers.recording import Recording, client, json_value, printable, recorded, text_of
from modelcheck.errors import HistoryError

Row = Mapping[str, Any]

_AT_ONCE: Final = 5000
"""Lines that the parser is given at once; limits of time and memory are looked at in between."""

_NOTHING: Final = -1000000
_BLIND: Final = frozenset({"write", "put", "append", "add", "remove", "increment", "decrement", "enqueue", "push", "insert"})


def read_json_lines(path: Path, asked: Asked) -> Recording:
    """JSON lines with operations or events."""
    rows = json_rows(path)
    if rows and "type" in rows[0][1]:
        return recording_of(events_of(rows, str(path), asked), path, "json-lines", asked, implied=False)
    is_short = bool(rows) and "c" in rows[0][1]
    return operations_of(rows, path, "json-lines", asked, at_first=0 if is_short else None)


def operations_of(
    rows: Sequence[tuple[int, Row]], path: Path, format_: str, asked: Asked, *, at_first: Any = None
) -> Recording:
    """What rows with an operation each record."""
    done: list[Operation] = []
    failed: list[Operation] = []
    time = _times(rows)
    for line, row in rows:
        try:
            operation = _operation(row, asked, time, f"{path}:{line}")
        except HistoryError as error:
            error.place = error.place or f"{path}:{line}"
            raise
        (failed if row.get("fail") else done).append(operation)
    history = History(in_order(done), in_order(failed), str(path))
    no_overlap(history.operations)
    return recorded(history, format_, asked, at_first=at_first)


def json_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects on the lines of a file, with their numbers."""
    numbered = [(at, line) for at, line in enumerate(text_of(path).split("\n"), 1) if line and not line.isspace()]
    found: list[tuple[int, dict[str, Any]]] = []
    for start in range(0, len(numbered), _AT_ONCE):
        some = numbered[start : start + _AT_ONCE]
        for (at, _), row in zip(some, _values(some, path), strict=True):
            if not isinstance(row, dict):
                raise HistoryError("a line is no JSON object", place=f"{path}:{at}", remedy="One operation on each line.")
            found.append((at, row))
    return found


def _values(lines: Sequence[tuple[int, str]], path: Path) -> list[Any]:
    """The values on some lines, by one call of the parser if all is well."""
    try:
        found = json.loads("[" + ",".join(line for _, line in lines) + "]")
        if len(found) == len(lines):
            return list(found)
    except (ValueError, RecursionError):
        pass
    return [json_value(line, path, at) for at, line in lines]


def _operation(row: Row, asked: Asked, time: _Times, place: str) -> Operation:
    if "call" not in row:
        raise HistoryError(
            'an operation has no "call"',
            remedy="Operations have process, f, argument, result, call, return; events process, type, f, value.",
        )
    short = "c" in row
    name = _name(row.get("f", "txn"), asked)
    finish = time.of(row, ("return", "ret"))
    lost = row.get("info") is True or finish is None
    argument = _given(row.get("argument", row.get("a")), short=short)
    result = _given(row.get("result", row.get("r")), short=short)
    if "k" in row:
        key = _key(row["k"])
        argument = key if argument is None and name in ("get", "read") else (key, argument)
    if name == "txn":
        argument, result = _steps(argument, result, lost=lost)
    call = time.of(row, ("call",))
    assert call is not None
    if not lost and finish is not None and call <= finish and name not in _BLIND and name != "txn" and not {"result", "r"} & row.keys():
        raise HistoryError(f'the operation {name} returned and has no "result"', remedy="Write null for nothing.")
    process = client(row.get("process", row.get("c")))
    return Operation(process, name, argument, UNKNOWN if lost else result, call, None if lost else finish, place)


def _name(told: Any, asked: Asked) -> str:
    if not isinstance(told, str):
        raise HistoryError(f'"f" is {told!r}, and no name of an operation', remedy='Write a text, such as "write".')
    return printable(asked.name(told))


def _key(key: Any) -> Any:
    if isinstance(key, dict):
        raise HistoryError(f"the key {key!r} is an object", remedy="A key is a number, a text or a list of them.")
    return hashable(key)


def _steps(argument: Any, result: Any, *, lost: bool) -> tuple[Any, Any]:
    """The steps of a transaction, with the values that it read, and whether it was done.

    A read of null is of nothing where the steps come with a result, and not told where they are the argument only.
    """
    is_told = isinstance(result, tuple) and not lost
    steps = result if is_told else argument
    if not isinstance(steps, tuple):
        raise HistoryError(f"a transaction is a list of steps, and not {steps!r}", remedy=_STEPS)
    for step in steps:
        if not isinstance(step, tuple) or len(step) not in (2, 3) or not isinstance(step[0], str):
            raise HistoryError(f"a transaction has the step {step!r}", remedy=_STEPS)
    if is_told:
        return steps, None
    return tuple(step[:2] if step[-1] is None else step for step in steps), result


_STEPS: Final = 'Steps are lists such as ["r", "x", 1], ["w", "x", 1] and ["append", "x", 1].'


def _given(value: Any, *, short: bool) -> Any:
    if short and type(value) is int and value == _NOTHING:
        return None
    return hashable(value)


class _Times:
    """The times of a file's operations as whole numbers, which keep their order."""

    def __init__(self, rank: Mapping[float, int] | None) -> None:
        self._rank = rank

    def of(self, row: Row, names: tuple[str, ...]) -> int | None:
        """The time under one of some names; ``None`` if a return has none."""
        value: Any = next((row[name] for name in names if row.get(name) is not None), None)
        if value is None and "call" not in names:
            return None
        if self._rank is not None and _is_time(value):
            return self._rank[value]
        if type(value) is int:
            return value
        raise HistoryError(
            f"the time {names[0]!r} is {value!r}", remedy="Times are numbers, such as nanoseconds from one clock."
        )


def _is_time(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _times(rows: Sequence[tuple[int, Row]]) -> _Times:
    """Times as they are if all are whole, and their ranks if not."""
    names = ("call", "return", "ret")
    if not any(type(row.get(name)) is float for _, row in rows for name in names):
        return _Times(None)
    told = {row[name] for _, row in rows for name in names if _is_time(row.get(name))}
    return _Times({time: at for at, time in enumerate(sorted(told))})
