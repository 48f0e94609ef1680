"""``modelcheck check``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from modelcheck.cli.command import Settings, common_options
from modelcheck.cli.target import (
    format_option,
    json_option,
    property_names,
    spec_from,
    specs_options,
    time_limit_option,
    trace_out_option,
)
from modelcheck.cli.units import Size

if TYPE_CHECKING:
    from modelcheck.search import Progress, Report
    from modelcheck.search.coverage import Coverage
    from modelcheck.spec import Spec

_MOST_WORKERS = 63


def _fairness(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What ``--fair ACTION=HOW`` says, by action."""
    found = {}
    for text in given:
        name, equals, how = text.rpartition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not of the form ACTION=HOW, for example use=strong.")
        found[name] = how
    return found


@click.command(short_help="Explore every state of a spec, or of all specs in a folder.")
@specs_options
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="NAME",
    help="Check only this property; may be repeated. `deadlock` is one.",
    shell_complete=property_names,
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
@click.option(
    "--engine",
    type=click.Choice(["enumerate", "sets", "both"]),
    default="enumerate",
    show_default=True,
    help="Look at one state after another, at sets of states, or both, one as a witness of the other.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=0,
    show_default=True,
    help="Of the random order, and of the renamings that states are compared under.",
)
@click.option(
    "--fair",
    multiple=True,
    metavar="ACTION=HOW",
    callback=_fairness,
    help="Assume that an action is fair as said: none, weak or strong; may be repeated. What the spec says of it does not count then.",
)
@click.option(
    "--symmetry",
    type=click.Choice(["auto", "on", "off", "exact"]),
    default="auto",
    show_default=True,
    help="Explore once the states that differ in interchangeable names alone: where the spec allows it, or else an error, never, or with each "
    "state compared under all renamings.",
)
@click.option("--keep-going", is_flag=True, help="Search on after a violation, for a verdict on every property.")
@click.option(
    "--profile", is_flag=True, help="Show where Python was run, and which cells of the state take many values."
)
@click.option("--coverage", is_flag=True, help="Show which lines of the spec were never run, and which guards and conditions never true or false.")
@click.option("--coverage-data", type=click.Path(path_type=Path), metavar="FILE", help="Write what was run for the reports of coverage.py.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Show N random runs beside, of --max-depth or 20 steps, by --seed.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep what was found there every few minutes and when it is cut short; `modelcheck resume DIR` goes on.",
)
@click.option("--watch", is_flag=True, help="Check again whenever a Python file beside SPEC is saved.")
@format_option
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
    engine: str,
    seed: int,
    fair: dict[str, str],
    symmetry: str,
    keep_going: bool,
    profile: bool,
    coverage: bool,
    coverage_data: Path | None,
    sample: int | None,
    checkpoint: Path | None,
    watch: bool,
    form: str,
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

    form = "json" if as_json else form
    if watch:
        _watch_for(ctx, targets, checkpoint)
    covers = coverage or coverage_data is not None
    limits = Limits(states=max_states, depth=max_depth, time_s=time_limit, memory_bytes=max_memory)
    options = {"limits": limits, "workers": workers, "order": order, "engine": engine, "seed": seed, "keep_going": keep_going}
    options |= {"fair": fair, "symmetry": _of_all_states(symmetry) if covers else symmetry}
    if len(targets) > 1 or Path(targets[0]).is_dir():
        _check_several(ctx, targets, options, form)
    chosen = list(dict.fromkeys(properties))
    spec = spec_from(targets[0], settings)
    with _covering(wanted=covers) as covered:
        code = _check_one(
            spec, chosen, options, ctx.ensure_object(Settings), profile=profile, form=form, out=trace_out, checkpoint=checkpoint, covers=covers
        )  # fmt: skip
    if form == "text":
        _print_more(spec, covered if coverage else None, sample, seed, max_depth)
    if covered is not None and coverage_data is not None:
        from modelcheck.cli.covered import write_coverage

        write_coverage(covered, coverage_data)
    ctx.exit(code)


def _watch_for(ctx: click.Context, targets: tuple[str, ...], checkpoint: Path | None) -> NoReturn:
    """Check again and again, instead of once."""
    if checkpoint is not None:
        from modelcheck.errors import UsageError

        raise UsageError("--watch begins anew each time, and --checkpoint is for one search", remedy="Leave one of them out.")
    from modelcheck.cli.watching import watch_for

    ctx.exit(watch_for(ctx.ensure_object(Settings).arguments, targets))


def _of_all_states(symmetry: str) -> str:
    """What coverage makes of what was said of symmetry."""
    if symmetry in {"on", "exact"}:
        raise click.UsageError("coverage is told of all states, and symmetry explores some of them. Leave out --symmetry.")
    return "off"


def _check_several(ctx: click.Context, targets: tuple[str, ...], options: dict[str, Any], form: str) -> NoReturn:
    from modelcheck.cli.commands.several import check_several, refuse_options_of_one

    refuse_options_of_one(ctx)
    ctx.exit(check_several(targets, options, ctx.ensure_object(Settings), form))


def _print_more(spec: Spec, covered: Coverage | None, sample: int | None, seed: int, depth: int | None) -> None:
    """What was asked for besides the verdicts: coverage, and random runs."""
    if covered is None and sample is None:
        return
    from modelcheck.cli.covered import coverage_lines
    from modelcheck.cli.paint import paint
    from modelcheck.cli.samples import samples
    from modelcheck.spec import machine_of

    paint(() if covered is None else coverage_lines(machine_of(spec), covered))
    paint(samples(machine_of(spec), sample or 0, seed, depth))


def _covering(*, wanted: bool) -> AbstractContextManager[Coverage | None]:
    """Notes which lines of the spec are run within its block, if that is wanted."""
    if not wanted:
        return nullcontext()
    from modelcheck.search.coverage import covering

    return covering()


def _check_one(
    spec: Spec,
    properties: list[str],
    options: dict[str, Any],
    settings: Settings,
    *,
    profile: bool,
    form: str,
    out: Path | None,
    checkpoint: Path | None,
    covers: bool,
) -> int:
    from modelcheck.cli.searched import after, tell
    from modelcheck.search import check
    from modelcheck.search.meant import goes_on
    from modelcheck.search.symmetric import not_covered

    def search(progress: Callable[[Progress], None] | None) -> Report:
        options["keep_going"] |= goes_on(spec, properties or None)
        found = check(spec, properties=properties or None, checkpoint=checkpoint, progress=progress, **options)
        return not_covered(found, spec) if covers else found

    report = tell(spec, search, properties, settings, shortest=options["order"] == "breadth", profile=profile, form=form, out=out)
    if checkpoint is not None:
        after(report, checkpoint, form, keep_going=options["keep_going"])
    return settings.code
