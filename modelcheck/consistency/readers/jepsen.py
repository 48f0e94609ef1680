"""Histories of Jepsen, Knossos and Elle: one map for each call and each completion.

A completion ``:ok`` happened, ``:fail`` surely did not, ``:info`` may have happened at any time after the call or
never. A process that is no number, such as ``:nemesis``, is no client. A read of ``nil`` agrees with every value, as in
Knossos, and a register holds 0 at first unless something else is said. A value that is a pair of a key and something
else belongs to that key where the model is one register, as Jepsen's ``independent`` writes it. The same maps are read
as JSON, with plain strings as keys.

Events that name no process belong to clients of which each does one kind of operation.

A history of completions only has no order in time: all its operations overlap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from modelcheck.consistency.history import History, HistoryBuilder, Operation, hashable
from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.maps import MultiRegister
from modelcheck.consistency.objects.registers import CasRegister
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers._edn import EdnError, read_edn
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.recording import Recording, client, json_value, printable, recorded, text_of
from modelcheck.errors import HistoryError

Event = tuple[int, Any, str, str, Any]
"""What a client did: line, process (:data:`NOBODY` if none is named), type, operation, value."""

NOBODY: Final = object()
"""The process of an event that names none."""

TYPES: Final = ("invoke", "ok", "fail", "info")
_STEPS: Final = frozenset({"txn", "send", "poll"})
"""Operations with a list of steps, which their completion fills in."""

_ANSWERS: Final = frozenset({"contains", "fetch_and_add"})
"""Operations whose completion has the result, and whose call has the argument."""

_READS: Final = frozenset({"read", "get", "dequeue", "pop", "delete_min", "drain", "generate"})


def plain(value: Any) -> Any:
    """A keyword without its colon."""
    return value[1:] if isinstance(value, str) and value.startswith(":") else value


def called(name: str, value: Any) -> Any:
    """The argument of a call with this value."""
    return None if name in _READS or name in ("acquire", "release") else hashable(value)


def completed(name: str, value: Any) -> tuple[Any, Any]:
    """Argument (``None``: as called) and result of an operation that completed with this value."""
    if name in _READS:
        return None, UNKNOWN if value is None else hashable(value)
    if name in _STEPS:
        return hashable(value), None
    if name in _ANSWERS:
        return None, UNKNOWN if value is None else hashable(value)
    return None, True if name in ("cas", "acquire", "release") else None


def edn_maps(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of an EDN file, with their lines."""
    try:
        forms = read_edn(text_of(path).encode())
    except EdnError as error:
        raise HistoryError(
            f"this is not EDN: {error}", place=f"{path}:{error.line}", remedy="Was the file cut off?"
        ) from error
    if forms and not isinstance(forms[0][1], dict):
        forms = _tuples(path, forms)
    for line, form in forms:
        if not isinstance(form, dict):
            raise HistoryError(
                f"a map with :process, :type, :f and :value is expected, and not {form!r}",
                place=f"{path}:{line}",
                remedy="Name the format with --format if this is no history of Jepsen.",
            )
        yield line, form


