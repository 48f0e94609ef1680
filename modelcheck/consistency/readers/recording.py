"""A recording: a history as a file holds it, with what the file lets us guess about its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from modelcheck.consistency._equality import kept
from modelcheck.consistency.checkers import CHECKERS
from modelcheck.consistency.history import DEEPEST, LONGEST_BITS, History, Operation, hashable
from modelcheck.consistency.objects.named import object_named
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject
from modelcheck.consistency.objects.sets import elements
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.guess import TRANSACTIONS, candidates, guessed_model, is_steps
from modelcheck.errors import HistoryError, UsageError


@frozen
class Recording:
    """What a file said.

    Args:
        history: The operations.
        format: The name of the format.
        model: The name of an object or a checker, ``list-append``, ``rw-register``, or ``None`` when nothing can be
            guessed safely.
        object: The object with the initial state that the format implies; ``None`` for all that is none.
        is_guessed: Whether the model was guessed from the operations.
    """

    history: History
    format: str
    model: str | None = None
    object: SequentialObject | None = None
    is_guessed: bool = False

    @property
    def meant(self) -> str | SequentialObject:
        """The object, or the name of what else it is.

        Raises:
            UsageError: Nothing can be guessed safely.
        """
        found = self.object or self.model
        if found is not None:
            return found
        names = ", ".join(sorted({operation.name for operation in self.history.operations})) or "none"
        may_be = candidates(self.history)
        raise UsageError(
            f"it is not clear what the clients used: the operations are {names}",
            remedy=f"Name it with --model: {', '.join(may_be)}."
            if may_be
            else "No model has all of these operations; give them other names with --rename.",
        )


def recorded(history: History, format_: str, asked: Asked, *, model: str | None = None, at_first: Any = None) -> Recording:
    """A recording of a history, its model guessed unless given.

    Args:
        history: The operations.
        format_: The name of the format.
        asked: What was said of the file.
        model: What the format implies if nothing was said.
        at_first: What the format lets a register hold at first.
    """
    is_guessed = asked.model is None and model is None
    model = asked.model or model or guessed_model(history)
    if model == "rw-register":
        history = evolve(history, operations=tuple(map(_as_transaction, history.operations)))
    if model is None or model in TRANSACTIONS or model in CHECKERS:
        return Recording(history, format_, model, is_guessed=is_guessed)
    object_ = object_named(model)
    if object_.family in (Family.REGISTER, Family.CAS_REGISTER):
        object_ = object_.starting_with(at_first)
    if model == "set":
        history = evolve(history, operations=tuple(map(_with_set, history.operations)))
    return Recording(history, format_, model, object_, is_guessed)


def _with_set(operation: Operation) -> Operation:
    """A read of a set whose result was written as a list."""
    is_list = operation.name == "read" and isinstance(operation.result, tuple)
    return evolve(operation, result=elements(operation.result)) if is_list else operation


def _as_transaction(operation: Operation) -> Operation:
    """A read or a write of a long fork, whose value is a list of steps, as a transaction."""
    if operation.name not in ("read", "write"):
        return operation
    steps = operation.argument if operation.name == "write" else operation.result
    if steps is UNKNOWN:
        return evolve(operation, name="txn", argument=())
    is_read = operation.name == "read" and is_steps(steps, ("r", ":r"))
    is_write = operation.name == "write" and is_steps(steps, ("w", ":w"))
    if not (is_read or is_write):
        return operation
    return evolve(operation, name="txn", argument=steps, result=None if operation.finish is not None else UNKNOWN)


def client(process: Any) -> Hashable:
    """A client by what a file names it.

    Raises:
        HistoryError: That is no name.
    """
    if type(process) is int or process is None:
        return process
    if isinstance(process, str):
        return printable(process)
    if isinstance(process, bool | float | list | tuple):
        return kept(hashable(process))
    raise HistoryError(f"the process {process!r} names no client", remedy="A process is a number or a text.")


def whole(digits: str, place: str) -> int:
    """A whole number from its digits.

    Raises:
        HistoryError: They are thousands.
    """
    if len(digits) > LONGEST_BITS // 4:
        raise HistoryError(
            f"a whole number of {len(digits):,} digits is too long", place=place, remedy="Is the file what it should be?"
        )
    return int(digits)


def printable(text: str) -> str:
    """A text as it can be printed: halves of surrogate pairs are escaped."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


@contextmanager
def placed(place: Callable[[], str]) -> Iterator[None]:
    """Within the block, an error that has no place gets one."""
    try:
        yield
    except HistoryError as error:
        error.place = error.place or place()
        raise


def text_of(path: Path) -> str:
    """The text of a file, without the mark of its encoding that some programs begin with."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise HistoryError(
            f"the file is not text in UTF-8: {error}",
            place=str(path),
            remedy="Write it in UTF-8. If it is a binary format, name that, as --format dbcop.",
        ) from error


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers."""
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            yield number, line


def json_value(text: str, path: Path, line: int = 1) -> Any:
    """The value of a JSON text that begins on a line of a file.

    Raises:
        HistoryError: It is none.
    """
    remedy = "Was the file cut off while it was written? Remove the last line if it is incomplete."
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{line + error.lineno - 1}"
        message = f"this is not JSON: {error.msg} at column {error.colno}"
        raise HistoryError(message, place=place, remedy=remedy) from error
    except RecursionError as error:
        message = f"a value is nested more than {DEEPEST} deep"
        raise HistoryError(message, place=f"{path}:{line}", remedy="Is the file what it should be?") from error
    except ValueError as error:
        message = "a whole number has thousands of digits"
        raise HistoryError(message, place=f"{path}:{line}", remedy="Write it as a text.") from error


def json_of(path: Path) -> Any:
    """The JSON value that is the whole of a file."""
    return json_value(text_of(path), path)


Reader = Callable[[Path, Asked], Recording]
"""Reads a file, as is asked."""
