"""What `prove` says of specs whose answer is known."""

from __future__ import annotations

import pytest

from modelcheck import Spec, SpecError, Verdict, action, check, invariant, require
from modelcheck.symbolic.prove import prove
from modelcheck.symbolic.terms import UnsupportedError
from specs.mutants import two_phase_commit as mutants
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.raft_election import UnboundedElections
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit
from specs.token_ring import TokenRing
from specs.two_phase_commit import TwoPhaseCommit

MUTANTS = [
    cls
    for cls in vars(mutants).values()
    if isinstance(cls, type) and issubclass(cls, TwoPhaseCommit) and cls is not TwoPhaseCommit
]


@pytest.mark.parametrize("managers", [3, 10, 20])
def test_two_phase_commit_is_proved_by_induction(managers):
    """Consistency is inductive with its lemmas, and needs all of them."""
    report = prove(ProvedTwoPhaseCommit(rms=managers), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert len(report.properties[0].needs) == 5


@pytest.mark.parametrize("cls", MUTANTS, ids=lambda cls: cls.__name__)
def test_mutants_are_refuted_at_the_length_of_the_search(cls):
    """Bounded model checking finds a violation of the same property in as many steps as the enumerator."""
    expected = next(
        found for found in check(cls()).properties if found.verdict is Verdict.VIOLATED and found.kind == "invariant"
    )
    report = prove(cls(), properties=[expected.name], method="bmc", depth=12)
    assert report.verdict is Verdict.VIOLATED
    assert len(report.properties[0].trace.steps) == len(expected.trace.steps)


def test_without_lemmas_there_is_a_counterexample_to_induction():
    """It is not reachable, and the step between its states breaks the property."""
    report = prove(ProvedTwoPhaseCommit(rms=3), method="induction", using=["heard_of_what_was_said"])
    found = report.properties[0].counterexample
    assert report.verdict is Verdict.UNKNOWN
    assert found.reachable is False
    assert found.exact
    assert len(found.states) == 2


def test_bounded_model_checking_never_says_holds():
    """That no violation is near says nothing about those far away."""
    assert prove(TwoPhaseCommit(rms=2), method="bmc", depth=3).verdict is Verdict.UNKNOWN


def test_a_token_ring_is_proved_without_lemmas():
    """`auto` finds an inductive invariant by itself."""
    report = prove(TokenRing(nodes=3))
    assert report.verdict is Verdict.HOLDS
    assert report.properties[0].found


def test_quorums_meet_for_all_numbers():
    """The proof speaks of all numbers of replicas and all sizes of quorums."""
    report = prove(QuorumIntersection(), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert "replicas" in report.unbounded


def test_small_quorums_do_not_meet_from_two_replicas_on():
    """Without the condition the shortest counterexample has the fewest replicas."""
    report = prove(QuorumIntersection(overlapping=False), method="bmc")
    assert report.properties[0].trace.states[-1].replicas == 2


def test_two_servers_elect_one_leader_per_term():
    """Election Safety of Raft with unbounded terms, for two servers."""
    report = prove(UnboundedElections(servers=2), properties=["one_leader_per_term"], method="induction")
    assert report.verdict is Verdict.HOLDS
    assert "server[0].current_term" in report.unbounded


def test_three_servers_elect_one_leader_per_term():
    """Election Safety of Raft with unbounded terms, for three servers."""
    assert prove(UnboundedElections(), properties=["one_leader_per_term"], method="induction").verdict is Verdict.HOLDS


class VotesTwice(UnboundedElections):
    """A server votes for everyone who asks."""

    def is_free_to_vote(self, server, candidate):
        del server, candidate
        return True


def test_two_votes_in_a_term_are_a_counterexample_to_induction():
    """The mutant that votes twice breaks a lemma in one step, which is shown."""
    report = prove(VotesTwice(), properties=["votes_are_kept"], method="induction", time_limit=60)
    found = report.properties[0]
    assert found.verdict is not Verdict.HOLDS
    assert found.counterexample is not None or found.trace is not None


class Forgetful(Spec):
    """Counts, and raises when it has counted to three."""

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        require(self.n < 3)
        self.n += {0: 1, 1: 1}[self.n]

    @invariant
    def small(self) -> bool:
        return self.n < 5


class Hashing(Spec):
    """Uses a symbolic value as a key of a dict of its own."""

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        found = {}
        found[hash(self.n)] = 1
        self.n = (self.n + 1) % 3

    @invariant
    def small(self) -> bool:
        return self.n < 3


def test_an_action_that_raises_is_no_proof():
    """A spec whose action raises in a reachable state is an error, as it is for the search."""
    with pytest.raises(SpecError, match="KeyError"):
        prove(Forgetful(), method="induction")


def test_what_cannot_be_followed_names_the_place():
    """A hashed symbolic value is an error with the line, the value and a remedy."""
    with pytest.raises(UnsupportedError) as caught:
        prove(Hashing())
    assert "was hashed" in str(caught.value)
    assert caught.value.remedy
