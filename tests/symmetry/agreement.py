"""Reduced searches of random specs against all states and all permutations; run at length by ``python -m tests.symmetry.agreement 1000``."""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.search import check
from modelcheck.spec import Spec, machine_of
from modelcheck.spec.loading import load_file
from modelcheck.symmetry import reduction
from tests.symmetry.brute import Brute, Counted
from tests.symmetry.writer import Writer

_MOST_STATES = 250


@contextmanager
def few_compared() -> Iterator[None]:
    """Searches compare from the first state on as few states with themselves renamed as they do later on."""
    before, reduction.COMPARED = reduction.COMPARED, 0
    try:
        yield
    finally:
        reduction.COMPARED = before


class TooLargeError(Exception):
    """The spec has more states than are worth the time."""


def written(seed: int, folder: Path, *, apart: bool = False) -> Spec:
    """A random spec."""
    file = folder / f"random_{seed}_{apart}.py"
    file.write_text(Writer(seed, apart=apart).text())
    made: Spec = load_file(file).Random()
    return made


def names_of(spec: Any) -> list[tuple[Any, ...]]:
    """Its names, by class."""
    return [tuple(spec.members()), tuple(spec.users())]


def small(spec: Spec) -> None:
    """Raise `TooLargeError` unless the spec is small."""
    from modelcheck.limits import Limits  # noqa: PLC0415 - beside its only use.

    report = check(spec, symmetry="off", keep_going=True, limits=Limits(states=_MOST_STATES))
    if report.states > _MOST_STATES:
        raise TooLargeError


def told(spec: Spec, **options: Any) -> tuple[Any, ...]:
    """What a search says that brute force says too."""
    report = check(spec, keep_going=True, **options)
    enabled = Counter({action.name: action.enabled for action in report.actions if action.enabled})
    shortest = {found.name: len(found.trace.steps) for found in report.properties if found.trace is not None}
    counts = (report.states, report.generated, report.depth, report.out_of_bounds)
    return counts, report.orbits, dict(enabled), shortest


def expected(found: Counted, *, orbits: bool) -> tuple[Any, ...]:
    """The same of brute force."""
    counts = (found.states, found.generated, found.depth, found.out_of_bounds)
    return counts, found.orbits if orbits else None, {name: n for name, n in found.enabled.items() if n}, found.shortest


def compared(seed: int, folder: Path) -> str:
    """Compare all ways to search a symmetric spec with brute force; what was done with it."""
    spec = written(seed, folder)
    try:
        small(spec)
        machine = machine_of(spec)
        found = Brute(machine, names_of(spec)).all()
    except (TooLargeError, SpecError):
        return "skipped"
    wanted = expected(found, orbits=True)
    for options in ({"symmetry": "on"}, {"symmetry": "exact"}, {"symmetry": "on", "order": "depth"}, {"symmetry": "on", "workers": 2}):
        got = told(spec, **options)
        if options.get("order") == "depth":
            got, due = (got[0][:2], got[0][3], *got[1:3]), (wanted[0][:2], wanted[0][3], *wanted[1:3])
        else:
            due = wanted
        assert got == due, f"seed {seed}, {options}:\n{got}\n{due}"
    with few_compared():
        assert told(spec, symmetry="on") == wanted, f"seed {seed}, few compared"
    assert told(spec, symmetry="off") == expected(found, orbits=False), f"seed {seed}, without symmetry"
    return "reduced" if found.orbits < found.states else "alike"


def told_apart(seed: int, folder: Path) -> str:
    """Compare a spec that tells names apart: with symmetry left to the search the answers are those without."""
    spec = written(seed, folder, apart=True)
    try:
        small(spec)
    except (TooLargeError, SpecError):
        return "skipped"
    assert told(spec, symmetry="auto")[0] == told(spec, symmetry="off")[0], f"seed {seed}"
    with few_compared():
        missed = told(spec, symmetry="auto")[0] != told(spec, symmetry="off")[0]
    return "missed with few compared" if missed else "refused" if told(spec, symmetry="auto")[1] is None else "kept"


def main(count: int) -> None:
    """Compare so many of either kind."""
    first = random.randrange(10**6)
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            done[compared(seed, Path(folder))] += 1
            done[told_apart(seed, Path(folder))] += 1
            if (seed - first) % 20 == 19:
                sys.stdout.write(f"{seed} {dict(done)}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{first} {dict(done)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
