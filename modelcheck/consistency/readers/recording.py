"""A recording: a history as a file holds it, with what the file lets us guess about its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from modelcheck.consistency.checkers import CHECKERS
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects.objects import object_named
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.errors import HistoryError


@frozen
class Recording:
    """What a file said.

    Args:
        history: The operations.
        format: The name of the format.
        model: The name of an object or a checker, ``list-append``, ``rw-register``, or ``None`` when nothing can be
            guessed safely.
        object: The object with the initial state that the format implies; ``None`` for all that is none.
    """

    history: History
    format: str
    model: str | None = None
    object: SequentialObject | None = None


TRANSACTIONS: Final = ("list-append", "rw-register")
"""The models of transactional histories."""

_BY_OPERATIONS: Final = (
    ("unique-ids", {"generate"}),
    ("register", {"read", "write"}),
    ("cas-register", {"read", "write", "cas"}),
    ("kv", {"get", "put", "append"}),
    ("queue", {"enqueue", "dequeue"}),
    ("stack", {"push", "pop"}),
    ("priority-queue", {"insert", "delete_min"}),
    ("mutex", {"acquire", "release"}),
    ("total-queue", {"enqueue", "dequeue", "drain"}),
    ("bank", {"read", "transfer"}),
    ("fetch-and-add", {"fetch_and_add", "read"}),
    ("set", {"add", "remove", "contains"}),
    ("counter", {"increment", "decrement", "read"}),
)


def guessed_model(history: History) -> str | None:
    """The only model that has the operations of a history, if there is one that can be meant.

    ``add`` with ``read`` may be a set or a counter, ``write`` with ``read`` a register or comments, and ``read`` alone a
    bank; what the reads return decides.
    """
    names = {operation.name for operation in history.operations}
    if names == {"txn"}:
        return _guessed_transactions(history)
    read = [o.result for o in history.operations if o.name == "read" and o.result is not UNKNOWN]
    if names == {"add", "read"}:
        return "set" if any(isinstance(r, tuple | frozenset) for r in read) else "counter"
    if "read" in names and names <= {"read", "write"} and read and all(isinstance(r, frozenset) for r in read):
        return "comments" if "write" in names else "bank" if all(map(_is_map, read)) else "set"
    for model, operations in _BY_OPERATIONS:
        if names and names <= operations:
            return model
    return None


def _is_map(value: frozenset[Any]) -> bool:
    """Whether a value was written as a map."""
    return all(isinstance(pair, tuple) and len(pair) == len(("key", "value")) for pair in value)


def _guessed_transactions(history: History) -> str | None:
    kinds = {str(step[0]).removeprefix(":") for operation in history.operations for step in operation.argument or ()}
    if "append" in kinds:
        return "list-append"
    return "rw-register" if kinds <= {"r", "w"} else None


def recorded(history: History, format_: str, model: str | None = None, **initial: Any) -> Recording:
    """A recording of a history, its model guessed unless given."""
    model = model or guessed_model(history)
    if model is None or model in TRANSACTIONS or model in CHECKERS:
        return Recording(history, format_, model)
    object_ = object_named(model)
    if model == "set":
        history = evolve(history, operations=tuple(map(_with_set, history.operations)))
    return Recording(history, format_, model, type(object_)(**initial) if initial else object_)


def _with_set(operation: Operation) -> Operation:
    """A read of a set whose result was written as a list."""
    is_list = operation.name == "read" and isinstance(operation.result, tuple)
    return evolve(operation, result=frozenset(operation.result)) if is_list else operation


def text_of(path: Path) -> str:
    """The text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise HistoryError(
            f"the file is not text in UTF-8: {error}",
            place=str(path),
            remedy="Name the format if it is a binary one, as --format dbcop.",
        ) from error


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers."""
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if line.strip():
            yield number, line


def json_of(path: Path) -> Any:
    """The JSON value that is the whole of a file."""
    try:
        return json.loads(text_of(path))
    except json.JSONDecodeError as error:
        raise HistoryError(
            f"the file is not JSON: {error.msg}",
            place=f"{path}:{error.lineno}",
            remedy="Was it cut off? A history is written line by line only as JSON lines.",
        ) from error


Reader = Callable[[Path, str | None], Recording]
"""Reads a file, for a model if one is named."""
