"""Tables of operations: comma-separated values with a line of names at the top.

The columns are those of JSON lines: ``process``, ``f``, ``argument``, ``result``, ``call`` and ``return``, in any order, and
``key`` where operations have one. A cell is read as JSON, and as a text if it is none; an empty one is null. An empty
``return`` is an operation whose outcome nobody knows. Times may have fractions.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Final

from modelcheck.consistency.readers.asked import Asked
from modelcheck.consistency.readers.json_lines import operations_of
from modelcheck.consistency.readers.recording import Recording, text_of
from modelcheck.errors import HistoryError

NEEDED: Final = ("process", "f", "call", "return")
KNOWN: Final = (*NEEDED, "argument", "result", "key")


def read_csv(path: Path, asked: Asked) -> Recording:
    """A table of operations."""
    return operations_of(list(_rows(path)), path, "csv", asked)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(StringIO(text_of(path)), strict=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            if not cells:
                continue
            place = f"{path}:{reader.line_num}"
            if names is None:
                names = _names(cells, place)
                continue
            if len(cells) != len(names):
                raise HistoryError(f"a line has {len(cells)} cells, and not {len(names)}", place=place, remedy=_QUOTES)
            row = {name: _cell(cell) for name, cell in zip(names, cells, strict=True)}
            if row.get("key") is not None:
                row["k"] = row["key"]
            yield reader.line_num, row
    except csv.Error as error:
        raise HistoryError(f"this is no table: {error}", place=f"{path}:{reader.line_num}", remedy=_QUOTES) from error


_QUOTES: Final = 'A cell with a comma or a quote in it is written "[1, 2]" or """x""".'


def _names(cells: list[str], place: str) -> list[str]:
    """The columns, from the first line."""
    names = [cell.strip() for cell in cells]
    unknown = [name for name in names if name not in KNOWN]
    missing = [name for name in NEEDED if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        wrong = f"has no column {missing[0]!r}" if missing else f"has the column {(unknown or names)[0]!r}"
        raise HistoryError(f"the table {wrong}", place=place, remedy=f"The columns are {', '.join(KNOWN)}, each once.")
    return names


def _cell(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
