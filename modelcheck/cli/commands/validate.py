"""``modelcheck validate``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options, keep_json
from modelcheck.cli.target import spec_from, spec_options, time_limit_option

if TYPE_CHECKING:
    from modelcheck.conformance.explaining import Unexplained
    from modelcheck.conformance.validation import Validation
    from modelcheck.spec import Machine
    from modelcheck.trace.text import Line


@click.command(short_help="Say whether a recorded log is a behaviour of a spec.")
@spec_options
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--hidden", multiple=True, metavar="ACTION", help="An action that the log does not tell of; may be repeated.")
@click.option(
    "--max-states", type=click.IntRange(min=1), default=10_000, show_default=True, metavar="N", help="Keep at most N states that explain the log."
)
@time_limit_option
@click.option(
    "--trace-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the behaviour that explains the log there, up to the line that nothing explains. One that does not go to the end is always written.",
)
@click.option("--json", "as_json", is_flag=True, callback=keep_json, help="Print the outcome as one JSON object.")
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    log: Path,
    settings: tuple[str, ...],
    hidden: tuple[str, ...],
    max_states: int,
    time_limit: float | None,
    trace_out: Path | None,
    as_json: bool,
) -> None:
    """Say whether the run recorded in LOG is a behaviour of SPEC, and if not, which line is the first that no behaviour explains.

    LOG has a JSON object per line: {"action": "receive", "arguments": {"m": {"dst": 1}}, "state": {"server": {"1": {"current_term": 2}}}}.
    Everything may be left out, in any depth: what is there must fit. A line without an action tells of the state only.

    Exit code: 0 it is a behaviour, 1 a line has no explanation, or the behaviour violates a property, 2 an error, 3 unknown: too many
    states explain it, or the time was over.
    """
    from modelcheck.cli.paint import paint, print_json
    from modelcheck.cli.progress import ProgressLine, log_progress_text
    from modelcheck.cli.traces import check_writable, write_to
    from modelcheck.conformance.log import CutShort, read_log
    from modelcheck.conformance.validation import Validation, validate
    from modelcheck.limits import Limits
    from modelcheck.limits.budget import Budget
    from modelcheck.spec import machine_of
    from modelcheck.verdict import Verdict

    if trace_out is not None:
        check_writable(trace_out)
    machine = machine_of(spec_from(target, settings))
    budget = Budget(Limits(time_s=time_limit))
    try:
        observations = read_log(log, machine, budget)
    except CutShort as cut:
        found = Validation(Verdict.UNKNOWN, 0, cut.line, is_exact=False, reason=f"{cut.reason} while the log was read")
    else:
        limits = Limits(states=max_states, time_s=time_limit)
        with ProgressLine(log_progress_text) as progress:
            found = validate(machine, observations, hidden=hidden, limits=limits, progress=progress.function, budget=budget)
    if found.trace is not None and (trace_out is not None or found.verdict is Verdict.VIOLATED):
        trace_out = write_to(found.trace, machine.cls, trace_out)
    if as_json:
        print_json(_json(machine, found, log, trace_out))
    else:
        paint(_lines(machine, found, log, trace_out))
    ctx.exit(found.verdict.exit_code)


def _json(machine: Machine, found: Validation, log: Path, out: Path | None) -> dict[str, Any]:
    wrong = found.unexplained
    violated = found.trace is not None and found.trace.kind != "log"
    return {
        "spec": machine.cls.__name__,
        "log": str(log),
        "verdict": found.verdict.value,
        "lines": found.lines,
        "line": found.line,
        "property": found.trace.property if violated and found.trace is not None else None,
        "allowed": [] if wrong is None else [repr(step) for step in wrong.allowed],
        "nearest": None if wrong is None or wrong.nearest is None else repr(wrong.nearest),
        "differences": [] if wrong is None else list(wrong.differences),
        "not_enabled": [] if wrong is None else [line for reason in wrong.guards for line in reason.lines()],
        "explanations": found.explanations,
        "exact": found.is_exact,
        "reason": found.reason,
        "trace": None if out is None or found.trace is None else {"file": str(out), "steps": len(found.trace.steps)},
        "schema": 1,
    }


def _lines(machine: Machine, found: Validation, log: Path, out: Path | None) -> Iterator[Line]:
    from modelcheck.trace.saving import replay_command
    from modelcheck.trace.text import Span, trace_lines
    from modelcheck.verdict import Verdict

    name = machine.cls.__name__
    if found.verdict is Verdict.HOLDS:
        yield (Span("holds", "holds"), Span(f"  {log}: {found.lines:,} observations are a behaviour of {name}"))
        if found.explanations > 1:
            many = f"{'' if found.is_exact else 'at least '}{found.explanations:,}"
            yield (Span(f"  {many} states explain them at the end", "note"),)
    elif found.reason is not None:
        explained = f"{found.lines:,} {'observation was' if found.lines == 1 else 'observations were'} explained by then"
        yield (Span("unknown", "unknown"), Span(f"  {log}:{found.line}: {found.reason}; {explained}"))
    elif found.verdict is Verdict.UNKNOWN:
        kept = f"none of the {found.explanations:,} states that were kept explains this line, and others may"
        yield (Span("unknown", "unknown"), Span(f"  {log}:{found.line}: {kept}"))
        yield (Span("  Tell more in the log, or raise --max-states."),)
    elif found.unexplained is not None:
        yield from _unexplained_lines(found, found.unexplained, log, name)
    elif found.trace is not None:
        where = f"{log}:{found.line}: the log is a behaviour of {name}"
        yield (Span("violated", "violated"), Span(f"  {where}, and violates {found.trace.property} here"))
        yield ()
        yield from trace_lines(found.trace)
    if out is not None and found.trace is not None:
        yield ()
        yield (Span(f"Trace: {out}"),)
        yield (Span(f"Replay: {replay_command(out)}"),)


def _unexplained_lines(found: Validation, wrong: Unexplained, log: Path, name: str) -> Iterator[Line]:
    """The line that no behaviour explains, and what would have been allowed there."""
    from modelcheck.trace.text import Span, step_spans

    yield (Span("violated", "violated"), Span(f"  {log}:{found.line}: no behaviour of {name} explains this line"))
    yield (Span(f"  {_seen(found)}"),)
    if wrong.allowed:
        yield ()
        yield (Span("Allowed there:"),)
        yield from ((Span("  "), *step_spans(step)) for step in wrong.allowed)
        if wrong.more:
            yield (Span(f"  and {wrong.more} more", "note"),)
    else:
        yield from _nothing(wrong)
    if wrong.guards:
        yield ()
        yield (Span("Not enabled:"),)
        yield from ((Span(line),) for reason in wrong.guards for line in reason.lines(1))
    if wrong.differences and (wrong.nearest is None or wrong.nearest.action == wrong.observation.action):
        yield ()
        yield (Span("Nearest: "), *(step_spans(wrong.nearest) if wrong.nearest else [Span("the state as it was")]))
        yield from ((Span(f"  {difference}", "old"),) for difference in wrong.differences)


def _nothing(wrong: Unexplained) -> Iterator[Line]:
    from modelcheck.trace.text import Span

    if wrong.observation.action is not None:
        yield ()
        yield (Span("Nothing can happen there."),)


def _seen(found: Validation) -> str:
    assert found.unexplained is not None
    return json.dumps(found.unexplained.observation.as_json(), ensure_ascii=False)
