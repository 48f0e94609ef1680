"""The states reached in so many steps are the same by z3 and by Python."""

from __future__ import annotations

import contextlib

import pytest
import z3
from hypothesis import HealthCheck, Phase, given, seed, settings

from modelcheck import Verdict
from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.search import check
from modelcheck.spec import Machine, State, machine_of
from modelcheck.symbolic.proof.model import state_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.proof.unrolling import Unrolling
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError
from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.commit.two_phase_commit_blocking import Blocking, Recovering
from specs.consensus.raft import Raft
from specs.coordination.token_ring import TokenRing
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit
from specs.replication.quorum import Quorum

from ..agreement.compare import load
from ..agreement.writer import sources

MOST = 60


def by_python(machine: Machine, steps: int) -> list[set[State]]:
    """The states after each number of steps, within the constraints, as long as there are not too many."""
    levels = [{state for state in machine.initial_states() if _within(machine, state)}]
    while len(levels) <= steps and 0 < len(levels[-1]) <= MOST:
        found = {after for state in levels[-1] for _, after in machine.successors(state)}
        levels.append({after for after in found if _within(machine, after)})
    return levels if len(levels[-1]) <= MOST else levels[:-1]


def _within(machine: Machine, state: State) -> bool:
    return all(machine.failing(each, state) is None for each in machine.constraints)


def by_z3(unrolling: Unrolling, most: int) -> set[State]:
    """The last states of all runs that the formulas allow; one more than the most, if there are more."""
    found: set[State] = set()
    unrolling.solver.push()
    while len(found) <= most and (said := unrolling.solver.check()) != z3.unsat:
        assert said == z3.sat, unrolling.solver.reason_unknown()
        state = state_of(unrolling.system, unrolling.solver.model(), unrolling.names(unrolling.steps))
        found.add(state)
        unrolling.solver.add(z3.Not(unrolling.at(unrolling.system.state_term(state), unrolling.steps)))
    unrolling.solver.pop()
    return found


def compare(machine: Machine, steps: int, system: System | None = None) -> None:
    """Compare the states after each number of steps."""
    expected = by_python(machine, steps)
    unrolling = Unrolling(system or System(machine), initial=True)
    for number, states in enumerate(expected):
        assert by_z3(unrolling, MOST) == states, f"after {number} steps"
        unrolling.extend()


@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        (TwoPhaseCommit(rms=2), 4),
        (ProvedTwoPhaseCommit(rms=2), 3),
        (Blocking(), 3),
        (Recovering(), 2),
        (TokenRing(nodes=3), 4),
        (QuorumIntersection(), 3),
        (Raft(servers=2, max_term=1), 3),
        pytest.param(Quorum(replicas=2, writers=1, readers=1, crashes=0), 3, marks=pytest.mark.slow),
    ],
    ids=lambda value: type(value).__name__,
)
def test_as_many_steps_reach_the_same_states(spec, steps):
    """All models of the unrolled formulas, against the levels of a breadth-first search."""
    compare(machine_of(spec), steps)


DIVIDES = """class Example(Spec):
    def init(self):
        self.either = choose([0, 2])
        self.frozen = frozenset({0})
    @action
    def shrink(self):
        self.frozen = frozenset()
    @action
    def act(self):
        require(self.either == len(self.frozen) % 3)
        self.either = 1
"""


def test_remainders_of_counts_are_not_for_a_sat_solver():
    """Where all of a state is boolean and an action divides, z3's solver for finite domains gives up."""
    compare(machine_of(load(DIVIDES)()), 2)


MIXED = """class Example(Spec):
    def init(self):
        self.kept = {empty}
    @action
    def act(self):
        require(len(self.kept) < 2)
        {change}
"""


@pytest.mark.parametrize(
    ("empty", "change"),
    [
        ("{}", "self.kept[choose((None, 1.0, 0))] = choose((0, 1))"),
        ("set()", "self.kept.add(choose((None, 1.0, 0)))"),
        ("Counter()", "self.kept[choose((None, 1.0, 0))] += 1"),
        ("deque()", "self.kept.append(choose((None, 1.0, 0)))"),
    ],
)
def test_elements_may_be_of_several_types(empty, change):
    """None, a float and an integer as keys, members and elements, none of which equals another."""
    compare(machine_of(load(MIXED.format(empty=empty, change=change))()), 2)


STARTS = """class Example(Spec):
    def init(self):
        self.kept = {kind}(choose([(), (True,), (1.0,)]))
        self.n = 0
    @action
    def act(self):
        require({guard})
        self.n = 1
"""


NEVER = """    @invariant
    def never(self):
        return self.n == 0
"""


@pytest.mark.parametrize("kind", ["set", "Counter", "dict.fromkeys"])
@pytest.mark.parametrize("guard", ["True in self.kept", "1.0 in self.kept", "1 in self.kept", "True not in self.kept"])
def test_a_member_that_equals_another_value_is_refused(kind, guard):
    """Where a collection holds True in one state and 1.0 in another, a search refuses it; a proof may show a run that meets one of them."""
    spec = load(STARTS.format(kind=kind, guard=guard) + NEVER)()
    with pytest.raises(SpecError, match="which Python holds for equal"):
        check(spec)
    with contextlib.suppress(SpecError):
        assert prove(spec).verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    "guard", ["self.kept >= {True}", "{True} <= self.kept", "self.kept == {True}", "self.kept & {1.0}"]
)
def test_sets_are_compared_by_what_is_equal(guard):
    """The same of all members at once."""
    compare(machine_of(load(STARTS.format(kind="set", guard=guard))()), 1)


def _compare_random(source: str) -> None:
    try:
        machine = machine_of(load(source)())
        by_python(machine, 3)
    except ModelcheckError:
        return
    try:
        compare(machine, 3)
    except UnsupportedError:
        return


@seed(5)
@settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources())
def test_random_specs_reach_the_same_states(source):
    """The same on random specs."""
    _compare_random(source)


@pytest.mark.slow
@settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(sources())
def test_many_random_specs_reach_the_same_states(source):
    """The same on many."""
    _compare_random(source)
