"""What `prove` says of specs whose answer is known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck import (
    Spec,
    SpecError,
    UsageError,
    Verdict,
    action,
    check,
    invariant,
    lemma,
    reachable,
    require,
    step_property,
)
from modelcheck.limits import Limits
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.terms import UnsupportedError
from specs.commit.mutants import two_phase_commit as mutants
from specs.commit.mutants import two_phase_commit_blocking as blocking_mutants
from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.consensus.mutants import raft as raft_mutants
from specs.coordination.token_ring import TokenRing
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.quorum_read import OneWriteOneRead
from specs.proofs.ticket_lock import ProvedTicketLock, TicketLock
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit

MUTANTS = [
    cls
    for module in (mutants, blocking_mutants)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, Spec) and cls.__module__ == module.__name__
]
# Those of Raft that take seconds; the others take up to a minute. KeepsConflict is none of them: it has two log entries and
# 7,602 paths, more than are followed. With that limit lifted, the formulas took 85 s of CPU time and z3 3 s per step.
QUICK = [raft_mutants.VotesTwice, raft_mutants.ForgetsVote]
SLOW = [
    raft_mutants.VotesForAnyLog,
    raft_mutants.CommitsOldTerm,
    raft_mutants.HalfIsMajority,
    raft_mutants.TruncatesAlways,
    raft_mutants.ObeysStaleLeader,
    raft_mutants.AppendsAnywhere,
]


def _same_length(cls):
    """The violation that the search finds first is found by bounded model checking, in as many steps."""
    expected = next(found for found in check(cls()).properties if found.verdict is Verdict.VIOLATED and found.trace)
    report = prove(cls(), properties=[expected.name], method="bmc", depth=16)
    assert report.verdict is Verdict.VIOLATED
    assert len(report.properties[0].trace.steps) == len(expected.trace.steps)


@pytest.mark.parametrize("managers", [3, 10, 20])
def test_two_phase_commit_is_proved_by_induction(managers):
    """Consistency is inductive with its lemmas, and needs all of them."""
    report = prove(ProvedTwoPhaseCommit(rms=managers), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert len(report.properties[0].needs) == 5


@pytest.mark.parametrize("cls", [*MUTANTS, *QUICK], ids=lambda cls: cls.__name__)
def test_mutants_are_refuted_at_the_length_of_the_search(cls):
    """Bounded model checking finds a violation of the same property in as many steps as the enumerator."""
    _same_length(cls)


@pytest.mark.slow
@pytest.mark.parametrize("cls", SLOW, ids=lambda cls: cls.__name__)
def test_larger_mutants_are_refuted_at_the_length_of_the_search(cls):
    """The same for mutants of Raft with logs."""
    _same_length(cls)


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


def test_bounded_model_checking_asks_once_per_number_of_steps():
    """Of all properties together; a violation that is found is a question more, if others are still to be looked for."""
    assert prove(TwoPhaseCommit(rms=2), method="bmc", depth=3).queries == 4
    assert prove(Downhill(), method="bmc", depth=3).queries == 5


class Downhill(Spec):
    """A number that falls to zero: one property is false after a step, the other one never."""

    def init(self) -> None:
        self.n = 3

    @action
    def step(self) -> None:
        require(self.n > 0)
        self.n -= 1

    @invariant
    def at_the_top(self) -> bool:
        return self.n == 3

    @invariant
    def not_below(self) -> bool:
        return self.n >= 0


def test_a_token_ring_is_proved_without_lemmas():
    """`auto` finds an inductive invariant by itself."""
    report = prove(TokenRing(nodes=3))
    assert report.verdict is Verdict.HOLDS
    assert report.properties[0].found


def test_a_ticket_lock_is_proved_without_lemmas():
    """`auto` finds an inductive invariant over unbounded integers, and says it in the spec's own terms."""
    report = prove(TicketLock())
    assert report.verdict is Verdict.HOLDS
    assert "now_serving" in report.unbounded
    assert any("next_ticket" in line and line.startswith("if ") for line in report.properties[0].found)


