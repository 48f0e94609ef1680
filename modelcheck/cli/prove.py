"""``modelcheck prove``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import common_options
from modelcheck.cli.target import spec_from, spec_options
from modelcheck.cli.units import Duration

if TYPE_CHECKING:
    from modelcheck.spec import Machine
    from modelcheck.symbolic.induction import CounterexampleToInduction
    from modelcheck.symbolic.report import Proof, ProofReport
    from modelcheck.trace import Trace
    from modelcheck.trace.text import Line

SCHEMA = 1
MOST_SHOWN = 4


@click.command(short_help="Prove a spec's properties with z3.")
@spec_options
@click.option(
    "--property", "properties", multiple=True, metavar="NAME", help="Prove only this property; may be repeated."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "bmc", "induction", "ic3"]),
    default="auto",
    show_default=True,
    help="Bounded model checking, induction, a search for an inductive invariant, or what is cheap first.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="K",
    help="The steps that bmc looks at.",
)
@click.option("--k", type=click.IntRange(min=1), default=1, show_default=True, metavar="K", help="For k-induction.")
@click.option(
    "--using",
    multiple=True,
    metavar="LEMMA",
    help="Let induction assume (and prove) this invariant; may be repeated. By default all of them.",
)
@click.option("--time-limit", type=Duration(), metavar="TIME", help="Stop after so many seconds, or 2m, 1h30m.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--trace-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the counterexample there instead of to .modelcheck/.",
)
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    settings: tuple[str, ...],
    properties: tuple[str, ...],
    method: str,
    depth: int,
    k: int,
    using: tuple[str, ...],
    time_limit: float | None,
    as_json: bool,
    trace_out: Path | None,
) -> None:
    """Prove that the invariants and step properties of SPEC hold in every reachable state, however many there are.

    SPEC is a file (specs/raft.py), a class in a file (specs/raft.py:Raft), or a module (specs.raft:Raft).

    Exit code: 0 all are proved, 1 one is violated, 2 an error in the spec or the command, 3 unknown.
    """
    from modelcheck.cli.traces import check_writable  # noqa: PLC0415 - what only this command needs, after the options were read.
    from modelcheck.spec import machine_of  # noqa: PLC0415
    from modelcheck.symbolic.prove import prove  # noqa: PLC0415 - loads z3.

    if trace_out is not None:
        check_writable(trace_out)
    spec = spec_from(target, settings)
    report = prove(
        spec,
        properties=list(properties) or None,
        method=method,
        depth=depth,
        k=k,
        using=list(using) or None,
        time_limit=time_limit,
        progress=_progress if sys.stderr.isatty() and not as_json else None,
    )
    if sys.stderr.isatty() and not as_json:
        click.echo("\r\x1b[K", nl=False, err=True)
    files = _write_traces(report, trace_out)
    if as_json:
        click.echo(json.dumps(_json(report, machine_of(spec), files), ensure_ascii=False))
    else:
        _print(report, machine_of(spec), files)
    ctx.exit(report.verdict.exit_code)


def _progress(text: str) -> None:
    click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _write_traces(report: ProofReport, out: Path | None) -> dict[str, Path]:
    from modelcheck.cli.traces import FOLDER, file_name  # noqa: PLC0415 - imported when there is something to write.
    from modelcheck.spec.loading import shown_path  # noqa: PLC0415
    from modelcheck.trace import write_trace  # noqa: PLC0415

    files: dict[str, Path] = {}
    for number, proof in enumerate(each for each in report.properties if each.trace is not None):
        assert proof.trace is not None
        path = out if out is not None and number == 0 else FOLDER / file_name(proof.trace)
        try:
            write_trace(proof.trace, path, source=shown_path(proof.trace.source))
        except OSError as error:
            click.echo(f"Warning: the trace could not be written to {path}: {error.strerror}", err=True)
        else:
            files[proof.name] = path
    return files


# JSON ------------------------------------------------------------------------------------------------------------------------------------------


def _json(report: ProofReport, machine: Machine, files: Mapping[str, Path]) -> dict[str, Any]:
    from modelcheck.cli.report import plain_value  # noqa: PLC0415 - not for people.
    from modelcheck.spec.loading import shown_path  # noqa: PLC0415

    return {
        "spec": report.spec,
        "source": shown_path(report.source),
        "constants": {name: plain_value(value) for name, value in report.constants.items()},
        "method": report.method,
        "verdict": report.verdict.value,
        "reason": report.reason,
        "seconds": round(report.seconds, 6),
        "transitions": report.transitions,
        "queries": report.queries,
        "unbounded": list(report.unbounded),
        "properties": [_json_proof(proof, machine, files.get(proof.name)) for proof in report.properties],
        "schema": SCHEMA,
    }


def _json_proof(proof: Proof, machine: Machine, file: Path | None) -> dict[str, Any]:
    from modelcheck.trace import explain  # noqa: PLC0415 - imported when there is something to explain.

    reason = None if proof.trace is None else explain(machine, proof.trace)
    return {
        "name": proof.name,
        "kind": proof.kind,
        "lemma": proof.lemma,
        "verdict": proof.verdict.value,
        "reason": proof.reason,
        "method": proof.method,
        "depth": proof.depth,
        "needs": list(proof.needs),
        "invariant": list(proof.found) or None,
        "trace": None
        if proof.trace is None
        else {"file": None if file is None else str(file), "steps": len(proof.trace.steps)},
        "explanation": None if reason is None else list(reason.lines()),
        "counterexample_to_induction": None
        if proof.counterexample is None
        else _json_counterexample(proof.counterexample),
    }


def _json_counterexample(found: CounterexampleToInduction) -> dict[str, Any]:
    from modelcheck.trace.itf import encode  # noqa: PLC0415 - imported when there is something to encode.

    return {
        "states": [{name: encode(value) for name, value in state.items()} for state in found.states],
        "steps": [
            {"action": step.action, "arguments": {n: encode(v) for n, v in step.arguments.items()}}
            for step in found.steps
        ],
        "arguments": {name: encode(value) for name, value in found.arguments.items()},
        "raises": found.raises,
        "reachable": found.reachable,
        "confirmed": found.exact,
    }


# For people ------------------------------------------------------------------------------------------------------------------------------------


def _print(report: ProofReport, machine: Machine, files: Mapping[str, Path]) -> None:
    from modelcheck.cli.paint import paint  # noqa: PLC0415 - not for --json.

    paint(_heading(report))
    paint(_verdicts(report))
    for proof in report.properties:
        if proof.found:
            paint(_found(proof))
        if proof.trace is not None:
            paint(_violation(proof, machine, files.get(proof.name)))
        elif proof.counterexample is not None:
            paint(_counterexample(proof, proof.counterexample, machine))


def _heading(report: ProofReport) -> Iterator[Line]:
    from modelcheck.spec.loading import shown_path  # noqa: PLC0415 - not for --json.
    from modelcheck.trace.text import Span  # noqa: PLC0415
    from modelcheck.values import show  # noqa: PLC0415

    constants = ", ".join(f"{name}={show(value)}" for name, value in report.constants.items())
    yield (Span(report.spec, "action"), Span(f"({constants})"), Span(f"  {shown_path(report.source)}", "note"))
    yield ()


def _verdicts(report: ProofReport) -> Iterator[Line]:
    from modelcheck.cli.paint import columns  # noqa: PLC0415 - not for --json.
    from modelcheck.cli.units import count, said_seconds  # noqa: PLC0415
    from modelcheck.trace.text import Span  # noqa: PLC0415

    texts = columns([("lemma" if proof.lemma else proof.kind, proof.name) for proof in report.properties])
    width = max(map(len, texts))
    for proof, text in zip(report.properties, texts, strict=True):
        yield (
            Span(f"{text.ljust(width)}  "),
            Span(proof.verdict.value, proof.verdict.value),
            Span(_remark(proof), "note"),
        )
        if proof.needs:
            yield (Span(f"      needs {', '.join(proof.needs)}", "note"),)
    yield ()
    yield (
        Span(
            f"{count(report.transitions, 'path')} through the actions, {count(report.queries, 'question')} to z3, {said_seconds(report.seconds)}"
        ),
    )
    if report.unbounded:
        shown = ", ".join(report.unbounded[:MOST_SHOWN]) + (
            f" and {len(report.unbounded) - MOST_SHOWN} more" if len(report.unbounded) > MOST_SHOWN else ""
        )
        yield (Span(f"unbounded: {shown}", "note"),)


def _remark(proof: Proof) -> str:
    from modelcheck.cli.units import count  # noqa: PLC0415 - not for --json.
    from modelcheck.verdict import Verdict  # noqa: PLC0415

    if proof.trace is not None:
        return f" in {count(len(proof.trace.steps), 'step')}" if proof.trace.steps else " in the initial state"
    if proof.verdict is Verdict.UNKNOWN:
        return f": {proof.reason}"
    return f" by {proof.method}"


def _found(proof: Proof) -> Iterator[Line]:
    from modelcheck.trace.text import Span  # noqa: PLC0415 - not for --json.

    yield ()
    yield (Span(f"{proof.name} follows from what is true at the start and stays true in every step:", "action"),)
    for line in proof.found:
        yield (Span("     "), Span(line))


def _violation(proof: Proof, machine: Machine, file: Path | None) -> Iterator[Line]:
    from modelcheck.cli.traces import replay_command  # noqa: PLC0415 - not for --json.
    from modelcheck.trace.text import Span, trace_lines  # noqa: PLC0415

    assert proof.trace is not None
    yield ()
    yield (Span(f"{proof.name} is violated", "violated"),)
    yield ()
    yield from trace_lines(proof.trace)
    yield from _because(machine, proof.trace)
    if file is not None:
        yield ()
        yield (Span(replay_command(file), "note"),)


def _because(machine: Machine, trace: Trace) -> Iterator[Line]:
    from modelcheck.trace import explain  # noqa: PLC0415 - not for --json.
    from modelcheck.trace.text import reason_lines  # noqa: PLC0415

    reason = explain(machine, trace)
    if reason is not None:
        yield ()
        yield from reason_lines(reason)


def _counterexample(proof: Proof, found: CounterexampleToInduction, machine: Machine) -> Iterator[Line]:
    from modelcheck.symbolic.prove import trace_of  # noqa: PLC0415 - not for --json.
    from modelcheck.trace.diff import changes  # noqa: PLC0415
    from modelcheck.trace.text import Span, change_lines, state_lines, step_spans  # noqa: PLC0415

    yield ()
    yield (
        Span(f"{proof.name} is not inductive: ", "unknown"),
        Span("from a state in which everything assumed is true"),
    )
    yield from state_lines(found.states[0])
    for at, step in enumerate(found.steps):
        yield ()
        yield (
            Span("the step "),
            *step_spans(step),
            Span(f" raises {found.raises}" if found.raises and at + 1 == len(found.steps) else ""),
        )
        if at + 1 < len(found.states):
            yield from change_lines(changes(found.states[at], found.states[at + 1]))
    if not found.raises and len(found.states) > 1:
        yield from _because(
            machine, trace_of(machine, machine.find(found.property, machine.properties), found.states, found.steps)
        )
    yield ()
    yield (Span(_reachability(found), "note"),)


def _reachability(found: CounterexampleToInduction) -> str:
    if not found.exact:
        return "The state holds infinitely many messages, of which those are shown that the step looks at."
    if found.reachable is None:
        return "Whether the first state is reachable is not known. If it is not, say why not in a lemma."
    if found.reachable:
        return "The first state is reachable, so this is a violation."
    return "The first state is not reachable: say why not in a lemma, an invariant that is false in it."
