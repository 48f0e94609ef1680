"""The fingerprint table against a set, and the mixer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from modelcheck.search.kernel import _explorer as e
from modelcheck.statespace.kernel import _kernel as k

# Fingerprints that crowd one bucket, the ends of the range, and any.
FINGERPRINTS = st.one_of(st.integers(0, 40), st.integers(2**64 - 40, 2**64 - 1), st.integers(0, 2**64 - 1))


class TableAgainstSet(RuleBasedStateMachine):
    """A table that starts with the least number of slots and a Python set, given the same fingerprints."""

    def __init__(self):
        super().__init__()
        self.table = e.FingerprintTable(1)
        self.model = set()

    @initialize(threads=st.integers(1, 5))
    def begin(self, threads):
        self.table = e.FingerprintTable(1, threads=threads)

    @rule(fingerprint=FINGERPRINTS)
    def add(self, fingerprint):
        assert self.table.add(fingerprint) == (fingerprint not in self.model)
        self.model.add(fingerprint)

    @rule(first=FINGERPRINTS, count=st.integers(1, 50))
    def add_many(self, first, count):
        for fingerprint in range(first, min(first + count, 2**64)):
            self.add(fingerprint)

    @rule(fingerprint=FINGERPRINTS)
    def look_up(self, fingerprint):
        assert (fingerprint in self.table) == (fingerprint in self.model)

    @invariant()
    def has_the_same_length(self):
        assert len(self.table) == len(self.model) <= self.table.slots

    def teardown(self):
        assert all(fingerprint in self.table for fingerprint in self.model)


TestTableAgainstSet = TableAgainstSet.TestCase
TestTableAgainstSet.settings = settings(deadline=None, max_examples=60)


def test_a_large_table_costs_at_most_sixteen_bytes_per_fingerprint():
    """Growing keeps the load of a large table above one half."""
    table = e.FingerprintTable(2**20)
    table.probe_random(int(table.slots * 0.8), 1)
    while table.bytes < 16 * 2**20:
        table.add(len(table) * 0x9E3779B97F4A7C15 % 2**64)
    assert table.bytes / len(table) < 16.5


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_that_grow_a_table_lose_nothing(threads):
    """Several threads move the fingerprints to the larger table, each its part, and all of them are there."""
    table = e.FingerprintTable(2**10, threads=threads)
    slots, fingerprints = {table.slots}, [number * 0x9E3779B97F4A7C15 % 2**64 for number in range(200_000)]
    for fingerprint in fingerprints:
        assert table.add(fingerprint)
        slots.add(table.slots)
    assert len(slots) > 4
    assert all(fingerprint in table for fingerprint in fingerprints)
    assert not any(table.add(fingerprint) for fingerprint in fingerprints)


def test_random_fingerprints_without_prefetch_are_the_same():
    """The benchmark of the floor stores the same fingerprints whatever it prefetches."""
    ahead, plain = e.FingerprintTable(10_000), e.FingerprintTable(10_000)
    ahead.probe_random(5_000, 7)
    plain.probe_random(5_000, 7, prefetch=0)
    assert len(ahead) == len(plain) == 5_000


def test_a_benchmark_beyond_the_table_is_refused():
    """The floor is measured without growing."""
    with pytest.raises(ValueError, match="more slots"):
        e.FingerprintTable(16).probe_random(1_000, 1)


def test_the_default_id_adds_nothing():
    """A cell that holds its default does not count, so later cells leave old fingerprints as they were."""
    assert k.mix(7, 0) == 0


def test_mixed_numbers_spread_over_all_bits():
    """Each output bit is set in half of the cases, and neighbours differ in half of the bits."""
    numbers = [k.mix(cell, value) for cell in range(50) for value in range(1, 50)]
    for bit in range(64):
        assert 0.4 < sum(n >> bit & 1 for n in numbers) / len(numbers) < 0.6
    flips = [(a ^ b).bit_count() for a, b in pairwise(numbers)]
    assert 31 < sum(flips) / len(flips) < 33


def test_sums_of_neighbouring_cells_do_not_collide():
    """All sums of up to three of 120 mixed numbers are different."""
    numbers = [k.mix(cell, value) for cell in range(40) for value in range(1, 4)]
    sums = {0}
    count = 1
    for i, a in enumerate(numbers):
        for j, b in enumerate(numbers[:i]):
            sums.add((a + b) % 2**64)
            sums.update((a + b + c) % 2**64 for c in numbers[:j])
            count += 1 + j
    assert len(sums) == count
