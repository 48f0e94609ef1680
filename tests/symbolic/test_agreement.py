"""The formulas of a spec say what its Python says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from modelcheck.errors import ModelcheckError
from modelcheck.spec import machine_of
from modelcheck.symbolic.terms import UnsupportedError
from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.commit.two_phase_commit_blocking import Blocking, Recovering
from specs.consensus.raft import Raft
from specs.coordination.token_ring import TokenRing
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.raft_election import UnboundedElections
from specs.replication.quorum import Quorum

from ..agreement.compare import load
from ..agreement.writer import sources
from .successors import compare

SPECS = [
    (TwoPhaseCommit(rms=2), 56),
    (TokenRing(nodes=2), 40),
    (QuorumIntersection(), 40),
    (Raft(servers=2, max_term=1, max_log=0), 5),
    (Raft(servers=2, max_term=1), 8),
    (Blocking(), 8),
    (Recovering(), 8),
    pytest.param(Quorum(replicas=2, writers=1, readers=1, crashes=0), 25, marks=pytest.mark.slow),
    (UnboundedElections(servers=2, max_log=0), 12),
]


@pytest.mark.parametrize(("spec", "most"), SPECS, ids=lambda value: type(value).__name__)
def test_successors_by_z3_are_the_successors_by_python(spec, most):
    """From each of the first states of a spec, the transitions lead where the actions lead, and the invariants say the same."""
    assert compare(machine_of(spec), most) <= most


def _agree_on_a_random_spec(source: str) -> None:
    try:
        machine = machine_of(load(source)())
    except ModelcheckError:
        return
    try:
        compare(machine, 15)
    except UnsupportedError:
        return
    except ModelcheckError:
        with pytest.raises(ModelcheckError):
            _walk(machine)


def _walk(machine) -> None:
    todo = list(dict.fromkeys(machine.initial_states()))
    for state in todo:
        todo += [after for _, after in machine.successors(state) if after not in todo]


@seed(11)
@settings(
    max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(sources())
def test_random_specs_agree(source):
    """On random specs the formulas agree with Python, or say that they cannot follow it."""
    _agree_on_a_random_spec(source)


@pytest.mark.slow
@settings(
    max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(sources(without=()))
def test_many_random_specs_agree(source):
    """The same on many, and on such as hold equal values of different types."""
    _agree_on_a_random_spec(source)
