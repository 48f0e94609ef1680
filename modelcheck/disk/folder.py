"""The folder that a search keeps its checkpoints in.

One checkpoint at a time is valid: the one that ``checkpoint.json`` tells of, with the sizes and sums of its files. It is
written beside its place, forced to the disk and renamed, after all files that it names; so whatever happens, and whenever,
the folder holds the new checkpoint or the one before. Files that it does not name are left-overs, and are removed.

A lock that the system releases with the process keeps two searches from one folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from modelcheck.errors import CheckpointError, UsageError

_TOLD = "checkpoint.json"
_LOCK = "lock"
_OURS = re.compile(r"(runs|states)-\d{6,}|checkpoint\.json\.part")
_PIECE = 1 << 20

Told = dict[str, Any]


class Folder:
    """A folder for checkpoints, locked until it is closed.

    Args:
        path: Where it is.
        make: Whether it may be made.

    Attributes:
        told: What the valid checkpoint says of itself; None if there is none.

    Raises:
        UsageError: if it is no folder that can be written to, or another search uses it.
        CheckpointError: if what it holds is damaged.
    """

    def __init__(self, path: Path, *, make: bool) -> None:
        self.path = path
        self.told: Told | None = None
        try:
            if make:
                path.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path)
        except OSError as error:
            raise UsageError(f"{path} is no folder for checkpoints: {error.strerror}", remedy="Name a folder that can be written to.") from error
        try:
            self.told = read(path)
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let others use it. Without a checkpoint, and without anything of others in it, it is gone."""
        if self.told is None:
            self.clear()
        os.close(self._lock)

    def file(self, kind: str, number: int) -> Path:
        """Where a file of a checkpoint is."""
        return self.path / f"{kind}-{number:06}"

    @contextmanager
    def writing(self, file: Path) -> Iterator[BinaryIO]:
        """A new file, which is on the disk when the block ends.

        Raises:
            OSError: if it cannot be written; it is gone then.
        """
        try:
            with file.open("wb") as opened:
                yield opened
                opened.flush()
                os.fsync(opened.fileno())
        except BaseException:
            with suppress(OSError):
                file.unlink()
            raise

    def commit(self, told: Told) -> None:
        """Make another checkpoint the valid one; its files are all there.

        Args:
            told: What it says of itself. ``files`` has an entry for each of its files, as `described` gives it.

        Raises:
            OSError: if that fails. The one before is valid then.
        """
        part = self.path / f"{_TOLD}.part"
        with self.writing(part) as file:
            file.write(json.dumps({**told, "sum": _sum(told)}, indent=1).encode())
        part.replace(self.path / _TOLD)
        _force(self.path)
        self.told = told
        self.tidy()

    def tidy(self) -> None:
        """Remove files of ours that the valid checkpoint does not name."""
        named = set() if self.told is None else {each["name"] for each in self.told["files"]}
        with suppress(OSError):
            for file in self.path.iterdir():
                if _OURS.fullmatch(file.name) and file.name not in named:
                    file.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the checkpoint, and the folder if nothing else is in it."""
        with suppress(OSError):
            (self.path / _TOLD).unlink(missing_ok=True)
            self.told = None
            self.tidy()
            (self.path / _LOCK).unlink(missing_ok=True)
            self.path.rmdir()


def read(path: Path) -> Told | None:
    """What the valid checkpoint in a folder says of itself; None if there is none.

    Raises:
        CheckpointError: if it cannot be read, or is damaged.
    """
    file = path / _TOLD
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_bytes())
        found = told.pop("sum")
        whole = found == _sum(told)
    except (OSError, ValueError, AttributeError, KeyError, RecursionError) as error:
        raise CheckpointError("the checkpoint cannot be read", place=str(file), remedy=_START_ANEW) from error
    if not whole:
        raise CheckpointError("the checkpoint is damaged", place=str(file), remedy=_START_ANEW)
    return dict(told)


def described(file: Path) -> Told:
    """The entry of a file that is complete."""
    return {"name": file.name, "bytes": file.stat().st_size}


def summed(file: Path) -> Told:
    """The same with a sum of what is in it."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return {**described(file), "sha256": digest.hexdigest()}


def check(folder: Path, entry: Mapping[str, Any]) -> Path:
    """A file of a checkpoint, which is as its entry says.

    Raises:
        CheckpointError: if it is not.
    """
    file = folder / str(entry["name"])
    if not file.is_file():
        raise CheckpointError("a file of the checkpoint is missing", place=str(file), remedy=_START_ANEW)
    if dict(entry) != (summed(file) if "sha256" in entry else described(file)):
        raise CheckpointError("a file of the checkpoint is damaged", place=str(file), remedy=_START_ANEW)
    return file


_START_ANEW = "Remove the folder, and run `modelcheck check` again."


def _sum(told: Told) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _force(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _locked(path: Path) -> int:
    """The lock of a folder, taken."""
    lock = path / _LOCK
    while True:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.exists() and lock.stat().st_ino == os.fstat(opened).st_ino:  # Or else whoever had it has removed it.
                os.truncate(opened, 0)
                os.write(opened, str(os.getpid()).encode())
                return opened
        except BlockingIOError:
            process = os.read(opened, 20).decode(errors="replace")
            os.close(opened)
            raise UsageError(
                f"{path} is in use by another search, in process {process}", remedy="Name another folder, or wait until that search has ended."
            ) from None
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)
