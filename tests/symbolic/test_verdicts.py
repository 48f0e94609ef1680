"""What each method of proof says of random specs, against what the enumerator says of all their states."""

from __future__ import annotations

import time

import pytest
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings

from modelcheck import Limits, Spec, Verdict, action, check, invariant, lemma, require, step_property
from modelcheck.errors import InternalError, ModelcheckError
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.attempts import Attempts, Options
from modelcheck.symbolic.proof.invariants import refuted
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.proof.report import trace_of
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError

from ..agreement.compare import load
from ..agreement.writer import sources

MOST_STATES = 2000
SECONDS = 20
HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN


def _proofs(spec):
    """What each method says of each property, with the name of the method."""
    machine = machine_of(spec)
    targets = [each for each in machine.properties if each.role.value != "reachable"]
    deadline = time.monotonic() + SECONDS
    attempts = Attempts(System(machine), targets, [], Options("auto", 3, 1, None), deadline)
    for name, found in (
        ("bmc", attempts.bmc(targets)),
        ("induction", attempts.induction(targets, 1)),
        ("2-induction", attempts.induction(targets, 2)),
        ("3-induction", attempts.induction(targets, 3)),
        ("ic3", attempts.ic3(targets)),
    ):
        for proof in found.values():
            yield name, proof


def _compare(source: str) -> set[str]:
    """Compare; returns the verdicts of the search for an invariant."""
    try:
        spec = load(source)()
        report = check(spec, limits=Limits(states=MOST_STATES), keep_going=True)
    except ModelcheckError:
        return set()
    expected = {each.name: each for each in report.properties if each.kind in ("invariant", "step property")}
    said: set[str] = set()
    if not expected or any(each.verdict is UNKNOWN for each in expected.values()):
        return said
    try:
        for method, proof in _proofs(spec):
            known = expected[proof.name]
            assert proof.verdict in (known.verdict, UNKNOWN), (method, proof.name, source)
            if method == "ic3":
                said.add(f"{proof.kind} {proof.verdict.value}")
            if proof.trace is not None:
                steps = len(known.trace.steps)
                assert len(proof.trace.steps) == steps, (method, proof.name, source)
            elif method == "bmc" and known.verdict is VIOLATED and proof.depth is not None:
                assert proof.depth < len(known.trace.steps), (proof.name, source)
    except UnsupportedError:
        pass
    return said


@seed(11)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources())
def test_random_specs_have_the_verdict_of_the_search(source):
    """No method says `holds` of what is violated, or the reverse; violations have the length of the search's."""
    _compare(source)


