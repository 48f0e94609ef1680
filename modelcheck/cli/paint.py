"""Printing: lines with styles, coloured on a terminal, wrapped to its width there, and plain elsewhere."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from modelcheck.trace.text import Line, harmless, wrapped

_STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "number": {"dim": True},
    "action": {"bold": True},
    "path": {"fg": "cyan"},
    "old": {"fg": "red"},
    "new": {"fg": "green"},
    "note": {"dim": True},
    "holds": {"fg": "green", "bold": True},
    "violated": {"fg": "red", "bold": True},
    "unknown": {"fg": "yellow", "bold": True},
    "warning": {"fg": "yellow"},
}


def paint(lines: Iterable[Line]) -> None:
    """Print lines to standard output."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines:
        for piece in [line] if width is None else wrapped(line, width):
            click.echo(
                "".join(
                    click.style(harmless(span.text), **_STYLES[span.style]) if _STYLES[span.style] else harmless(span.text)
                    for span in piece
                )
            )


def print_json(document: Any) -> None:
    """Print one JSON object: in the characters that standard output has, and others escaped."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document)
    click.echo(text)


def columns(rows: Sequence[tuple[str, ...]], *, indent: str = "  ", right: frozenset[int] = frozenset()) -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell; those listed in ``right`` flush right."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))] if rows else []
    return [
        (
            indent
            + "  ".join(cell.rjust(widths[i]) if i in right else cell.ljust(widths[i]) for i, cell in enumerate(row))
        ).rstrip()
        for row in rows
    ]
