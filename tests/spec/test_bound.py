"""A bound cuts a step: the protocol goes on, and nobody looks where."""

from __future__ import annotations

import itertools
from typing import ClassVar

import pytest

from modelcheck import (
    Limits,
    Network,
    Spec,
    Verdict,
    action,
    bound,
    check,
    choose,
    constraint,
    invariant,
    reachable,
    require,
)
from modelcheck.conformance import state_machine, validate
from modelcheck.errors import SpecError
from modelcheck.spec import machine_of
from modelcheck.symbolic import prove
from modelcheck.trace import Outcome, replay
from modelcheck.trace.observation import Observation

HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN


class Counts(Spec):
    """A counter that nobody follows beyond the limit."""

    limit: int = 3

    def init(self) -> None:
        self.n = 0

    @action
    def count(self) -> None:
        bound(self.n < self.limit)
        self.n += 1

    @invariant
    def small(self) -> bool:
        return self.n <= 3


class Guarded(Counts):
    """The same with a guard: an artefact of which is that the protocol ends."""

    def count(self) -> None:
        require(self.n < self.limit)
        self.n += 1


class Constrained(Counts):
    """The same with a constraint."""

    def count(self) -> None:
        self.n += 1

    @constraint
    def within(self) -> bool:
        return self.n <= self.limit


@pytest.mark.parametrize("workers", [1, 2])
def test_a_step_that_is_cut_is_out_of_bounds_and_not_generated(workers):
    """As a constraint counts the successors that it drops."""
    counted = [check(spec, workers=workers) for spec in (Counts(), Constrained())]
    assert {(each.states, each.generated, each.out_of_bounds, each.depth) for each in counted} == {(4, 4, 1, 4)}
    assert {each.verdict for each in counted} == {HOLDS}


def test_a_state_with_a_step_that_is_cut_is_no_deadlock():
    """With a guard it is one."""
    assert check(Counts()).verdict is HOLDS
    assert check(Guarded()).verdict is VIOLATED


@pytest.mark.parametrize("order", ["breadth", "depth", "random"])
def test_the_search_finds_what_is_within_the_bound(order):
    """In each order."""
    report = check(Counts(limit=5), order=order, limits=Limits(time_s=60))
    assert report.verdict is VIOLATED
    assert len(report.properties[0].trace.steps) == 4


def test_what_is_cut_is_counted_with_the_action():
    """It was enabled, so nothing warns that it never was."""
    report = check(Counts(limit=0))
    assert (report.states, report.out_of_bounds) == (1, 1)
    assert not any("never enabled" in each for each in report.warnings)


class Choices(Spec):
    """Some of the choices are cut, some are not enabled, some are taken."""

    def init(self) -> None:
        self.n = 0

    @action([1, 2, 3, 4])
    def add(self, k: int) -> None:
        require(k != 2)
        extra = choose([0, 1])
        bound(self.n + k + extra <= 7)
        self.n += k + extra


def plainly():
    """States, generated and cut steps, by a loop that knows the rule and no engine."""
    seen, todo, generated, cut = {0}, [0], 1, 0
    while todo:
        n = todo.pop()
        for k, extra in itertools.product([1, 3, 4], [0, 1]):
            if n + k + extra > 7:
                cut += 1
                continue
            generated += 1
            if n + k + extra not in seen:
                seen.add(n + k + extra)
                todo.append(n + k + extra)
    return len(seen), generated, cut


@pytest.mark.parametrize("workers", [1, 2])
def test_choices_are_cut_one_by_one(workers):
    """The counts are those of a plain loop."""
    report = check(Choices(), workers=workers)
    assert (report.states, report.generated, report.out_of_bounds) == plainly()


def test_on_ordinary_objects_a_step_that_is_cut_is_none():
    """Neither enabled nor taken; and the state is not stuck."""
    machine = machine_of(Counts(limit=1))
    start = machine.initial_states()[0]
    ((step, after),) = machine.successors(start)
    assert (repr(step), list(machine.successors(after))) == ("count()", [])
    assert not machine.is_stuck(after)
    assert machine_of(Guarded(limit=1)).is_stuck(after)


def test_a_deadlock_that_became_a_bound_is_not_confirmed():
    """The recorded run ends where a step is cut now."""
    report = check(Guarded())
    trace = next(each.trace for each in report.properties if each.trace)
    found = replay(machine_of(Counts()), trace)
    assert (found.outcome, found.reason) == (Outcome.NOT_CONFIRMED, "a step was cut at a bound at the end of the run")


def observations(*names):
    return [Observation(action=name, arguments={}, state={}, line=line) for line, name in enumerate(names, 1)]


@pytest.mark.parametrize(("steps", "expected"), [(2, HOLDS), (3, HOLDS), (4, UNKNOWN)])
def test_a_log_that_needs_a_step_that_is_cut_is_not_refuted(steps, expected):
    """Whether the protocol explains it is not known."""
    found = validate(machine_of(Counts()), observations(*["count"] * steps))
    assert found.verdict is expected
    assert expected is HOLDS or "bound" in found.reason


class Elsewhere(Spec):
    """Where a bound has nothing to cut."""

    where: str = "init"

    def init(self) -> None:
        bound(self.where != "init")
        self.n = 0

    @action
    def go(self) -> None:
        self.n = 1 - self.n

    @invariant
    def fine(self) -> bool:
        bound(self.where != "invariant")
        return True

    @constraint
    def within(self) -> bool:
        bound(self.where != "constraint")
        return True

    @reachable
    def seen(self) -> bool:
        bound(self.where != "reachable")
        return True


@pytest.mark.parametrize("where", ["init", "invariant", "constraint", "reachable"])
@pytest.mark.parametrize("engine", [check, prove])
def test_a_bound_outside_of_an_action_is_refused(where, engine):
    """With its remedy."""
    if engine is prove and where == "reachable":
        pytest.skip("what should be reachable is not proved")
    with pytest.raises(SpecError, match=r"bound\(\)"):
        engine(Elsewhere(where=where))


@pytest.mark.parametrize("method", ["bmc", "induction", "auto"])
def test_a_proof_takes_a_bound_as_a_constraint(method):
    """What is beyond it is not asked."""
    options = {"depth": 8} if method == "bmc" else {}
    assert prove(Counts(), method=method, **options).verdict is (UNKNOWN if method == "bmc" else HOLDS)
    assert prove(Counts(limit=4), method=method, **options).verdict is VIOLATED


class Sends(Spec):
    """A loop over messages with a bound in it."""

    LAST: ClassVar[int] = 3

    def init(self) -> None:
        self.network = Network[int]()
        self.network.send(0)

    def arriving(self):
        return self.network.deliverable()

    @action(arriving)
    def forward(self, m: int) -> None:
        bound(m < self.LAST)
        self.network.receive(m)
        self.network.send(m + 1)


def test_a_bound_on_a_message():
    """It is one more leaf in the tree of the element."""
    report = check(Sends())
    assert (report.states, report.out_of_bounds, report.verdict) == (4, 1, HOLDS)


def test_hypothesis_ends_where_a_step_is_cut():
    """It finds no deadlock there."""
    state_machine(Counts()).TestCase().runTest()
