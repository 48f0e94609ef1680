"""A trace: the states that a run goes through and the steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from modelcheck.spec import State, Step

KINDS = ("invariant", "step property", "reachable", "deadlock", "log", "error")


@frozen
class Trace:
    """A run of a spec: a counterexample, a witness that a state is reachable, the explanation of a log, or what was chosen by hand.

    Attributes:
        spec: The name of the spec's class.
        source: The file that the class is written in.
        constants: The constants and their values.
        property: The name of the property; for a log ``log`` or ``conformance``, for a run that shows no property ``log``; what raises at the
            end of the run for an ``error``.
        kind: ``invariant``, ``step property``, ``reachable``, ``deadlock``, ``log`` for a run that is just a behaviour, or ``error``.
        states: The states, the initial one first.
        steps: The step from each state to the next; one fewer than states.
        arguments: The arguments for which the property fails (or is true), if it has parameters.
        loop: The index of the state to which the last one returns, in a lasso.
        found_by: What found it: ``search``, ``hypothesis``, ``z3``, ``log``, ``conformance``, or ``replay`` for a run chosen by hand.
        observed: What was seen of a real system after it, where no behaviour explains that: as a line of a log, with the ``hidden`` actions.
    """

    spec: str
    source: str
    constants: Mapping[str, Any]
    property: str
    kind: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    arguments: Mapping[str, Any] = field(factory=dict)
    loop: int | None = None
    found_by: str = "search"
    observed: Mapping[str, Any] | None = None
