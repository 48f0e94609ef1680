"""Recorded histories with known verdicts: those that are in the repository, and those that are elsewhere, if they are.

`index.json` lists all of them, with source, licence and verdict. A licence that asks for more than this repository's
keeps a recording out of it; the tests of those are skipped by name unless ``MODELCHECK_HISTORIES`` is the folder that
holds them.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from pathlib import Path

import pytest

COPIED = Path(__file__).resolve().parents[1] / "data" / "histories"
ELSEWHERE = os.environ.get("MODELCHECK_HISTORIES")
_unpacked = tempfile.TemporaryDirectory(prefix="modelcheck-histories-")


def listed():
    """The entries of the index."""
    return json.loads((COPIED / "index.json").read_text())


def generated():
    """The names of the generated histories."""
    return sorted(f"generated/{path.name.removesuffix('.gz')}" for path in (COPIED / "generated").glob("*.gz"))


def recording(name):
    """The file of a recording."""
    packed, path = COPIED / f"{name}.gz", Path(_unpacked.name) / name
    if packed.exists():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.decompress(packed.read_bytes()))
        return path
    if ELSEWHERE is None:
        pytest.skip(f"{name} is not in the repository for its licence; set MODELCHECK_HISTORIES to a folder that has it")
    return Path(ELSEWHERE) / name
