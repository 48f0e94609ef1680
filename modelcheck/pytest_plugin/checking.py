"""Checks and what came of them, as plain text and numbers.

A spec in one configuration is explored once, for all of its properties that the run selected; every item takes its own outcome
from there. Outcomes are plain data, so that the workers of pytest-xdist can share them: whoever needs an exploration first makes
it and writes it to a file, and the others wait for that. The lock on it is the operating system's, and ends with its process.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, evolve, field, frozen
from filelock import FileLock

from modelcheck.cli.units import count
from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.limits.budget import INTERRUPTED
from modelcheck.pytest_plugin.configurations import spec_error
from modelcheck.pytest_plugin.failures import counterexample_file, failure_text, replayed_text
from modelcheck.pytest_plugin.settings import Settings, replays, traces_folder
from modelcheck.pytest_plugin.summary import AS_MEANT
from modelcheck.search import Report, check
from modelcheck.search.meant import as_meant, goes_on
from modelcheck.spec import Spec, machine_of
from modelcheck.spec.failing import claims_of
from modelcheck.trace import Outcome, read_recording, replay
from modelcheck.trace.saving import note_run, save
from modelcheck.verdict import Verdict


@frozen
class Finding:
    """What came of one property.

    Attributes:
        name: The property.
        verdict: ``holds``, ``violated``, ``unknown`` or ``fails as meant``.
        text: What to show if it does not hold.
        file: The saved counterexample.
        steps: How long that is.
    """

    name: str
    verdict: str
    text: str = ""
    file: str | None = None
    steps: int | None = None


@frozen
class Explored:
    """What came of one exploration.

    Attributes:
        spec: The spec and its constants.
        states: Distinct states.
        seconds: How long it took.
        findings: By property.
        error: The message, if it ended with an error.
        serial: Tells explorations of a run apart, whoever made them.
        suspicions: What looks like a mistake in the spec.
    """

    spec: str
    states: int = 0
    seconds: float = 0.0
    findings: dict[str, Finding] = field(factory=dict)
    error: str | None = None
    serial: str = ""
    suspicions: tuple[str, ...] = ()


class SpecWarning(pytest.PytestWarning):
    """What looks like a mistake in a spec, although nothing is violated; `filterwarnings` can name it."""


_EXPLORED = pytest.StashKey[dict[Any, Explored]]()
_WARNED = pytest.StashKey[set[tuple[str, str]]]()


def explored(config: pytest.Config, identifier: str, spec: Spec, names: Sequence[str], settings: Settings) -> Explored:
    """The exploration of a spec for some properties, made once in a run.

    Args:
        config: Of the run.
        identifier: What this exploration is called; the same in all workers.
        spec: The spec.
        names: The properties.
        settings: How far it may go.
    """
    known = config.stash.setdefault(_EXPLORED, {})
    key = (identifier, tuple(names), settings)
    if key not in known:
        folder = getattr(config, "workerinput", {}).get("modelcheck_shared")

        def explore() -> Explored:
            return _explore(config, spec, names, settings)

        known[key] = explore() if folder is None else _shared(Path(folder), repr(key), explore)
    return known[key]


def _explore(config: pytest.Config, spec: Spec, names: Sequence[str], settings: Settings) -> Explored:
    folder = traces_folder(config)
    serial = os.urandom(8).hex()
    try:
        if claims_of(spec):
            return _explore_meant(spec, settings, folder, serial)
        findings = {name: old for name in names if (old := still_failing(config, spec, name)) is not None}
        left = [name for name in names if name not in findings]
        if not left:
            return Explored(repr(spec), findings=findings, serial=serial)
        report = run_check(spec, left, settings, keep_going=True)
        found = {name: finding(spec, report, name, folder) for name in left}
        return Explored(repr(spec), report.states, report.seconds, {**findings, **found}, serial=serial, suspicions=report.warnings)
    except ModelcheckError as error:
        if isinstance(error, SpecError):
            note_run(error, type(spec), folder)
        return Explored(repr(spec), error=spec_error(error), serial=serial)


def _explore_meant(spec: Spec, settings: Settings, folder: Path, serial: str) -> Explored:
    """The exploration of a spec that is meant to fail: what fails as it is meant to holds, in a manner of speaking."""
    report = run_check(spec, None, settings, keep_going=goes_on(spec, None))
    meant = as_meant(spec, report, shortest=settings.order == "breadth")
    assert meant is not None
    findings = {one.property: finding(spec, report, one.property, folder) for one in meant.failures}
    if meant.verdict is Verdict.HOLDS:
        findings = {name: evolve(one, verdict=AS_MEANT, text="", file=None) for name, one in findings.items()}
    else:
        remarks = "; ".join(f"{name} {verdict_of(report, name)}, {remark}" for name, remark in meant.remarks.items())
        told = f"{type(spec).__name__} does not fail as it is meant to: {remarks}"
        findings = {name: evolve(one, verdict=meant.verdict.value, text=f"{told}\n\n{one.text}".rstrip()) for name, one in findings.items()}
    return Explored(repr(spec), report.states, report.seconds, findings, serial=serial)


def verdict_of(report: Report, name: str) -> str:
    """How a property fared, in words."""
    found = next(found for found in report.properties if found.name == name)
    steps = "" if found.trace is None or found.verdict is not Verdict.VIOLATED else f" in {count(len(found.trace.steps), 'step')}"
    return f"is {found.verdict.value}{steps}" if found.verdict is not Verdict.HOLDS else "holds"


def warn(item: pytest.Item, spec: str, suspicions: Sequence[str]) -> None:
    """Show warnings about a spec among those of pytest, each once in a run.

    Args:
        item: Whose warning the first is.
        spec: The spec and its constants.
        suspicions: What is suspected.
    """
    warned = item.config.stash.setdefault(_WARNED, set())
    for suspicion in suspicions:
        if (spec, suspicion) not in warned:
            warned.add((spec, suspicion))
            item.warn(SpecWarning(f"{spec}: {suspicion}"))


def run_check(spec: Spec, names: Sequence[str] | None, settings: Settings, *, keep_going: bool) -> Report:
    """Check a spec; Ctrl-C ends the whole test run."""
    report = check(
        spec,
        properties=names,
        limits=settings.limits,
        workers=settings.workers,
        order=settings.order,
        seed=settings.seed,
        keep_going=keep_going,
    )
    if report.reason is not None and report.reason.startswith(INTERRUPTED):
        raise KeyboardInterrupt
    return report


def finding(spec: Spec, report: Report, name: str, folder: Path) -> Finding:
    """What a report says about a property; its counterexample is saved."""
    found = next(found for found in report.properties if found.name == name)
    file = None
    if found.verdict is Verdict.VIOLATED and found.trace is not None:
        file = save(found.trace, type(spec), folder)
    text = "" if found.verdict is Verdict.HOLDS else failure_text(spec, report, found, file)
    steps = len(found.trace.steps) if found.trace is not None else None
    return Finding(name, found.verdict.value, text, None if file is None else str(file), steps)


def still_failing(config: pytest.Config, spec: Spec, name: str) -> Finding | None:
    """What a saved counterexample of the property shows, if there is one, it is to be replayed, and it still fails."""
    if not replays(config):
        return None
    path = counterexample_file(spec, name, traces_folder(config))
    if path is None:
        return None
    machine = machine_of(spec)
    try:
        recording = read_recording(path)
        found = replay(machine, recording)
    except ModelcheckError as error:
        warnings.warn(SpecWarning(f"the saved counterexample cannot be replayed: {error}"), stacklevel=1)
        return None
    if found.outcome is not Outcome.CONFIRMED:
        return None
    return Finding(name, Verdict.VIOLATED.value, replayed_text(spec, found.trace, path), str(path), len(found.trace.steps))


# Sharing between workers -----------------------------------------------------------------------------------------------------------------------


def _shared(folder: Path, key: str, explore: Callable[[], Explored]) -> Explored:
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    result = folder / f"{name}.json"
    with FileLock(folder / f"{name}.lock"):
        if not result.exists():
            found = explore()
            part = folder / f"{name}.part"
            part.write_text(json.dumps(asdict(found)))
            part.replace(result)
            return found
    read = json.loads(result.read_text())
    findings = {name: Finding(**found) for name, found in read["findings"].items()}
    return Explored(**{**read, "findings": findings, "suspicions": ()})  # Who explored it tells them.
