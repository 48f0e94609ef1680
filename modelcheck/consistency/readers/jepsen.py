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

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import History, HistoryBuilder, Operation, hashable
from modelcheck.consistency.objects.independent import Independent
from modelcheck.consistency.objects.objects import CasRegister, Register
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers._edn import EdnError, read_edn
from modelcheck.consistency.readers.recording import Recording, json_of, recorded
from modelcheck.errors import HistoryError

Event = tuple[int, Any, str, str, Any]
"""What a client did: line, process (:data:`NOBODY` if none is named), type, operation, value."""

NOBODY: Final = object()
"""The process of an event that names none."""

TYPES: Final = ("invoke", "ok", "fail", "info")
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
    if name == "txn":
        return hashable(value), None
    return None, True if name in ("cas", "acquire", "release") else None


def edn_maps(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of an EDN file, with their lines."""
    try:
        forms = read_edn(path.read_bytes())
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


def json_maps(events: Iterable[Any], path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps of a JSON list."""
    for number, event in enumerate(events, 1):
        if not isinstance(event, dict):
            raise HistoryError(f"event {number} is no object", place=str(path), remedy="Each event is an object.")
        yield number, event


def events_of(maps: Iterable[tuple[int, Mapping[str, Any]]], source: str) -> list[Event]:
    """What clients did, from maps whose keys are keywords or plain names."""
    found: list[Event] = []
    types: dict[Any, str] = {}
    names: dict[Any, str] = {}
    for line, form in maps:
        process = form[":process"] if ":process" in form else form.get("process", NOBODY)
        if isinstance(process, str) and process.startswith((":", "nemesis")):
            continue
        told = form[":type"] if ":type" in form else form.get("type")
        kind = types.get(told) if isinstance(told, str) else None
        if kind is None:
            kind = types[told] = _type(told, source, line)
        called = form[":f"] if ":f" in form else form.get("f")
        name = names.get(called) if isinstance(called, str) else None
        if name is None:
            name = str(plain(called or "txn")).replace("-", "_")
            if isinstance(called, str):
                names[called] = name
        found.append((line, process, kind, name, form[":value"] if ":value" in form else form.get("value")))
    return found


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
        elif isinstance(process, list):
            process = hashable(process)  # noqa: PLW2901 - the same client
        key: Any = None
        if keyed and isinstance(value, tuple | list):
            key, value = value  # noqa: PLW2901 - the value proper
        if kind == "invoke":
            argument = called(name, value)
            builder.call(process, name, (key, argument) if keyed else argument, line=line)
        elif kind == "ok":
            argument, result = completed(name, value)
            builder.finish(process, argument=argument, result=result, name=name, line=line)
        elif kind == "fail":
            builder.fail(process, argument=hashable(value) if name == "txn" else None, name=name, line=line)
        else:
            builder.lose(process)
    return builder.history()


def _completions_only(events: list[Event], source: str) -> History:
    done: list[Operation] = []
    failed: list[Operation] = []
    for at, (line, process, kind, name, value) in enumerate(events):
        argument, result = completed(name, value)
        argument = called(name, value) if argument is None else argument
        lost = kind == "info"
        operation = Operation(
            0 if process is NOBODY else hashable(process),
            name,
            argument,
            UNKNOWN if lost else result,
            at,
            None if lost else len(events) + at,
            f"{source}:{line}",
        )
        (failed if kind == "fail" else done).append(operation)
    return History(tuple(done), tuple(failed), source)


def read_jepsen_edn(path: Path, model: str | None) -> Recording:
    """A Jepsen history in EDN."""
    return _recording(events_of(edn_maps(path), str(path)), path, "jepsen-edn", model)


def read_jepsen_json(path: Path, model: str | None) -> Recording:
    """A Jepsen history as a JSON list of maps, or under ``history`` in a JSON object."""
    whole = json_of(path)
    if isinstance(whole, dict):
        told = whole.get("checker") or whole.get("kind")
        model = model or (told if isinstance(told, str) else None)
        whole = whole.get("history")
    if not isinstance(whole, list):
        raise HistoryError(
            "the file holds no list of events", place=str(path), remedy='Put them in a list, or under "history".'
        )
    return _recording(events_of(json_maps(whole, path), str(path)), path, "jepsen-json", model)


def _recording(events: list[Event], path: Path, format_: str, model: str | None) -> Recording:
    keyed = _is_keyed(events)
    history = history_of(events, str(path), keyed=keyed)
    if keyed:
        return Recording(history, format_, "cas-register", Independent(CasRegister(0)))
    recording = recorded(history, format_, model)
    if isinstance(recording.object, Register | CasRegister):
        return recorded(history, format_, recording.model, initial=0)
    return recording


def _is_keyed(events: list[Event]) -> bool:
    """Whether every value of a register's operations is a pair of a key and a value, and every swap's value within."""
    for _, _, _, name, value in events:
        if not (isinstance(value, tuple | list) and len(value) == len(("key", "value"))):
            return False
        if name not in ("read", "write", "cas") or (name == "cas" and not isinstance(value[1], tuple | list)):
            return False
    return bool(events)
