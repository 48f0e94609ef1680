"""How fast states are enumerated: this engine, the oracle explorer and Spin, side by side in one run.

``python benchmarks/enumeration.py`` prints a table and writes ``benchmarks/results/enumeration.json``. Every figure is the
median of several runs, which
take turns so that a machine that slows down slows all sides down. The oracle is given a few seconds per workload and judged by its rate; the others
finish. The floor is a loop that does nothing but insert random numbers into a table of the size that the search ends with, prefetched 32 ahead.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from attrs import asdict, field, frozen

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from modelcheck.search import check  # noqa: E402 - after the path to the specs is set.
from modelcheck.search.kernel._explorer import FingerprintTable  # noqa: E402
from modelcheck.spec import Role, Spec, machine_of  # noqa: E402
from specs.commit.two_phase_commit import TwoPhaseCommit  # noqa: E402
from specs.consensus.raft import Member, Raft  # noqa: E402

ORACLE_SECONDS = 5.0
LARGEST = 10  # This many managers take minutes on Spin's side, so once must do.


@frozen
class Workload:
    """A spec and its peers.

    Attributes:
        name: In the table.
        make: Makes the spec.
        spin_n: The number of managers of the Promela file, if there is one.
    """

    name: str
    make: Callable[[], Spec]
    spin_n: int | None = None


@frozen
class Result:
    """One side on one workload; rates are generated states per second of wall-clock time."""

    workload: str
    side: str
    states: int
    generated: int
    seconds: float
    rate: float
    details: dict[str, Any] = field(factory=dict)


WORKLOADS = [
    *(Workload(f"two-phase commit, {n} managers", lambda n=n: TwoPhaseCommit(rms=n), n) for n in (7, 8, 9, 10)),  # type: ignore[misc]
    Workload("Raft, any second candidate", lambda: Raft(candidates=(Member.several(1),))),
    Workload("Raft, two candidates and a crash", lambda: Raft(candidates=(Member.several(1), Member.several(2)[1:]), crashes=1)),
]


def engine(workload: Workload) -> Result:
    """This engine with one worker, in a process of its own so that its memory can be told."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); sys.path.insert(0, sys.argv[1] + '/benchmarks')\n"
        "import enumeration\n"
        "workload = next(w for w in enumeration.WORKLOADS if w.name == sys.argv[2])\n"
        "print(json.dumps(enumeration.explore(workload)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(HERE.parent), workload.name], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return Result(
        workload.name,
        "modelcheck",
        found.pop("states"),
        found.pop("generated"),
        found["seconds"],
        found.pop("rate"),
        found,
    )


def explore(workload: Workload) -> dict[str, Any]:
    """The figures of one search."""
    report = check(workload.make(), symmetry="off")
    return {
        "states": report.states,
        "generated": report.generated,
        "seconds": report.seconds,
        "rate": report.generated / report.seconds,
        "python_calls": report.python_calls,
        "generated_per_python_call": report.generated / report.python_calls,
        "bytes_per_state": report.bytes_per_state,
        "peak_memory_bytes": report.peak_memory_bytes,
        "verdict": report.verdict.value,
    }


def oracle(workload: Workload) -> Result:
    """The oracle explorer for a few seconds: a breadth-first search on ordinary Python objects."""
    machine = machine_of(workload.make())
    invariants = [declared for declared in machine.properties if declared.role is not Role.STEP]
    started = time.perf_counter()
    frontier = machine.initial_states()
    seen = set(frontier)
    generated = len(frontier)
    for state in frontier:  # The list grows while it is walked: a queue.
        for declared in invariants:
            list(machine.instances(declared, state))
        for _, after in machine.successors(state):
            generated += 1
            if after not in seen:
                seen.add(after)
                frontier.append(after)
        if time.perf_counter() - started > ORACLE_SECONDS:
            break
    seconds = time.perf_counter() - started
    return Result(workload.name, "oracle", len(seen), generated, seconds, generated / seconds)


