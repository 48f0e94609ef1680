"""What checkpoints cost: the same searches without and with them, in turns.

``python benchmarks/checkpoints.py`` prints a table. Checkpoints are written as often as a search ever writes them: at once in the beginning, however
short the search, and then after forty times as long as the last one took. The ratio is of processor time, the median of paired runs; the share is of
wall-clock time, which waits for the disk, spent in writing. Beside them stands what the last checkpoint took on disk.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from modelcheck import Spec  # noqa: E402 - after the path to the specs is set.
from modelcheck.search import check, checkpoints  # noqa: E402
from modelcheck.search.exploration import Exploration  # noqa: E402
from specs.commit.two_phase_commit import TwoPhaseCommit  # noqa: E402
from specs.consensus.raft import Raft  # noqa: E402
from specs.replication.quorum import Quorum  # noqa: E402

SPECS: dict[str, Spec] = {
    "two-phase commit, 9 managers": TwoPhaseCommit(rms=9),
    "Raft": Raft(),
    "quorum": Quorum(),
}


class Told:
    """What checkpoints were written: how often, for how long, and how large the last one was."""

    def __init__(self) -> None:
        self.count = 0
        self.bytes = 0
        self.seconds = 0.0


@contextmanager
def watching(folder: Path) -> Iterator[Told]:
    """Count the checkpoints, and let the first be due at once."""
    told, write = Told(), checkpoints.Checkpoints.write

    def counted(self: checkpoints.Checkpoints, searched: Exploration, seconds: float) -> None:
        began = time.perf_counter()
        write(self, searched, seconds)
        told.seconds += time.perf_counter() - began
        told.count += 1
        told.bytes = sum(file.stat().st_size for file in folder.iterdir())

    every, checkpoints.EVERY_S, checkpoints.Checkpoints.write = checkpoints.EVERY_S, 0.0, counted  # type: ignore[method-assign, assignment]
    try:
        yield told
    finally:
        checkpoints.EVERY_S, checkpoints.Checkpoints.write = every, write  # type: ignore[method-assign]


def cost(spec: Spec, folder: Path | None = None) -> tuple[float, float, int]:
    """The processor time and the time that a search takes, and how many states it finds."""
    began, used = time.perf_counter(), time.process_time()
    report = check(spec, checkpoint=folder)
    return time.process_time() - used, time.perf_counter() - began, report.states


@click.command()
@click.option("--runs", default=3, show_default=True, help="Of each side.")
def main(runs: int) -> None:
    """Compare."""
    click.echo(f"{'':30} {'states':>12} {'without':>9} {'with':>9} {'ratio':>6} {'written':>8} {'share':>6} {'bytes a state':>14}")
    for name, spec in SPECS.items():
        pairs = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as place, watching(Path(place)) as told:
                without, _, states = cost(spec)
                kept, lasted, _ = cost(spec, Path(place))
                pairs.append((kept / without, without, kept, told.seconds / lasted))
        ratio, without, kept, share = (statistics.median(column) for column in zip(*pairs, strict=True))
        counts = f"{told.count:>8} {share:>6.1%} {told.bytes / states:>14.1f}"
        click.echo(f"{name:30} {states:>12,} {without:>8.2f}s {kept:>8.2f}s {ratio:>6.2f} {counts}")


if __name__ == "__main__":
    main()