@pytest.mark.slow
def test_many_random_specs_have_the_verdict_of_the_search():
    """The same on many, among which the search for an invariant proves and refutes properties of both kinds."""
    said: set[str] = set()

    @settings(
        max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(sources())
    def compare(source):
        said.update(_compare(source))

    compare()
    assert said >= {"invariant holds", "invariant violated", "step property holds", "step property violated"}


class First(Spec):
    """Only the first step goes down."""

    def init(self) -> None:
        self.begun = False
        self.x = 5

    @action
    def begin(self) -> None:
        require(not self.begun)
        self.begun = True
        self.x = 4

    @action
    def up(self) -> None:
        require(self.begun and self.x < 9)
        self.x += 1

    @step_property
    def grows(self, after: First) -> bool:
        return after.x >= self.x


@pytest.mark.parametrize(("method", "k"), [("bmc", 1), ("induction", 1), ("induction", 2), ("induction", 3), ("ic3", 1)])
def test_the_first_step_is_a_step(method, k):
    """A property that the first step makes false is violated, though no step comes before it."""
    report = prove(First(), method=method, k=k)
    assert report.verdict is VIOLATED
    assert len(report.properties[0].trace.steps) == 1


def test_a_violation_that_the_spec_does_not_confirm_is_no_violation():
    """The property must be false for the spec's own code at the end of the run that z3 found."""
    machine = machine_of(First())
    state = machine.initial_states()[0]
    with pytest.raises(InternalError, match="grows is false on symbolic values, and not on ordinary ones"):
        trace_of(machine, machine.find("grows", machine.properties), (state, state), ())


def test_a_violation_that_cannot_be_shown_is_told_with_the_reason():
    """A search that knows of a violation looks for the run; where it does not get there, it says so."""
    system = System(machine_of(First()))
    grows = system.machine.find("grows", system.machine.properties)
    assert refuted(system, grows, 1, None, 0).run is not None
    cut = refuted(system, grows, 0, None, 0)
    assert cut.run is None
    assert cut.reason == "there is a violation that could not be shown: it takes more than 0 steps"


class RaisesFarAway(Spec):
    """After more steps than anybody looks at, an action raises; a lemma that is as false rules it out."""

    def init(self) -> None:
        self.n = 0
        self.fine = True

    @action
    def count(self) -> None:
        self.n += 1

    @action
    def fail(self) -> None:
        require(self.n == 60_000)
        raise ValueError("out of range")

    @invariant
    def is_fine(self) -> bool:
        return self.fine

    @lemma
    def small(self) -> bool:
        return self.n < 50_000


@pytest.mark.parametrize("k", [1, 2])
def test_what_rules_out_that_an_action_raises_is_proved_too(k):
    """A lemma must not be believed because no property needs it but for that."""
    report = prove(RaisesFarAway(), method="induction", k=k, limits=Limits(time_s=60))
    assert report.verdict is UNKNOWN
    assert {each.name: each.verdict for each in report.properties} == {"is_fine": UNKNOWN, "small": UNKNOWN}


class NeverRaises(RaisesFarAway):
    """The lemma is true."""

    def count(self) -> None:
        require(self.n < 10)
        self.n += 1


def test_what_rules_out_that_an_action_raises_is_named():
    """It is among what the proof needs."""
    report = prove(NeverRaises(), method="induction")
    assert report.verdict is HOLDS
    assert report.properties[0].needs == ("small",)


class Phases(Spec):
    """Two flags go round together; which step is taken from where is reachable is not inductive by itself."""

    def init(self) -> None:
        self.a = [False, False, False]
        self.at = 0

    @action
    def go(self) -> None:
        self.a[self.at] = not self.a[self.at]
        self.at = (self.at + 1) % 3

    @action
    def jump(self) -> None:
        require(self.a[1] and not self.a[0] and self.at == 0)
        self.a = [False, False, False]

    @step_property
    def one_at_a_time(self, after: Phases) -> bool:
        return sum(self.a[n] != after.a[n] for n in range(3)) <= 1

    @lemma
    def in_order(self) -> bool:
        return all(self.a[n] == (not self.a[2] if n < self.at else self.a[2]) for n in range(3))


def test_an_invariant_is_found_for_a_property_of_steps():
    """The step that breaks it is taken from no reachable state, which ic3 finds out by itself."""
    assert check(Phases()).verdict is HOLDS
    assert prove(Phases(), method="induction", using=[]).verdict is UNKNOWN
    assert prove(Phases(), method="induction").verdict is HOLDS
    report = prove(Phases(), properties=["one_at_a_time"], method="ic3")
    assert report.verdict is HOLDS
    assert report.properties[0].found


@frozen
class Replicate:
    view: int
    number: int


@frozen
class Stored:
    view: int
    number: int


class PrimaryBackup(Spec):
    """A backup stores what it is sent, in order; without lemmas no induction proves that what is acknowledged was written."""

    def init(self) -> None:
        self.view = 1
        self.written = 0
        self.stored = 0
        self.acknowledged = 0
        self.sent: set[Replicate] = set()
        self.replies: set[Stored] = set()

    def sent_now(self) -> set[Replicate]:
        return self.sent

    def replied(self) -> set[Stored]:
        return self.replies

    @action
    def write(self) -> None:
        self.written += 1
        self.sent.add(Replicate(self.view, self.written))

    @action(sent_now)
    def store(self, m: Replicate) -> None:
        require(m.number == self.stored + 1)
        self.stored = m.number
        self.replies.add(Stored(m.view, m.number))

    @action(replied)
    def acknowledge(self, m: Stored) -> None:
        require(m.number > self.acknowledged)
        self.acknowledged = m.number

    @invariant
    def was_written(self) -> bool:
        return self.acknowledged <= self.written

    @lemma(sent_now)
    def sent_is_written(self, m: Replicate) -> bool:
        return m.number <= self.written

    @lemma(replied)
    def stored_is_sent(self, m: Stored) -> bool:
        return Replicate(m.view, m.number) in self.sent


@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_run_from_a_state_with_infinitely_many_messages_is_no_error(k):
    """A counterexample to induction may begin in a state that no spec can be in; what is shown is confirmed, or said not to be."""
    assert prove(PrimaryBackup(), method="induction", k=k).verdict is HOLDS
    found = prove(PrimaryBackup(), method="induction", k=k, using=[])
    assert found.verdict is UNKNOWN
    shown = found.properties[0].counterexample
    assert shown is None or not shown.exact or len(shown.states) == k + 1
