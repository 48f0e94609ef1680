"""Where recorded histories with known verdicts are, and how to read them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
COPIED = HERE.parents[1] / "data" / "histories"
FOLDER = Path(os.environ.get("MODELCHECK_HISTORIES", HERE.parents[2].parent / "shared" / "histories"))


def listed():
    """The entries of the index; none where the folder is absent."""
    index = FOLDER / "index.json"
    return json.loads(index.read_text()) if index.exists() else []


def skip_without_recordings():
    """Skip, and say so, where the folder with recordings is absent."""
    if not listed():
        pytest.skip(f"no recorded histories at {FOLDER}; set MODELCHECK_HISTORIES to their folder")
