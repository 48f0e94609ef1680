"""The enumerator against the oracle on random small specs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Verbosity, given, seed, settings
from hypothesis import strategies as st

from .compare import compare, compare_steps
from .writer import looping_sources, sources

QUIET = list(HealthCheck)
COMPARED = ("holds", "violated")


def run(specs: st.SearchStrategy[str], judge: Callable[[str], str], count: int, *, seeded: int = 0) -> Counter[str]:
    """Judge so many random specs; returns how many there were of each kind."""
    kinds: Counter[str] = Counter()

    @seed(seeded)
    @settings(max_examples=count, deadline=None, suppress_health_check=QUIET, database=None, verbosity=Verbosity.quiet, print_blob=False)
    @given(specs)
    def each(source: str) -> None:
        try:
            kinds[judge(source)] += 1
        except Exception as error:
            error.add_note(source)
            raise

    each()
    return kinds


def test_enumerator_and_oracle_agree() -> None:
    """States, generated, depth, verdicts, shortest traces: the same for every spec, and in every mode of the search."""
    kinds = run(sources(), compare, 200)
    assert sum(kinds[kind] for kind in COMPARED) >= 150
    assert min(kinds[kind] for kind in COMPARED) >= 40


def test_loops_that_reject_elements_agree() -> None:
    """As above, for loops over collections, which look at the elements only that they may do something for."""
    kinds = run(looping_sources(), compare, 60)
    assert sum(kinds[kind] for kind in COMPARED) >= 45


def test_single_steps_agree_where_loops_reject_elements() -> None:
    """The trees that are kept for single states have the same filters."""
    kinds = run(looping_sources(), compare_steps, 60)
    assert kinds["compared"] >= 50


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(10))
def test_loops_that_reject_elements_agree_at_length(chunk: int) -> None:
    """As above, on many more specs."""
    kinds = run(looping_sources(), compare, 500, seeded=chunk + 1)
    assert sum(kinds[kind] for kind in COMPARED) >= 400


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(40))
def test_enumerator_and_oracle_agree_at_length(chunk: int) -> None:
    """As above, on many more specs, so many in a chunk; a chunk that failed is run again by its number."""
    kinds = run(sources(), compare, 500, seeded=chunk + 1)
    assert sum(kinds[kind] for kind in COMPARED) >= 400
