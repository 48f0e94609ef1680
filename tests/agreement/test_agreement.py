"""The enumerator against the oracle on random small specs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from .compare import compare, compare_steps
from .writer import looping_spec_of, spec_of

COMPARED = ("holds", "violated")
CHUNK = 500


def chunks(count: int) -> list[Any]:
    """Numbers of chunks, of which the first is run for every change."""
    return [pytest.param(chunk, marks=pytest.mark.slow if chunk == 1 else pytest.mark.nightly) for chunk in range(1, count + 1)]


def run(write: Callable[[int], str], judge: Callable[[str, int], str], seeds: Iterable[int]) -> Counter[str]:
    """Judge the specs with some numbers; returns how many there were of each kind."""
    kinds: Counter[str] = Counter()
    for seed in seeds:
        source = write(seed)
        try:
            kinds[judge(source, seed)] += 1
        except Exception as error:
            error.add_note(f"spec {seed}:\n{source}")
            raise
    return kinds


def test_enumerator_and_oracle_agree() -> None:
    """States, generated, depth, verdicts, shortest traces: the same for every spec, and in every mode of the search."""
    kinds = run(spec_of, compare, range(80))
    assert sum(kinds[kind] for kind in COMPARED) >= 56, kinds
    assert min(kinds[kind] for kind in COMPARED) >= 8, kinds


def test_loops_that_reject_elements_agree() -> None:
    """As above, for loops over collections, which look at the elements only that they may do something for."""
    kinds = run(looping_spec_of, compare, range(30))
    assert sum(kinds[kind] for kind in COMPARED) >= 22, kinds


def test_single_steps_agree_where_loops_reject_elements() -> None:
    """The trees that are kept for single states have the same filters."""
    kinds = run(looping_spec_of, compare_steps, range(60))
    assert kinds["compared"] >= 50, kinds


@pytest.mark.parametrize("chunk", chunks(10))
def test_loops_that_reject_elements_agree_at_length(chunk: int) -> None:
    """As above, on many more specs."""
    kinds = run(looping_spec_of, compare, range(chunk * CHUNK, (chunk + 1) * CHUNK))
    assert sum(kinds[kind] for kind in COMPARED) >= 0.7 * CHUNK, kinds


@pytest.mark.parametrize("chunk", chunks(40))
def test_enumerator_and_oracle_agree_at_length(chunk: int) -> None:
    """As above, on many more specs, so many in a chunk; a chunk that failed is run again by its number."""
    kinds = run(spec_of, compare, range(chunk * CHUNK, (chunk + 1) * CHUNK))
    assert sum(kinds[kind] for kind in COMPARED) >= 0.7 * CHUNK, kinds
