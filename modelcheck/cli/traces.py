"""Where the traces of a report are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelcheck.errors import UsageError
from modelcheck.limits.budget import INTERRUPTED
from modelcheck.search.report import Report
from modelcheck.spec.loading import shown_path
from modelcheck.trace import Trace, write_trace
from modelcheck.trace.recording import remove_leftovers
from modelcheck.trace.saving import FOLDER, save
from modelcheck.verdict import Verdict

if TYPE_CHECKING:
    from modelcheck.symbolic.proof.report import ProofReport


def check_writable(path: Path) -> None:
    """Refuse at once a file that could not be written after a long search.

    Raises:
        UsageError: if its folder does not exist or is no place to write to.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"cannot write the trace to {path}: {'that is' if path.is_dir() else 'there is no'} folder{'' if path.is_dir() else f' {path.parent}'}",
            remedy="Name a file in a folder that exists.",
        )


def write_traces(report: Report | ProofReport, cls: type, out: Path | None) -> dict[str, Path]:
    """Write every trace of a report; returns the file of each property that has one.

    Args:
        report: The report.
        cls: The spec's class.
        out: Where the first counterexample goes (or, without one, the first witness); all else goes to ``.modelcheck/``.
    """
    with_trace = [found for found in report.properties if found.trace is not None]
    with_trace.sort(key=lambda found: found.verdict is not Verdict.VIOLATED)
    files: dict[str, Path] = {}
    remove_leftovers(FOLDER)
    for number, found in enumerate(with_trace):
        assert found.trace is not None
        path = out if number == 0 else None
        try:
            files[found.name] = write_to(found.trace, cls, path)
        except OSError as error:
            click.echo(f"Warning: the trace could not be written to {path or FOLDER}: {error.strerror}", err=True)
        except KeyboardInterrupt:  # The verdict is known, and the user may wait no longer for anything else.
            click.echo(f"Warning: the trace was not written to {path or FOLDER}: {INTERRUPTED}", err=True)
    return files


def write_to(trace: Trace, cls: type, path: Path | None) -> Path:
    """Write a trace to a file, by default to the one in ``.modelcheck/`` that is the spec's; returns it.

    Raises:
        OSError: if it cannot be written.
    """
    if path is None:
        return save(trace, cls, FOLDER)
    write_trace(trace, path, source=shown_path(trace.source))
    return path
