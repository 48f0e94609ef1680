"""``modelcheck replay``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options, keep_json

if TYPE_CHECKING:
    from modelcheck.spec import Machine
    from modelcheck.trace import Recording, Replay
    from modelcheck.trace.text import Line


@click.command(short_help="Run a recorded trace again through the spec.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--spec", "target", metavar="SPEC", help="Replay it through this spec instead of the one that the trace names."
)
@click.option("--json", "as_json", is_flag=True, callback=keep_json, help="Print the outcome as one JSON object.")
@click.option("--step", type=click.IntRange(min=0), metavar="N", help="Show the state after step N, what else could be taken there, and stop.")
@click.option("--interactive", "-i", is_flag=True, help="Step through the trace: forward, back, other actions; from step N on with --step.")
@click.option("--pdb", "debugged", is_flag=True, help="Debug the Python of step N (the last one without --step), on the spec's own lines.")
@common_options
@click.pass_context
def command(
    ctx: click.Context, file: Path, target: str | None, as_json: bool, step: int | None, interactive: bool, debugged: bool
) -> None:
    """Run the trace in FILE again through its spec, and say whether it still shows what it was recorded for.

    Exit code: 1 the property still fails, 0 it no longer does, 2 the trace cannot be replayed, since the spec has
    changed (the report says at which step and how the two part). For the witness of a reachable property: 0 it is still reached, 1 it is not.
    For a log: 0 it is a behaviour, 1 what was seen after it is still unexplained.
    """
    from modelcheck.cli.recorded import spec_of
    from modelcheck.spec import machine_of
    from modelcheck.trace import Outcome, read_recording, replay

    recording = read_recording(file)
    machine = machine_of(spec_of(recording, file, target))
    found = replay(machine, recording)
    if interactive or debugged or step is not None:
        _step_through(machine, found, step, interactive=interactive, debugged=debugged)
        return
    if as_json:
        from modelcheck.cli.paint import print_json

        print_json(_json(recording, found))
    else:
        _print(machine, recording, found)
    good = recording.kind == "reachable" or (recording.kind == "log" and recording.observed is None)
    ctx.exit({Outcome.CONFIRMED: int(not good), Outcome.NOT_CONFIRMED: int(good), Outcome.PARTED: 2}[found.outcome])


def _step_through(machine: Machine, found: Replay, step: int | None, *, interactive: bool, debugged: bool) -> None:
    from modelcheck.cli.interactive import Stepping, debug, debug_error, show_step
    from modelcheck.errors import TraceError, UsageError
    from modelcheck.trace import Outcome

    trace = found.trace
    if not trace.states:
        raise TraceError(f"the trace cannot be replayed: {found.reason}")
    if step is not None and step > len(trace.steps):
        parts = "" if found.step is None else f": at step {found.step} it and the spec part, {found.reason}"
        raise UsageError(f"there is no step {step}: the trace can be replayed for {len(trace.steps)} steps{parts}")
    if found.step is not None:
        click.echo(f"Warning: the trace and the spec part at step {found.step}: {found.reason}", err=True)
    if debugged and step is None and trace.kind == "error" and found.outcome is Outcome.CONFIRMED:
        debug_error(machine, trace)
    elif debugged:
        number = len(trace.steps) if step is None else step
        if number == 0:
            raise UsageError("the initial state is no step", remedy="Give the number of a step with --step.")
        debug(machine, trace.unrolled().states[number - 1], trace.steps[number - 1])
    elif interactive:
        Stepping(machine, trace, step or 0).loop()
    else:
        show_step(machine, trace, step or 0)


_WORDS = {"confirmed": "still fails", "not confirmed": "no longer fails", "parted": "cannot be replayed"}
_WITNESS_WORDS = {
    "confirmed": "is still reached",
    "not confirmed": "is no longer reached",
    "parted": "cannot be replayed",
}


_ERROR_WORDS = {"confirmed": "still raises an error", "not confirmed": "no longer raises an error", "parted": "cannot be replayed"}
_LOG_WORDS = {"confirmed": "is still a behaviour", "parted": "cannot be replayed"}
_OBSERVED_WORDS = {"confirmed": "is still unexplained", "not confirmed": "is explained now", "parted": "cannot be replayed"}


def _words(recording: Recording, found: Replay) -> str:
    words = {"reachable": _WITNESS_WORDS, "error": _ERROR_WORDS}.get(recording.kind, _WORDS)
    if recording.kind == "log":
        words = _LOG_WORDS if recording.observed is None else _OBSERVED_WORDS
    return words[found.outcome.value]


def _json(recording: Recording, found: Replay) -> dict[str, Any]:
    return {
        "spec": recording.spec,
        "property": recording.property,
        "kind": recording.kind,
        "outcome": _words(recording, found),
        "steps": len(recording.steps),
        **({} if recording.loop is None else {"stem": recording.loop, "loop": len(recording.steps) - recording.loop}),
        "step": found.step,
        "reason": found.reason or None,
        "changes": [
            {"path": c.path, "kind": c.kind, "old": c.old or None, "new": c.new or None} for c in found.changes
        ],
        "schema": 1,
    }


def _print(machine: Machine, recording: Recording, found: Replay) -> None:
    from modelcheck.cli.paint import paint
    from modelcheck.trace import Outcome, explain
    from modelcheck.trace.text import reason_lines, trace_lines

    if found.trace.states:
        paint(trace_lines(found.trace, machine))
        click.echo()
    reason = explain(machine, found.trace) if found.outcome is Outcome.CONFIRMED else None
    if reason is not None:
        paint(reason_lines(reason))
        click.echo()
    paint(_end(recording, found))


def _end(recording: Recording, found: Replay) -> Iterator[Line]:
    from modelcheck.cli.units import count
    from modelcheck.trace.lasso import length
    from modelcheck.trace.observation import observation_from
    from modelcheck.trace.text import Span, change_lines

    words = _words(recording, found)
    style = {"confirmed": "violated", "not confirmed": "holds", "parted": "unknown"}[found.outcome.value]
    if found.step is None:
        reason = f": {found.reason}" if found.reason else ""
        steps = count(len(recording.steps), "step")
        after = f"after {steps}" if found.trace.loop is None else length(found.trace)
        if recording.kind != "log":
            yield (Span(f"{recording.property} {words}", style), Span(f" {after}{reason}"))
        elif recording.observed is None:
            yield (Span(f"The run {words}", "holds"), Span(f" of {recording.spec}: {steps}"))
        else:
            seen = json.dumps(observation_from(recording.observed).as_json(), ensure_ascii=False)
            yield (Span(f"What was seen next {words}", style), Span(f" after {steps}{reason}"))
            yield (Span(f"  {seen}"),)
        return
    where = "in the initial state" if found.step == 0 else f"at step {found.step}"
    yield (Span(f"The trace {words}", style), Span(f": it and the spec part {where}"))
    yield (Span(f"  {found.reason}"),)
    yield from ((Span(line),) for reason in found.because for line in reason.lines(2))
    if found.changes:
        yield (Span("  From what was recorded to what happens now:", "note"),)
        yield from change_lines(found.changes)
