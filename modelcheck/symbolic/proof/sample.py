"""A sample of reachable states, which the spec's own Python lists, to ask before anybody believes a proof.

A proof speaks of formulas, and `holds` of the spec. Whatever is true of all reachable states is true of the first that are listed; where
what was proved is not, the formulas are not the code. It costs about a second, says nothing of other states, and catches an operation that
was followed wrongly.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration, Machine, Role, State
from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import is_false, is_true, neg

_MOST_STATES = 2_000
_LISTING_S, _ASKING_S = 0.5, 0.5
_MOST_MS = 200


@frozen
class Sample:
    """States in the order in which they were reached, each with one that it was reached from.

    Attributes:
        steps: The states; the one before is None for an initial state.
    """

    steps: tuple[tuple[State | None, State], ...]

    def check(self, system: System, declared: Declaration, terms: Sequence[z3.BoolRef]) -> None:
        """Ask the states whether a property that was proved is true, and the terms that its proof shows to be.

        Raises:
            InternalError: if one of them is not.
            SpecError: if the property raises.
        """
        until = time.monotonic() + _ASKING_S
        for before, state in self.steps:
            if not _is_true_in(system.machine, declared, before, state):
                raise InternalError(f"{declared.title} was proved of formulas that are not the code: by the spec's own code it is false in\n{state}")
            if not all(_says(term, system, state) for term in terms):
                raise InternalError(f"{declared.title} was proved of formulas that are not the code: what the proof found is false in\n{state}")
            if time.monotonic() > until:
                return


def sample_of(machine: Machine, deadline: float | None = None) -> Sample:
    """The first states of a machine, breadth first.

    Raises:
        SpecError: if an action, a constraint or a terminal predicate raises.
    """
    until = time.monotonic() + _LISTING_S
    until = until if deadline is None else min(until, deadline)
    found: dict[State, State | None] = {}
    for pair in _reached(machine, found):
        found.setdefault(pair[1], pair[0])
        if len(found) >= _MOST_STATES or time.monotonic() > until:
            break
    return Sample(tuple((before, state) for state, before in found.items()))


def _reached(machine: Machine, found: dict[State, State | None]) -> Iterator[tuple[State | None, State]]:
    for state in machine.each_initial_state():
        if _is_within(machine, state):
            yield None, state
    todo = list(found)
    for state in todo:
        ends = True
        for _, after in machine.successors(state):
            ends = False
            if after not in found and _is_within(machine, after):
                todo.append(after)
                yield state, after
        if ends:  # Whether it may end here is no matter of the proof, but a predicate that raises is a mistake.
            any(machine.failing(each, state) is None for each in machine.terminals)


def _is_within(machine: Machine, state: State) -> bool:
    return all(machine.failing(each, state) is None for each in machine.constraints)


def _is_true_in(machine: Machine, declared: Declaration, before: State | None, state: State) -> bool:
    if declared.role not in STEPS:
        return machine.failing(declared, state) is None
    if before is None:
        return declared.role is Role.STEP or machine.failing(declared, state) is None
    return machine.failing(declared, before, state) is None


def _says(term: Any, system: System, state: State) -> bool:
    """Whether a term is true in a state, as far as z3 can tell at once."""
    try:
        leaves = system.encode(state)
    except KeyError:  # A domain does not contain it.
        return False
    values = [(leaf.constant, leaves.get(name, leaf.default)) for name, leaf in system.leaves.all.items()]
    closed = z3.simplify(z3.substitute(term, *values)) if values else term
    if is_true(closed) or is_false(closed):
        return is_true(closed)
    solver = z3.Solver()
    solver.add(neg(closed))
    return bool(ask(solver, most_ms=_MOST_MS) != z3.sat)
