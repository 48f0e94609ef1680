"""JSON from files that may be damaged or hostile: bounded in size, depth and the length of its numbers.

Whatever is wrong is a `ValueError` that says so in one line; the reader adds the file and the place.
"""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 28
_MOST_DIGITS = 4_000
_DEEPEST = 500


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is longer than a trace can be, or no text.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES >> 20} MB")
    return data.decode("utf-8-sig")


def parse(text: str) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: if it is none, or nested deeper, or of longer numbers than can be read.
    """
    try:
        found = json.loads(text, parse_int=_integer)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_depth(found)
    return found


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(text):,} digits is too long")
    return int(text)


def _check_depth(found: Any) -> None:
    level, depth = [found], 0
    while level:
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep")
        level = [inner for item in level for inner in _inside(item)]
        depth += 1


def _inside(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []


def check_finite(found: Any) -> None:
    """Refuse numbers that JSON does not have.

    Raises:
        ValueError: if there is one.
    """
    waiting = [found]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float) and not isfinite(item):
            raise ValueError(f"{item} is no number of JSON")
        waiting += _inside(item)
