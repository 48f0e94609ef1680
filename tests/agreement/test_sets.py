"""Sets of states against the enumerator on random small specs."""

from __future__ import annotations

import pytest

from .in_sets import compare_in_sets
from .test_agreement import CHUNK, chunks, run
from .writer import looping_spec_of, spec_of


def test_sets_and_enumerator_agree() -> None:
    """Counts, verdicts and lengths are the same: of all states, up to the first violation, and up to a depth."""
    kinds = run(spec_of, compare_in_sets, range(24))
    assert min(kinds["holds"], kinds["violated"]) >= 6, kinds


def test_sets_and_enumerator_agree_on_loops() -> None:
    """As above, for loops over collections, which look at the elements only that they may do something for."""
    kinds = run(looping_spec_of, compare_in_sets, range(10))
    assert kinds["holds"] + kinds["violated"] >= 8, kinds


@pytest.mark.parametrize("chunk", chunks(20))
def test_sets_and_enumerator_agree_at_length(chunk: int) -> None:
    """As above, on many more specs."""
    write = looping_spec_of if chunk % 4 == 0 else spec_of
    kinds = run(write, compare_in_sets, range(chunk * CHUNK, (chunk + 1) * CHUNK))
    assert kinds["holds"] + kinds["violated"] >= 0.7 * CHUNK, kinds
