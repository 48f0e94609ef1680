"""A writer of random small specs, as Python source text: what fails is readable, and can be kept as a regression test.

Every kind of variable, domain, choice, fault and property occurs. All numbers are kept below 3, and what may grow is bounded by a constraint, so
that nearly every spec is small. What a run looks at depends on what it found before, in conditions, loops and choices.
"""

from __future__ import annotations

from hypothesis import strategies as st

from .expressions import Draw
from .specs import Writer


@st.composite
def sources(draw: Draw) -> str:
    """The text of a random spec, without the preamble."""
    return Writer(draw).spec()


@st.composite
def looping_sources(draw: Draw) -> str:
    """The text of a random spec about loops that reject elements."""
    return Writer(draw).looping()
