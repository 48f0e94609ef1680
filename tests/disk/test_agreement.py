"""Searches of random small specs that are cut short and killed again and again, against the oracle and against searches that are left alone."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from modelcheck import Spec
from modelcheck.search import Limits, Report, check, checkpoints, resume
from modelcheck.spec import machine_of

from ..agreement.compare import MAX_STATES, VOCABULARY, agree, load
from ..agreement.writer import looping_spec_of, spec_of
from ..oracles import plain

pytestmark = pytest.mark.usefixtures("eager")


class KilledError(BaseException):
    """The process is gone."""


class Kills:
    """Ends the process, as far as a test can, at some call for files to be on the disk, of which each checkpoint has several."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, _: int) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> Kills:
    return Kills(monkeypatch)


def disturbed(cls: type[Spec], folder: Path, chances: random.Random, kills: Kills, options: dict[str, Any]) -> tuple[Report, int]:
    """The report of a search that is cut short by its limits, or killed, again and again; and how often it went on from a checkpoint."""
    shutil.rmtree(folder, ignore_errors=True)
    states, resumed = 0, 0
    while True:
        goes_on = (folder / "checkpoint.json").exists()
        resumed += goes_on
        states = checkpoints.found(folder)["states"] if goes_on else 0
        limits = Limits(states=states + chances.randint(1, 20)) if chances.random() < 0.85 else Limits()
        kills.left = chances.randint(0, 30) if chances.random() < 0.5 else None
        try:
            report = resume(cls(), folder, limits=limits) if goes_on else check(cls(), limits=limits, checkpoint=folder, **options)
        except KilledError:
            continue
        if limits.states is None or report.states <= limits.states:
            return report, resumed


def alike(report: Report) -> Any:
    """What must be the same as in a search by one worker that is left alone."""
    properties = [(each.name, each.verdict, each.trace and (each.trace.states, each.trace.steps)) for each in report.properties]
    counts = (report.states, report.generated, report.depth, report.out_of_bounds, report.python_calls)
    return report.verdict, counts, properties, report.actions, report.warnings, report.cells, dict(report.predicate_calls)


def compare(source: str, seed: int, folder: Path, kills: Kills) -> str:
    cls, chances = load(source), random.Random(seed)
    plainly = plain.load(VOCABULARY, source, package="tests.agreement")["Example"]
    try:
        expected = plain.explore(plainly, max_states=MAX_STATES, keep_going=True)
        check(cls(), keep_going=True)
    except Exception:  # noqa: BLE001 - whatever it is, others compare it.
        return "left out"
    if not expected.states:
        return "left out"
    options = {"workers": 1 + seed % 2, "keep_going": True}
    report, resumed = disturbed(cls, folder, chances, kills, options)
    agree(machine_of(cls()), expected, report)
    kills.left = None
    shutil.rmtree(folder, ignore_errors=True)
    undisturbed = check(cls(), checkpoint=folder, **options)
    if options["workers"] == 1:
        assert alike(report) == alike(undisturbed)
    until, more = disturbed(cls, folder, chances, kills, {"keep_going": False})
    shutil.rmtree(folder, ignore_errors=True)
    kills.left = None
    assert alike(until) == alike(check(cls(), checkpoint=folder))
    return "resumed" if resumed + more > 0 else "at once"


def run(write: Any, seeds: Iterable[int], folder: Path, kills: Kills) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for seed in seeds:
        source = write(seed)
        try:
            kinds[compare(source, seed, folder / "checkpoint", kills)] += 1
        except Exception as error:
            error.add_note(f"spec {seed}:\n{source}")
            raise
    return kinds


def test_disturbed_searches_agree(tmp_path: Path, kills: Kills) -> None:
    """The same counts, verdicts and lengths as the oracle has; with one worker the same traces and runs of Python as if nothing had happened."""
    kinds = run(spec_of, range(8), tmp_path, kills)
    assert kinds["resumed"] >= 2, kinds


@pytest.mark.nightly
@pytest.mark.parametrize("chunk", range(10))
def test_disturbed_searches_agree_at_length(tmp_path: Path, kills: Kills, chunk: int) -> None:
    """As above, on many more specs."""
    kinds = run(spec_of, range(1_000 + 500 * chunk, 1_500 + 500 * chunk), tmp_path, kills)
    assert kinds["resumed"] >= 150, kinds


@pytest.mark.nightly
def test_disturbed_searches_of_specs_with_loops_agree(tmp_path: Path, kills: Kills) -> None:
    """Loops that look at some elements only have filters, which are made again."""
    kinds = run(looping_spec_of, range(300), tmp_path, kills)
    assert kinds["resumed"] >= 80, kinds
