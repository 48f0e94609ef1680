"""The same verdicts, counts and traces whatever PYTHONHASHSEED is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from .sets_of_texts import source

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(__file__).with_name("seeded.py")
SHIPPED = sorted({entry["spec"] for kind in tomllib.loads((ROOT / "specs/expected.toml").read_text()).values() for entry in kind})


def found(targets: list[str], seed: int) -> dict[str, dict[str, object]]:
    """What checks of specs find in a process of their own with a hash seed."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, PROGRAM, *targets], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(map(json.loads, done.stdout.splitlines()))


def compare(targets: list[str], seeds: list[int]) -> Counter[str]:
    """Check specs under several seeds, and count how they came out."""
    first, *others = (found(targets, seed) for seed in seeds)
    assert len(first) == len(targets)
    for other in others:
        assert other == first
    return Counter("refused" if "error" in outcome else "checked" for outcome in first.values())


def test_specs_come_out_the_same_under_any_seed() -> None:
    """Some of those that are shipped."""
    some = SHIPPED[::24]
    assert len(some) > 8
    assert compare(some, [0, 1]) == {"checked": len(some)}


@pytest.mark.slow
def test_every_spec_comes_out_the_same_under_any_seed() -> None:
    """All of them."""
    assert compare(SHIPPED, [0, 1]) == {"checked": len(SHIPPED)}


def random_specs(folder: Path, seed: int, count: int) -> list[str]:
    file = folder / f"specs_{seed}.py"
    file.write_text(source(seed, count))
    return [f"{file}:S{number}" for number in range(count)]


def test_random_specs_with_sets_of_texts_come_out_the_same_under_any_seed(tmp_path: Path) -> None:
    assert compare(random_specs(tmp_path, 1, 25), [0, 1])["checked"] > 16


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_more_random_specs_come_out_the_same(tmp_path: Path, seed: int) -> None:
    assert compare(random_specs(tmp_path, seed, 150), [0, 1, 2, 3])["checked"] > 100
