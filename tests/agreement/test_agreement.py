"""The enumerator against the oracle on random small specs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings

from .compare import compare, compare_steps
from .writer import looping_sources, sources

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=200, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(sources())
def test_enumerator_and_oracle_agree(source: str) -> None:
    """States, generated, depth, verdicts, shortest traces: the same for every spec, and in every mode of the search."""
    note(source)
    kind = compare(source)
    event(kind)
    assume(kind != "large")


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(looping_sources())
def test_loops_that_reject_elements_agree(source: str) -> None:
    """As above, for loops over collections, which look at the elements only that they may do something for."""
    note(source)
    assume(compare(source) != "large")


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(looping_sources())
def test_single_steps_agree_where_loops_reject_elements(source: str) -> None:
    """The trees that are kept for single states have the same filters."""
    note(source)
    compare_steps(source)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None, suppress_health_check=QUIET)
@given(looping_sources())
def test_loops_that_reject_elements_agree_at_length(source: str) -> None:
    """As above, on many more specs."""
    note(source)
    assume(compare(source) != "large")


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, suppress_health_check=QUIET)
@given(sources())
def test_enumerator_and_oracle_agree_at_length(source: str) -> None:
    """As above, on many more specs, other ones each time."""
    note(source)
    assume(compare(source) != "large")
