"""What is kept from round to round is what running all actions again, on what the places can hold in the end, would give."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from modelcheck import Network, Spec, action, invariant, require
from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.symbolic import prove
from modelcheck.symbolic.system import System
from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.commit.two_phase_commit_blocking import Recovering
from specs.consensus.raft import Raft
from specs.coordination.token_ring import TokenRing
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.quorum_read import OneWriteOneRead
from specs.proofs.raft_election import UnboundedElections

from ..agreement.compare import load
from ..agreement.writer import sources


class Echo(Spec):
    """Numbers are sent that grow without bound: messages that were told apart are one in the end."""

    def init(self) -> None:
        self.n = 0
        self.heard: set[int] = set()
        self.network: Network[tuple[str, int]] = Network(duplicating=True)

    @action
    def send(self) -> None:
        self.n += 1
        self.network.send(("a", self.n))

    @action(lambda self: self.network.deliverable())
    def receive(self, m: tuple[str, int]) -> None:
        self.network.receive(m)
        self.heard.add(m[1])

    @action([0, 0, 1])
    def forget(self, n: int) -> None:
        require(n in self.heard)
        self.heard.discard(n)

    @invariant
    def counted(self) -> bool:
        return self.n >= 0


SPECS = [
    TwoPhaseCommit(rms=3),
    TokenRing(nodes=3),
    QuorumIntersection(),
    Recovering(),
    Raft(servers=2, max_term=1),
    UnboundedElections(servers=2),
    OneWriteOneRead(replicas=2, read_quorum=1),
    Echo(),
    pytest.param(Raft(), marks=pytest.mark.slow),
]


def told(action, condition, writes, error):
    """A transition as text, whatever built it."""
    return action.name, condition.sexpr(), sorted((name, term.sexpr()) for name, term in writes.items()), str(error or "")


def compare(machine):
    """The transitions of a system, and those of all its actions explored from the beginning."""
    system = System(machine)
    raised = [each.error and (each.error.__cause__ or each.error) for each in system.transitions]
    kept = [told(each.action, each.condition, each.writes, error) for each, error in zip(system.transitions, raised, strict=True)]
    session = system._session()
    again = []
    for declared in machine.actions:
        for outcome in system._paths.explore(partial(system._perform, declared, session)):
            writes = {} if outcome.error else outcome.value.writes
            again.append(told(declared, outcome.condition, writes, outcome.error))
    assert sorted(kept) == sorted(again)
    return len(kept)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: type(spec).__name__)
def test_the_transitions_are_those_of_a_fresh_exploration(spec):
    """Each with the same condition, and the same writes."""
    assert compare(machine_of(spec))


def _agrees_on(source):
    try:
        compare(machine_of(load(source)()))
    except ModelcheckError:
        return


@seed(5)
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources())
def test_random_specs_agree(source):
    """The same for random specs."""
    _agrees_on(source)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources())
def test_many_random_specs_agree(source):
    """The same for many."""
    _agrees_on(source)


class Equal(Spec):
    """A key is looked for that is equal to one of another type, which is known a round later only."""

    def init(self) -> None:
        self.kinds: dict[float, int] = {}
        self.seen = False

    @action
    def look(self) -> None:
        self.seen = 1.0 in self.kinds

    @action
    def put(self) -> None:
        self.kinds[1] = 0

    @invariant
    def unseen(self) -> bool:
        return not self.seen


def test_a_way_that_looked_for_an_equal_element_is_not_kept():
    """That ``1.0`` was in no dict that could have had a 1 says nothing of one that can: the run is found, and refused as a search refuses it."""
    compare(machine_of(Equal()))
    for ask in (check, partial(prove, method="bmc")):
        with pytest.raises(SpecError, match="kinds meets both"):
            ask(Equal())
