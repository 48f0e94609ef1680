"""A recording as a trace, without the spec: objects come back as records that show like them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelcheck.spec import State, Step, Strength
from modelcheck.trace.itf import decode
from modelcheck.trace.recording import Recording
from modelcheck.trace.trace import Trace


def decoded(recording: Recording) -> Trace:
    """The trace that a recording holds.

    Args:
        recording: The recording.

    Raises:
        TraceError: if a value is no ITF expression.
    """

    def values(encoded: Mapping[str, Any]) -> dict[str, Any]:
        return {name: decode(value) for name, value in encoded.items()}

    return Trace(
        spec=recording.spec,
        source=recording.source,
        constants=values(recording.constants),
        property=recording.property,
        kind=recording.kind,
        states=tuple(State(values(state)) for state in recording.states),
        steps=tuple(Step(s.action, values(s.arguments), tuple(map(decode, s.choices))) for s in recording.steps),
        arguments=values(recording.arguments),
        loop=recording.loop,
        found_by=recording.found_by,
        observed=recording.observed,
        fair={name: Strength(word) for name, word in recording.fair.items()},
    )
