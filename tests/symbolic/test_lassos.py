"""Bounded model checking of what must happen, compared with what the search says of the same specs."""

from __future__ import annotations

from importlib import import_module
from random import Random

import pytest

from modelcheck import (
    Spec,
    SpecError,
    UsageError,
    Verdict,
    action,
    always_eventually,
    bound,
    check,
    choose,
    eventually,
    eventually_always,
    fair,
    invariant,
    leads_to,
    require,
    strongly_fair,
)
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.trace import Outcome, replay
from specs.commit.two_phase_commit_progress import TwoPhaseCommitProgress
from specs.coordination.token_ring import TokenRing
from specs.messaging.alternating_bit import AlternatingBit
from tests.liveness.token_ring import WeakRing

searching = import_module("modelcheck.symbolic.proof.endless.search")


class WeakBit(AlternatingBit):
    """What arrives again and again need not be received."""

    receive = fair(AlternatingBit.receive)


class Ends(Spec):
    """Goes two steps, and then nothing can happen."""

    def init(self):
        self.n = 0

    @fair
    @action
    def go(self):
        require(self.n < 2)
        self.n += 1

    @eventually
    def arrives(self):
        return self.n == 3


class Counter(Spec):
    """A counter that is bounded, and that may be put back."""

    most: int = 4
    returns: bool = True

    def init(self):
        self.n = 0

    @fair
    @action
    def count(self):
        bound(self.n < self.most)
        self.n += 1

    @action
    def back(self):
        require(self.returns and self.n > 1)
        self.n -= 1

    @eventually
    def is_large(self):
        return self.n > self.most

    @eventually_always
    def is_two(self):
        return self.n == 2

    @invariant
    def is_whole(self):
        return self.n >= 0


def refuted(spec, name, depth):
    """The proof of a property by bounded model checking; a run that violates it is confirmed by a replay."""
    report = prove(spec, properties=[name], method="bmc", depth=depth)
    [proof] = report.properties
    assert proof.verdict is not Verdict.HOLDS
    assert (proof.trace is not None) is (proof.verdict is Verdict.VIOLATED)
    if proof.trace is not None:
        assert proof.trace.loop is not None
        assert len(proof.trace.steps) == proof.depth + 1 <= depth
        assert replay(machine_of(spec), proof.trace).outcome is Outcome.CONFIRMED
    return proof


def of(report, name):
    return next(found for found in report.properties if found.name == name)


@pytest.mark.parametrize(
    ("spec", "name", "depth", "steps"),
    [
        (WeakRing(nodes=2), "nobody_starves", 6, 4),
        (TokenRing(nodes=2), "nobody_starves", 6, None),
        (TwoPhaseCommitProgress(rms=2), "all_decide", 6, None),
        (TwoPhaseCommitProgress(rms=2), "nobody_stays_prepared", 6, None),
        (WeakBit(values=2, capacity=1), "goes_on", 8, 8),
        (AlternatingBit(values=2, capacity=1), "goes_on", 8, None),
        (Counter(returns=False), "is_large", 6, None),
        (Counter(), "is_large", 6, 3),
        (Counter(), "is_two", 6, 3),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Spec) else None,
)
def test_a_lasso_is_found_where_the_search_finds_one(spec, name, depth, steps):
    proof = refuted(spec, name, depth)
    found = of(check(spec), name)
    if steps is None:
        assert proof.trace is None
        assert found.verdict is not Verdict.VIOLATED
        assert proof.reason == f"there is no fair run that repeats itself within {depth} steps"
    else:
        assert found.verdict is Verdict.VIOLATED
        assert len(proof.trace.steps) == steps <= len(found.trace.steps)
        assert refuted(spec, name, steps - 1).verdict is Verdict.UNKNOWN


def test_a_run_that_stops():
    report = prove(Ends(), properties=["arrives"], method="bmc", depth=2)
    [proof] = report.properties
    assert (proof.trace.loop, len(proof.trace.steps), len(proof.trace.states)) == (2, 2, 3)
    assert replay(machine_of(Ends()), proof.trace).outcome is Outcome.CONFIRMED


def table(random, states):
    """For each state and option the states that a step leads to."""
    return {at: tuple(tuple(random.choices(range(states), k=random.choice((0, 1, 1, 2)))) for _ in range(2)) for at in range(states)}


def truths(random, states):
    return tuple(random.random() < 0.4 for _ in range(states))


def fairness(random):
    mark, each = random.choice((None, fair, strongly_fair, fair)), random.random() < 0.7
    return (lambda declared: declared) if mark is None else mark(each=each)


