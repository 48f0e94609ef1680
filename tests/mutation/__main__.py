"""Mutation testing: how many small mistakes the tests of an area notice within a minute.

Run by hand, from the root of the project::

    python -m tests.mutation --by-hand --sample 100 --seed 1 --results mutants.jsonl

Results are added to the file, and mutants that it has already are not tried again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from .mutants import Mutant, by_hand
from .operators import compiles, mutants
from .runner import ROOT, Outcome, Result, Workshop

PACKAGES = (
    "limits",
    "values",
    "spec",
    "parts",
    "trace",
    "statespace",
    "liveness",
    "search",
    "symbolic",
    "consistency",
    "conformance",
    "cli",
    "pytest_plugin",
)
SUFFIXES = (".py", ".hpp", ".pyx")
NOTICED_SHARE = 0.9
COUNTED = (Outcome.NOTICED, Outcome.HANGS, Outcome.SURVIVED)


def sample(size: int, seed: int, packages: Iterable[str]) -> list[Mutant]:
    """Mutants made by the operators, as many from each package."""
    chance = random.Random(seed)
    pools = []
    for package in packages:
        files = [path for path in sorted((ROOT / "modelcheck" / package).rglob("*")) if path.suffix in SUFFIXES]
        pool = [mutant for path in files for mutant in mutants(ROOT, path.relative_to(ROOT).as_posix())]
        chance.shuffle(pool)
        pools.append(pool)
    found = (pool[i] for i in range(max(map(len, pools))) for pool in pools if i < len(pool))
    return list(islice((mutant for mutant in found if compiles(ROOT, mutant)), size))


def table(results: list[Result], paths: dict[str, str]) -> str:
    """Noticed and survived for each package, then each survivor."""
    counts: dict[str, Counter[Outcome]] = {}
    for result in results:
        package = paths[result.name].split("/")[1]
        counts.setdefault(package, Counter())[result.outcome] += 1
    lines = [f"{'package':16}{'noticed':>9}{'survived':>10}{'equivalent':>12}{'other':>7}"]
    total: Counter[Outcome] = Counter()
    for package, count in [*sorted(counts.items()), ("all", total)]:
        noticed = count[Outcome.NOTICED] + count[Outcome.HANGS]
        other = count[Outcome.NO_BUILD] + count[Outcome.STALE]
        lines.append(f"{package:16}{noticed:9}{count[Outcome.SURVIVED]:10}{count[Outcome.EQUIVALENT]:12}{other:7}")
        total.update(count)
    judged = sum(total[outcome] for outcome in COUNTED)
    if judged:
        lines.append(f"noticed: {(judged - total[Outcome.SURVIVED]) / judged:.0%} of {judged}")
    lines += [f"survived: {r.name}" for r in results if r.outcome is Outcome.SURVIVED]
    lines += [f"stale: {r.name}" for r in results if r.outcome is Outcome.STALE]
    return "\n".join(lines)


def main() -> int:
    """Try the mutants and print the table; 1 if fewer are noticed than should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--by-hand", action="store_true", help="the mutants that are written down")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many made by the operators")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    parser.add_argument("--package", action="append", choices=PACKAGES, help="only this package; may be given more than once")
    parser.add_argument("--only", default="", metavar="TEXT", help="only mutants whose name has this text")
    parser.add_argument("--limit", type=int, default=60, metavar="SECONDS", help="processor time for the tests of one mutant")
    parser.add_argument("--results", type=Path, metavar="FILE", help="where results are kept, as JSON lines")
    chosen = parser.parse_args()
    packages = chosen.package or PACKAGES
    todo = [m for m in by_hand() if m.path.split("/")[1].removesuffix(".py") in packages] if chosen.by_hand else []
    todo = [m for m in todo + sample(chosen.sample, chosen.seed, packages) if chosen.only in m.name]
    known = _known(chosen.results)
    results = []
    workshop = Workshop(chosen.limit)
    try:
        for mutant in todo:
            result = known.get(mutant.name) or workshop.try_out(mutant)
            results.append(result)
            print(f"{result.outcome.value:22} {result.seconds:5.0f} s  {result.name}  {result.test}", flush=True)  # noqa: T201
            if chosen.results is not None and mutant.name not in known:
                with chosen.results.open("a") as file:
                    kept = {"name": result.name, "outcome": result.outcome.value, "seconds": round(result.seconds, 1), "test": result.test}
                    file.write(json.dumps(kept) + "\n")
    finally:
        workshop.close()
    print(table(results, {mutant.name: mutant.path for mutant in todo}))  # noqa: T201
    counts = Counter(result.outcome for result in results)
    return int(counts[Outcome.SURVIVED] > (1 - NOTICED_SHARE) * sum(counts[outcome] for outcome in COUNTED))


def _known(path: Path | None) -> dict[str, Result]:
    if path is None or not path.exists():
        return {}
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return {e["name"]: Result(e["name"], Outcome(e["outcome"]), e["seconds"], e["test"]) for e in entries}


if __name__ == "__main__":
    sys.exit(main())
