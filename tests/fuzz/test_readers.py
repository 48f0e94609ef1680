"""A short run of the damaged files, so that the script stays right and the commonest mistakes are noticed."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("modelcheck_fuzz_readers", Path(__file__).with_name("readers.py"))
readers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(readers)


@pytest.mark.parametrize(("count", "seed"), [(300, 0), pytest.param(20_000, 1_000, marks=pytest.mark.slow)])
def test_a_damaged_file_is_answered_or_told(count, seed):
    """No command fails in another way or hangs; and of the files, some can be read and some cannot."""
    told = []
    codes = readers.main(count, seed, told.append)
    assert not told, "\n".join(told)
    assert codes[2] > count / 5
    assert codes.get(0, 0) + codes.get(1, 0) > count / 20
