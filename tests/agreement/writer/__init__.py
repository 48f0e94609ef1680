"""A writer of random small specs, as Python source text: what fails is readable, and can be kept as a regression test.

Every kind of variable, domain, choice, fault and property occurs. All numbers are kept below 3, and what may grow is bounded by a constraint, so
that nearly every spec is small. What a run looks at depends on what it found before, in conditions, loops and choices.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from .specs import Writer
from .variables import EQUAL

Draw = Callable[[st.SearchStrategy[Any]], Any]


@frozen
class Drawn:
    """Hypothesis decides."""

    draw: Draw

    def choice(self, options: list[Any]) -> Any:
        """One of the options, the first being the simplest."""
        return self.draw(st.sampled_from(options))

    def randint(self, least: int, most: int) -> int:
        """A number."""
        return int(self.draw(st.integers(least, most)))


def spec_of(seed: int) -> str:
    """The text of the random spec with a number, without the preamble."""
    return Writer(random.Random(f"spec {seed}")).spec()


def looping_spec_of(seed: int) -> str:
    """The text of the random spec with a number about loops that reject elements."""
    return Writer(random.Random(f"looping {seed}")).looping()


@st.composite
def sources(draw: Draw, *, without: tuple[str, ...] = EQUAL) -> str:
    """The text of a random spec that Hypothesis writes, by default one that is not refused for what is merely equal."""
    return Writer(Drawn(draw)).spec(without=without)
