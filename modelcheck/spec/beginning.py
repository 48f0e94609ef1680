"""Where a spec begins: the initial states that its constraints allow, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.spec.machine import Machine
from modelcheck.spec.state import State


def beginnings(machine: Machine) -> Iterator[State]:
    """The initial states of a machine as a search counts them: without repeats, and without those that a constraint excludes.

    Raises:
        SpecError: if the spec's code raises.
    """
    met: set[State] = set()
    for state in machine.each_initial_state():
        if state not in met:
            met.add(state)
            if all(machine.failing(each, state) is None for each in machine.constraints):
                yield state