def spin(workload: Workload) -> Result | None:
    """Spin's exhaustive search of the same protocol in Promela, its table as large as the states need."""
    if workload.spin_n is None or shutil.which("spin") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = HERE / "peers" / "two_phase_commit.pml"
        subprocess.run(
            ["spin", "-a", f"-DN={workload.spin_n}", str(source)], cwd=folder, check=True, capture_output=True
        )
        subprocess.run(
            ["gcc", "-O2", "-DSAFETY", "-w", "-o", "pan", "pan.c"], cwd=folder, check=True, capture_output=True
        )
        bits = {7: 22, 8: 24, 9: 26, 10: 28}[workload.spin_n]
        started = time.perf_counter()
        printed = subprocess.run(
            ["./pan", "-m100000", f"-w{bits}"], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
        seconds = time.perf_counter() - started
    states, generated = _number(printed, "states, stored"), _number(printed, "transitions") + 1
    return Result(workload.name, "Spin", states, generated, seconds, generated / seconds)


def _number(printed: str, what: str) -> int:
    """A figure of pan's report, which writes large ones as 1.2355840e+08."""
    found = re.search(rf"([\d.]+(?:e\+\d+)?) {what}", printed)
    if found is None:
        raise click.ClickException(f"pan did not report its {what}:\n{printed}")
    return int(float(found[1]))


def floor(states: int, generated: int) -> float:
    """Generated states per second of a loop that only inserts random fingerprints into a table that ends up as full as the search's."""
    table = FingerprintTable(int(states / 0.7))
    return states / table.probe_random(states, 1) if generated else 0.0


def median(results: list[Result]) -> Result:
    """The run with the median time."""
    return sorted(results, key=lambda result: result.seconds)[(len(results) - 1) // 2]


@click.command()
@click.option("--only", default="", help="Only workloads whose name contains this.")
@click.option("--runs", default=3, help="Runs per side; the median is reported.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=HERE / "results" / "enumeration.json", help="Where the JSON goes."
)
def main(only: str, runs: int, out: Path) -> None:
    """Run the benchmark and print its table."""
    rows = []
    print(f"{'workload':32} {'states':>11} {'generated':>12} {'engine/s':>11} {'Spin/s':>11} {'ratio':>6} {'oracle/s':>9} {'ratio':>6} "
          f"{'calls':>7} {'gen/call':>9} {'B/state':>8} {'peak MB':>8} {'of floor':>8}")  # fmt: skip
    for workload in (w for w in WORKLOADS if only in w.name):
        pairs = [(engine(workload), spin(workload)) for _ in range(1 if workload.spin_n == LARGEST else runs)]
        ours, theirs, naive = (
            median([a for a, _ in pairs]),
            median([b for _, b in pairs if b]) if pairs[0][1] else None,
            oracle(workload),
        )
        bound = floor(ours.states, ours.generated)
        rows.append(
            {
                "workload": workload.name,
                "floor": bound,
                "sides": [asdict(side) for side in (ours, theirs, naive) if side],
            }
        )
        spin_text = f"{theirs.rate:11,.0f} {ours.rate / theirs.rate:6.2f}" if theirs else f"{'':11} {'':6}"
        d = ours.details
        print(
            f"{workload.name:32} {ours.states:11,} {ours.generated:12,} {ours.rate:11,.0f} {spin_text} "
            f"{naive.rate:9,.0f} {ours.rate / naive.rate:6.0f} {d['python_calls']:7,} "
            f"{d['generated_per_python_call']:9,.0f} {d['bytes_per_state']:8.1f} "
            f"{d['peak_memory_bytes'] / 2**20:8,.0f} {ours.rate / bound:8.2f}",
            flush=True,
        )
        # Spin rounds large figures to eight digits.
        if theirs and abs(theirs.states - ours.states) > ours.states * 1e-7:
            raise click.ClickException(f"Spin stored {theirs.states} states, the engine {ours.states}")
    machine = {
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({**machine, "runs": runs, "rows": rows}, indent=1) + "\n")
    rates = [side["rate"] for row in rows for side in row["sides"] if side["side"] == "modelcheck"]
    print(f"median rate {statistics.median(rates):,.0f} generated/s; written to {out}")


if __name__ == "__main__":
    main()
