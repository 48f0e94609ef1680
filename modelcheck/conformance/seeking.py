"""How Hypothesis generates the numbers of a random run: a backend that seeks states where no earlier run has been.

Hypothesis demands that a test case depend on what it draws alone, so what earlier test cases did must not decide which step a number
stands for. It may decide which numbers are drawn: that is what Hypothesis's backends are for
(https://hypothesis.readthedocs.io/en/latest/strategies.html#alternative-backends). This one draws again, a few times, if the step that a number
stands for leads where the test has been. Failures are replayed, shrunk and saved by Hypothesis's own backend, as with every backend.

It also keeps Hypothesis from copying parts of a test case over others, as its own backend does with five test cases out of six: repeated values
find bugs in functions of data, and in random runs they are lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

from hypothesis import Phase, settings
from hypothesis.control import BuildContext, _current_build_context
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

from modelcheck.statespace.stepper import Position

BACKEND = "modelcheck"
_TRIES = 20
# What each test has seen, by its source of random numbers: the one thing that all its test cases have in common.
_MET: WeakKeyDictionary[Random, set[int]] = WeakKeyDictionary()


class Seeking(HypothesisProvider):
    """Draws as Hypothesis does, but for numbers that stand for steps."""

    _leads_to: Callable[[int], Position | None] | None = None

    @property
    def met(self) -> set[int]:
        """The states where the test has been, as hashes."""
        assert self._random is not None
        return _MET.setdefault(self._random, set())

    @contextmanager
    def seeking(self, leads_to: Callable[[int], Position | None]) -> Iterator[None]:
        """Draw numbers that lead somewhere, and to something new where that can be had."""
        self._leads_to = leads_to
        try:
            yield
        finally:
            self._leads_to = None

    def draw_integer(self, min_value: int | None = None, max_value: int | None = None, **hints: Any) -> int:
        """An integer between two bounds."""
        if self._leads_to is None or min_value is None or max_value is None:
            return super().draw_integer(min_value, max_value, **hints)
        assert self._random is not None
        chosen = min_value
        for _ in range(_TRIES):
            number = self._random.randint(min_value, max_value)
            position = self._leads_to(number)
            if position is not None:
                chosen = number
                if hash(position) not in self.met:
                    break
        return chosen


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{Seeking.__name__}"


def adjusted(given: settings) -> settings:
    """Settings with this backend where they name none, and without the phase that explains a failure by lines of code: these would be ours."""
    phases = [phase for phase in given.phases if phase is not Phase.explain]
    return settings(given, phases=phases, backend=BACKEND if given.backend == "hypothesis" else given.backend)


def drawn(count: int, leads_to: Callable[[int], Position | None] | None = None) -> int:
    """A number that Hypothesis draws, from 0.

    Args:
        count: How many numbers there are.
        leads_to: The state that a number leads to, if to any; with this backend, one that leads to a new state is drawn if there is one.
    """
    context = _current_build_context.value
    assert isinstance(context, BuildContext)
    data = context.data
    provider = data.provider
    if leads_to is None or not isinstance(provider, Seeking):
        return data.draw_integer(0, count - 1)
    with provider.seeking(leads_to):
        number = data.draw_integer(0, count - 1)
    position = leads_to(number)
    if position is not None:
        provider.met.add(hash(position))
    return number
