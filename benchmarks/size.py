"""Which engine is faster on what: each spec searched one state after another and by sets of states, side by side in one run.

``python benchmarks/size.py`` prints a table and writes ``benchmarks/results/size.json``. The sides take turns, each run is a process of its own, and
seconds are of processor time; the ratio is the median of the ratios of paired runs. A side that does not end within the limit has no figure.
Properties that read the whole state are left out: a run for each combination of values is what they cost by either engine.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from modelcheck import Limits, Spec, check  # noqa: E402 - after the path to the specs is set.
from specs.commit.two_phase_commit import TwoPhaseCommit  # noqa: E402
from specs.consensus.raft import Member, Raft  # noqa: E402
from specs.replication.quorum import Quorum  # noqa: E402

COMMIT = ["all_commit", "all_abort", "deadlock"]
WORKLOADS: dict[str, tuple[type[Spec], dict[str, Any], list[str] | None]] = {
    "two-phase commit, 8 managers": (TwoPhaseCommit, {"rms": 8}, COMMIT),
    "two-phase commit, 10 managers": (TwoPhaseCommit, {"rms": 10}, COMMIT),
    "two-phase commit, 20 managers": (TwoPhaseCommit, {"rms": 20}, COMMIT),
    "two-phase commit, 40 managers": (TwoPhaseCommit, {"rms": 40}, COMMIT),
    "Raft": (Raft, {}, None),
    "Raft, two candidates, a crash": (Raft, {"candidates": (Member.several(1), Member.several(2)[1:]), "crashes": 1}, None),
    "quorum": (Quorum, {}, None),
}


def run(workload: str, engine: str, seconds: float) -> dict[str, Any]:
    """One search in this process."""
    made, constants, properties = WORKLOADS[workload]
    began = time.process_time()
    report = check(made(**constants), properties=properties, engine=engine, symmetry="off", limits=Limits(time_s=seconds, memory_bytes=4 * 2**30))
    return {
        "seconds": time.process_time() - began,
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "states": report.states,
        "generated": report.generated,
        "nodes": report.nodes,
        "ended": report.reason is None,
    }


def apart(workload: str, engine: str, seconds: float) -> dict[str, Any]:
    """One search in a process of its own."""
    command = [sys.executable, __file__, "--one", workload, "--engine", engine, "--seconds", str(seconds)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def compared(workload: str, runs: int, seconds: float) -> dict[str, Any]:
    """Both engines in turns; one that did not end is not asked again."""
    sides: dict[str, list[dict[str, Any]]] = {"enumerate": [], "sets": []}
    for _ in range(runs):
        for engine, found in sides.items():
            if all(each["ended"] for each in found):
                found.append(apart(workload, engine, seconds))
    ended = {engine: found for engine, found in sides.items() if all(each["ended"] for each in found)}
    counts = {(each["states"], each["generated"]) for found in ended.values() for each in found}
    if len(counts) > 1:
        raise click.ClickException(f"the engines disagree on {workload}: {counts}")
    ratios = [one["seconds"] / other["seconds"] for one, other in zip(sides["enumerate"], sides["sets"], strict=False)]
    return {
        "workload": workload,
        "states": max((states for states, _ in counts), default=None),
        **{f"{engine}_s": statistics.median(each["seconds"] for each in found) for engine, found in ended.items()},
        **{f"{engine}_bytes": max(each["bytes"] for each in found) for engine, found in ended.items()},
        "faster": statistics.median(ratios) if len(ended) == len(sides) else None,
    }


def line(found: dict[str, Any]) -> str:
    """A row of the table."""
    cells = [f"{found['workload']:31}", f"{found['states'] or 0:>12.4g}"]
    for engine in ("enumerate", "sets"):
        known = f"{engine}_s" in found
        cells += [f"{found[f'{engine}_s']:9.2f}", f"{found[f'{engine}_bytes'] / 2**20:7.0f}"] if known else [f"{'-':>9}", f"{'-':>7}"]
    return " ".join([*cells, f"{found['faster']:7.2f}" if found["faster"] else f"{'-':>7}"])


@click.command()
@click.option("--runs", default=3, help="Runs per side; the median is reported.")
@click.option("--seconds", default=60.0, help="Of each search.")
@click.option("--one", type=click.Choice(list(WORKLOADS)), help="Only one search, as JSON.")
@click.option("--engine", default="sets", help="Of it.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE / "results" / "size.json", help="Where the JSON goes.")
def main(runs: int, seconds: float, one: str | None, engine: str, out: Path) -> None:
    """Run the benchmark and print its table."""
    if one is not None:
        click.echo(json.dumps(run(one, engine, seconds)))
        return
    click.echo(f"{'':31} {'states':>12} {'enumerate':>9} {'MiB':>7} {'sets':>9} {'MiB':>7} {'faster':>7}")
    rows = []
    for workload in WORKLOADS:
        rows.append(compared(workload, runs, seconds))
        click.echo(line(rows[-1]))
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"machine": platform.processor() or platform.machine(), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