def _tuples(path: Path, forms: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """The maps meant by ``[process :type :f value]``, or by the same four without brackets on a line."""
    if not isinstance(forms[0][1], tuple):
        by_line: dict[int, list[Any]] = {}
        for line, form in forms:
            by_line.setdefault(line, []).append(form)
        forms = [(line, tuple(parts)) for line, parts in by_line.items()]
    found = []
    for line, form in forms:
        if not isinstance(form, tuple) or not 4 <= len(form) <= 5:  # noqa: PLR2004 - four parts, and an error
            raise HistoryError(
                f"an event has the parts process, type, f and value, and not {form!r}", place=f"{path}:{line}"
            )
        found.append((line, dict(zip((":process", ":type", ":f", ":value", ":error"), form, strict=False))))
    return found


def json_maps(text: str, start: int, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of the JSON list that begins at a place of a text, with their lines."""
    decoder = json.JSONDecoder()
    at, counted, line = start + 1, 0, 1
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap is not None else at
        line += text.count("\n", counted, at)
        counted = at
        if text[at] == "]":
            return
        event, at = decoder.raw_decode(text, at)
        if not isinstance(event, dict):
            raise HistoryError("an event is no object", place=f"{path}:{line}", remedy="Each event is an object.")
        yield line, event


def events_of(maps: Iterable[tuple[int, Mapping[str, Any]]], source: str, asked: Asked) -> list[Event]:
    """What clients did, from maps whose keys are keywords or plain names."""
    found: list[Event] = []
    types: dict[Any, str] = {}
    names: dict[Any, str] = {}
    for line, form in maps:
        process = form[":process"] if ":process" in form else form.get("process", NOBODY)
        if isinstance(process, str) and process.startswith((":", "nemesis")):
            continue
        told = form[":type"] if ":type" in form else form.get("type")
        if process is not NOBODY and type(process) is not int:
            try:
                process = client(process)
            except HistoryError as error:
                error.place = f"{source}:{line}"
                raise
        kind = types.get(told) if isinstance(told, str) else None
        if kind is None:
            kind = types[told] = _type(told, source, line)
        called = form[":f"] if ":f" in form else form.get("f")
        name = names.get(called) if isinstance(called, str) else None
        if name is None:
            name = _operation_name(called, asked, f"{source}:{line}")
            if isinstance(called, str):
                names[called] = name
        found.append((line, process, kind, name, form[":value"] if ":value" in form else form.get("value")))
    return found


def _operation_name(told: Any, asked: Asked, place: str) -> str:
    if told is not None and not isinstance(told, str):
        raise HistoryError(f"an event has {told!r} for its operation", place=place, remedy="Write a keyword or a text.")
    name = str(plain(told or "txn")).replace("-", "_")
    return printable(asked.name(name))


def _type(told: Any, source: str, line: int) -> str:
    kind = plain(told)
    if kind not in TYPES:
        raise HistoryError(
            f"an event has the type {told!r}",
            place=f"{source}:{line}",
            remedy="The types are invoke, ok, fail and info.",
        )
    return str(kind)


def history_of(events: list[Event], source: str, *, keyed: bool = False) -> History:
    """The history that a list of events tells.

    Args:
        events: In the order of the log.
        source: The file.
        keyed: Whether each value is a pair of a key and the value proper.
    """
    if events and all(event[2] != "invoke" for event in events):
        return _completions_only(events, source)
    builder = HistoryBuilder(source)
    for line, process, kind, name, value in events:
        if process is NOBODY:
            process = name  # noqa: PLW2901 - each kind of operation is a client's own
        key: Any = None
        if keyed and isinstance(value, tuple | list):
            key, value = value  # noqa: PLW2901 - the value proper
            key = hashable(key)
        try:
            if kind == "invoke":
                argument = called(name, value)
                builder.call(process, name, (key, argument) if keyed else argument, line=line)
            elif kind == "ok":
                argument, result = completed(name, value)
                builder.finish(process, argument=argument, result=result, name=name, line=line)
            elif kind == "fail":
                builder.fail(process, argument=hashable(value) if name in _STEPS else None, name=name, line=line)
            else:
                builder.lose(process)
        except HistoryError as error:
            error.place = error.place or f"{source}:{line}"
            raise
    return builder.history()


def _completions_only(events: list[Event], source: str) -> History:
    done: list[Operation] = []
    failed: list[Operation] = []
    for at, (line, process, kind, name, value) in enumerate(events):
        argument, result = completed(name, value)
        argument = called(name, value) if argument is None else argument
        lost = kind == "info"
        operation = Operation(
            0 if process is NOBODY else process,
            name,
            argument,
            UNKNOWN if lost else result,
            at,
            None if lost else len(events) + at,
            f"{source}:{line}",
        )
        (failed if kind == "fail" else done).append(operation)
    return History(tuple(done), tuple(failed), source)


def read_jepsen_edn(path: Path, asked: Asked) -> Recording:
    """A Jepsen history in EDN."""
    return recording_of(events_of(edn_maps(path), str(path), asked), path, "jepsen-edn", asked)


_LIST: Final = re.compile(r'\s*\[|\s*\{.*?"history"\s*:\s*\[', re.DOTALL)
_GAP: Final = re.compile(r"[\s,]*")


def read_jepsen_json(path: Path, asked: Asked) -> Recording:
    """A Jepsen history as a JSON list of maps, or under ``history`` in a JSON object."""
    text = text_of(path)
    whole = json_value(text, path)
    if isinstance(whole, dict):
        told = whole.get("checker") or whole.get("kind")
        if asked.model is None and isinstance(told, str):
            asked = evolve(asked, model=told)
        whole = whole.get("history")
    start = _LIST.match(text)
    if not isinstance(whole, list) or start is None:
        raise HistoryError(
            "the file holds no list of events", place=str(path), remedy='Put them in a list, or under "history".'
        )
    return recording_of(events_of(json_maps(text, start.end() - 1, path), str(path), asked), path, "jepsen-json", asked)


def recording_of(
    events: list[Event], path: Path, format_: str, asked: Asked, *, implied: bool = True
) -> Recording:
    """What events record.

    Args:
        events: In the order of the log.
        path: The file.
        format_: The name of the format.
        asked: What was said of the file.
        implied: Whether a register holds 0 at first, as in Knossos.
    """
    keyed = asked.model in (None, "register", "cas-register") and _is_keyed(events)
    history = history_of(events, str(path), keyed=keyed)
    if keyed:
        return Recording(history, format_, "cas-register", Independent(CasRegister(0)), is_guessed=True)
    recording = recorded(history, format_, asked, at_first=0 if implied else None)
    if isinstance(recording.object, MultiRegister):
        known = tuple(map(_with_unknown_reads, recording.history.operations))
        return evolve(recording, history=evolve(history, operations=known))
    return recording


def _with_unknown_reads(operation: Operation) -> Operation:
    """A transaction on registers in which a read of nil is one of anything."""
    if operation.name != "txn" or not isinstance(operation.argument, tuple):
        return operation
    steps = (step[:2] if type(step) is tuple and len(step) > 2 and step[2] is None else step for step in operation.argument)  # noqa: PLR2004
    return evolve(operation, argument=tuple(steps))


def _is_keyed(events: list[Event]) -> bool:
    """Whether every value of a register's operations is a pair of a key and a value, and every swap's value within."""
    for _, _, _, name, value in events:
        if not (isinstance(value, tuple | list) and len(value) == len(("key", "value"))):
            return False
        if name not in ("read", "write", "cas") or (name == "cas" and not isinstance(value[1], tuple | list)):
            return False
    return bool(events)
