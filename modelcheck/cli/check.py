"""``modelcheck check``."""

from __future__ import annotations

from pathlib import Path

import click

from modelcheck.cli.command import Settings, common_options
from modelcheck.cli.target import json_option, spec_from, spec_options, time_limit_option, trace_out_option
from modelcheck.cli.units import Size

_MOST_WORKERS = 63


@click.command(short_help="Explore every state of a spec.")
@spec_options
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="NAME",
    help="Check only this property; may be repeated. `deadlock` is one.",
)
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop after N distinct states.")
@click.option(
    "--max-depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="Stop after N breadth-first levels, the initial one included; where random walks end.",
)
@time_limit_option
@click.option(
    "--max-memory", type=Size(), metavar="SIZE", help="Stop when the search takes so many bytes, or 500M, 4G."
)
@click.option(
    "--workers", type=click.IntRange(1, _MOST_WORKERS), default=1, show_default=True, metavar="N", help="Threads that search."
)
@click.option(
    "--order",
    type=click.Choice(["breadth", "depth", "random"]),
    default="breadth",
    show_default=True,
    help="What to explore next.",
)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Of the random order.")
@click.option("--keep-going", is_flag=True, help="Search on after a violation, for a verdict on every property.")
@click.option(
    "--profile", is_flag=True, help="Show where Python was run, and which cells of the state take many values."
)
@json_option
@trace_out_option
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    settings: tuple[str, ...],
    properties: tuple[str, ...],
    max_states: int | None,
    max_depth: int | None,
    time_limit: float | None,
    max_memory: int | None,
    workers: int,
    order: str,
    seed: int,
    keep_going: bool,
    profile: bool,
    as_json: bool,
    trace_out: Path | None,
) -> None:
    """Explore every reachable state of SPEC and give a verdict on its properties.

    SPEC is a file (specs/raft.py), a class in a file (specs/raft.py:Raft), or a module (specs.raft:Raft).

    Exit code: 0 all properties hold, 1 one is violated, 2 an error in the spec or the command, 3 unknown, since a limit was reached.
    """
    from modelcheck.cli.paint import print_json  # noqa: PLC0415 - what only this command needs, after the options were read.
    from modelcheck.cli.progress import ProgressLine, progress_text  # noqa: PLC0415 - what only this command needs, after the options were read.
    from modelcheck.cli.report import json_report, print_report  # noqa: PLC0415
    from modelcheck.cli.traces import check_writable, write_traces  # noqa: PLC0415
    from modelcheck.errors import SpecError  # noqa: PLC0415
    from modelcheck.search import Limits, check  # noqa: PLC0415
    from modelcheck.spec import machine_of  # noqa: PLC0415
    from modelcheck.trace.saving import FOLDER, note_run  # noqa: PLC0415

    if trace_out is not None:
        check_writable(trace_out)
    spec = spec_from(target, settings)
    limits = Limits(states=max_states, depth=max_depth, time_s=time_limit, memory_bytes=max_memory)
    try:
        with ProgressLine(progress_text) as progress:
            report = check(
                spec,
                properties=list(dict.fromkeys(properties)) or None,
                limits=limits,
                workers=workers,
                order=order,
                seed=seed,
                keep_going=keep_going,
                progress=progress.function,
            )
    except SpecError as error:
        note_run(error, type(spec), FOLDER, trace_out)
        raise
    ctx.ensure_object(Settings).code = report.verdict.exit_code
    files = write_traces(report, type(spec), trace_out)
    # A search that ended in `init` has no traces, and asking for its machine would begin it again.
    machine = machine_of(spec) if any(found.trace for found in report.properties) else None
    if as_json:
        print_json(json_report(report, machine, files, profile=profile))
    else:
        print_report(report, machine, files, profile=profile, named=properties)
    ctx.exit(report.verdict.exit_code)
