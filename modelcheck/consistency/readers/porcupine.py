"""Operations as Go writes Porcupine's, and the reports of etcd's robustness tests, which are such operations.

Both have ``ClientId``, ``Input``, ``Call``, ``Output`` and ``Return``, as a JSON list or one on each line. What an input
is depends on who wrote the model. Read is one that names its operation in ``Op``, ``Type``, ``Kind`` or ``F`` (a number or a
text, which ``--rename 0=get`` makes one of ours), with ``Key`` and ``Value``; an output is a value or has one in ``Value``.

A report of etcd is a folder of ``client-N/operations.json``, or one such file. An operation that ended in an error may
have happened at any later time. Reads of an old revision, ``defragment`` and ``compact`` are left out: they change nothing
that others see, and promise nothing about now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.history import History, Operation, hashable, in_order
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.jepsen import json_maps
from modelcheck.consistency.readers.json_lines import json_rows
from modelcheck.consistency.readers.recording import Recording, client, json_value, printable, recorded, text_of
from modelcheck.errors import HistoryError

Row = Mapping[str, Any]

_NAMES: Final = ("Op", "Type", "Kind", "F")
_READS: Final = frozenset({"read", "get", "dequeue", "pop", "delete_min", "contains", "fetch_and_add", "cas"})
_WITHOUT_VALUE: Final = frozenset({"get", "read", "dequeue", "pop", "delete_min"})
_PARTS: Final = ("ClientId", "Input", "Call", "Output", "Return")


def read_porcupine(path: Path, asked: Asked) -> Recording:
    """Operations of Porcupine in JSON."""
    operations = _operations(_rows(path), path, lambda row: _operation(row, asked))
    return recorded(History(in_order(operations), source=str(path)), "porcupine", asked)


def read_etcd(path: Path, asked: Asked) -> Recording:
    """A report of etcd's robustness tests: a file of operations, or the folder with those of all clients."""
    files = sorted(path.rglob("operations.json")) if path.is_dir() else [path]
    if not files:
        raise HistoryError("the folder holds no operations.json", place=str(path), remedy="Name the folder of one test.")
    operations = [operation for file in files for operation in _operations(_rows(file), file, _etcd_operation)]
    return recorded(History(in_order(operations), source=str(path)), "etcd", asked, model="etcd")


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """The operations of a file with their lines."""
    text = text_of(path)
    start = len(text) - len(text.lstrip())
    if not text.startswith("[", start):
        yield from json_rows(path)
        return
    json_value(text, path)
    yield from json_maps(text, start, path)


def _operations(
    rows: Iterator[tuple[int, Row]], path: Path, read: Callable[[Row], Operation | None]
) -> list[Operation]:
    found = []
    for line, row in rows:
        place = f"{path}:{line}"
        try:
            operation = read(_complete(row))
        except HistoryError as error:
            error.place = error.place or place
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise HistoryError(
                f"an operation has not the parts that it should have: {type(error).__name__}: {error}",
                place=place,
                remedy="Name the format with --format if this is another one.",
            ) from error
        if operation is not None:
            found.append(_with_place(operation, place))
    return found


def _complete(row: Row) -> Row:
    missing = [part for part in _PARTS if part not in row]
    if missing:
        raise HistoryError(f"an operation has no {missing[0]!r}", remedy=f"It has {', '.join(_PARTS)}.")
    return row


def _with_place(operation: Operation, place: str) -> Operation:
    return Operation(
        operation.process, operation.name, operation.argument, operation.result, operation.call, operation.finish, place
    )


def _times(row: Row) -> tuple[int, int]:
    for name in ("Call", "Return"):
        if type(row[name]) is not int:
            raise HistoryError(f"the time {name!r} is {row[name]!r}", remedy="Times are whole numbers from one clock.")
    return row["Call"], row["Return"]


