"""What a search is made of beside its spec's constants: the code that runs, of which a checkpoint says what it was.

Files are told by their place relative to that of the spec, so that a checkpoint can move to another machine with its project. All modules of the
user's that are loaded count, since a spec may import what it needs when it needs it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from modelcheck.errors import CheckpointError
from modelcheck.spec.loading import source_file
from modelcheck.spec.run import is_users
from modelcheck.trace.recording import VERSION

_PACKAGE = Path(__file__).resolve().parent.parent
_OF_THE_SEARCH = ("disk", "parts", "search", "spec", "statespace", "values")


class MadeOf:
    """The code that a search runs. Each file is looked at once, as soon as it is known to be loaded.

    Args:
        cls: The spec's class.
    """

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._beside = Path(source_file(cls)).resolve().parent
        self._files: dict[str, str] = {}
        self._seen: set[str] = set()
        self._library = f"{VERSION} {_library()}"
        self.told()

    def told(self) -> dict[str, Any]:
        """What it is, as JSON takes it."""
        for file in self._loaded():
            relative = os.path.relpath(file, self._beside)
            if relative not in self._files:
                self._files[relative] = _digest(file)
        return {"python": _python(), "byteorder": sys.byteorder, "modelcheck": self._library, "files": dict(self._files)}

    def check(self, told: Mapping[str, Any], place: str) -> None:
        """Make sure that it is what a checkpoint says.

        Raises:
            CheckpointError: if it is not: with what has changed.
        """
        changed = [f"it was {told[key]}, and is {now}" for key, now in (("python", _python()), ("byteorder", sys.byteorder)) if told[key] != now]
        if told["modelcheck"] != self._library:
            changed.append(f"it was modelcheck {told['modelcheck']}, and is {self._library}")
        for relative, digest in told["files"].items():
            file = self._beside / relative
            if not file.is_file():
                changed.append(f"{relative} is gone")
            elif _digest(file) != digest:
                changed.append(f"{relative} has changed")
        self._files = {**told["files"], **self._files}
        if changed:
            raise CheckpointError(
                f"what the search is made of is not what it was: {'; '.join(changed)}",
                place=place,
                remedy="Put it back as it was; or remove the folder, and run `modelcheck check` again.",
            )

    def _loaded(self) -> Iterator[Path]:
        """The files of the user's modules that were loaded since it was last asked."""
        for name, module in sorted(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name in self._seen:
                continue
            self._seen.add(name)
            if isinstance(file, str) and is_users(file) and (name != "__main__" or self._cls.__module__ == name) and Path(file).is_file():
                yield Path(file).resolve()


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _library() -> str:
    """Eight digits for the sources of what takes part in a search."""
    digest = hashlib.sha256()
    for room in _OF_THE_SEARCH:
        for file in sorted((_PACKAGE / room).rglob("*")):
            if file.suffix in {".py", ".pyx", ".hpp"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
