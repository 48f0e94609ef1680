"""The spec that a recorded trace is of.

A trace may come from anywhere, and importing a file runs it. So the file that a trace names is imported only if it lies below the
working directory, and is told before that if it does not lie beside the trace; for any other, ``--spec`` has to say so.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from modelcheck.errors import TraceError, UsageError
from modelcheck.spec import Spec
from modelcheck.spec.loading import load_spec, shown_path
from modelcheck.trace import Recording
from modelcheck.trace.constants import recorded_constants
from modelcheck.trace.saving import FOLDER, source_files


def spec_of(recording: Recording, file: Path, target: str | None = None, *, what: str = "trace") -> Spec:
    """The spec that a recording is of, with the constants that were recorded.

    Args:
        recording: The recording.
        file: The file that it was read from.
        target: The spec to use instead of the one that the recording names.
        what: What the file is called.

    Raises:
        UsageError: if it is not to be found.
        TraceError: if the recording may not say what is imported, or its constants are others now.
    """
    cls = load_spec(target or _named(recording, file, what))
    try:
        return cls(**recorded_constants(cls, recording))
    except UsageError as error:
        raise TraceError(error.message, place=str(file), remedy="The spec has changed: run `modelcheck check` again.") from error
    except TraceError as error:
        error.place = error.place or str(file)
        raise


def _named(recording: Recording, file: Path, what: str) -> str:
    """The recorded source, with symbolic links followed, in the working directory."""
    source = Path(recording.source)
    if not recording.spec.isidentifier() or source.suffix != ".py":
        named = f"{recording.spec!r} in {recording.source!r}"
        raise TraceError(f"the {what} names no spec in a Python file, but {named}", place=str(file), remedy=_NAME_IT)
    found = [path.resolve() for path in source_files(recording.source, file)]
    here = Path.cwd().resolve()
    inside = next((path for path in found if here in path.parents), None)
    if inside is not None:
        if inside.parent not in _beside(file):
            click.echo(f"The {what} names {shown_path(inside)}:{recording.spec}, which is imported now.", err=True)
        return f"{inside}:{recording.spec}"
    if found:
        typed = shlex.quote(f"{found[0]}:{recording.spec}")
        raise TraceError(
            f"the {what} names {found[0]}, which is outside of the working directory",
            place=str(file),
            remedy=f"A {what} does not decide what is run: if that is the spec, say so with --spec {typed}",
        )
    raise TraceError(f"the {what} is of {recording.spec} in {source}, and that file is not there", place=str(file), remedy=_NAME_IT)


_NAME_IT = "Name the spec with --spec."


def _beside(file: Path) -> set[Path]:
    """The folder of a trace; and that of the spec, if the trace is where `modelcheck check` puts it."""
    folder = file.resolve().parent
    return {folder, folder.parent} if folder.name == FOLDER.name else {folder}
