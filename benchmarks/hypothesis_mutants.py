"""How many of the mutants Hypothesis finds with its default of 100 examples of 50 steps, and how short it makes what it found.

``python benchmarks/hypothesis_mutants.py [SEEDS] [NAME]`` prints the table of docs/guide/hypothesis.md: by how many seeds the bug is found without
shrinking, processor seconds of one such attempt, and for one seed that finds it, the length of the shrunk run and processor seconds in all.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

from modelcheck.conformance import Violation, state_machine
from modelcheck.spec import Spec
from modelcheck.spec.loading import load_file

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT / "specs"
GENERATE = settings(max_examples=100, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
SHRINK = settings(GENERATE, phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False)


def attempt(cls: type[Spec], number: int, given: settings, folder: str) -> tuple[int | None, float]:
    """One test run with a seed: the length of the run that violates something, if any is found, and processor seconds."""
    started = time.process_time()
    case = seed(number)(state_machine(cls(), traces=folder)).TestCase
    case.settings = given
    try:
        case().runTest()
    except Violation as violation:
        return length(violation), time.process_time() - started
    except BaseExceptionGroup as several:
        return min(map(length, several.exceptions)), time.process_time() - started
    return None, time.process_time() - started


def length(violation: Any) -> int:
    """How many steps a violation takes."""
    return len(violation.trace.steps)


def mutants(named: str) -> Iterator[tuple[str, type[Spec], int]]:
    """The mutants, and how long their shortest counterexamples are."""
    entries = tomllib.loads((ROOT / "specs" / "expected.toml").read_text(encoding="utf-8"))["violated"]
    shortest = {entry["spec"]: entry["steps"] for entry in entries if "constants" not in entry}
    for path in sorted(SPECS.glob("*/mutants/*.py")):
        module = load_file(path)
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, Spec) and cls.__module__ == module.__name__ and named in f"{path.stem}.{cls.__name__}":
                yield f"{path.stem}.{cls.__name__}", cls, shortest[f"{path.relative_to(ROOT)}:{cls.__name__}"]


def main(seeds: int, named: str) -> None:
    """Print the table."""
    print("| mutant | found | seconds | shortest | shrunk | seconds with shrinking |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, cls, shortest in mutants(named):
            attempts = [attempt(cls, number, GENERATE, folder) for number in range(seeds)]
            finding = [number for number, (length, _) in enumerate(attempts) if length is not None]
            mean = statistics.mean(seconds for _, seconds in attempts)
            shrunk, whole = attempt(cls, finding[0], SHRINK, folder) if finding else (None, 0.0)
            told = "| | " if shrunk is None else f"| {shrunk} | {whole:.1f} "
            print(f"| `{name}` | {len(finding)} of {seeds} | {mean:.1f} | {shortest} {told}|", flush=True)


if __name__ == "__main__":
    seeds, named, *_ = [*sys.argv[1:], "", ""]
    main(int(seeds or 10), named)
