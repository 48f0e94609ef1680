"""Running a command again whenever a Python file of what it is about was saved."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

_LOOKS_EVERY_S = 0.3


def watch_for(arguments: Sequence[str], targets: Sequence[str]) -> int:
    """Run the command of the command line, without ``--watch``, whenever a file was saved."""
    return watch([argument for argument in arguments if argument != "--watch"], targets)


def watch(arguments: Sequence[str], targets: Sequence[str], most: int | None = None) -> int:
    """Run the command with these arguments now and after each save, until Ctrl-C; returns the last exit code.

    Args:
        arguments: Of ``modelcheck``.
        targets: The files and folders that they name, or modules.
        most: After how many runs to end; for ever if not given.
    """
    code, runs = 0, 0
    with suppress(KeyboardInterrupt):
        while most is None or runs < most:
            before = _saved(targets)
            if runs and sys.stdout.isatty():
                click.clear()
            code = subprocess.run([sys.executable, "-m", "modelcheck", *arguments], check=False).returncode  # noqa: S603 - this program itself.
            runs += 1
            if most is None or runs < most:
                click.echo(click.style("\nwaiting for a file to be saved; Ctrl-C ends", dim=True), err=True)
                while _saved(targets) == before:
                    time.sleep(_LOOKS_EVERY_S)
    return code


def _saved(targets: Sequence[str]) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for path in _files(targets):
        with suppress(OSError):
            found[path] = path.stat().st_mtime_ns
    return found


def _files(targets: Sequence[str]) -> Iterator[Path]:
    """The Python files in the folders of the targets, which a spec may import from; those of packages' environments left out."""
    for target in targets:
        path = Path(target.rsplit(":", 1)[0]) if ":" in target else Path(target)
        folder = path if path.is_dir() else path.parent if path.is_file() else Path(target.split(":")[0].replace(".", "/")).parent
        if folder.is_dir():
            yield from (file for file in folder.rglob("*.py") if not any(part.startswith(".") for part in file.relative_to(folder).parts))
