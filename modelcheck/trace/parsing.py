"""Recordings read from files, which may be damaged: every mistake is one line with its place."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping
from pathlib import Path

from modelcheck.errors import TraceError
from modelcheck.spec import Strength
from modelcheck.trace.itf import Json, normalized
from modelcheck.trace.reading import check_finite, parse, read_text
from modelcheck.trace.recording import ACTION, PICKS, SCHEMA, VERSION, RecordedStep, Recording
from modelcheck.trace.trace import ENDLESS, KINDS

_STRENGTHS = [strength.value for strength in Strength]
_REWRITE = "Run `modelcheck check` again to write a new one."


def read_recording(path: Path) -> Recording:
    """The recording that a file holds.

    Raises:
        TraceError: if there is no such file, or it is damaged, of another format or of a later version.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise TraceError(f"cannot read the trace: {error.strerror}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise TraceError("not a trace: the file is not text", place=str(path)) from error
    except ValueError as error:
        raise TraceError(f"not a trace: {error}", place=str(path)) from error
    if not text.strip():
        raise TraceError("the trace is empty", place=str(path), remedy=_REWRITE)
    try:
        return from_json(parse(text))
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(text.rstrip())
        what = "the trace ends in the middle" if at_end else f"not a trace: {error.msg}"
        raise TraceError(what, place=f"{path}:{error.lineno}", remedy=_REWRITE) from error
    except TraceError as error:
        error.place = error.place or str(path)
        raise
    except ValueError as error:
        raise TraceError(f"the trace is damaged: {error}", place=str(path), remedy=_REWRITE) from error


class _DamagedError(TraceError):
    def __init__(self, what: str) -> None:
        super().__init__(f"the trace is damaged: {what}", remedy=_REWRITE)


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
    _check_schema(meta)
    states = document.get("states")
    if not isinstance(states, list) or not states:
        raise TraceError("the trace has no states", remedy=_REWRITE)
    variables = _variables(document)
    kind = _text(meta, "kind")
    if kind not in KINDS:
        raise _DamagedError(f"there is no kind {kind!r} of trace")
    read = tuple(_read_state(number, state, variables) for number, state in enumerate(states))
    loop = _loop(document, kind, len(states))
    steps = [_step(f"the step to state {number}", state["#meta"]) for number, state in enumerate(states) if number]
    if "closing_step" in meta:
        steps.append(_closing(meta["closing_step"], loop))
    return Recording(
        spec=_text(meta, "spec"),
        source=_text(meta, "source"),
        constants=_values(meta, "constants", "the constants"),
        property=_property(meta, kind),
        kind=kind,
        states=read,
        steps=tuple(steps),
        arguments=_values(meta, "arguments", "the arguments of the property"),
        loop=loop,
        found_by=_text(meta, "found_by"),
        observed=_observed(meta),
        fair=_fair(meta),
        version=_text(meta, "modelcheck"),
    )


def _check_schema(meta: Mapping[str, Json]) -> None:
    if "schema" not in meta:
        raise _DamagedError("#meta has no schema")
    if meta["schema"] is True or meta["schema"] != SCHEMA:
        raise TraceError(
            f"the trace was written by modelcheck {_text(meta, 'modelcheck')}, in a format (schema {meta['schema']!r:.20}) that this version "
            f"({VERSION}, schema {SCHEMA}) does not know",
            remedy="Replay it with that version, or run `modelcheck check` again.",
        )


def _variables(document: Mapping[str, Json]) -> list[str]:
    names = document.get("vars")
    if not isinstance(names, list) or not all(map(_is_name, names)) or len(set(names)) < len(names):
        raise _DamagedError("vars is no list of names")
    return [name for name in names if name not in (ACTION, PICKS)]


def _property(meta: Mapping[str, Json], kind: str) -> str:
    """The property, which a deadlock and a log have no choice of."""
    name = _text(meta, "property")
    if name not in {"deadlock": ("deadlock",), "log": ("log", "conformance")}.get(kind, (name,)):
        raise _DamagedError(f"a {kind} has no property {name!r}")
    return name


def _loop(document: Mapping[str, Json], kind: str, states: int) -> int | None:
    loop = document.get("loop")
    if loop is not None and not (type(loop) is int and 0 <= loop < states):
        raise _DamagedError(f"it returns to state {reprlib.repr(loop)}, and has {states}")
    if kind in ENDLESS and loop is None:
        raise _DamagedError("it has no loop")
    if kind in ENDLESS and loop != states - 1 and "closing_step" not in document["#meta"]:
        raise _DamagedError("the step that closes its loop is missing")
    return loop


def _closing(step: Json, loop: int | None) -> RecordedStep:
    if loop is None:
        raise _DamagedError("it has a step that closes a loop, and no loop")
    if not isinstance(step, dict) or not {"action", "arguments", "choices"} <= step.keys():
        raise _DamagedError("the step that closes its loop cannot be read")
    return _step("the step that closes its loop", step)


def _fair(meta: Mapping[str, Json]) -> dict[str, str]:
    fair = meta.get("fair", {})
    if not isinstance(fair, dict) or not all(_is_name(name) and word in _STRENGTHS for name, word in fair.items()):
        raise _DamagedError(f"the fairness that it assumes is {reprlib.repr(fair)}")
    return dict(fair)


def _read_state(number: int, state: Json, variables: list[str]) -> dict[str, Json]:
    """A state, and the step to it looked at."""
    where = f"state {number}"
    if not isinstance(state, dict):
        raise _DamagedError(f"{where} is no object")
    meta = state.get("#meta")
    keys = ("action", "arguments", "choices") if number else ()
    missing = [name for name in (*variables, "#meta") if name not in state]
    missing += [f"#meta.{key}" for key in keys if not isinstance(meta, dict) or key not in meta]
    if missing:
        raise _DamagedError(f"{where} has no {missing[0]}")
    return {name: _value(f"{name} in {where}", state[name]) for name in variables}


def _step(where: str, meta: Mapping[str, Json]) -> RecordedStep:
    if not isinstance(meta["arguments"], dict) or not isinstance(meta["choices"], list):
        raise _DamagedError(f"the arguments of {where} cannot be read")
    choices = tuple(_value(where, choice) for choice in meta["choices"])
    return RecordedStep(_text(meta, "action"), _values(meta, "arguments", where), choices)


def _values(meta: Mapping[str, Json], key: str, where: str) -> dict[str, Json]:
    if key not in meta:
        raise _DamagedError(f"#meta has no {key}")
    if not isinstance(meta[key], dict) or not all(map(_is_name, meta[key])):
        raise _DamagedError(f"{where} cannot be read")
    return {name: _value(where, value) for name, value in meta[key].items()}


def _value(where: str, value: Json) -> Json:
    try:
        return normalized(value)
    except TraceError as error:
        raise _DamagedError(f"{where}: {error.message}") from error


def _observed(meta: Mapping[str, Json]) -> Mapping[str, Json] | None:
    observed = meta.get("observed")
    if observed is None:
        return None
    if not isinstance(observed, dict) or not _is_observation(observed):
        raise _DamagedError(f"observed is {reprlib.repr(observed)}")
    check_finite(observed)
    return observed


def _is_observation(observed: Mapping[str, Json]) -> bool:
    hidden, action = observed.get("hidden", []), observed.get("action")
    parts = [observed.get(key, {}) for key in ("arguments", "state")]
    return (
        all(isinstance(part, dict) and all(map(_is_name, part)) for part in parts)
        and (action is None or _is_name(action))
        and isinstance(hidden, list)
        and all(map(_is_name, hidden))
    )


def _text(meta: Mapping[str, Json], key: str) -> str:
    """A name; one that cannot be printed could command the terminal that it is shown on."""
    if key not in meta:
        raise _DamagedError(f"#meta has no {key}")
    if not _is_name(meta[key]) and meta[key] != "":
        raise _DamagedError(f"{key} is {reprlib.repr(meta[key])}")
    return str(meta[key])


def _is_name(name: Json) -> bool:
    return isinstance(name, str) and name != "" and name.isprintable()