def test_a_ticket_lock_is_proved_for_many_threads():
    """With its lemmas, all of which are needed."""
    report = prove(ProvedTicketLock(threads=8), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert len(report.properties[0].needs) == 4


def test_quorums_meet_for_all_numbers():
    """The proof speaks of all numbers of replicas and all sizes of quorums."""
    report = prove(QuorumIntersection(), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert "replicas" in report.unbounded


def test_small_quorums_do_not_meet_from_two_replicas_on():
    """Without the condition the counterexample has the smallest numbers: with one replica all quorums meet."""
    last = prove(QuorumIntersection(overlapping=False), method="bmc").properties[0].trace.states[-1]
    assert (last.replicas, last.read_quorum, last.write_quorum) == (2, 1, 1)


@pytest.mark.slow
def test_a_read_returns_what_was_written_before():
    """One write and one read through quorums, on the actions of the register itself; timestamps are unbounded."""
    report = prove(OneWriteOneRead(crashes=0), method="induction")
    assert report.verdict is Verdict.HOLDS
    assert "replica[0].stored.version.timestamp" in report.unbounded


@pytest.mark.slow
@pytest.mark.parametrize(
    ("replicas", "read_quorum", "write_quorum"),
    [(3, 1, 3), (3, 3, 1), (4, 2, 3), (5, 3, 3), (5, 2, 4), (6, 4, 3), (7, 4, 4), (7, 2, 6)],
)
def test_a_read_returns_what_was_written_before_with_quorums_that_meet(replicas, read_quorum, write_quorum):
    """The same for up to seven replicas, and a crash."""
    spec = OneWriteOneRead(replicas=replicas, read_quorum=read_quorum, write_quorum=write_quorum)
    assert prove(spec, method="induction").verdict is Verdict.HOLDS


@pytest.mark.slow
def test_a_read_misses_the_write_where_quorums_do_not_meet():
    """With quorums that need not meet the shortest stale read is as long as the search's."""
    spec = OneWriteOneRead(read_quorum=1)
    (expected,) = check(spec, properties=["reads_what_was_written"]).properties
    found = prove(spec, properties=["reads_what_was_written"], method="bmc", depth=12).properties[0]
    assert len(found.trace.steps) == len(expected.trace.steps)


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
        self.n += 1

    @invariant
    def small(self) -> bool:
        return self.n >= 0


class Apart(Spec):
    """Two flags are the same, and an action raises for one of its arguments where they are not."""

    def init(self) -> None:
        self.a = False
        self.b = False

    @action
    def flip(self) -> None:
        self.a = not self.a
        self.b = not self.b

    @action([1, 2, 3])
    def look(self, n: int) -> None:
        if n == 2 and self.a != self.b:
            raise KeyError("apart")

    @invariant
    def flags(self) -> bool:
        return self.a in (False, True)

    @lemma
    def same(self) -> bool:
        return self.a == self.b


def test_an_action_that_raises_in_some_state_is_told_with_its_arguments():
    """Without a lemma that rules the state out the proof is unknown, and the step that raises has its arguments and its line."""
    assert prove(Apart(), method="induction").verdict is Verdict.HOLDS
    found = prove(Apart(), method="induction", using=["flags"]).properties[0].counterexample
    assert str(found.steps[0]) == "look(n=2)"
    assert found.raises.startswith("KeyError: 'apart', at ")
    assert "test_prove.py:" in found.raises
    assert found.assumed == ("flags",)


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


class Counting(Spec):
    """Counts without end, with a lemma that is false after a while, and which nobody needs."""

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        self.n += 1

    @invariant
    def not_negative(self) -> bool:
        return self.n >= 0

    @lemma
    def small(self) -> bool:
        return self.n < 3


@pytest.mark.parametrize("method", ["induction", "auto"])
def test_a_false_lemma_is_reported_even_if_it_is_not_needed(method):
    """It is not assumed, and its violation is part of the report."""
    report = prove(Counting(), method=method)
    found = {proof.name: proof for proof in report.properties}
    assert found["not_negative"].verdict is Verdict.HOLDS
    assert len(found["small"].trace.steps) == 3


def test_the_time_limit_holds_while_actions_are_turned_into_formulas():
    """Raft takes ten seconds to be turned into formulas, and a second is not enough."""
    report = prove(raft_mutants.Raft(), limits=Limits(time_s=1))
    assert report.verdict is Verdict.UNKNOWN
    assert "time limit" in report.reason
    assert report.seconds < 20


def test_auto_gives_each_method_its_time(monkeypatch):
    """Without a time limit no method goes on for ever, and the report says which were cut short."""
    monkeypatch.setattr("modelcheck.symbolic.proof.prove._METHOD_S", 0)
    report = prove(TicketLock())
    assert report.verdict is Verdict.UNKNOWN
    assert "ic3: the time limit was reached" in report.reason


def test_what_excludes_each_other_is_said_in_one_line():
    """The invariant of the token ring says that there is one token, in the spec's own terms."""
    lines = prove(TokenRing(nodes=3), method="ic3").properties[0].found
    assert len(lines) < 10
    assert any(line.startswith("at most one of: ") and "has_token[0]" in line for line in lines)


class Blinking(Spec):
    """Has a property of each kind."""

    def init(self) -> None:
        self.on = False

    @action
    def switch(self) -> None:
        self.on = not self.on

    @invariant
    def boolean(self) -> bool:
        return self.on in (False, True)

    @step_property
    def changes(self, after: Blinking) -> bool:
        return after.on != self.on

    @reachable
    def shines(self) -> bool:
        return self.on


def test_what_no_proof_speaks_of_is_named():
    """Reachability and deadlocks are left to the search, which the report says unless a property was picked."""
    assert prove(Blinking()).left_out == ("shines", "deadlock")
    assert prove(Blinking(), properties=["boolean"]).left_out == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"properties": ["shines"]}, "shines is a reachable property, and only invariants and step properties can be proved"),
        ({"properties": ["deadlock"]}, "the absence of deadlocks is not proved"),
        ({"using": ["changes"]}, "changes is a step property, and only invariants can be assumed"),
        ({"using": ["bolean"]}, "did you mean 'boolean'"),
        ({"method": "inductoin"}, "did you mean 'induction'"),
        ({"k": 0}, "k is a whole number at least 1"),
        ({"depth": -1}, "depth is a whole number at least 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, message):
    """A property of another kind is refused as what it is."""
    with pytest.raises(UsageError, match=message):
        prove(Blinking(), **options)


def test_the_benchmark_runs_as_its_text_says(tmp_path):
    """A row of it, from another folder, with what each tool gets to."""
    script = Path(__file__).parents[2] / "benchmarks" / "prove.py"
    command = [sys.executable, str(script), "--seconds", "1", "quorum intersection"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "holds by induction" in ran.stdout.splitlines()[1]
