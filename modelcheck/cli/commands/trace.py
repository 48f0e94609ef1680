"""``modelcheck trace``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelcheck.cli.command import common_options

if TYPE_CHECKING:
    from modelcheck.trace import Recording

FORMATS = ("itf", "json", "mermaid", "svg", "html", "shiviz", "pytest")


@click.command(short_help="Write a recorded trace in another format.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(FORMATS), required=True, help="The format.")
@click.option("--out", "-o", type=click.Path(path_type=Path, allow_dash=True), default="-", help="Where to; standard output by default.")
@click.option("--spec", "target", metavar="SPEC", help="For html and pytest: the spec, if it is not where the trace says.")
@common_options
def command(file: Path, form: str, out: Path, target: str | None) -> None:
    """Write the trace in FILE in another format.

    itf is the Informal Trace Format, for the viewers of other tools; json is text for scripts; mermaid and svg are sequence diagrams; html
    is a page that steps through the trace and needs nothing else;
    shiviz is a log with vector clocks; pytest is a test that fails until the bug is repaired.
    """
    from modelcheck.trace import read_recording

    if str(out) != "-" and out.resolve() == file.resolve():
        raise click.UsageError(f"{out} is the trace itself; name another file.")
    text = _exported(read_recording(file), file, form, target)
    if str(out) == "-":
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        from modelcheck.errors import UsageError

        raise UsageError(f"cannot write {out}: {error.strerror}") from error


def _exported(recording: Recording, file: Path, form: str, target: str | None) -> str:
    from modelcheck.trace import export
    from modelcheck.trace.recording import as_text

    if form == "itf":
        return as_text(recording)
    if form == "pytest":
        return _regression(recording, file, target)
    if form == "json":
        return export.plain_json(export.decoded(recording))
    if form == "html":
        from modelcheck.cli.page import page_of

        return page_of(recording, file, target)
    diagram = export.diagram(export.decoded(recording))
    return {"mermaid": export.mermaid, "svg": export.svg, "shiviz": export.shiviz}[form](diagram)


def _regression(recording: Recording, file: Path, target: str | None) -> str:
    from modelcheck.cli.recorded import spec_of
    from modelcheck.errors import TraceError
    from modelcheck.spec import machine_of
    from modelcheck.trace import Outcome, export, replay

    spec = spec_of(recording, file, target)
    found = replay(machine_of(spec), recording)
    if found.outcome is Outcome.PARTED:
        raise TraceError(f"the trace and the spec part at step {found.step}: {found.reason}", place=str(file), remedy="Run `modelcheck check` again.")
    return export.regression_test(spec, found.trace)
