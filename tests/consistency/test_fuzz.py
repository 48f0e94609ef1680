"""A few hundred damaged files for each reader; the script `fuzz.py` makes as many as are asked for."""

from __future__ import annotations

import pytest

from modelcheck.consistency.readers import FORMATS

from .fuzz import run, valid_files


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_gives_an_answer_or_an_error(tmp_path, name):
    """No damage makes an internal error or takes long, and not every one is noticed by the same message."""
    found, wrong = run(name, 250, "daily", tmp_path)
    assert not wrong, wrong[:3]
    assert sum(found.values()) == 250
    assert found["HistoryError"] > 50


def test_every_reader_is_fuzzed():
    """A new format needs a valid file to be damaged."""
    assert valid_files().keys() == FORMATS.keys()
