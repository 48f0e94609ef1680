"""The formulas for every size say what the spec's own code does, at each size that is tried."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from ground import World, check_state
from protocols import Election, Fill, HalfElection, LockServer, Terms

from modelcheck.spec import Machine, State
from modelcheck.symbolic.names.system import NamesSystem, at_sizes
from modelcheck.symbolic.present import alone
from specs.proofs.ticket_lock import ProvedTicketLock
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit

SPECS = [
    (LockServer, ("nodes",)), (Election, ("nodes",)), (HalfElection, ("nodes",)), (Terms, ("nodes",)), (Fill, ("nodes",)),
    (ProvedTwoPhaseCommit, ("rms",)), (ProvedTicketLock, ("threads",)),
]  # fmt: skip


def reached(machine: Machine, most: int) -> list[State]:
    """The first states, breadth first."""
    seen = dict.fromkeys(machine.initial_states())
    todo = list(seen)
    for state in todo:
        for _, after in machine.successors(state):
            if after not in seen and len(seen) < most:
                seen[after] = None
                todo.append(after)
    return list(seen)


def mixed(states: list[State], rng: random.Random) -> State:
    """A state of which each variable is from another one, and which is reachable by chance only."""
    return State({name: rng.choice(states)[name] for name in states[0]})


def compare(spec: type, names: tuple[str, ...], *, largest: int, few: int, seed: int) -> int:
    """Compare at all sizes up to one, in so many states that are reachable and so many that need not be; the number of steps."""
    rng = random.Random(seed)
    with alone:
        system = NamesSystem(spec(), names)
        steps = 0
        for chosen in itertools.product(range(1, largest + 1), repeat=len(names)):
            sizes = dict(zip(names, chosen, strict=True))
            machine = at_sizes(system.spec, sizes)
            states = reached(machine, 6 * few)
            initial = machine.initial_states()
            sample = [*initial, *rng.sample(states, min(few, len(states)))]
            for state in sample:
                assert World(system, sizes, state).true(system.init) == (state in initial)
            steps += sum(check_state(system, sizes, state, machine) for state in [*sample, *(mixed(states, rng) for _ in range(few))])
    return steps


@pytest.mark.parametrize(("spec", "names"), SPECS, ids=[each.__name__ for each, _ in SPECS])
def test_formulas_are_the_code(spec: type, names: tuple[str, ...]) -> None:
    """Actions, arguments, states after and properties agree, from reachable states and from others."""
    assert compare(spec, names, largest=2, few=1, seed=1) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "names"), SPECS, ids=[each.__name__ for each, _ in SPECS])
def test_formulas_are_the_code_at_length(spec: type, names: tuple[str, ...]) -> None:
    """The same at sizes up to 4 and in more states."""
    assert compare(spec, names, largest=4, few=10, seed=2) > 0
