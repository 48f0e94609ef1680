"""What symmetry costs for each generated state, and what it spares: the same spec with and without, in turns.

``python benchmarks/symmetry.py`` prints a table. A generated state is one that the search looks at; with symmetry that is a part of
those that the report counts, in proportion to the states explored. Time is processor time within the kernel; the ratio is the median of
paired runs. Without symmetry a search ends after so many states, since only its pace is wanted.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from attrs import frozen

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from modelcheck import Limits, Spec  # noqa: E402 - after the path to the specs is set.
from modelcheck.search import Report, check  # noqa: E402
from modelcheck.search.exploration import Exploration  # noqa: E402
from specs.commit.two_phase_commit import TwoPhaseCommit  # noqa: E402
from specs.consensus.raft import Raft  # noqa: E402


@frozen
class Workload:
    """A spec that is searched both ways.

    Attributes:
        name: What the table calls it.
        make: Makes it.
        most: Where the search without symmetry ends.
    """

    name: str
    make: Callable[[], Spec]
    most: int


WORKLOADS = [
    Workload("two-phase commit, 9 managers", lambda: TwoPhaseCommit(rms=9), 2_000_000),
    Workload("Raft, 3 servers, 2 terms, no log", lambda: Raft(servers=3, max_term=2, max_log=0, candidates=()), 10_000_000),
    Workload("Raft, 3 servers, 2 terms, 1 entry", lambda: Raft(servers=3, max_term=2, max_log=1, candidates=()), 1_000_000),
    Workload("Raft, 4 servers, 1 term, 1 entry", lambda: Raft(servers=4, max_term=1, max_log=1, candidates=()), 10_000_000),
    Workload("Raft, 5 servers, 1 term, 1 entry", lambda: Raft(servers=5, max_term=1, max_log=1, candidates=()), 500_000),
]


class Clock:
    """The processor time that the kernel took.

    Attributes:
        seconds: So far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        run = Exploration._run

        def timed(exploration: Exploration, worker: int) -> int:
            began = time.thread_time()
            try:
                return run(exploration, worker)
            finally:
                self.seconds += time.thread_time() - began

        Exploration._run = timed  # type: ignore[method-assign]


CLOCK = Clock()


def measured(workload: Workload, **options: Any) -> tuple[Report, float]:
    """A report, and the nanoseconds of each generated state."""
    began = CLOCK.seconds
    report = check(workload.make(), keep_going=True, **options)
    looked_at = (report.generated or 0) * (report.orbits or report.states) / report.states
    return report, (CLOCK.seconds - began) / looked_at * 1e9


@click.command()
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--most", type=click.IntRange(min=1), default=500_000, show_default=True, help="Orbits, where that search ends.")
def main(rounds: int, most: int) -> None:
    """Print the table."""
    click.echo(f"{'':34} {'states':>13} {'orbits':>9} {'without':>10} {'with':>10} {'ratio':>6}")
    for workload in WORKLOADS:
        pairs = []
        for _ in range(rounds):
            whole, without = measured(workload, symmetry="off", limits=Limits(states=workload.most))
            reduced, with_it = measured(workload, symmetry="on", limits=Limits(states=most * 100))
            pairs.append((without, with_it))
        ratio = statistics.median(with_it / without for without, with_it in pairs)
        without, with_it = (statistics.median(side) for side in zip(*pairs, strict=True))
        states = f"{whole.states:,}" if whole.states <= workload.most else "-"
        click.echo(f"{workload.name:34} {states:>13} {reduced.orbits:>9,} {without:>7.0f} ns {with_it:>7.0f} ns {ratio:>6.2f}")


if __name__ == "__main__":
    main()
