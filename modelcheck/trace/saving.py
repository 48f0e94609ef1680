"""Where counterexamples are saved: one file per spec, configuration and property, so that the folder holds the latest trace of each.

The file is called ``SPEC-PROPERTY.json``. The constants that are not at their defaults follow the property, ``Raft-agreement-servers=5.json``; if
that would be long, or no good file name, eight digits stand for them, and so they do for a property of a part under a key that is no good file name.
Where a file of that name holds the trace of another spec, from another file of
the project for example, or of constants or a property that are written alike, eight digits more follow. Which of two comes first has the short name.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelcheck.errors import SpecError, TraceError
from modelcheck.spec.loading import shown_path, source_file
from modelcheck.trace.itf import encode
from modelcheck.trace.parsing import read_recording
from modelcheck.trace.recording import Recording, write_trace
from modelcheck.trace.text import plain, trace_lines
from modelcheck.trace.trace import Trace
from modelcheck.values import identity, show

FOLDER = Path(".modelcheck")
_LONGEST = 40
_LONGEST_NAME = 200
_MISSING = object()
_PLAIN = r"(\w|\.|\[\w+\]|\['[a-zA-Z0-9]+'\])*"
"""Names of properties that differ in the names of their files where they differ."""


def file_name(cls: type, constants: Mapping[str, Any], name: str) -> str:
    """The name of the file for the trace of a property, if no other spec has it.

    Args:
        cls: The spec's class, which says what the defaults are.
        constants: The constants and their values.
        name: The property.
    """
    told = {constant: value for constant, value in constants.items() if not _is_default(cls, constant, value)}
    odd = "" if re.fullmatch(_PLAIN, name) else _digits(name)
    found = re.sub(r"[^\w.=,+-]", "_", "-".join(filter(None, [cls.__name__, name, odd, _listed(told)])))
    return (found if len(found.encode()) <= _LONGEST_NAME else f"{found[: _LONGEST_NAME // 4]}-{_digits(found)}") + ".json"


def save(trace: Trace, cls: type, folder: Path) -> Path:
    """Save a trace of a spec of this class in a folder, which is made if need be; returns the file.

    Raises:
        OSError: if it cannot be written.
    """
    owner = _Owner(cls, trace.constants, trace.property)
    paths = list(owner.paths(folder))
    _keep_out_of_git(folder)
    for path in paths:
        if write_trace(trace, path, source=_source(owner.file, folder), may_replace=owner.may_replace):
            return path
    write_trace(trace, paths[-1], source=_source(owner.file, folder))
    return paths[-1]


def _keep_out_of_git(folder: Path) -> None:
    """Let git leave the folder alone: what is in it is made anew. A file that is there, or a folder of another name, is the user's."""
    note = folder / ".gitignore"
    if folder.name == FOLDER.name and not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text("# Written by modelcheck.\n*\n", encoding="utf-8")


def saved(cls: type, constants: Mapping[str, Any], name: str, folder: Path) -> Path | None:
    """The file of the trace of a property, if there is one."""
    owner = _Owner(cls, constants, name)
    return next((path for path in owner.paths(folder) if path.is_file() and owner.has(path)), None)


class _Owner:
    """What a file is of: a class in a file, constants, and a property."""

    def __init__(self, cls: type, constants: Mapping[str, Any], name: str) -> None:
        self.file = source_file(cls)
        self._cls = cls
        self._constants = constants
        self._name = name
        self._written = {constant: encode(value) for constant, value in constants.items()}

    def paths(self, folder: Path) -> Iterator[Path]:
        """Where it can be: the short name, and the one that no other has."""
        short = folder / file_name(self._cls, self._constants, self._name)
        if self._cls.__qualname__ == self._cls.__name__:
            yield short
        what = [shown_path(self.file), self._cls.__qualname__, self._name, json.dumps(self._written)]
        yield short.with_name(f"{short.stem}-{_digits(json.dumps(what))}.json")

    def may_replace(self, path: Path) -> bool:
        """Whether a file is ours, or nobody's any more."""
        found = _recording(path)
        return found is None or self._is_of(found, path) or next(source_files(found.source, path), None) is None

    def has(self, path: Path) -> bool:
        """Whether a file is ours; one that cannot be read is taken for that, so that somebody is told."""
        found = _recording(path)
        return found is None or self._is_of(found, path)

    def _is_of(self, recording: Recording, path: Path) -> bool:
        if (recording.spec, recording.property, recording.constants) != (self._cls.__name__, self._name, self._written):
            return False
        file = next(source_files(recording.source, path), None)
        return file is not None and file.resolve() == Path(self.file).resolve()


def source_files(source: str, trace: Path) -> Iterator[Path]:
    """The files that a recorded source may mean: below each folder above the trace, and below the working directory."""
    for folder in [*trace.absolute().parents, Path.cwd()]:
        try:
            if (folder / source).is_file():
                yield folder / source
        except (OSError, ValueError):  # A name that no file system takes.
            return


def _source(file: str, folder: Path) -> str:
    """The source as it is recorded: from the folder that holds that of the traces, which is the same wherever a command runs."""
    base = folder.absolute().parent.resolve()
    full = Path(file).resolve()
    return str(full.relative_to(base)) if base in full.parents else shown_path(file)


def _recording(path: Path) -> Recording | None:
    try:
        return read_recording(path)
    except TraceError:
        return None


def note_run(error: SpecError, cls: type, folder: Path, out: Path | None = None) -> None:
    """Add to an error the run that leads to it, if there is one, which is saved as a counterexample is.

    Args:
        error: The error.
        cls: The spec's class.
        folder: Where it is saved,
        out: unless it is to be saved here.
    """
    trace = error.trace
    if not isinstance(trace, Trace):
        return
    steps = f"{len(trace.steps)} step{'' if len(trace.steps) == 1 else 's'}" if trace.steps else "no step"
    error.add_note(f"The run that leads there, of {steps}\n" + textwrap.indent(plain(trace_lines(trace)), "    "))
    try:
        if out is None:
            out = save(trace, cls, folder)
        else:
            write_trace(trace, out, source=shown_path(trace.source))
    except OSError as failed:
        error.add_note(f"The run could not be saved: {failed.strerror}")
    else:
        error.add_note(f"Trace: {out}")
        error.add_note(f"Replay: {replay_command(out)}")


def replay_command(path: Path) -> str:
    """What to type to replay a file; with its spec, if that lies where a trace may not say so."""
    typed = f"modelcheck replay {shlex.quote(str(path))}"
    recording = _recording(path) if path.is_file() else None  # A pipe has been read by somebody else, and would wait for ever.
    files = [] if recording is None else [file.resolve() for file in source_files(recording.source, path)]
    if recording is None or not files or any(Path.cwd().resolve() in file.parents for file in files):
        return typed
    return f"{typed} --spec {shlex.quote(f'{files[0]}:{recording.spec}')}"


def _is_default(cls: type, constant: str, value: Any) -> bool:
    default = getattr(cls, constant, _MISSING)
    return default is not _MISSING and identity(default) == identity(value)


def _listed(constants: Mapping[str, Any]) -> str:
    listed = ",".join(f"{name}={_shown(value)}" for name, value in constants.items())
    if len(listed) <= _LONGEST and re.fullmatch(r"[\w.=,+-]*", listed):
        return listed
    return _digits(listed)


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value) else show(value)
