"""A recorder of what clients do, for a user's own tests of a store.

Each operation is one line of JSON in the file, written when it ends; :func:`~modelcheck.consistency.read_history` reads it. Threads and
asyncio tasks may share a recorder: an operation is an object of its own, and only the line is written under a lock.

    recorder = Recorder("history.jsonl")
    with recorder.operation("alice", "get", "k") as op:
        op.result = store.get("k")

An exception inside the block leaves the outcome unknown, which is right for a timeout. Say :meth:`Recorded.failed` if the operation surely
had no effect. *Cost*: some microseconds for each operation, most of it for JSON.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Hashable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from modelcheck.consistency.report.text import plain
from modelcheck.errors import UsageError


class Recorded:
    """One operation while it runs; use it as a context manager."""

    def __init__(self, recorder: Recorder, process: Hashable, name: str, argument: Any) -> None:
        self.result: Any = None
        """What the client saw."""
        self._recorder, self._process, self._name, self._argument = recorder, process, name, argument
        self._failed = False
        self._call = 0

    def failed(self) -> None:
        """Say that the operation surely had no effect."""
        self._failed = True

    def __enter__(self) -> Self:
        self._call = time.monotonic_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        lost = kind is not None and not self._failed
        row = {
            "process": plain(self._process),
            "f": self._name,
            "argument": plain(self._argument),
            "result": None if lost else plain(self.result),
            "call": self._call,
            "return": None if lost else time.monotonic_ns(),
        }
        if self._failed:
            row["fail"] = True
        self._recorder._write(row)


class Recorder:
    """Writes what clients do to a file of JSON lines.

    Args:
        path: The file; what was there is replaced.
    """

    def __init__(self, path: Path | str) -> None:
        self._file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 - open until close() or the block ends
        self._lock = threading.Lock()

    def operation(self, process: Hashable, name: str, argument: Any = None) -> Recorded:
        """An operation of a client, as a context manager whose ``result`` is to be set.

        Args:
            process: The client.
            name: What it does, as the object calls it: ``"read"``, ``"put"``, ...
            argument: With what; a tuple for several arguments.
        """
        return Recorded(self, process, name, argument)

    def close(self) -> None:
        """Finish the file."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, row: dict[str, Any]) -> None:
        line = json.dumps(row) + "\n"
        with self._lock:
            if self._file.closed:
                raise UsageError(
                    "an operation ended after its recorder was closed",
                    remedy="Close the recorder when all clients are done.",
                )
            self._file.write(line)
            self._file.flush()
