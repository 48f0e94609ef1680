"""What must happen, on random small specs: the enumerator against plain objects and brute force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from .endless import compare_endless
from .writer.endless import endless_spec_of

EVERYDAY, CHUNK, CHUNKS = 120, 1_000, 40


def run(seeds: Iterable[int]) -> Counter[str]:
    """Judge the specs with some numbers; returns how many verdicts there were of each kind."""
    met: Counter[str] = Counter()
    for seed in seeds:
        source = endless_spec_of(str(seed))
        try:
            kind = compare_endless(source, seed)
        except Exception as error:
            error.add_note(f"spec {seed}:\n{source}")
            raise
        met.update([kind] if kind in {"large", "error"} else list(kind))
    return met


def test_verdicts_and_lassos_agree() -> None:
    """Verdicts, stems and lassos, with bounds, choices, steps that change nothing, and all kinds of fairness."""
    met = run(range(EVERYDAY))
    assert min(met["h"], met["v"]) > EVERYDAY / 2, met
    assert met["u"] > EVERYDAY / 20, met


@pytest.mark.parametrize(
    "chunk", [pytest.param(at, marks=pytest.mark.slow if at == 1 else pytest.mark.nightly) for at in range(1, CHUNKS + 1)]
)
def test_verdicts_and_lassos_agree_at_length(chunk: int) -> None:
    """As above, on many more specs; a chunk that failed is run again by its number."""
    met = run(range(chunk * CHUNK, (chunk + 1) * CHUNK))
    assert met["v"] > CHUNK / 2, met
