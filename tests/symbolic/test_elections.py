"""Raft with unbounded terms: what is proved of it, and counterexamples to induction that are small."""

from __future__ import annotations

import pytest

from modelcheck import Verdict
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.trace.diff import changes
from specs.consensus.mutants import raft as raft_mutants
from specs.proofs.raft_election import UnboundedElections

FIGURE_3 = ["election_safety", "leader_append_only", "log_matching"]


def test_two_servers_elect_one_leader_per_term():
    """Election Safety of Raft with unbounded terms, restarts and logs of an entry, for two servers."""
    report = prove(UnboundedElections(servers=2), properties=["election_safety"], method="induction")
    assert report.verdict is Verdict.HOLDS
    assert "server[s0].current_term" in report.unbounded
    assert "server[s0].log[0].term" in report.unbounded


def test_three_servers_elect_one_leader_per_term():
    """Election Safety of Raft with unbounded terms and restarts, for three servers without logs."""
    report = prove(UnboundedElections(max_log=0), properties=["election_safety"], method="induction")
    assert report.verdict is Verdict.HOLDS


@pytest.mark.slow
@pytest.mark.parametrize("servers", [2, 3])
def test_logs_match(servers):
    """Election Safety, Leader Append-Only and Log Matching with unbounded terms, restarts and logs of an entry."""
    assert prove(UnboundedElections(servers=servers), properties=FIGURE_3, method="induction").verdict is Verdict.HOLDS


class VotesTwice(UnboundedElections):
    """A server votes for everyone who asks."""

    max_log: int = 0

    def is_free_to_vote(self, server, candidate):
        """Wrong: votedFor is not looked at."""
        del server, candidate
        return True


class ForgetsVote(UnboundedElections):
    """A restart loses votedFor."""

    max_log: int = 0

    def booted(self, i):
        """Wrong: votedFor is volatile."""
        return raft_mutants.ForgetfulServer(
            next_index=dict.fromkeys(self.others(i), 1), match_index=dict.fromkeys(self.others(i), 0)
        )


VOTED_TWICE = """
server[s1].voted_for: None → s1
leaders: + Leader(term=0, server=s1)
network.messages: + RequestVote(src=s0, dst=s1, term=0, last_log_index=0, last_log_term=0)
network.messages: + Vote(src=s0, dst=s1, term=0, granted=True)
receive(m=RequestVote(src=s0, dst=s1, term=0, last_log_index=0, last_log_term=0))
server[s1].voted_for: s1 → s0
network.messages: + Vote(src=s1, dst=s0, term=0, granted=True)
"""


def counterexample(cls):
    """The counterexample to induction of a mutant for two servers: how its first state differs from the initial one, and the step."""
    report = prove(cls(servers=2), properties=["elected_for_itself"], method="induction")
    found = report.properties[0].counterexample
    start = machine_of(cls(servers=2)).initial_states()[0]
    said = [str(change) for change in changes(start, found.states[0])]
    assert found.exact
    return report, said, [str(found.steps[0]), *(str(change) for change in changes(*found.states))]


def test_voting_twice_is_a_counterexample_to_induction():
    """One vote too many: the state has the leader, its votes and the reason for the step, and hardly anything else."""
    _, start, step = counterexample(VotesTwice)
    assert {line for line in [*start, *step] if "current_term" not in line} == set(VOTED_TWICE.strip().splitlines())


def test_a_forgotten_vote_is_told_with_the_restart_that_forgets_it():
    """The lemma about votes and the property itself are false at the end of short runs; the counterexample to induction is small."""
    report, start, step = counterexample(ForgetsVote)
    assert [(found.name, len(found.trace.steps)) for found in report.properties] == [("elected_for_itself", 4), ("votes_are_kept", 3)]
    assert [found.trace.steps[-1].action for found in report.properties] == ["restart", "restart"]
    assert len(start) <= 6
    assert len(step) <= 6
