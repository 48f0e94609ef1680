"""The two log formats of Porcupine's test data, and LiMo's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import HistoryBuilder
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers._edn import EdnError, read_edn
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.recording import Recording, lines_of, recorded, text_of
from modelcheck.errors import HistoryError

_UTIL: Final = re.compile(r"INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*?)\s*$")


def _value(text: str, place: str) -> Any:
    try:
        forms = read_edn(text.encode())
    except EdnError as error:
        raise HistoryError(f"the value {text!r} cannot be read: {error}", place=place) from error
    if len(forms) != 1:
        return tuple(form for _, form in forms)
    return forms[0][1]


def read_util_log(path: Path, asked: Asked) -> Recording:
    """The log of ``jepsen.util``: ``INFO  jepsen.util - 3  :ok  :read  nil``; other lines are ignored.

    A failed ``cas`` is a definite answer here: the register did not hold the expected value. ``nil`` is the value of a
    key that is absent. A read that timed out says nothing.
    """
    builder = HistoryBuilder(str(path))
    values: dict[str, Any] = {":timed-out": None}
    for line, text in lines_of(path):
        match = _UTIL.match(text)
        if match is None:
            continue
        process, kind, name, rest = match.groups()
        if rest not in values:
            values[rest] = _value(rest, f"{path}:{line}")
        value = values[rest]
        if kind == "invoke":
            builder.call(process, name, None if name == "read" else value, line=line)
        elif kind == "info":
            builder.lose(process)
        elif rest == ":timed-out":
            builder.finish(process, result=UNKNOWN, name=name, line=line)
        else:
            results = {"read": value, "write": None, "cas": kind == "ok"}
            builder.finish(process, result=results[name], name=name, line=line)
    return recorded(builder.history(), "jepsen.util-log", asked, model="cas-register")


def read_kv_lines(path: Path, asked: Asked) -> Recording:
    """Porcupine's key-value log: ``{:process 0, :type :invoke, :f :get, :key "3", :value nil}`` on each line."""
    builder = HistoryBuilder(str(path))
    try:
        events = read_edn(text_of(path).encode())
    except EdnError as error:
        raise HistoryError(f"this is not EDN: {error}", place=f"{path}:{error.line}") from error
    for line, event in events:
        try:
            process, kind, name, key, value = (event[k] for k in (":process", ":type", ":f", ":key", ":value"))
        except (KeyError, TypeError) as error:
            raise HistoryError(
                "a line has no :process, :type, :f, :key and :value",
                place=f"{path}:{line}",
                remedy="Name the format with --format if this is another one.",
            ) from error
        name = name[1:]
        if kind == ":invoke":
            builder.call(process, name, key if name == "get" else (key, value), line=line)
        else:
            builder.finish(process, result=value if name == "get" else None, name=name, line=line)
    return recorded(builder.history(), "kv-lines", asked, model="kv")


_LIMO: Final = re.compile(r"\s*\[\s*(\S+?)\s*\]\s+(call|return)\b\s*(.*?)\s*$")
_PUTS: Final = frozenset({"push", "enq", "enqueue", "add"})
_TAKES: Final = frozenset({"pop", "deq", "dequeue", "remove"})
_NAMES: Final = {"stack": ("push", "pop"), "queue": ("enqueue", "dequeue")}


def read_limo(path: Path, asked: Asked) -> Recording:
    """LiMo's histories: ``[1] call push(3)``, ``[1] return``; the first line names the object.

    A return without a value after a take means that it found nothing, or the value given in the call. A thread that
    calls again leaves its earlier operation open. Two values with one name are different: an initial ``?`` is part of
    it.
    """
    builder = HistoryBuilder(str(path))
    object_ = asked.model if asked.model in _NAMES else "queue"
    serial: dict[str, int] = {}
    told: dict[str, str | None] = {}
    for line, text in lines_of(path):
        if "@object" in text:
            object_ = "stack" if text.rstrip().endswith("stack") else "queue"
            continue
        match = _LIMO.match(text)
        if match is None:
            if text.lstrip().startswith("#"):
                continue
            raise HistoryError(
                f"a line is neither a call nor a return: {text.strip()!r}",
                place=f"{path}:{line}",
                remedy="Lines are `[thread] call push(3)` and `[thread] return 3`.",
            )
        thread, kind, rest = match.groups()
        if kind == "call":
            serial[thread] = serial.get(thread, 0) + builder.is_open(f"{thread}.{serial.get(thread, 0)}")
            told[thread] = _limo_call(builder, f"{thread}.{serial[thread]}", rest, _NAMES[object_], line)
        else:
            process = f"{thread}.{serial.get(thread, 0)}"
            builder.finish(process, result=_limo_result(rest, told.get(thread)), line=line)
    return recorded(builder.history(), "limo", asked, model=object_)


def _limo_call(builder: HistoryBuilder, process: str, text: str, names: tuple[str, str], line: int) -> str | None:
    """Calls an operation; the value that a take was called with, ``<put>`` for a put."""
    name, _, value = text.replace("(", " ").removesuffix(")").strip().partition(" ")
    value = value.strip()
    if name in _PUTS:
        builder.call(process, names[0], value, line=line)
        return "<put>"
    if name not in _TAKES:
        raise HistoryError(f"{name!r} is no operation of a stack or a queue", place=f"{builder.source}:{line}")
    builder.call(process, names[1], line=line)
    return value or None


def _limo_result(text: str, told: str | None) -> str | None:
    if told == "<put>":
        return None
    return told if text in ("", "empty") and told else None if text in ("", "empty") else text
