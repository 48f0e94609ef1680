"""``modelcheck check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import Settings, common_options
from modelcheck.cli.target import json_option, spec_from, specs_options, time_limit_option, trace_out_option
from modelcheck.cli.units import Size

if TYPE_CHECKING:
    from modelcheck.spec import Spec

_MOST_WORKERS = 63


@click.command(short_help="Explore every state of a spec, or of all specs in a folder.")
@specs_options
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
    targets: tuple[str, ...],
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

    SPEC is a file (specs/raft.py), a class in a file (specs/raft.py:Raft), or a module (specs.raft:Raft). Of a folder, or of several
    files and folders, all specs are checked, and the answer is one table.

    Exit code: 0 all properties hold, 1 one is violated, 2 an error in the spec or the command, 3 unknown, since a limit was reached.
    Of several, an error comes before a violation, and that before an unknown. A spec that is meant to fail passes when it does.
    """
    from modelcheck.search import Limits

    limits = Limits(states=max_states, depth=max_depth, time_s=time_limit, memory_bytes=max_memory)
    options = {"limits": limits, "workers": workers, "order": order, "seed": seed, "keep_going": keep_going}
    if len(targets) > 1 or Path(targets[0]).is_dir():
        from modelcheck.cli.several import check_several, refuse_options_of_one

        refuse_options_of_one(ctx)
        ctx.exit(check_several(targets, options, ctx.ensure_object(Settings), as_json=as_json))
    chosen = list(dict.fromkeys(properties))
    spec = spec_from(targets[0], settings)
    ctx.exit(_check_one(spec, chosen, options, ctx.ensure_object(Settings), profile=profile, as_json=as_json, out=trace_out))


def _check_one(
    spec: Spec, properties: list[str], options: dict[str, Any], settings: Settings, *, profile: bool, as_json: bool, out: Path | None
) -> int:
    from modelcheck.cli.paint import print_json
    from modelcheck.cli.progress import ProgressLine, progress_text
    from modelcheck.cli.report import json_report, print_report
    from modelcheck.cli.traces import check_writable, write_traces
    from modelcheck.errors import SpecError
    from modelcheck.search import check
    from modelcheck.search.meant import as_meant, goes_on, verdict_on
    from modelcheck.spec import machine_of
    from modelcheck.trace.saving import FOLDER, note_run

    if out is not None:
        check_writable(out)
    try:
        with ProgressLine(progress_text) as progress:
            options["keep_going"] |= goes_on(spec, properties or None)
            report = check(spec, properties=properties or None, progress=progress.function, **options)
        meant = as_meant(spec, report, shortest=options["order"] == "breadth")
    except SpecError as error:
        note_run(error, type(spec), FOLDER, out)
        raise
    settings.code = verdict_on(report, meant).exit_code
    files = write_traces(report, type(spec), out)
    # A search that ended in `init` has no traces, and asking for its machine would begin it again.
    machine = machine_of(spec) if any(found.trace for found in report.properties) else None
    if as_json:
        print_json(json_report(report, machine, files, meant=meant, profile=profile))
    else:
        print_report(report, machine, files, meant=meant, profile=profile, named=properties)
    return settings.code
