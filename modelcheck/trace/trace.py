"""A trace: the states that a run goes through and the steps between them."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.spec import RUNS, State, Step, Strength
from modelcheck.trace.text import block, plain, trace_lines

ENDLESS = tuple(role.value for role in RUNS)
"""The kinds of traces that never end: they have a loop."""
KINDS = ("invariant", "step property", "reachable", "refinement", *ENDLESS, "deadlock", "log", "error")


@frozen(repr=False)
class Trace:
    """A run of a spec: a counterexample, a witness that a state is reachable, the explanation of a log, or what was chosen by hand.

    Attributes:
        spec: The name of the spec's class.
        source: The file that the class is written in.
        constants: The constants and their values.
        property: The name of the property; for a log ``log`` or ``conformance``, for a run that shows no property ``log``; what raises at the
            end of the run for an ``error``.
        kind: ``invariant``, ``step property``, ``reachable``, ``refinement``, ``deadlock``, ``log`` for a run that is just a behaviour, ``error``,
            or one of the kinds that never end: ``eventually``, ``always eventually``, ``eventually always``, ``leads to``.
        states: The states, the initial one first.
        steps: The step from each state to the next; one fewer than states, or as many if the last one closes the loop.
        arguments: The arguments for which the property fails (or is true), if it has parameters.
        loop: The index of the state from which the run goes on after its last one, for ever. Without a step that closes the loop it is that of the
            last state, in which the run stops.
        fair: How fair actions are assumed to be, by name, where that is not what the spec says.
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
    fair: Mapping[str, Strength] = field(factory=dict)

    @builtins.property  # One of the attributes has this name.
    def closes(self) -> bool:
        """Whether the last step closes a loop."""
        return self.loop is not None and len(self.steps) == len(self.states)

    @builtins.property
    def stem(self) -> int:
        """How many steps come before what repeats; all of them if nothing does."""
        return len(self.steps) if self.loop is None else self.loop

    def following(self, index: int) -> State | None:
        """The state after that of an index; None after the last of a run that stops or just ends."""
        if index + 1 < len(self.states):
            return self.states[index + 1]
        return self.states[self.loop] if self.closes and self.loop is not None else None

    def unrolled(self) -> Trace:
        """The same with the state to which the last step returns written once more, so that each step has a state after it."""
        following = self.following(len(self.states) - 1)
        return self if following is None else evolve(self, states=(*self.states, following))

    def __repr__(self) -> str:
        """The run as the command prints it."""
        return plain(trace_lines(self))

    def _repr_html_(self) -> str:
        """The same with styles, in a notebook."""
        return block(trace_lines(self))
