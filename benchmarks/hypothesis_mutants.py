"""How many of the mutants Hypothesis finds with its default of 100 examples of 50 steps: ``python benchmarks/hypothesis_mutants.py [SEEDS]``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from modelcheck.conformance import Violation, state_machine
from modelcheck.spec import Spec
from modelcheck.spec.loading import load_file

ROOT = Path(__file__).resolve().parents[1]
DEFAULTS = settings(
    max_examples=100, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def found(cls: type[Spec], number: int) -> bool:
    """Whether a run with this seed finds a violation."""
    try:
        run_state_machine_as_test(seed(number)(state_machine(cls(), traces=ROOT / ".modelcheck")), settings=DEFAULTS)
    except (Violation, BaseExceptionGroup):
        return True
    return False


def main(seeds: int) -> None:
    """Print the table."""
    for path in sorted((ROOT / "specs" / "mutants").glob("*.py")):
        module = load_file(path)
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, Spec) and cls.__module__ == module.__name__:
                started = time.perf_counter()
                hits = sum(found(cls, number) for number in range(seeds))
                print(
                    f"| `{path.stem}.{cls.__name__}` | {hits} of {seeds} | {(time.perf_counter() - started) / seeds:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
