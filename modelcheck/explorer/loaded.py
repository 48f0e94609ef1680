"""The spec that is explored: loaded by what was typed, with constants that can be set, and loaded anew when a file of it is saved."""

from __future__ import annotations

import importlib
import linecache
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.explorer.walker import Walker
from modelcheck.spec import Spec, machine_of
from modelcheck.spec.constants.annotations import annotation_text
from modelcheck.spec.constants.declared import constant_types, parse_constant
from modelcheck.spec.loading import load_spec, source_file
from modelcheck.trace.explanation.source import _parsed

Settings = tuple[tuple[str, str], ...]
"""Constants as they were typed, by name."""

_WALKERS = 8


class Loaded:
    """A spec, at its present version.

    Args:
        target: What the user typed: ``path.py``, ``path.py:Class`` or a module; or a class, which is loaded anew if it has a file.

    Attributes:
        cls: The spec's class.
        version: How often it was loaded, from 1.
        error: Why the last version could not be loaded; the one before it is explored then.

    Raises:
        UsageError: if there is no such spec.
        SpecError: if it cannot be imported.
    """

    def __init__(self, target: str | type[Spec]) -> None:
        self.target = target if isinstance(target, str) else f"{source_file(target)}:{target.__qualname__}"
        self.version = 1
        self.error: str | None = None
        self.cls: type[Spec] = load_spec(target) if isinstance(target, str) else target
        self._walkers: dict[Settings, Walker] = {}
        self._before: dict[Settings, Walker] = {}
        self._saved = self._stamps()

    @property
    def folder(self) -> Path:
        """Where the spec and what it imports from beside it are."""
        return Path(source_file(self.cls)).resolve().parent

    # Constants ----------------------------------------------------------------------------------------------------------------------------------

    def walker(self, settings: Settings, *, before: bool = False) -> Walker:
        """The walker for some constants; with ``before``, that of the version before this one.

        Raises:
            UsageError: if a constant cannot be set so.
            SpecError: if the spec cannot be run.
        """
        if before:
            return self._before[settings] if settings in self._before else self.walker(settings)
        found = self._walkers.get(settings)
        if found is None:
            constants = {name: parse_constant(self.cls, name, text) for name, text in settings}
            found = Walker(machine_of(self.cls(**constants)))
            while len(self._walkers) >= _WALKERS:
                del self._walkers[next(iter(self._walkers))]
            self._walkers[settings] = found
        return found

    def constants(self, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """The constants: the name, the type, and the value as it would be typed."""
        return [{"name": name, "type": annotation_text(kind), "value": typed(values[name])} for name, kind in constant_types(self.cls).items()]

    # Loading anew -------------------------------------------------------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Load the spec anew if one of its files was saved; returns whether it was. One that cannot be loaded leaves the last one in place."""
        stamps = self._stamps()
        if all(stamps.get(file, saved) == saved for file, saved in self._saved.items()):
            self._saved |= stamps  # A module that was imported since was not saved for that.
            return False
        self._saved = stamps
        forgotten = {name: sys.modules.pop(name) for name in self._modules()}
        linecache.checkcache()
        _parsed.cache_clear()
        importlib.invalidate_caches()
        try:
            cls = load_spec(self.target)
        except ModelcheckError as error:
            for name in self._modules():
                sys.modules.pop(name, None)
            sys.modules.update(forgotten)
            self.error = str(error)
            self.version += 1
            return True
        self.cls, self.error = cls, None
        self._before, self._walkers = self._walkers or self._before, {}
        self.version += 1
        self._saved = self._stamps()
        return True

    def _modules(self) -> list[str]:
        """The modules that lie in the spec's folder or below it, what is installed there left out."""
        inside = str(self.folder) + os.sep
        files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
        own = str(Path(__file__).resolve().parents[1]) + os.sep
        return [
            name
            for name, file in files.items()
            if file.startswith(inside) and not file.startswith(own) and "site-packages" not in file and name != "__main__"
        ]

    def _stamps(self) -> dict[str, int]:
        """When each file was saved; a file that cannot be looked at has no time."""
        found: dict[str, int] = {}
        for name in self._modules():
            file = str(sys.modules[name].__file__)
            with suppress(OSError):
                found[file] = Path(file).stat().st_mtime_ns
        file = source_file(self.cls)
        with suppress(OSError):
            found[file] = Path(file).stat().st_mtime_ns
        return found


def typed(value: Any) -> str:
    """A value as ``--set`` would take it."""
    from enum import Enum  # noqa: PLC0415 - beside its only use.

    if isinstance(value, Enum):
        return value.name
    return value if isinstance(value, str) else repr(value)
