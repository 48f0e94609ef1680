"""``modelcheck resume``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelcheck.cli.command import Settings, common_options
from modelcheck.cli.target import format_option, json_option, time_limit_option, trace_out_option
from modelcheck.cli.units import Size

if TYPE_CHECKING:
    from modelcheck.search import Progress, Report
    from modelcheck.spec import Spec


@click.command(short_help="Go on with a check from its checkpoint.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--spec", "target", metavar="SPEC", help="The spec, where the checkpoint names none that may be imported.")
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop after N distinct states, those of the checkpoint included.")
@click.option("--max-depth", type=click.IntRange(min=1), metavar="N", help="Stop after N breadth-first levels, the initial one included.")
@time_limit_option
@click.option("--max-memory", type=Size(), metavar="SIZE", help="Stop when the search takes so many bytes, or 500M, 4G.")
@click.option("--profile", is_flag=True, help="Show where Python was run, and which cells of the state take many values.")
@format_option
@json_option
@trace_out_option
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    directory: Path,
    target: str | None,
    max_states: int | None,
    max_depth: int | None,
    time_limit: float | None,
    max_memory: int | None,
    profile: bool,
    form: str,
    as_json: bool,
    trace_out: Path | None,
) -> None:
    """Go on with the check that left its checkpoint in DIR, to the same answer as if nothing had happened.

    The spec's runs so far are run again, and must come out as they did; the spec, what it imports, its constants, modelcheck and Python must be
    what they were. Properties, workers and --keep-going are those of the check, limits are not.

    Exit code: as that of `modelcheck check`.
    """
    from modelcheck.cli.searched import after, tell
    from modelcheck.search import Limits, resume
    from modelcheck.search.checkpoints import found

    told = found(directory)
    spec = _spec(told["search"], directory, target)
    limits = Limits(states=max_states, depth=max_depth, time_s=time_limit, memory_bytes=max_memory)

    def search(progress: Callable[[Progress], None] | None) -> Report:
        return resume(spec, directory, limits=limits, progress=progress)

    options, settings = told["search"]["options"], ctx.ensure_object(Settings)
    form = "json" if as_json else form
    report = tell(spec, search, options["properties"] or [], settings, shortest=True, profile=profile, form=form, out=trace_out)
    after(report, directory, form, keep_going=options["keep_going"])
    ctx.exit(settings.code)


def _spec(search: dict[str, Any], directory: Path, target: str | None) -> Spec:
    """The spec that a checkpoint is of."""
    from modelcheck.cli.recorded import spec_of
    from modelcheck.cli.target import loading
    from modelcheck.errors import CheckpointError, TraceError
    from modelcheck.trace import Recording

    recording = Recording(search["spec"], search["source"], search["constants"], property="", kind="", states=(), steps=())
    try:
        with loading(directory):
            return spec_of(recording, directory / "checkpoint.json", target, what="checkpoint")
    except TraceError as error:
        raise CheckpointError(f"the spec of the checkpoint is not to be had: {error.message}", place=str(directory), remedy=error.remedy) from error
