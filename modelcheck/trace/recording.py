"""Recordings: traces as files hold them, every value encoded, so that they can be read without the spec.

A file is a superset of the Informal Trace Format: ``#meta`` says which spec, constants and property; each state says
in its ``#meta`` which step led to it. ``mbt::actionTaken`` and ``mbt::nondetPicks`` say the same in the way of Quint,
for its tools. The file is written beside its place and then renamed, so that nobody ever sees half of one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.errors import TraceError
from modelcheck.trace.itf import UNIT, Json, decode, encode
from modelcheck.trace.trace import KINDS, Trace

SCHEMA = 1

# Written here as well as in pyproject.toml, since asking the installed package takes longer than checking a small spec.
VERSION = "0.1.0"
FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"
_ACTION, _PICKS = "mbt::actionTaken", "mbt::nondetPicks"


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
    version: str = ""


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
    )


def _encoded(values: Mapping[str, Any]) -> dict[str, Json]:
    return {name: encode(value) for name, value in values.items()}


def write_trace(trace: Trace, path: Path, *, source: str | None = None) -> None:
    """Write a trace to a file, whole or not at all; the folder is made if need be.

    Args:
        trace: The trace.
        path: The file. One that exists is replaced; a pipe or a device is written to.
        source: The spec's file as it is to be recorded; by default as the trace has it.

    Raises:
        OSError: if the file cannot be written.
    """
    recording = evolve(record(trace), version=VERSION, source=source or trace.source)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_text(as_text(recording), encoding="utf-8")  # A pipe or a device, such as /dev/null, is to stay one.
        return
    path = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_text(recording))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


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
    return "{\n" + ",\n".join(lines) + "\n}\n"


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
    names = sorted({name for step in recording.steps for name in _picks(step)})
    taken: list[RecordedStep | None] = [None, *recording.steps]
    states = [
        _state(index, step, state, names)
        for index, (step, state) in enumerate(zip(taken, recording.states, strict=True))
    ]
    document = {"#meta": meta, "vars": [*recording.states[0], _ACTION, _PICKS], "states": states}
    return document if recording.loop is None else {**document, "loop": recording.loop}


def _description(recording: Recording) -> str:
    if recording.kind == "log" and recording.found_by == "replay":
        return f"Run of {recording.spec}, chosen step by step in a replay"
    if recording.kind == "log":
        return f"Behaviour of {recording.spec} that explains {'what was seen before' if recording.observed else 'a log'}"
    what = "Witness of" if recording.kind == "reachable" else "Counterexample to"
    name = recording.property if recording.property == recording.kind else f"the {recording.kind} {recording.property}"
    return f"{what} {name} of {recording.spec}"


def _state(index: int, step: RecordedStep | None, state: Mapping[str, Json], names: list[str]) -> Json:
    meta: dict[str, Json] = {"index": index}
    if step is not None:
        meta |= {"action": step.action, "arguments": dict(step.arguments), "choices": list(step.choices)}
    picks = {} if step is None else _picks(step)
    options = {
        name: {"tag": "Some", "value": picks[name]} if name in picks else {"tag": "None", "value": UNIT}
        for name in names
    }
    return {"#meta": meta, **state, _ACTION: "init" if step is None else step.action, _PICKS: options}


def _picks(step: RecordedStep) -> dict[str, Json]:
    return {**step.arguments, **{f"choice{number}": value for number, value in enumerate(step.choices, 1)}}


def read_recording(path: Path) -> Recording:
    """The recording that a file holds.

    Raises:
        TraceError: if there is no such file, or it is damaged, of another format or of a later version.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TraceError(f"cannot read the trace: {error.strerror}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise TraceError("not a trace: the file is not text", place=str(path)) from error
    if not text.strip():
        raise TraceError("the trace is empty", place=str(path), remedy=_REWRITE)
    try:
        return from_json(json.loads(text))
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(text.rstrip())
        what = "the trace ends in the middle" if at_end else f"not a trace: {error.msg}"
        raise TraceError(what, place=f"{path}:{error.lineno}", remedy=_REWRITE) from error
    except TraceError as error:
        error.place = error.place or str(path)
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TraceError(f"the trace is damaged: {_fault(error)}", place=str(path), remedy=_REWRITE) from error


_REWRITE = "Run `modelcheck check` again to write a new one."


def _fault(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def from_json(document: Json) -> Recording:
    """The recording that a JSON object stands for; the reverse of `as_json`.

    Raises:
        TraceError: if it is something else.
    """
    meta = document.get("#meta") if isinstance(document, dict) else None
    if not isinstance(meta, dict) or "modelcheck" not in meta:
        raise TraceError(
            "not a trace that modelcheck wrote",
            remedy="Traces of other tools can be viewed in theirs, but name no spec to replay.",
        )
    if meta["schema"] != SCHEMA:
        raise TraceError(
            f"the trace was written by modelcheck {meta['modelcheck']}, in a format (schema {meta['schema']}) that this version does not know",
            remedy="Replay it with that version, or run `modelcheck check` again.",
        )
    states = document["states"]
    if not isinstance(states, list) or not states:
        raise TraceError("the trace has no states", remedy=_REWRITE)
    variables = [name for name in document["vars"] if name not in (_ACTION, _PICKS)]
    for number, state in enumerate(states):
        _check_state(number, state, variables)
    _check_value("the constants", *dict(meta["constants"]).values())
    _check_value("the arguments of the property", *dict(meta["arguments"]).values())
    if meta["kind"] not in KINDS:
        raise TraceError(f"the trace is damaged: there is no kind {meta['kind']!r} of trace", remedy=_REWRITE)
    loop = document.get("loop")
    if loop is not None and not (isinstance(loop, int) and 0 <= loop < len(states)):
        raise TraceError(f"the trace is damaged: it returns to state {loop!r}, and has {len(states)}", remedy=_REWRITE)
    return Recording(
        spec=_text(meta, "spec"),
        source=_text(meta, "source"),
        constants=dict(meta["constants"]),
        property=_text(meta, "property"),
        kind=_text(meta, "kind"),
        states=tuple({name: state[name] for name in variables} for state in states),
        steps=tuple(_step(state["#meta"]) for state in states[1:]),
        arguments=dict(meta["arguments"]),
        loop=loop,
        found_by=_text(meta, "found_by"),
        observed=_observed(meta),
        version=_text(meta, "modelcheck"),
    )


def _check_state(number: int, state: Json, variables: list[str]) -> None:
    """Refuse a state that cannot be read, and the step to it."""
    where = f"state {number}"
    if not isinstance(state, dict):
        raise TraceError(f"the trace is damaged: {where} is no object", remedy=_REWRITE)
    meta = state.get("#meta")
    keys = ("action", "arguments", "choices") if number else ()
    missing = [name for name in (*variables, "#meta") if name not in state]
    missing += [f"#meta.{key}" for key in keys if not isinstance(meta, dict) or key not in meta]
    if missing:
        raise TraceError(f"the trace is damaged: {where} has no {missing[0]}", remedy=_REWRITE)
    if number and not (isinstance(meta, dict) and isinstance(meta["arguments"], dict) and isinstance(meta["choices"], list)):
        raise TraceError(f"the trace is damaged: the arguments of the step to {where} cannot be read", remedy=_REWRITE)
    for name in variables:
        _check_value(f"{name} in {where}", state[name])
    if number and isinstance(meta, dict):
        _check_value(f"the step to {where}", *meta["arguments"].values(), *meta["choices"])


def _check_value(where: str, *values: Json) -> None:
    for value in values:
        try:
            decode(value)
        except TraceError as error:
            raise TraceError(f"the trace is damaged: {where}: {error.message}", remedy=_REWRITE) from error


def _observed(meta: Mapping[str, Json]) -> Mapping[str, Json] | None:
    observed = meta.get("observed")
    if observed is not None and not (isinstance(observed, dict) and all(isinstance(observed.get(key, {}), dict) for key in ("arguments", "state"))):
        raise TraceError(f"the trace is damaged: observed is {observed!r}", remedy=_REWRITE)
    return observed


def _step(meta: Mapping[str, Json]) -> RecordedStep:
    return RecordedStep(_text(meta, "action"), dict(meta["arguments"]), tuple(meta["choices"]))


def _text(meta: Mapping[str, Json], key: str) -> str:
    value = meta[key]
    if not isinstance(value, str):
        raise TraceError(f"the trace is damaged: {key} is {value!r}", remedy=_REWRITE)
    return value
