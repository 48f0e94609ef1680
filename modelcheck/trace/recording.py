"""Recordings: traces as files hold them, every value encoded, so that they can be read without the spec.

A file is a superset of the Informal Trace Format: ``#meta`` says which spec, constants and property; each state says
in its ``#meta`` which step led to it. ``mbt::actionTaken`` and ``mbt::nondetPicks`` say the same in the way of Quint,
for its tools. The file is written beside its place and then renamed, so that nobody ever sees half of one.
"""

from __future__ import annotations

import builtins
import fcntl
import glob
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.trace.itf import UNIT, Json, encode
from modelcheck.trace.trace import Trace

_PART = ".part"
SCHEMA = 1

# Written here as well as in pyproject.toml, since asking the installed package takes longer than checking a small spec.
VERSION = "0.1.0"
FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"
# What UTF-8 cannot hold or a terminal obeys. It stands in strings only, where JSON has an escape for it.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST_PREFIX = 100
ACTION, PICKS = "mbt::actionTaken", "mbt::nondetPicks"


@frozen
class RecordedStep:
    """A step, its arguments and choices encoded."""

    action: str
    arguments: Mapping[str, Json] = field(factory=dict)
    choices: tuple[Json, ...] = ()


@frozen
class Recording:
    """A trace with its values encoded; the attributes are those of `Trace`.

    Attributes:
        version: The version of modelcheck that wrote it.
    """

    spec: str
    source: str
    constants: Mapping[str, Json]
    property: str
    kind: str
    states: tuple[Mapping[str, Json], ...]
    steps: tuple[RecordedStep, ...]
    arguments: Mapping[str, Json] = field(factory=dict)
    loop: int | None = None
    found_by: str = "search"
    observed: Mapping[str, Json] | None = None
    fair: Mapping[str, str] = field(factory=dict)
    version: str = ""

    @builtins.property  # One of the attributes has this name.
    def closes(self) -> bool:
        """Whether the last step closes a loop."""
        return self.loop is not None and len(self.steps) == len(self.states)

    def after_steps(self) -> tuple[Mapping[str, Json], ...]:
        """The state after each step."""
        return (*self.states[1:], *((self.states[self.loop],) if self.loop is not None and self.closes else ()))


def record(trace: Trace) -> Recording:
    """The recording of a trace."""
    return Recording(
        spec=trace.spec,
        source=trace.source,
        constants=_encoded(trace.constants),
        property=trace.property,
        kind=trace.kind,
        states=tuple(_encoded(state) for state in trace.states),
        steps=tuple(RecordedStep(s.action, _encoded(s.arguments), tuple(map(encode, s.choices))) for s in trace.steps),
        arguments=_encoded(trace.arguments),
        loop=trace.loop,
        found_by=trace.found_by,
        observed=trace.observed,
        fair={name: strength.value for name, strength in trace.fair.items()},
    )


def _encoded(values: Mapping[str, Any]) -> dict[str, Json]:
    return {name: encode(value) for name, value in values.items()}


def write_trace(
    trace: Trace, path: Path, *, source: str | None = None, may_replace: Callable[[Path], bool] = lambda _: True
) -> bool:
    """Write a trace to a file, whole or not at all; the folder is made if need be.

    Args:
        trace: The trace.
        path: The file. One that exists is replaced; a pipe or a device is written to.
        source: The spec's file as it is to be recorded; by default as the trace has it.
        may_replace: Whether the file, which exists, is to be replaced.

    Returns:
        Whether it was written.

    Raises:
        OSError: if the file cannot be written.
    """
    recording = evolve(record(trace), version=VERSION, source=source or trace.source)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_text(as_text(recording), encoding="utf-8")  # A pipe or a device, such as /dev/null, is to stay one.
        return True
    path = path.resolve()
    remove_leftovers(path.parent, path.name[:_LONGEST_PREFIX])
    handle, temporary = _new_part(path)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_text(recording))
        Path(temporary).chmod(0o644)
        return _put(Path(temporary), path, may_replace)
    finally:
        with suppress(OSError):
            Path(temporary).unlink()


