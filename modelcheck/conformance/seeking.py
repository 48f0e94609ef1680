"""How Hypothesis generates the numbers of a random run: a backend that seeks states where no earlier run has been.

Hypothesis demands that a test case depend on what it draws alone, so what earlier test cases did must not decide which step a number
stands for. It may decide which numbers are drawn: that is what Hypothesis's backends are for
(https://hypothesis.readthedocs.io/en/latest/strategies.html#alternative-backends). This one draws again, a few times, if the step that a number
stands for leads where the test has been. Failures are replayed, shrunk and saved by Hypothesis's own backend, as with every backend.

It also keeps Hypothesis from copying parts of a test case over others, as its own backend does with five test cases out of six: repeated values
find bugs in functions of data, and in random runs they are lost.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

from hypothesis import Phase, settings
from hypothesis.control import BuildContext, _current_build_context
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

from modelcheck.statespace.stepper import Position

BACKEND = "modelcheck"
_TRIES = 20
_MOST_WEIGHTS, _LEAST_WEIGHT, _WHOLE = 255, 1e-6, 0.9999
# What each test has seen, by its source of random numbers: the one thing that all its test cases have in common.
_MET: WeakKeyDictionary[Random, set[int]] = WeakKeyDictionary()


class Seeking(HypothesisProvider):
    """Draws as Hypothesis does, but for numbers that stand for steps."""

    _sought: tuple[Sequence[int], Sequence[float], Sequence[Position | None]] | None = None

    @property
    def met(self) -> set[int]:
        """The states where the test has been, as hashes."""
        assert self._random is not None
        return _MET.setdefault(self._random, set())

    @contextmanager
    def seeking(self, numbers: Sequence[int], shares: Sequence[float], places: Sequence[Position | None]) -> Iterator[None]:
        """Draw some numbers only, by their shares, and one that leads to something new where that can be had."""
        self._sought = (numbers, list(accumulate(shares)), places)
        try:
            yield
        finally:
            self._sought = None

    def draw_integer(self, min_value: int | None = None, max_value: int | None = None, **hints: Any) -> int:
        """An integer between two bounds."""
        if self._sought is None:
            return super().draw_integer(min_value, max_value, **hints)
        assert self._random is not None
        numbers, shares, places = self._sought
        for _ in range(_TRIES):
            at = min(bisect(shares, self._random.random() * shares[-1]), len(numbers) - 1)
            position = places[at] if places else None
            if not places or (position is not None and hash(position) not in self.met):
                break
        if position is not None:
            self.met.add(hash(position))
        return numbers[at]


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{Seeking.__name__}"


def adjusted(given: settings) -> settings:
    """Settings with this backend where they name none, and without the phase that explains a failure by lines of code: these would be ours."""
    phases = [phase for phase in given.phases if phase is not Phase.explain]
    examples = given.max_examples + 1  # The first that Hypothesis tries is that in which each number is 0: it takes no step.
    return settings(given, phases=phases, max_examples=examples, backend=BACKEND if given.backend == "hypothesis" else given.backend)


def drawn(count: int, numbers: Sequence[int] = (), shares: Sequence[float] = (), places: Sequence[Position | None] = ()) -> int:
    """A number that Hypothesis draws, from 0.

    Args:
        count: How many numbers there are.
        numbers: Those that are generated, if not all; any other may come from shrinking.
        shares: How likely each of them is.
        places: The state that each leads to, if to any; with this backend, one that leads to a new state is generated if there is one.
    """
    context = _current_build_context.value
    assert isinstance(context, BuildContext)
    data = context.data
    if not numbers:
        return data.draw_integer(0, count - 1)
    if isinstance(data.provider, Seeking):
        with data.provider.seeking(numbers, shares, places):
            return data.draw_integer(0, count - 1)
    return data.draw_integer(0, count - 1, weights=_weights(numbers, shares))


def _weights(numbers: Sequence[int], shares: Sequence[float]) -> dict[int, float]:
    """As Hypothesis takes them: at most 255, the likeliest, none of them 0, and together less than 1."""
    most = sorted(zip(shares, numbers, strict=True), reverse=True)[:_MOST_WEIGHTS]
    whole = sum(share for share, _ in most)
    return {number: share / whole * _WHOLE for share, number in most if share > _LEAST_WEIGHT}
