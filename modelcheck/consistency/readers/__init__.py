"""Readers of recorded histories, and the guess which of them a file needs."""

from __future__ import annotations

import codecs
import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.guess import TRANSACTIONS
from modelcheck.consistency.readers.isolation import read_awdit, read_dbcop, read_polysi
from modelcheck.consistency.readers.jepsen import read_jepsen_edn, read_jepsen_json
from modelcheck.consistency.readers.json_lines import read_json_lines
from modelcheck.consistency.readers.logs import read_kv_lines, read_limo, read_util_log
from modelcheck.consistency.readers.porcupine import read_etcd, read_porcupine
from modelcheck.consistency.readers.recording import Reader, Recording
from modelcheck.consistency.readers.table import read_csv
from modelcheck.errors import HistoryError, UsageError

__all__ = ["FORMATS", "TRANSACTIONS", "Recording", "guessed_format", "read_history"]

FORMATS: Final[Mapping[str, Reader]] = {
    "json-lines": read_json_lines,
    "jepsen-edn": read_jepsen_edn,
    "jepsen-json": read_jepsen_json,
    "jepsen.util-log": read_util_log,
    "kv-lines": read_kv_lines,
    "limo": read_limo,
    "polysi": read_polysi,
    "awdit": read_awdit,
    "dbcop": read_dbcop,
    "porcupine": read_porcupine,
    "etcd": read_etcd,
    "csv": read_csv,
}
"""The formats by the names that the command line knows."""

_SIGNS: Final = (
    ("etcd", rb'"Input"\s*:\s*\{\s*"Type"\s*:\s*"(range|txn|lease\w+|defragment|compact)"\s*,\s*"LeaseGrant"'),
    ("porcupine", rb'"ClientId"\s*:.*"(Input|Call)"\s*:'),
    ("csv", rb"\A\s*(process|f|call|return|argument|result|key)\s*,"),
    ("jepsen.util-log", rb"jepsen\.util - "),
    ("limo", rb"^\s*(#\s*@object|\[\s*\S+\s*\]\s+(call|return)\b)"),
    ("polysi", rb"^\s*[rw]\(\s*-?\d+\s*,"),
    ("awdit", rb"^\s*[rw] -?\d+ -?\d+\s*$"),
    ("kv-lines", rb"^\s*\{[^}]*:f :(get|put|append), :key "),
    ("jepsen-json", rb'"history"\s*:\s*\[\s*[\]{]'),
    ("jepsen-edn", rb"[\[({\s](:type|:process|:f|:invoke)\s"),
)
_BEGINNING: Final = 4096
_PACKED: Final = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd"}
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _head(path: Path) -> bytes:
    """The beginning of a file.

    Raises:
        HistoryError: It is compressed, or text in another encoding, and so of no format that can be read.
    """
    with path.open("rb") as file:
        head = file.read(_BEGINNING)
    for sign, name in _PACKED.items():
        if head.startswith(sign):
            raise HistoryError(f"the file is compressed by {name}", place=str(path), remedy="Decompress it, and name the file that comes of it.")
    if head.startswith(_WIDE):
        raise HistoryError("the file is text in UTF-16", place=str(path), remedy="Write it in UTF-8.")
    return head.removeprefix(codecs.BOM_UTF8)


def guessed_format(path: Path) -> str:
    """The format of a file, from its name and its beginning."""
    if path.is_dir():
        return "etcd"
    head = _head(path)
    if path.suffix == ".bincode" or b"\0" in head:
        return "dbcop"
    for name, sign in _SIGNS:
        if re.search(sign, head, re.MULTILINE):
            return name
    first = next((line.strip() for line in head.splitlines() if line.strip()), b"")
    if first.startswith(b"{") and first.endswith(b"}"):
        return "json-lines"
    if first.startswith((b"{", b"[")):
        return "jepsen-json"
    if not first:
        return "json-lines"
    raise HistoryError(
        "the format of the file cannot be guessed",
        place=str(path),
        remedy=f"Name it with --format: {', '.join(FORMATS)}.",
    )


def read_history(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the field's word
    model: str | None = None,
    rename: Mapping[str, str] | None = None,
) -> Recording:
    """Read a recorded history.

    Args:
        path: The file.
        format: One of :data:`FORMATS`; guessed if not given.
        model: The object or kind of transactions, where it is known; guessed from the operations if not given, where
            only one can be meant.
        rename: Our names of the operations that the file calls otherwise.

    Raises:
        HistoryError: The file is missing, damaged, or not of this format.
        UsageError: There is no such format.
    """
    if not isinstance(path, (str, Path)):
        raise UsageError(f"a history is read from a file, not from {path!r}")
    if format is not None and format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", remedy=f"Choose one of {', '.join(FORMATS)}.")
    path = Path(path)
    if not path.is_file() and not path.is_dir():
        raise HistoryError("there is no such file", place=str(path), remedy="Name a file with a recorded history.")
    if format not in (None, "dbcop") and path.is_file():
        _head(path)
    name = format or guessed_format(path)
    if path.is_dir() and name != "etcd":
        raise HistoryError("this is a folder", place=str(path), remedy="Name a file; a folder is a report of etcd.")
    with _without_collection():
        return FORMATS[name](path, Asked(model, rename or {}))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the collection of reference cycles: a history has none, and looking for them takes as long as reading it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
