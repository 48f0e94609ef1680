"""Failures as a test run shows them: the property, the run that violates it, the saved file and the command that replays it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from modelcheck.cli.units import count, said_seconds
from modelcheck.search import PropertyReport, Report
from modelcheck.spec import Declaration, Machine, Spec, machine_of
from modelcheck.spec.code import code_of
from modelcheck.spec.loading import shown_path
from modelcheck.trace import Trace, explain
from modelcheck.trace.lasso import length, would_hold
from modelcheck.trace.saving import replay_command, saved
from modelcheck.trace.text import plain, reason_lines, trace_lines
from modelcheck.values import show
from modelcheck.verdict import Verdict

_CUT_SHORT = "the search ended before it was complete"


def counterexample_file(spec: Spec, name: str, folder: Path) -> Path | None:
    """Where the counterexample to a property is saved, if one is."""
    machine = machine_of(spec)
    return saved(machine.cls, machine.constants, name, folder)


def failure_text(spec: Spec, report: Report, found: PropertyReport, file: Path | None) -> str:
    """What to show of a property that does not hold; the first line is what a summary has room for."""
    levels = "" if report.depth is None else f", {count(report.depth, 'level')}"
    size = f"{count(report.states, 'state')}{levels}, {said_seconds(report.seconds)}"
    if found.verdict is Verdict.UNKNOWN:
        what = "deadlock" if found.kind == "deadlock" else f"the {found.kind} {found.name}"
        return f"{found.name} is UNKNOWN: {found.note or report.reason or _CUT_SHORT}\n{what} of {spec!r} was not decided ({size})"
    if found.trace is None:
        return f"{found.name} is never reached\nin any state of {spec!r} ({size})"
    return "\n".join(_violation(spec, found.trace, file, "", would_hold(found.advice)))


def replayed_text(spec: Spec, trace: Trace, file: Path) -> str:
    """What to show of a saved counterexample that still fails."""
    return "\n".join(_violation(spec, trace, file, ", as in an earlier run (replayed, not explored)"))


def violation_text(spec: Spec, trace: Trace, file: Path | None) -> str:
    """What to show of a violation, whoever found it."""
    return "\n".join(_violation(spec, trace, file, ""))


def _violation(spec: Spec, trace: Trace, file: Path | None, how: str, advice: str | None = None) -> Iterator[str]:
    steps = count(len(trace.steps), "step")
    if trace.kind == "deadlock":
        yield f"deadlock after {steps}{how}"
        yield f"of {spec!r}"
    else:
        arguments = ", ".join(f"{name}={show(value)}" for name, value in trace.arguments.items())
        yield f"{trace.property} is violated {length(trace) if trace.loop is not None else f'in {steps}'}{how}"
        yield f"{trace.kind} of {spec!r}{f', for {arguments}' if arguments else ''}"
    yield ""
    yield from plain(trace_lines(trace, machine_of(spec))).splitlines()
    reason = explain(machine_of(spec), trace)
    if reason is not None:
        yield ""
        yield from plain(reason_lines(reason)).splitlines()
    if advice is not None:
        yield ""
        yield advice
    if file is not None:
        yield ""
        yield f"Trace: {shown_path(file)}"
        yield f"Replay: {replay_command(Path(shown_path(file)))}"


def place_of(declared: Declaration | None, machine: Machine) -> tuple[str, int]:
    """The file and line where a property is written; for a deadlock, where the spec is."""
    if declared is not None:
        return code_of(declared.function).co_filename, code_of(declared.function).co_firstlineno
    try:
        return inspect.getsourcefile(machine.cls) or "", inspect.getsourcelines(machine.cls)[1]
    except (OSError, TypeError):
        return machine.cls.__module__, 0
