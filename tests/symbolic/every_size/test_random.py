"""Random specs: formulas are the code, and what is proved for every size is never false at a small one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sweeping import sweep


@pytest.mark.parametrize("seed", range(3))
def test_random_specs(seed: int) -> None:
    """A few, each day."""
    assert sum(sweep(seed, states=1, largest=3).values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1060))
def test_random_specs_at_length(seed: int) -> None:
    """More of them, with lemmas searched for what is not inductive."""
    assert sum(sweep(seed, lemmas=seed % 4 == 0).values()) > 0
