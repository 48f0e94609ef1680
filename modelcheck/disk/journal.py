"""The log of the runs that a search's trees, cells and ids came from, in their order.

Ids are given in the order in which a cell first takes its values, and cells in which a collection first meets its elements; trees grow by the
paths of recorded runs. All of that follows from what was run, on which state and in which order. So a log of that is enough to have it again: the
spec's own Python makes the values anew, and no file decides what an object is. A digest of how each run came out stands beside it, and of the values
after every part of the log: where a run or a value comes out otherwise, nothing is gone on with.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from attrs import define, field

from modelcheck.errors import CheckpointError, InternalError
from modelcheck.limits.watch import Overrun
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.statespace.recording.runs import Run, Search
from modelcheck.values import show

_KINDS = {kernel.MISS_PATH, kernel.MISS_PROJECTION, kernel.MISS_UPDATE}
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_WORD = 2**64


@define
class _Heard:
    """A search of which it is noted what it says of a miss."""

    explorer: Search
    missed: tuple[int, int, int, list[int]] = (0, 0, 0, [])
    states: dict[bool, dict[int, int]] = field(factory=dict)

    def missing(self, worker: int) -> tuple[int, int, int, list[int]]:
        """See `modelcheck.statespace.recording.runs.Search`."""
        self.missed = self.explorer.missing(worker)
        return self.missed

    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]:
        """The same."""
        found = self.states[following] = self.explorer.missing_state(worker, following=following)
        return found

    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int:
        """The same."""
        return self.explorer.missing_content(worker, collection, following=following)

    def entry(self, run: Run | None) -> list[Any]:
        """The entry of the log."""
        kind, which, ident, script = self.missed
        states = [None if found is None else [each for pair in found.items() for each in pair] for found in map(self.states.get, (False, True))]
        return [kind, which, ident, script, *states, _digest(run)]


@define
class _Told:
    """A search that says what an entry of the log says."""

    layout: Layout
    entry: Sequence[Any]

    def missing(self, worker: int) -> tuple[int, int, int, list[int]]:
        """See `modelcheck.statespace.recording.runs.Search`."""
        del worker
        kind, which, ident, script, *_ = self.entry
        return kind, which, ident, script

    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]:
        """The same."""
        del worker
        flat = self.entry[5 if following else 4]
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int:
        """The same."""
        cells = self.layout.cells
        held = self.missing_state(worker, following=following).items()
        present = ((cell, ident) for cell, ident in held if (home := cells[cell].collection) is not None and home.index == collection)
        return sum(kernel.mix(cell, ident) for cell, ident in present) % _WORD


class Journal:
    """The log of one search, and who supplies what the search misses.

    Args:
        recorder: Of the search.

    Attributes:
        torn: Whether a run ended so that nobody knows what of it is in the trees and cells: nothing can be written then.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.torn = False
        self._recorder = recorder
        self._values = _Values(recorder.layout)
        self._lines: list[bytes] = []

    def supply(self, explorer: Search, worker: int) -> Run | None:
        """Supply what a worker misses, and note it.

        Raises:
            SpecError: as `Recorder.supply` does.
        """
        kind, which, *_ = explorer.missing(worker)
        if kind not in _KINDS:
            raise InternalError(f"a checkpoint cannot hold what is missing here, of kind {kind}")
        heard = _Heard(explorer)
        counts = self._recorder.counts(which if kind == kernel.MISS_PATH else None)
        self.torn = True
        try:
            run = self._recorder.supply(heard, worker)
        except Overrun:
            # It is run again before any other: what it has added by then is what it adds first.
            self._recorder.reset(counts)
            self.torn = not self._recorder.layout.is_whole()
            raise
        self._lines.append(json.dumps(heard.entry(run), separators=(",", ":")).encode() + b"\n")
        self.torn = False
        return run

    @property
    def has_more(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._lines)

    def write(self, file: BinaryIO) -> None:
        """Write what was noted since the last part of the log, as another part.

        Raises:
            OSError: if it cannot be written. The part then is as long again as it is.
        """
        file.writelines(self._lines)
        file.write(json.dumps({"values": self._values.digest(advance=False)}).encode() + b"\n")

    def written(self) -> None:
        """What `write` wrote is on the disk for good."""
        self._values.digest(advance=True)
        self._lines.clear()

    def repeat(self, parts: Sequence[Path]) -> None:
        """Run again what the parts of a log say, in a search that has not begun.

        Raises:
            CheckpointError: if a run comes out otherwise.
            SpecError: if a run is one no more.
        """
        for part in parts:
            for entry in _entries(part):
                if isinstance(entry, Mapping):
                    if entry.get("values") != self._values.digest(advance=True):
                        raise CheckpointError("the values that the spec makes are not what they were", place=str(part), remedy=_REMEDY)
                    continue
                self._run(entry, part)

    def _run(self, entry: Sequence[Any], part: Path) -> None:
        run = self._recorder.supply(_Told(self._recorder.layout, entry), 0)
        if _digest(run) != entry[6]:
            tree = self._recorder.trees[entry[1]]
            raise CheckpointError(f"{self._recorder.repeats.name(tree)} comes out otherwise than it did", place=str(part), remedy=_REMEDY)


_REMEDY = "The spec depends on more than its code and constants, on files for example: put them back, or remove the folder and begin again."


def _entries(part: Path) -> Iterator[Any]:
    with part.open("rb") as opened:
        yield from map(json.loads, opened)


def _digest(run: Run | None) -> str:
    """How a run came out, in a few digits."""
    if run is None:
        return ""
    told = repr((run.events, run.outcome, sorted(run.writes), run.label))
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


class _Values:
    """The cells and their values, digested part by part."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._seen: list[int] = []

    def digest(self, *, advance: bool) -> str:
        """Of those that are new since it was last told to advance."""
        digest = hashlib.blake2b(digest_size=16)
        for cell in self._layout.cells:
            seen = self._seen[cell.index] if cell.index < len(self._seen) else 0
            if len(cell.values) > seen:
                new = [cell.path, *map(show, cell.values[seen:])] if seen == 0 else [*map(show, cell.values[seen:])]
                digest.update(repr((cell.index, seen, [_ADDRESS.sub("", each) for each in new])).encode(errors="surrogatepass"))
        if advance:
            self._seen = [len(cell.values) for cell in self._layout.cells]
        return digest.hexdigest()
