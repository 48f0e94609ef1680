"""The files of this folder's ``web/`` that a browser runs: as they are for a server, or joined for a page in one file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

WEB = Path(__file__).parent / "web"
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)


def asset(name: str) -> str:
    """The text of a file."""
    return (WEB / name).read_text(encoding="utf-8")


def joined(modules: Sequence[str]) -> str:
    """Several ES modules as one, each after those that it imports: the names that they export are those that the others use."""
    return "\n".join(_IMPORT.sub("", asset(name)) for name in modules)


def source_hash(text: str) -> str:
    """What a content policy calls a script or a style that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
