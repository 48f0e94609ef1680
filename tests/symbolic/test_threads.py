"""Proofs and checks beside each other in the threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from modelcheck import Spec, Verdict, action, invariant, require
from modelcheck.limits import Limits
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.spec.code import code_of
from modelcheck.symbolic import prove
from modelcheck.symbolic.present import alone
from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.consensus.raft import Raft


def quorum(votes: int, *, of: int = 5) -> bool:
    """Used by the spec, and by threads that have nothing to do with it."""
    return votes * 2 > of


class Votes(Spec):
    """Calls a function of its module, which other threads call too."""

    def init(self):
        self.votes = 0
        self.elected = False

    @action
    def vote(self):
        require(self.votes < 5)
        self.votes += 1

    @action
    def elect(self):
        require(quorum(self.votes))
        self.elected = True

    @invariant
    def by_majority(self):
        return not self.elected or quorum(self.votes)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What calls return that begin at once, each on a thread of its own; raises what one of them raises."""
    found: list[Any] = [None] * len(calls)
    errors: list[BaseException] = []
    begin = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], Any]) -> None:
        begin.wait()
        try:
            found[number] = call()
        except BaseException as error:  # noqa: BLE001 - it is raised by the test.
            errors.append(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return found


def verdicts(report: Any) -> dict[str, Verdict]:
    """The verdict of each property."""
    return {each.name: each.verdict for each in report.properties}


def test_other_threads_run_a_function_of_the_spec_as_it_is():
    """During a proof, a function of the spec's module answers other threads as ever, and its code is told to be its own."""
    own = quorum.__code__
    ended = threading.Event()
    lent = 0

    def prove_it() -> Any:
        try:
            return prove(Votes(), method="induction")
        finally:
            ended.set()

    def use_it() -> int:
        nonlocal lent
        calls = 0
        while not ended.is_set():
            assert [quorum(votes) for votes in range(6)] == [False, False, False, True, True, True]
            assert quorum(1, of=1) is True
            assert type(quorum(3)) is bool
            assert code_of(quorum) is own
            lent += quorum.__code__ is not own
            calls += 1
        return calls

    report, calls = together(prove_it, use_it)
    assert report.verdict is Verdict.HOLDS
    assert calls > 0
    assert lent > 0, "no call came during the proof"
    assert quorum.__code__ is own


def test_two_proofs_and_two_checks_beside_each_other():
    """Each says what it says alone: a proof waits for the other one, and a check runs the spec's code as it is."""
    raft = Raft(servers=2, max_term=1, max_log=0)
    wanted = check(TwoPhaseCommit(rms=3)), check(raft), prove(Votes(), method="induction"), prove(TwoPhaseCommit(rms=2), method="bmc", depth=3)
    found = together(
        lambda: check(TwoPhaseCommit(rms=3)),
        lambda: check(raft),
        lambda: prove(Votes(), method="induction"),
        lambda: prove(TwoPhaseCommit(rms=2), method="bmc", depth=3),
    )
    assert [verdicts(each) for each in found] == [verdicts(each) for each in wanted]
    assert [each.states for each in found[:2]] == [each.states for each in wanted[:2]]


def test_a_check_of_the_spec_that_is_being_proved():
    """The check begins while the spec's functions have code of the proof's."""
    machine = machine_of(TwoPhaseCommit(rms=2))
    report, states, again = together(
        lambda: prove(TwoPhaseCommit(rms=2), method="bmc", depth=4),
        lambda: [check(TwoPhaseCommit(rms=2)).states for _ in range(5)],
        lambda: [len(list(machine.successors(state))) for _ in range(50) for state in machine.initial_states()],
    )
    assert report.verdict is not Verdict.VIOLATED
    assert set(states) == {check(TwoPhaseCommit(rms=2)).states}
    assert len(set(again)) == 1


def test_a_proof_waits_for_its_turn_within_its_time():
    """One that does not come to it says so."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with alone:
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        held.wait()
        report = prove(Votes(), method="induction", limits=Limits(time_s=0.3))
    finally:
        done.set()
        holder.join()
    assert report.verdict is Verdict.UNKNOWN
    assert "while another proof was under way" in report.reason
    assert prove(Votes(), method="induction").verdict is Verdict.HOLDS


@pytest.mark.slow
def test_many_proofs_beside_each_other():
    """Eight proofs of two specs, twice as many threads as cores."""
    votes = [lambda: prove(Votes(), method="auto")] * 4
    commits = [lambda: prove(TwoPhaseCommit(rms=2), method="bmc", depth=3)] * 4
    found = together(*votes, *commits)
    assert all(each.verdict is Verdict.HOLDS for each in found[:4])
    assert len({str(verdicts(each)) for each in found[4:]}) == 1