def _new_part(path: Path) -> tuple[int, str]:
    """A file to write into, locked. Before it is, another process may take it for a leftover and remove it; then there is another."""
    while True:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_LONGEST_PREFIX]}.", suffix=_PART)
        try:
            _lock(handle)
        except BlockingIOError:
            os.close(handle)
            continue
        except OSError:
            return handle, temporary  # A file system without locks.
        if os.fstat(handle).st_nlink:
            return handle, temporary
        os.close(handle)


def _put(temporary: Path, path: Path, may_replace: Callable[[Path], bool]) -> bool:
    """Give a file its name, unless that is another's. Of two processes that come at the same time one finds the file of the other."""
    with suppress(FileExistsError):
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # A file system without links.
            temporary.replace(path)
        return True
    if not may_replace(path):
        return False
    temporary.replace(path)
    return True


def remove_leftovers(folder: Path, name: str = "") -> None:
    """Remove what runs that were killed have left of files that they were writing; what is being written now is locked, and stays.

    Args:
        folder: Where to look.
        name: Only what was to become the file of this name; empty: any.
    """
    for part in folder.glob(f".{glob.escape(name)}*{_PART}"):
        with suppress(OSError), part.open("rb") as file:
            _lock(file.fileno())
            part.unlink()


def _lock(handle: int) -> None:
    """Lock a file for as long as it is open.

    Raises:
        OSError: if somebody else has.
    """
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def as_text(recording: Recording) -> str:
    """The file's text: JSON, with a line for each state."""
    document = as_json(recording)
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in document.items()
        if key != "states"
    ]
    states = ",\n".join(f"    {json.dumps(state, ensure_ascii=False)}" for state in document["states"])
    lines.append(f'  "states": [\n{states}\n  ]')
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", "{\n" + ",\n".join(lines) + "\n}\n")


def as_json(recording: Recording) -> dict[str, Json]:
    """The recording as a JSON object."""
    meta = {
        "format": "ITF",
        "format-description": FORMAT_DESCRIPTION,
        "description": _description(recording),
        "modelcheck": recording.version,
        "schema": SCHEMA,
        "spec": recording.spec,
        "source": recording.source,
        "constants": dict(recording.constants),
        "property": recording.property,
        "kind": recording.kind,
        "arguments": dict(recording.arguments),
        "found_by": recording.found_by,
    }
    if recording.observed is not None:
        meta["observed"] = dict(recording.observed)
    if recording.fair:
        meta["fair"] = dict(recording.fair)
    if recording.closes:
        meta["closing_step"] = _taken(recording.steps[-1])
    names = sorted({name for step in recording.steps for name in _picks(step)})
    taken: list[RecordedStep | None] = [None, *recording.steps[: len(recording.states) - 1]]
    states = [
        _state(index, step, state, names)
        for index, (step, state) in enumerate(zip(taken, recording.states, strict=True))
    ]
    document = {"#meta": meta, "vars": [*recording.states[0], ACTION, PICKS], "states": states}
    return document if recording.loop is None else {**document, "loop": recording.loop}


def _description(recording: Recording) -> str:
    if recording.kind == "log" and recording.found_by == "replay":
        return f"Run of {recording.spec}, chosen step by step in a replay"
    if recording.kind == "log":
        return f"Behaviour of {recording.spec} that explains {'what was seen before' if recording.observed else 'a log'}"
    if recording.kind == "error":
        return f"Run of {recording.spec} after which {recording.property} raises an error"
    what = "Witness of" if recording.kind == "reachable" else "Counterexample to"
    name = recording.property if recording.property == recording.kind else f"the {recording.kind} {recording.property}"
    return f"{what} {name} of {recording.spec}"


def _state(index: int, step: RecordedStep | None, state: Mapping[str, Json], names: list[str]) -> Json:
    meta: dict[str, Json] = {"index": index}
    if step is not None:
        meta |= _taken(step)
    picks = {} if step is None else _picks(step)
    options = {
        name: {"tag": "Some", "value": picks[name]} if name in picks else {"tag": "None", "value": UNIT}
        for name in names
    }
    return {"#meta": meta, **state, ACTION: "init" if step is None else step.action, PICKS: options}


def _taken(step: RecordedStep) -> dict[str, Json]:
    return {"action": step.action, "arguments": dict(step.arguments), "choices": list(step.choices)}


def _picks(step: RecordedStep) -> dict[str, Json]:
    return {**step.arguments, **{f"choice{number}": value for number, value in enumerate(step.choices, 1)}}
