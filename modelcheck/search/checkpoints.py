"""Checkpoints of a search: when they are written, what is in them, and how a search is made again from one.

What the spec's code has given (cells, ids, trees) is a log of runs, which are run again (`modelcheck.disk.journal`); what the kernel has (table,
frontier, counts, the log of traces) is one file, written with all workers at rest. Both belong to the same moment. A search that goes on from it is
in the state in which the one before was, so it comes to the same verdict, counts and lengths.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from modelcheck.disk import folder as stored
from modelcheck.disk.folder import Folder
from modelcheck.disk.journal import Journal
from modelcheck.disk.made_of import MadeOf
from modelcheck.errors import CheckpointError, UsageError
from modelcheck.search.kernel._explorer import Explorer
from modelcheck.spec import Spec
from modelcheck.spec.loading import shown_path, source_file
from modelcheck.spec.spec import machine_constants
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.trace.itf import encode

FORMAT = 1
EVERY_S = 180.0
"""How long a search goes on between two checkpoints, if writing one does not take long."""
_SHARE = 40
"""And if it does: so many times as long as that took."""
_SAMPLE = 8
_BATCH = 4096
_WORD = 2**64


class Searched(Protocol):
    """What is of interest of an `Exploration`."""

    recorder: Recorder
    explorer: Explorer


class Checkpoints:
    """The checkpoints of one search.

    Args:
        folder: Where they are.
        spec: The spec, which has just been loaded.
        options: How it is searched, as JSON takes it.

    Attributes:
        earlier_s: What the search took before it was made again.
        trouble: Why the last checkpoint that was due is not there; None if it is.
        written: How many states the last one holds; None before the first.
    """

    def __init__(self, folder: Folder, spec: Spec, options: Mapping[str, Any]) -> None:
        self.earlier_s = 0.0
        self.trouble: str | None = None
        self.written: int | None = None
        self._folder = folder
        self._made_of = MadeOf(type(spec))
        self._search = {**told_of(spec), "options": dict(options)}
        self._number = 1
        self._parts: list[stored.Told] = []
        self._journal: Journal | None = None
        self._next_s = time.monotonic() + EVERY_S

    @property
    def place(self) -> str:
        """The folder, for messages."""
        return str(self._folder.path)

    def of(self, recorder: Recorder) -> Journal:
        """Who supplies what the search misses, so that it is noted."""
        self._journal = Journal(recorder)
        return self._journal

    def due(self) -> bool:
        """Whether one is to be written as soon as that is possible."""
        return time.monotonic() >= self._next_s

    def close(self) -> None:
        """Let others use the folder."""
        self._folder.close()

    # Writing ----------------------------------------------------------------------------------------------------------------------------------

    def write(self, searched: Searched, seconds: float) -> None:
        """Write one, with all workers at rest. If that fails, the one before stays, and it is tried again later.

        Args:
            searched: The search.
            seconds: What it took so far, before it was made again included.
        """
        began = time.monotonic()
        assert self._journal is not None
        if self._journal.torn:
            self.trouble = "a run was ended in such a way that no checkpoint can be written after it"
            return
        try:
            self._write(searched, self._journal, seconds)
            self.trouble = None
        except OSError as error:
            self.trouble = f"no checkpoint could be written to {self.place}: {error.strerror or error}"
        self._next_s = time.monotonic() + max(EVERY_S, _SHARE * (time.monotonic() - began))

    def _write(self, searched: Searched, journal: Journal, seconds: float) -> None:
        runs, states = self._folder.file("runs", self._number), self._folder.file("states", self._number)
        self._number += 1
        parts = list(self._parts)
        if journal.has_more:
            with self._folder.writing(runs) as file:
                journal.write(file)
            parts.append(stored.summed(runs))
        with self._folder.writing(states) as file:
            searched.explorer.save(file.fileno())
        counts = searched.explorer.stats()
        told = {
            "format": FORMAT,
            "search": self._search,
            "made_of": self._made_of.told(),
            "number": self._number,
            "seconds": seconds,
            "states": counts["states"],
            "depth": counts["depth"],
            "runs": [each["name"] for each in parts],
            "files": [*parts, stored.described(states)],
        }
        self._folder.commit(told)
        journal.written()
        self._parts = parts
        self.written = counts["states"]

    # Reading ----------------------------------------------------------------------------------------------------------------------------------

    def restore(self, searched: Searched) -> None:
        """Bring a search that has not begun to where the checkpoint is.

        Raises:
            CheckpointError: if the checkpoint is damaged, or the search is made of something else.
        """
        told, journal = self._folder.told, self._journal
        assert told is not None
        assert journal is not None
        files = {each["name"]: stored.check(self._folder.path, each) for each in told["files"]}
        self._made_of.check(told["made_of"], self.place)
        journal.repeat([files[name] for name in told["runs"]])
        [states] = (file for name, file in files.items() if name not in told["runs"])
        with states.open("rb") as file:
            try:
                searched.explorer.restore(file.fileno())
            except RuntimeError as error:
                raise CheckpointError(str(error), place=str(states), remedy="Remove the folder, and run `modelcheck check` again.") from error
        self._check_sample(searched)
        self._folder.tidy()
        self._number = told["number"]
        self._parts = [each for each in told["files"] if each["name"] in told["runs"]]
        self.earlier_s = told["seconds"]
        self.written = told["states"]

    def _check_sample(self, searched: Searched) -> None:
        """Run the spec along the ways to some of the states that wait, and make sure that they lead there."""
        recorder = searched.recorder
        calls = {index: tree.calls for index, tree in recorder.trees.items()}
        for ref, fingerprint in searched.explorer.waiting(_SAMPLE):
            try:
                reached = _reached(recorder, searched.explorer.path(ref, -1))
            except (RuntimeError, ValueError) as error:
                raise self._other(str(error)) from error
            if reached != fingerprint:
                raise self._other("a state that waits is not where its run leads")
        for index, tree in recorder.trees.items():
            tree.calls = calls[index]

    def _other(self, what: str) -> CheckpointError:
        return CheckpointError(
            f"the checkpoint and the spec do not agree: {what}", place=self.place, remedy="Remove the folder, and run `modelcheck check` again."
        )


def _reached(recorder: Recorder, path: Sequence[tuple[int, list[int]]]) -> int:
    """The fingerprint of the state that a run leads to."""
    ids: dict[int, int] = {}
    for tree, script in path:
        ids = recorder.after(recorder.run(recorder.trees[tree], script, ids), ids)
    return sum(kernel.mix(cell, ident) for cell, ident in ids.items()) % _WORD


def settle(explorer: Explorer, supplier: Recorder | Journal, workers: Iterable[int]) -> bool:
    """Bring workers to rest that no thread drives, so that what they have begun is done. False if there is no memory for it.

    Args:
        explorer: Its level is held.
        supplier: Supplies what they miss.
        workers: The first is the one whose run of the spec's code was ended, if one was: it is run again before any other.
    """
    for worker in workers:
        while (code := explorer.run(worker, _BATCH)) != kernel.LEVEL_DONE:
            if code == kernel.MISS:
                supplier.supply(explorer, worker)
            elif code == kernel.GROW and not explorer.grow():
                return False
    return True


def told_of(spec: Spec) -> stored.Told:
    """Which spec a search is of, as JSON takes it."""
    constants = {name: encode(value) for name, value in machine_constants(spec).items()}
    return {"spec": type(spec).__name__, "source": shown_path(source_file(type(spec))), "constants": constants}


def begin(path: Path, spec: Spec, options: Mapping[str, Any]) -> Checkpoints:
    """Checkpoints for a new search.

    Raises:
        UsageError: if the folder holds one, or cannot be used.
    """
    folder = Folder(path, make=True)
    if folder.told is not None:
        folder.close()
        search = folder.told["search"]
        raise UsageError(
            f"{path} holds a checkpoint of {search['spec']}, of {folder.told['states']:,} states",
            remedy=f"Go on with it: modelcheck resume {path}; or remove the folder, or name another one.",
        )
    folder.tidy()
    return Checkpoints(folder, spec, options)


def reopened(path: Path, spec: Spec) -> tuple[Checkpoints, Mapping[str, Any]]:
    """The checkpoints of a search that is made again, and its options.

    Raises:
        UsageError: if there is none, or the folder cannot be used.
        CheckpointError: if it is damaged, or of another spec.
    """
    told = found(path)
    folder = Folder(path, make=False)
    try:
        search = (folder.told or told)["search"]
        _check_is_of(search, told_of(spec), path)
        return Checkpoints(folder, spec, search["options"]), search["options"]
    except BaseException:
        folder.close()
        raise


def found(path: Path) -> stored.Told:
    """What the checkpoint in a folder says of itself.

    Raises:
        UsageError: if there is none.
        CheckpointError: if it is damaged, or of another version.
    """
    told = stored.read(path)
    if told is None:
        raise UsageError(
            f"{path} holds no checkpoint",
            remedy="`modelcheck check SPEC --checkpoint DIR` writes them; a search that has ended removes its own.",
        )
    if told.get("format") != FORMAT:
        raise CheckpointError(
            f"the checkpoint has the format {told.get('format')}, and this version reads {FORMAT}",
            place=str(path),
            remedy="Resume it with the version that wrote it.",
        )
    return told


def discard(path: Path) -> None:
    """Remove the checkpoint of a search that has ended."""
    folder = Folder(path, make=False)
    try:
        folder.clear()
    finally:
        folder.close()


def _check_is_of(was: Mapping[str, Any], now: Mapping[str, Any], path: Path) -> None:
    """Make sure that a checkpoint is of a spec with its constants. Where the spec is does not count."""
    if (was["spec"], was["constants"]) != (now["spec"], now["constants"]):
        raise CheckpointError(
            f"the checkpoint is of {_called(was)}, and not of {_called(now)}",
            place=str(path),
            remedy="Give the spec and the constants that it was written with.",
        )


def _called(search: Mapping[str, Any]) -> str:
    return f"{search['spec']}({', '.join(f'{name}={value}' for name, value in search['constants'].items())})"