def _operation(row: Row, asked: Asked) -> Operation:
    given, output = row["Input"], row["Output"]
    call, finish = _times(row)
    fields = {str(key).lower(): value for key, value in given.items()} if isinstance(given, dict) else {}
    told = next((fields[name.lower()] for name in _NAMES if name.lower() in fields), None)
    if told is None:
        raise HistoryError(
            f"an input names no operation: {given!r}", remedy=f"It has one of {', '.join(_NAMES)}, with Key and Value."
        )
    name = printable(asked.name(str(told).lower() if isinstance(told, str | bool) else str(told)))
    key, value = hashable(fields.get("key")), hashable(fields.get("value"))
    argument = key if name in _WITHOUT_VALUE else value if key is None else (key, value)
    result = {str(k).lower(): v for k, v in output.items()}.get("value") if isinstance(output, dict) else output
    seen = hashable(result) if name in _READS else None
    return Operation(client(row["ClientId"]), name, argument, seen, call, finish)


def _etcd_operation(row: Row) -> Operation | None:
    """An operation of etcd's clients; ``None`` for those that are left out."""
    given, output = row["Input"], row["Output"]
    call, finish = _times(row)
    kind = given["Type"]
    if kind in ("defragment", "compact") or (kind == "range" and given["Range"].get("Revision", 0) != 0):
        return None
    if kind not in _KINDS:
        raise HistoryError(f"etcd has no request {kind!r}", remedy=f"It has {', '.join(_KINDS)}, defragment and compact.")
    name, argument_of, result_of = _KINDS[kind]
    is_lost = bool(output.get("Error") or output.get("Persisted") or output.get("PartialResponse") or output.get("ClientError"))
    result = UNKNOWN if is_lost else result_of(output)
    return Operation(client(row["ClientId"]), name, argument_of(given), result, call, None if is_lost else finish)


def _number(value: Any) -> int:
    if type(value) is not int:
        raise HistoryError(f"a number is expected, and not {value!r}")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise HistoryError(f"a text is expected, and not {value!r}")
    return value


def _value(told: Mapping[str, Any]) -> Any:
    """A value, or the hash of a long one."""
    return ("hash", _number(told["Hash"])) if told.get("Hash") else _text(told.get("Value", ""))


def _range(options: Mapping[str, Any]) -> tuple[str, str, int]:
    return _text(options["Start"]), _text(options.get("End", "")), _number(options.get("Limit", 0))


def _entries(told: Mapping[str, Any]) -> tuple[int, tuple[Any, ...]]:
    entries = tuple((_text(kv["Key"]), _value(kv["Value"]), _number(kv["ModRevision"])) for kv in told.get("KVs") or ())
    return _number(told.get("Count", 0)), entries


def _steps(steps: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[Any, ...], ...]:
    found: list[tuple[Any, ...]] = []
    for step in steps or ():
        kind = str(step["Type"]).removesuffix("-operation")
        if kind == "range":
            found.append(("range", *_range(step["Range"])))
        elif kind == "put":
            put = step["Put"]
            found.append(("put", _text(put["Key"]), _value(put["Value"]), _number(put.get("LeaseID", 0))))
        elif kind == "delete":
            found.append(("delete", _text(step["Delete"]["Key"])))
        else:
            raise HistoryError(f"a transaction of etcd has no step {kind!r}", remedy="It has range, put and delete.")
    return tuple(found)


def _txn(given: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    told = given["Txn"]
    conditions = tuple(
        (_text(c["Key"]), _number(c.get("ExpectedRevision", 0)), _number(c.get("ExpectedVersion", 0)))
        for c in told.get("Conditions") or ()
    )
    return conditions, _steps(told.get("OperationsOnSuccess")), _steps(told.get("OperationsOnFailure"))


def _txn_result(output: Mapping[str, Any]) -> tuple[Any, ...]:
    told = output["Txn"]
    results = tuple((*_entries(step), _number(step.get("Deleted", 0))) for step in told.get("Results") or ())
    return _number(output["Revision"]), bool(told.get("Failure")), results


def _revision(output: Mapping[str, Any]) -> int:
    return _number(output["Revision"])


_KINDS: Final[Mapping[str, tuple[str, Callable[[Row], Any], Callable[[Row], Any]]]] = {
    "range": ("range", lambda given: _range(given["Range"]), lambda out: (_revision(out), *_entries(out["Range"]))),
    "txn": ("txn", _txn, _txn_result),
    "leaseGrant": ("lease_grant", lambda given: _number(given["LeaseGrant"]["LeaseID"]), _revision),
    "leaseRevoke": ("lease_revoke", lambda given: _number(given["LeaseRevoke"]["LeaseID"]), _revision),
}
"""Requests: what they are called here, and their arguments and results."""
