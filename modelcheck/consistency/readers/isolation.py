"""Transactions on registers without times: the formats of PolySI, AWDIT and dbcop.

All of them list the transactions of each session in order. The transactions of different sessions overlap. Every value
is written once; 0 is what a register holds at first.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.recording import Recording, lines_of, whole
from modelcheck.errors import HistoryError

Step = tuple[str, Any, Any]
Transaction = tuple[tuple[Step, ...], bool]
"""Its steps, and whether it committed."""

INITIAL: Final = 0


def _read(key: Any, value: Any) -> Step:
    return ("r", key, None if value == INITIAL else value)


def _history(sessions: Iterable[tuple[Any, Sequence[Transaction]]], source: str) -> History:
    """The transactions of all sessions, all overlapping; the first of each session, then the second ones, and so on."""
    done: list[Operation] = []
    failed: list[Operation] = []
    listed = [(turn, name, *done) for name, session in sessions for turn, done in enumerate(session)]
    for at, (_, name, steps, committed) in enumerate(sorted(listed, key=lambda transaction: transaction[0])):
        operation = Operation(name, "txn", steps, None, at, len(listed) + at, source)
        (done if committed else failed).append(operation)
    return History(tuple(done), tuple(failed), source)


_TEXT: Final = re.compile(r"\s*([rw])\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)\s*$")


def read_polysi(path: Path, asked: Asked) -> Recording:
    """Lines ``r(key,value,session,transaction)`` and ``w(...)``."""
    sessions: dict[int, dict[int, list[Step]]] = {}
    for line, text in lines_of(path):
        match = _TEXT.match(text)
        if match is None:
            raise HistoryError(
                f"a line is neither a read nor a write: {text.strip()!r}",
                place=f"{path}:{line}",
                remedy="Lines are `r(key,value,session,transaction)` and `w(key,value,session,transaction)`.",
            )
        numbers = (whole(digits, f"{path}:{line}") for digits in match.groups()[1:])
        kind, (key, value, session, number) = match[1], numbers
        step: Step = _read(key, value) if kind == "r" else ("w", key, value)
        sessions.setdefault(session, {}).setdefault(number, []).append(step)
    listed = [(name, [(tuple(steps), True) for steps in session.values()]) for name, session in sessions.items()]
    return Recording(_history(listed, str(path)), "polysi", asked.model or "rw-register")


def read_awdit(path: Path, asked: Asked) -> Recording:
    """Lines ``w key value`` and ``r key value``; ``-`` parts transactions, ``=`` parts sessions.

    0 is what a register holds at first only where nobody writes it.
    """
    sessions: list[list[list[Step]]] = [[[]]]
    for line, text in lines_of(path):
        parts = text.split()
        if set(text.strip()) == {"-"}:
            sessions[-1].append([])
        elif set(text.strip()) == {"="}:
            sessions.append([[]])
        elif re.fullmatch(r"\s*[rw]\s+-?\d+\s+-?\d+\s*", text):
            sessions[-1][-1].append((parts[0], whole(parts[1], f"{path}:{line}"), whole(parts[2], f"{path}:{line}")))
        else:
            raise HistoryError(
                f"a line is neither a step nor a separator: {text.strip()!r}",
                place=f"{path}:{line}",
                remedy="Lines are `w key value`, `r key value`, `-----` and `=====`.",
            )
    written = {step for session in sessions for steps in session for step in steps if step[0] == "w"}

    def meant(step: Step) -> Step:
        return step if ("w", *step[1:]) in written else _read(*step[1:])

    listed = [
        (at, [(tuple(map(meant, steps)), True) for steps in session if steps]) for at, session in enumerate(sessions)
    ]
    return Recording(_history(listed, str(path)), "awdit", asked.model or "rw-register")


class _Bytes:
    """Little-endian numbers from a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.data, self.at = path, path.read_bytes(), 0

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise HistoryError(
                f"the file ends at byte {len(self.data)}, in the middle of a transaction",
                place=str(self.path),
                remedy="Was it cut off, or is it of another format?",
            )
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self) -> int:
        return int(struct.unpack("<Q", self.take(8))[0])

    def flag(self) -> bool:
        return self.take(1) != b"\0"


def read_dbcop(path: Path, asked: Asked) -> Recording:
    """The binary histories of dbcop."""
    data = _Bytes(path)
    for _ in range(5):
        data.number()
    for _ in range(3):
        data.take(data.number())
    sessions = [(at, list(_dbcop_session(data))) for at in range(data.number())]
    return Recording(_history(sessions, str(path)), "dbcop", asked.model or "rw-register")


def _dbcop_session(data: _Bytes) -> Iterator[Transaction]:
    for _ in range(data.number()):
        steps: list[Step] = []
        for _ in range(data.number()):
            is_write, key, value, succeeded = data.flag(), data.number(), data.number(), data.flag()
            if succeeded:
                steps.append(("w", key, value) if is_write else _read(key, value))
        yield tuple(steps), data.flag()