def random_machine(random):
    """A class with a table of steps, of which some are cut at a bound, with fairness, and a property of each kind."""
    states, options = random.randint(2, 5), range(2)
    one, other = table(random, states), table(random, states)
    last = {at: random.randrange(states) for at in range(states) if random.random() < 0.5}
    cut = frozenset(at for at in range(states) if random.random() < 0.1)
    premise, goal, often, stays, once = (truths(random, states) for _ in range(5))

    class Table(Spec):
        def init(self):
            self.x = 0
            self.steps = False

        @fairness(random)
        @action(options)
        def first(self, which):
            self.x = choose(one[self.x][which])

        @fairness(random)
        @action(options)
        def second(self, which):
            self.x = choose(other[self.x][which])
            bound(self.x not in cut)
            self.steps = not self.steps

        @fairness(random)
        @action
        def third(self):
            require(self.x in last)
            self.x = last[self.x]

        @eventually
        def happens(self):
            return once[self.x]

        @always_eventually
        def recurs(self):
            return often[self.x]

        @eventually_always
        def settles(self):
            return stays[self.x]

        @leads_to(options)
        def follows(self, which):
            return premise[self.x] and which == self.steps, goal[self.x]

    return Table


@pytest.mark.parametrize("seed", range(50))
def test_random_machines(seed):
    depth = 6
    spec = random_machine(Random(seed))()
    names = ["happens", "recurs", "settles", "follows"]
    checked = check(spec)
    proved = prove(spec, properties=names, method="bmc", depth=depth)
    for name in names:
        found, proof = of(checked, name), of(proved, name)
        assert proof.verdict is not Verdict.HOLDS
        if proof.trace is not None:
            assert found.verdict is Verdict.VIOLATED
            assert replay(machine_of(spec), proof.trace).outcome is Outcome.CONFIRMED
            assert len(proof.trace.steps) <= depth
        if found.verdict is Verdict.VIOLATED and len(found.trace.steps) <= depth:
            assert proof.verdict is Verdict.VIOLATED
            assert len(proof.trace.steps) <= len(found.trace.steps)


def test_the_random_machines_are_of_all_kinds():
    """Both verdicts are met for each property, runs that stop, and runs that return."""
    met = set()
    for seed in range(50):
        for found in check(random_machine(Random(seed))()).properties:
            met.add((found.name, found.verdict))
            if found.trace is not None and found.trace.loop is not None:
                met.add(("returns", found.trace.closes))
    kinds = ["happens", "recurs", "settles", "follows"]
    assert met >= {(name, verdict) for name in kinds for verdict in (Verdict.HOLDS, Verdict.VIOLATED)}
    assert met >= {("returns", True), ("returns", False)}


def test_runs_that_are_not_fair_are_looked_at_up_to_a_number(monkeypatch):
    """Where a bound cuts a fair step, the formulas do not know that it is enabled; the spec's own code does."""
    monkeypatch.setattr(searching, "MOST_CANDIDATES", 1)
    proof = refuted(Counter(returns=False), "is_large", 6)
    cut = "of those with 4 steps 1 were looked at and are not fair, and no more"
    assert proof.reason == f"there is no fair run that repeats itself within 3 steps; {cut}"
    assert proof.depth == 3


def test_a_violation_of_either_kind_is_found_in_one_call():
    report = prove(Counter(), properties=["is_whole", "is_two"], method="bmc", depth=4)
    assert [proof.name for proof in report.properties] == ["is_whole", "is_two"]
    assert [proof.verdict for proof in report.properties] == [Verdict.UNKNOWN, Verdict.VIOLATED]
    assert [proof.kind for proof in report.properties] == ["invariant", "eventually always"]


@pytest.mark.parametrize("method", ["auto", "induction", "ic3"])
def test_other_methods_leave_it_to_the_search(method):
    with pytest.raises(UsageError, match=r"is_large is a .* can be proved") as caught:
        prove(Counter(), properties=["is_large"], method=method)
    assert caught.value.remedy == "`modelcheck check` answers what must happen; `--method bmc` looks for a short run that refutes it."


def test_by_default_bmc_asks_no_liveness():
    report = prove(Counter(), method="bmc", depth=2)
    assert [proof.name for proof in report.properties] == ["is_whole"]
    assert report.left_out == ("is_large", "is_two", "deadlock")


class Raising(Spec):
    """An action raises after a step."""

    def init(self):
        self.n = 0

    @fair
    @action
    def count(self):
        if self.n == 1:
            raise ValueError("no more")
        self.n += 1

    @eventually
    def is_nine(self):
        return self.n == 9


def test_what_raises_is_an_error():
    with pytest.raises(SpecError, match="the action count raised ValueError: no more"):
        prove(Raising(), properties=["is_nine"], method="bmc", depth=4)
