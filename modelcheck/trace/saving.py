"""Where counterexamples are saved: one file per spec, configuration and property, so that the folder holds the latest trace of each.

The file is called ``SPEC-PROPERTY.json``. The constants that are not at their defaults follow the property, ``Raft-agreement-servers=5.json``; if
that would be long, or no good file name, eight digits stand for them, and so they do for a property of a part under a key that is no good file name.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelcheck.spec.loading import shown_path
from modelcheck.trace.recording import write_trace
from modelcheck.trace.trace import Trace
from modelcheck.values import identity, show

FOLDER = Path(".modelcheck")
_LONGEST = 40
_PLAIN = r"(\w|\.|\[\w+\]|\['[a-zA-Z0-9]+'\])*"
"""Names of properties that differ in the names of their files where they differ."""
_MISSING = object()


def file_name(cls: type, constants: Mapping[str, Any], name: str) -> str:
    """The name of the file for the trace of a property.

    Args:
        cls: The spec's class, which says what the defaults are.
        constants: The constants and their values.
        name: The property.
    """
    told = {constant: value for constant, value in constants.items() if not _is_default(cls, constant, value)}
    odd = "" if re.fullmatch(_PLAIN, name) else _digits(name)
    return re.sub(r"[^\w.=,+-]", "_", "-".join(filter(None, [cls.__name__, name, odd, _listed(told)]))) + ".json"


def save(trace: Trace, cls: type, folder: Path) -> Path:
    """Save a trace of a spec of this class in a folder, which is made if need be; returns the file.

    Raises:
        OSError: if it cannot be written.
    """
    path = folder / file_name(cls, trace.constants, trace.property)
    write_trace(trace, path, source=shown_path(trace.source))
    return path


def replay_command(path: Path) -> str:
    """What to type to replay a file."""
    return f"modelcheck replay {shlex.quote(str(path))}"


def _is_default(cls: type, constant: str, value: Any) -> bool:
    default = getattr(cls, constant, _MISSING)
    return default is not _MISSING and identity(default) == identity(value)


def _listed(constants: Mapping[str, Any]) -> str:
    listed = ",".join(f"{name}={_shown(value)}" for name, value in constants.items())
    if len(listed) <= _LONGEST and re.fullmatch(r"[\w.=,+-]*", listed):
        return listed
    return _digits(listed)


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value) else show(value)
