"""A search by a command: run, told, and its checkpoint looked after."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click

from modelcheck.cli.command import Settings
from modelcheck.cli.formats import error_json, print_reports
from modelcheck.cli.progress import ProgressLine, progress_text
from modelcheck.cli.report import json_report, print_report
from modelcheck.cli.traces import check_writable, write_traces
from modelcheck.errors import SpecError
from modelcheck.search import Progress, Report
from modelcheck.search.meant import as_meant, verdict_on
from modelcheck.spec import Spec, machine_of
from modelcheck.trace.saving import FOLDER, note_run
from modelcheck.verdict import Verdict


def tell(
    spec: Spec,
    search: Callable[[Callable[[Progress], None] | None], Report],
    properties: list[str],
    settings: Settings,
    *,
    shortest: bool,
    profile: bool,
    form: str,
    out: Path | None,
) -> Report:
    """Search, and tell what came of it; the settings get the exit code.

    Args:
        spec: The spec.
        search: Is told where to report its progress.
        properties: Those that were asked for by name.
        settings: Of the command.
        shortest: Whether counterexamples are the shortest.
        profile: Whether to show where Python was run.
        form: The format.
        out: Where the counterexample goes.
    """
    if out is not None:
        check_writable(out)
    try:
        with ProgressLine(progress_text) as progress:
            report = search(progress.function)
        meant = as_meant(spec, report, shortest=shortest)
    except SpecError as error:
        note_run(error, type(spec), FOLDER, out)
        if form not in {"text", "json"}:
            print_reports(form, [error_json(spec, error)])
        raise
    settings.code = verdict_on(report, meant).exit_code
    files = write_traces(report, type(spec), out)
    # Asking for the machine of a search that ended in `init` would begin it again.
    machine = machine_of(spec) if report.states else None
    if form != "text":
        print_reports(form, [json_report(report, machine, files, meant=meant, profile=profile)])
    else:
        print_report(report, machine, files, meant=meant, profile=profile, named=properties)
    return report


def after(report: Report, directory: Path, form: str, *, keep_going: bool) -> None:
    """Remove the checkpoint of a search that has ended, and say of another one how it goes on.

    Args:
        report: What was told of it.
        directory: Where the checkpoint is, if there is one.
        form: The format of the report.
        keep_going: Whether the search goes on after a violation.
    """
    from modelcheck.disk.folder import read
    from modelcheck.search.checkpoints import discard

    open_ = keep_going and any(each.verdict is Verdict.UNKNOWN for each in report.properties)
    if report.verdict is not Verdict.UNKNOWN and not open_:
        discard(directory)
        return
    told = read(directory)
    if told is None:
        line = f"No checkpoint: the search was cut short before one could be written to {directory}"
    else:
        line = f"Checkpoint: {told['states']:,} states in {directory}\nResume: modelcheck resume {shlex.quote(str(directory))}"
    click.echo(f"\n{line}", err=form != "text")
