"""What it costs to ask what must happen: this engine without and with such a property, and Spin, side by side in one run.

``python benchmarks/liveness.py`` prints two tables and writes ``benchmarks/results/liveness.json``. The sides take turns, so that a machine
that slows down slows all sides down, and each run is a process of its own, so that its memory can be told. Seconds are of processor time; the
median of several runs is reported, and for ratios the median of the ratios of paired runs.

Spin is asked the same of the same states: ``pan -a -f``, acceptance cycles under weak fairness of processes. It has no strong fairness, so that
the philosophers, whom nothing else feeds, are this engine's alone.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from modelcheck import Spec, action, eventually, fair, leads_to, require, strongly_fair  # noqa: E402 - after the path to the specs is set.
from modelcheck.search import check  # noqa: E402
from modelcheck.search.endless import Endless  # noqa: E402
from specs.commit.two_phase_commit import RM, TwoPhaseCommit  # noqa: E402

MANAGERS = (7, 8, 9)
SPIN_TABLE = {7: 24, 8: 26, 9: 28}
SPIN_FAIR = {7: 3, 8: 3, 9: 4}  # Its room for counters of fairness, by the number of processes.


class Decides(TwoPhaseCommit):
    """Two-phase commit in which the managers go on: everybody decides."""

    tm_commit = fair(TwoPhaseCommit.tm_commit)
    tm_abort = fair(TwoPhaseCommit.tm_abort)
    rm_receive_commit = fair(TwoPhaseCommit.rm_receive_commit)
    rm_receive_abort = fair(TwoPhaseCommit.rm_receive_abort)

    @eventually
    def decided(self) -> bool:
        """Every manager has committed or aborted."""
        return all(self.rm[r] in (RM.COMMITTED, RM.ABORTED) for r in self.managers())


class Seat(Enum):
    """What a philosopher is about."""

    THINKING = 0
    HUNGRY = 1
    HAS_FIRST = 2
    EATING = 3


class Philosophers(Spec):
    """Philosophers of whom the last one takes the forks in the other order, so that there is no deadlock. Only strong fairness feeds everybody."""

    n: int = 11

    def init(self) -> None:
        """All think."""
        self.seat = dict.fromkeys(range(self.n), Seat.THINKING)
        self.taken = dict.fromkeys(range(self.n), False)

    def seats(self) -> Iterable[int]:
        """The philosophers."""
        return range(self.n)

    def fork(self, i: int, which: int) -> int:
        """The first or the second fork that a philosopher takes."""
        return (i + (which == 0 if i == self.n - 1 else which)) % self.n

    @action(seats)
    def grow_hungry(self, i: int) -> None:
        """It need not happen."""
        require(self.seat[i] is Seat.THINKING)
        self.seat[i] = Seat.HUNGRY

    @fair
    @action(seats)
    def take_first(self, i: int) -> None:
        """Take one fork."""
        require(self.seat[i] is Seat.HUNGRY and not self.taken[self.fork(i, 0)])
        self.taken[self.fork(i, 0)] = True
        self.seat[i] = Seat.HAS_FIRST

    @fair
    @action(seats)
    def take_second(self, i: int) -> None:
        """Take the other one, and eat."""
        require(self.seat[i] is Seat.HAS_FIRST and not self.taken[self.fork(i, 1)])
        self.taken[self.fork(i, 1)] = True
        self.seat[i] = Seat.EATING

    @fair
    @action(seats)
    def put_down(self, i: int) -> None:
        """Put both down."""
        require(self.seat[i] is Seat.EATING)
        self.taken[i] = self.taken[(i + 1) % self.n] = False
        self.seat[i] = Seat.THINKING

    @leads_to
    def fed(self) -> tuple[bool, bool]:
        """The first philosopher gets to eat when it is hungry."""
        return self.seat[0] is Seat.HUNGRY, self.seat[0] is Seat.EATING


class StronglyFair(Philosophers):
    """Whoever can take a fork again and again does."""

    take_first = strongly_fair(Philosophers.take_first)
    take_second = strongly_fair(Philosophers.take_second)


WORKLOADS: dict[str, Callable[[], Spec]] = {
    **{f"two-phase commit, {n} managers": lambda n=n: Decides(rms=n) for n in MANAGERS},  # type: ignore[misc]
    "11 philosophers, weakly fair": lambda: Philosophers(n=11),
    "11 philosophers, strongly fair": lambda: StronglyFair(n=11),
}


def measured(workload: str, asked: str) -> dict[str, Any]:
    """The figures of one search, in a process of its own."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import liveness\n"
        "print(json.dumps(liveness.explore(sys.argv[2], sys.argv[3])))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(HERE), workload, asked], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def explore(workload: str, asked: str) -> dict[str, Any]:
    """The figures of one search; ``asked`` is the property, or ``deadlock`` for none of what must happen."""
    spec = WORKLOADS[workload]()
    spent = [_timed(name) for name in ("look", "finish")]
    began = time.process_time()
    report = check(spec, properties=[asked])
    seconds = time.process_time() - began
    return {
        "states": report.states,
        "generated": report.generated,
        "seconds": seconds,
        "analysis_s": sum(map(sum, spent)),
        "verdict": report.verdict.value,
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _timed(name: str) -> list[float]:
    """Let a method of what analyses the graph note the processor time that it takes, in the list that is returned."""
    method = getattr(Endless, name)
    spent: list[float] = []

    def timed(self: Endless) -> Any:
        began = time.process_time()
        try:
            return method(self)
        finally:
            spent.append(time.process_time() - began)

    setattr(Endless, name, timed)
    return spent


def spin(managers: int) -> dict[str, Any] | None:
    """Spin's answer to the same question."""
    if shutil.which("spin") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = str(HERE / "peers" / "two_phase_commit_liveness.pml")
        subprocess.run(["spin", "-a", f"-DN={managers}", source], cwd=folder, check=True, capture_output=True)
        compiler = ["gcc", "-O2", f"-DNFAIR={SPIN_FAIR[managers]}", "-DMEMLIM=8000", "-w", "-o", "pan", "pan.c"]
        subprocess.run(compiler, cwd=folder, check=True, capture_output=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        command = ["./pan", "-a", "-f", "-m1000000", f"-w{SPIN_TABLE[managers]}"]
        printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if "errors: 0" not in printed:
        raise click.ClickException(f"Spin says that the property is violated:\n{printed}")
    return {"seconds": seconds, "printed": printed}


def commit(managers: int, runs: int) -> dict[str, Any]:
    """Two-phase commit: without, with, and by Spin, in turns."""
    name = f"two-phase commit, {managers} managers"
    without, asked, theirs = [], [], []
    for _ in range(runs):
        without.append(measured(name, "deadlock"))
        asked.append(measured(name, "decided"))
        theirs.append(spin(managers))
    spent = [each["seconds"] - each["analysis_s"] for each in asked]
    slower = statistics.median(after / before["seconds"] for before, after in zip(without, spent, strict=True))
    more = statistics.median(after["bytes"] - before["bytes"] for before, after in zip(without, asked, strict=True))
    faster = [peer["seconds"] / own["seconds"] for own, peer in zip(asked, theirs, strict=True) if peer is not None]
    return {
        "workload": name,
        "states": asked[0]["states"],
        "without_s": statistics.median(each["seconds"] for each in without),
        "search_s": statistics.median(spent),
        "slower": slower,
        "analysis_s": statistics.median(each["analysis_s"] for each in asked),
        "bytes_per_state": more / asked[0]["states"],
        "verdict": asked[0]["verdict"],
        "spin_s": statistics.median(peer["seconds"] for peer in theirs if peer is not None) if faster else None,
        "faster": statistics.median(faster) if faster else None,
    }


@click.command()
@click.option("--runs", default=3, help="Runs per side; the median is reported.")
@click.option("--managers", default=",".join(map(str, MANAGERS)), help="How many managers commit, with commas between.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=HERE / "results" / "liveness.json", help="Where the JSON goes."
)
def main(runs: int, managers: str, out: Path) -> None:
    """Run the benchmark and print its tables."""
    titles = f"{'eventually decided':30} {'states':>11} {'without':>8} {'search':>7} {'ratio':>6} {'analysis':>9}"
    print(f"{titles} {'B/state':>8} {'Spin -a -f':>11} {'ratio':>6}")
    rows = []
    for count in map(int, managers.split(",")):
        row = commit(count, runs)
        rows.append(row)
        peer = f"{row['spin_s']:9.2f} s {row['faster']:6.1f}" if row["spin_s"] is not None else ""
        print(
            f"{row['workload']:30} {row['states']:11,} {row['without_s']:6.2f} s {row['search_s']:5.2f} s {row['slower']:5.2f} "
            f"{row['analysis_s']:7.2f} s {row['bytes_per_state']:8.1f} {peer}",
            flush=True,
        )
    print(f"\n{'hungry leads to eating':30} {'states':>11} {'generated':>11} {'all':>7} {'analysis':>9}  verdict")
    for name in [name for name in WORKLOADS if "philosophers" in name]:
        found = sorted((measured(name, "fed") for _ in range(runs)), key=lambda each: each["seconds"])[(runs - 1) // 2]
        rows.append({"workload": name, **found})
        print(
            f"{name:30} {found['states']:11,} {found['generated']:11,} {found['seconds']:5.2f} s {found['analysis_s']:7.2f} s  {found['verdict']}",
            flush=True,
        )
    machine = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({**machine, "runs": runs, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
