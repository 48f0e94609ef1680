"""The report of a search, for people and as JSON."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import click

from modelcheck.cli.paint import columns, paint
from modelcheck.cli.profile import profile_lines
from modelcheck.cli.units import count, said_bytes, said_rate, said_seconds
from modelcheck.search.meant import Meant
from modelcheck.search.report import PropertyReport, Report, counted
from modelcheck.spec import Machine
from modelcheck.spec.loading import shown_path
from modelcheck.trace import explain
from modelcheck.trace.lasso import length, said_fair, would_hold
from modelcheck.trace.saving import replay_command
from modelcheck.trace.text import Line, Span, reason_lines, trace_lines
from modelcheck.trace.trace import ENDLESS
from modelcheck.values import show
from modelcheck.verdict import Verdict

SCHEMA = 1
_FAST = 1_000_000  # Generated states; with fewer, the rate is that of the start-up.


# JSON ------------------------------------------------------------------------------------------------------------------------------------------


def json_report(
    report: Report, machine: Machine | None, files: Mapping[str, Path], *, meant: Meant | None = None, profile: bool = False
) -> dict[str, Any]:
    """The report as a JSON object."""
    found = {
        "spec": report.spec,
        "source": shown_path(report.source),
        "constants": {name: plain_value(value) for name, value in report.constants.items()},
        "verdict": report.verdict.value,
        "reason": report.reason,
        "states": report.states,
        "generated": report.generated,
        "depth": report.depth,
        "python_calls": report.python_calls,
        "seconds": round(report.seconds, 6),
        "peak_memory_bytes": report.peak_memory_bytes,
        "collision_probability": report.collision_probability,
        "properties": [_json_property(found, machine, files) for found in report.properties],
        "actions": [
            {"name": a.name, "enabled": a.enabled, "new": a.new, "dropped": a.dropped, "python_calls": a.python_calls} for a in report.actions
        ],
        "out_of_bounds": report.out_of_bounds,
        "bytes_per_state": round(report.bytes_per_state, 3),
        "warnings": list(report.warnings),
        "fair": {name: strength.value for name, strength in report.fair.items()},
        "seed": report.seed,
        "walk_length": report.walk_length,
        "engine": report.engine,
        "orbits": report.orbits,
        "symmetry": report.symmetry,
        "meant_to_fail": [] if meant is None else [{"property": one.property, "steps": one.steps} for one in meant.failures],
        "as_meant": None if meant is None or meant.verdict is Verdict.UNKNOWN else meant.verdict is Verdict.HOLDS,
        "schema": SCHEMA,
    }
    return {**found, "profile": _json_profile(report)} if profile else found


def _json_profile(report: Report) -> dict[str, Any]:
    return {
        "predicate_calls": dict(report.predicate_calls),
        "cells": [{"path": cell.path, "values": cell.values} for cell in report.cells],
        "table_load": round(report.table_load, 4),
        "nodes": report.nodes,
        "diagram_bytes": report.diagram_bytes,
        "python_seconds": round(report.python_seconds, 6),
        "code": [
            {
                "name": effort.name,
                "kind": effort.kind,
                "calls": effort.calls,
                "seconds": round(effort.seconds, 6),
                "reads": [{"path": read.path, "cells": read.cells, "values": read.values} for read in effort.reads],
            }
            for effort in report.efforts
        ],
    }


def _json_property(found: PropertyReport, machine: Machine | None, files: Mapping[str, Path]) -> dict[str, Any]:
    violated = found.verdict is Verdict.VIOLATED
    trace = None
    if found.trace is not None:
        file = files.get(found.name)
        trace = {"file": None if file is None else str(file), "steps": len(found.trace.steps)}
        if found.trace.loop is not None:
            trace |= {"stem": found.trace.loop, "loop": len(found.trace.steps) - found.trace.loop}
    leaves = found.verdict is Verdict.UNKNOWN
    reason = explain(machine, found.trace) if machine is not None and violated and found.trace is not None else None
    return {
        "name": found.name,
        "kind": found.kind,
        "verdict": found.verdict.value,
        "place": None if machine is None else _written_at(found, machine).strip() or None,
        "trace": trace if violated else None,
        "witness": None if violated or leaves else trace,
        "explanation": None if reason is None else list(reason.lines()),
        **(_json_of_time(found, trace if leaves else None) if found.kind in ENDLESS else {}),
    }


def _json_of_time(found: PropertyReport, leaves: dict[str, Any] | None) -> dict[str, Any]:
    """What is said of a property of what must happen beside the others."""
    return {
        "assumes": {name: {"strength": fairness.strength.value, "each": fairness.each} for name, fairness in found.assumes.items()},
        "advice": None if found.advice is None else {name: strength.value for name, strength in found.advice.items()},
        "out_of_bounds": leaves,
        "note": found.note,
    }


def plain_value(value: Any) -> Any:
    """A value as JSON reads it: what JSON has not is given as text.

    >>> plain_value((1, frozenset({2})))
    [1, [2]]
    """
    if isinstance(value, Enum):
        return value.name or show(value)
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain_value(item) for item in value]
    if isinstance(value, frozenset):
        from modelcheck.values import ordered

        return [plain_value(item) for item in ordered(value)]
    return show(value)


# For people ------------------------------------------------------------------------------------------------------------------------------------


def print_report(
    report: Report,
    machine: Machine | None,
    files: Mapping[str, Path],
    *,
    meant: Meant | None = None,
    profile: bool = False,
    named: Collection[str] = (),
) -> None:
    """Print the report: verdicts, counts, warnings, and last the counterexamples with the command that replays each.

    Of the properties that were asked for by name, those that can be reached are shown with the way there.
    """
    paint(_heading(report))
    paint(_verdicts(report, meant))
    click.echo()
    paint(_counts(report))
    paint(_actions(report))
    if profile:
        paint(profile_lines(report))
    paint(_warnings(report))
    for found in report.properties:
        if found.verdict is Verdict.VIOLATED or found.name in named or (found.kind in ENDLESS and found.trace is not None):
            paint(_evidence(found, machine, files.get(found.name)))


def _heading(report: Report) -> Iterator[Line]:
    constants = ", ".join(f"{name}={show(value)}" for name, value in report.constants.items())
    yield (Span(report.spec, "action"), Span(f"({constants})"), Span(f"  {shown_path(report.source)}", "note"))
    yield ()


def _verdicts(report: Report, meant: Meant | None) -> Iterator[Line]:
    rows = [
        ("no deadlock" if f.kind == "deadlock" else f.kind, "" if f.kind == "deadlock" else f.name)
        for f in report.properties
    ]
    for found, text in zip(report.properties, columns(rows), strict=True):
        width = max(map(len, columns(rows)))
        yield (
            Span(f"{text.ljust(width)}  "),
            Span(found.verdict.value, found.verdict.value),
            Span(_remark(found) + _meaning(found, meant), "note"),
        )
    if report.verdict is Verdict.UNKNOWN:
        yield ()
        yield (Span("unknown", "unknown"), Span(f": {report.reason}"))


def _remark(found: PropertyReport) -> str:
    if found.kind in ENDLESS:
        return _remark_on_time(found)
    if found.trace is not None:
        return f"  {length(found.trace)}"
    if found.note:
        return f"  {found.note}"
    return "  no reachable state shows it" if found.verdict is Verdict.VIOLATED else ""


def _remark_on_time(found: PropertyReport) -> str:
    if found.verdict is Verdict.VIOLATED and found.trace is not None:
        return f"  {length(found.trace)}"
    if found.verdict is Verdict.HOLDS:
        return f"  with {said_fair(found.assumes)}" if found.assumes else "  though nothing is fair"
    return f"  {found.note}" if found.note else ""


def _meaning(found: PropertyReport, meant: Meant | None) -> str:
    """Whether a property of a spec that is meant to fail fares as it is meant to."""
    if meant is None:
        return ""
    if found.name in meant.remarks:
        return f", {meant.remarks[found.name]}" if found.trace is not None else f"  {meant.remarks[found.name]}"
    return ", as it is meant to" if any(one.property == found.name for one in meant.failures) else ""


def _counts(report: Report) -> Iterator[Line]:
    one_by_one = report.nodes is None and report.orbits is None and report.generated is not None and report.generated > _FAST
    rate = f", {said_rate((report.generated or 0) / report.seconds)} generated/s" if one_by_one else ""
    yield (Span(counted(report)),)
    if report.symmetry is not None:
        yield (Span(f"symmetry: {report.symmetry}"),)
    nodes = "" if report.nodes is None else f", by sets of states: {count(report.nodes, 'node')} at once"
    yield (
        Span(
            f"{said_seconds(report.seconds)}{rate}, {count(report.python_calls, 'Python call')}, {said_bytes(report.peak_memory_bytes)}{nodes}"
        ),
    )
    if report.collision_probability > 0:
        yield (
            Span(
                f"probability that a state was missed since two had one fingerprint: {report.collision_probability:.1g}",
                "note",
            ),
        )
    if report.out_of_bounds:
        yield (Span(f"{count(report.out_of_bounds, 'step')} out of bounds, dropped by a constraint or cut by bound()"),)
    if report.seed is not None:
        yield (Span(f"random walks of at most {count(report.walk_length or 0, 'step')} each (--max-depth), with --seed {report.seed}"),)


def _actions(report: Report) -> Iterator[Line]:
    if report.actions:
        yield ()
        known = any(a.new is not None for a in report.actions)
        rows = [
            ("action", "enabled", *(["to a new state"] if known else [])),
            *((a.name, f"{a.enabled:,}", *([f"{a.new:,}"] if a.new is not None else [])) for a in report.actions),
        ]
        header, *lines = columns(rows, right=frozenset({1, 2}))
        yield (Span(header, "note"),)
        yield from ((Span(line),) for line in lines)


def _warnings(report: Report) -> Iterator[Line]:
    if report.warnings:
        yield ()
    for warning in report.warnings:
        yield (Span("Warning: ", "warning"), Span(warning))


def _written_at(found: PropertyReport, machine: Machine) -> str:
    declared = next((declared for declared in machine.asked if declared.name == found.name), None)
    if declared is None:
        return ""
    file, _, line = declared.place.rpartition(":")
    return f"  {shown_path(file)}:{line}"


def _evidence(found: PropertyReport, machine: Machine | None, file: Path | None) -> Iterator[Line]:
    if found.trace is None or machine is None:
        return
    if found.verdict is Verdict.HOLDS:
        title = Span(f"Witness: {found.name} is reached", "holds")
    elif found.verdict is Verdict.UNKNOWN:
        title = Span(f"A run that leaves the bounds before {found.name} is decided", "unknown")
    else:
        name = "a deadlock" if found.kind == "deadlock" else f"{found.name} is violated"
        title = Span(f"Counterexample: {name}", "violated")
    yield ()
    yield (
        title,
        Span(f" {length(found.trace)}"),
        Span(_written_at(found, machine), "note"),
    )
    yield ()
    yield from trace_lines(found.trace, machine)
    yield ()
    reason = explain(machine, found.trace) if found.verdict is not Verdict.UNKNOWN else None
    if reason is not None:
        yield from reason_lines(reason)
        yield ()
    advice = would_hold(found.advice)
    if advice is not None:
        yield (Span(advice, "action"),)
        yield ()
    if file is not None:
        yield (Span(f"Trace: {file}"),)
        yield (Span(f"Replay: {replay_command(file)}"),)
