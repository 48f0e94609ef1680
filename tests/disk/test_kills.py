"""A search that is killed at any moment, and goes on from what is on the disk, ends as if nothing had happened."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EAGER = Path(__file__).with_name("eager.py")
SPECS: list[list[str]] = [
    ["specs/commit/two_phase_commit.py", "--set", "rms=5"],
    ["specs/consensus/mutants/raft.py:VotesTwice", "--set", "max_term=1", "--keep-going", "--workers", "2"],
    ["specs/commit/mutants/two_phase_commit.py:DoesNotWait", "--set", "rms=4"],
    ["specs/coordination/token_ring.py", "--set", "nodes=5", "--property", "mutual_exclusion"],
]
COUNTS = ("spec", "constants", "verdict", "states", "generated", "depth", "out_of_bounds", "warnings", "as_meant")


def told(report: dict[str, Any]) -> dict[str, Any]:
    """What must be the same."""
    properties = [
        (each["name"], each["verdict"], *((each[kind] or {}).get("steps") for kind in ("trace", "witness"))) for each in report["properties"]
    ]
    enabled = [(each["name"], each["enabled"], each["dropped"]) for each in report["actions"]]
    return {**{name: report[name] for name in COUNTS}, "properties": properties, "enabled": enabled}


def start(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(EAGER), *arguments, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, 1), err.decode()
    return dict(json.loads(out))


def killed(process: subprocess.Popen[bytes], after_s: float) -> bool:
    """Kill a process after some time; False if it had ended by then."""
    try:
        process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def disturbed(arguments: Sequence[str], folder: Path, chances: random.Random, kills: int, lasts_s: float) -> tuple[dict[str, Any], int]:
    """The report of a search that is killed so many times, and how often it went on from a checkpoint."""
    resumed = 0
    for left in range(kills, -1, -1):
        goes_on = (folder / "checkpoint.json").exists()
        resumed += goes_on
        process = start(["resume", str(folder)] if goes_on else ["check", *arguments, "--checkpoint", str(folder)])
        if left == 0:
            return finished(process), resumed
        if not killed(process, chances.uniform(0.3, 1.0) * lasts_s):
            shutil.rmtree(folder, ignore_errors=True)  # It had ended, and removed its checkpoint. It is begun anew.
    raise AssertionError


def kill_at_random(arguments: Sequence[str], folder: Path, seed: int, count: int) -> int:
    """Disturb a search in many ways; returns how often it went on from a checkpoint."""
    began = time.monotonic()
    wanted = told(finished(start(["check", *arguments, "--checkpoint", str(folder / "undisturbed")])))
    lasts_s = time.monotonic() - began
    chances, resumed = random.Random(seed), 0
    for number in range(count):
        report, times = disturbed(arguments, folder / str(number), chances, chances.randint(1, 4), lasts_s)
        assert told(report) == wanted
        resumed += times
    return resumed


def killed_when_there_is_a_checkpoint(arguments: Sequence[str], folder: Path) -> bool:
    """Kill a search as soon as it has written a checkpoint; False if it was over by then."""
    process = start(["check", *arguments, "--checkpoint", str(folder)])
    while process.poll() is None and not (folder / "checkpoint.json").exists():
        time.sleep(0.001)
    process.kill()
    process.communicate()
    return (folder / "checkpoint.json").exists()


def test_a_search_that_is_killed_goes_on(tmp_path: Path) -> None:
    """Once, at a moment when there is something to go on from; the machine may be too busy to notice it at the first attempt."""
    wanted = told(finished(start(["check", *SPECS[0], "--checkpoint", str(tmp_path / "undisturbed")])))
    folder = next(at for at in (tmp_path / str(attempt) for attempt in range(20)) if killed_when_there_is_a_checkpoint(SPECS[0], at))
    assert told(finished(start(["resume", str(folder)]))) == wanted


@pytest.mark.nightly
@pytest.mark.parametrize("arguments", SPECS, ids=lambda arguments: arguments[0])
def test_searches_that_are_killed_go_on(tmp_path: Path, arguments: list[str]) -> None:
    """Many times."""
    assert kill_at_random(arguments, tmp_path, 2, 40) > 60
