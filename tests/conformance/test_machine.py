"""Specs as Hypothesis state machines: what they find, how it is shown, and that Hypothesis's own tools work on them."""

from __future__ import annotations

import unittest
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from modelcheck import action, choose, constraint, invariant, require, step_property, terminal
from modelcheck.conformance import Violation, state_machine
from modelcheck.conformance.seeking import adjusted
from modelcheck.errors import ImpureError, SpecError, UsageError
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec
from modelcheck.statespace.stepper import Stepper
from modelcheck.trace import Outcome, read_recording, replay

from .counter import QUICK, Counter, run

ROOT = Path(__file__).resolve().parents[2]


def fails(spec, tmp_path, **changes):
    """The violation that a run finds."""
    with pytest.raises(Violation) as caught:
        run(state_machine(spec, traces=tmp_path), settings(QUICK, **changes))
    return caught.value


def test_a_spec_that_holds_passes():
    """The test case of a correct spec is a unittest test case that passes."""
    case = state_machine(Counter()).TestCase
    assert issubclass(case, unittest.TestCase)
    result = unittest.TestResult()
    case("runTest").run(result)
    assert result.wasSuccessful()


def test_it_is_a_rule_based_state_machine():
    """The machine is one of Hypothesis's, so everything that works on those works on it."""
    assert issubclass(state_machine(Counter()), RuleBasedStateMachine)


def test_a_violation_is_shrunk_to_the_shortest_run(tmp_path):
    """What fails is shrunk: a counter above 3 takes two steps."""
    error = fails(Counter(bound=4), tmp_path)
    assert len(error.trace.steps) == 2
    assert error.trace.found_by == "hypothesis"
    assert "the invariant small is violated in 2 steps" in str(error)


def test_the_saved_trace_replays(tmp_path):
    """The file that a failure names is a counterexample like any other."""
    error = fails(Counter(bound=4), tmp_path)
    assert replay(machine_of(Counter(bound=4)), read_recording(error.file)).outcome is Outcome.CONFIRMED
    assert f"Replay: modelcheck replay {error.file}" in str(error)


def test_a_step_property_is_checked(tmp_path):
    """Properties of a step are evaluated for each step."""

    class Steady(Counter):
        @step_property
        def slow(self, after: Counter) -> bool:
            return after.n - self.n < 3

    assert fails(Steady(), tmp_path).trace.property == "slow"


def test_a_deadlock_is_found(tmp_path):
    """A state without steps that is no terminal one fails."""

    class Stuck(Counter):
        @terminal
        def full(self) -> bool:
            return False

    assert fails(Stuck(limit=2), tmp_path).trace.property == "deadlock"


def test_constraints_bound_the_runs(tmp_path):
    """A run does not leave the bounds that a constraint sets."""

    class Bounded(Counter):
        @constraint
        def near(self) -> bool:
            return self.n <= 4

    run(state_machine(Bounded(bound=4, limit=100), traces=tmp_path), QUICK)


def test_initial_states_are_drawn(tmp_path):
    """A spec with several initial states starts in each of them."""

    class Anywhere(Counter):
        def init(self) -> None:
            self.n = choose(range(5))

        def jump(self) -> None:
            require(False)

    error = fails(Anywhere(bound=3, limit=3), tmp_path)
    assert (len(error.trace.steps), error.trace.states[0].n) == (0, 4)


def test_two_bugs_are_two_failures(tmp_path):
    """Violations of two properties are shrunk each on its own."""

    class Twice(Counter):
        @invariant
        def odd(self) -> bool:
            return self.n != 6

    with pytest.raises(BaseExceptionGroup) as caught:
        run(state_machine(Twice(bound=7), traces=tmp_path), settings(QUICK, report_multiple_bugs=True))
    assert {error.trace.property for error in caught.value.exceptions} == {"small", "odd"}


def test_an_impure_action_is_an_error_with_its_name(tmp_path):
    """An action that depends on something besides the state is named."""
    calls = []

    class Impure(Counter):
        @action
        def count(self) -> None:
            calls.append(1)
            require(len(calls) % 3)
            self.n = (self.n + len(calls)) % 5

    with pytest.raises(ImpureError, match="the action count"):
        run(state_machine(Impure(), traces=tmp_path), QUICK)


def test_a_class_instead_of_a_spec_is_refused():
    """The usual slip has a message that says what to write."""
    with pytest.raises(UsageError, match=r"Write state_machine\(Counter\(\)\)"):
        state_machine(Counter)


def test_what_is_found_depends_on_the_seed_only(tmp_path):
    """Two runs with one seed find the same, although the second one knows the steps of many states already."""
    spec = load_spec(ROOT / "specs" / "commit" / "mutants" / "two_phase_commit_blocking.py:AbortsWhenAsked")()
    machine = state_machine(spec, traces=tmp_path)
    found = []
    for _ in range(2):
        with pytest.raises(Violation) as caught:
            run(machine, settings(QUICK, phases=[Phase.generate]))
        found.append([repr(step) for step in caught.value.trace.steps])
    assert found[0] == found[1]


def test_a_mistake_on_the_way_is_told_as_it_is(tmp_path):
    """An action that raises in some states is an error of the spec, and shrinking does not change that."""

    class Raising(Counter):
        @action
        def jump(self) -> None:
            require(self.n > 5)
            raise ValueError("too far")

    with pytest.raises(SpecError, match="too far"):
        run(state_machine(Raising(), traces=tmp_path), QUICK)


def test_the_backend_is_ours_whichever_way_settings_are_given():
    """Settings that name no backend get the one that seeks new states; another that they name is left alone."""
    made = adjusted(settings(max_examples=7))
    assert (made.backend, made.max_examples, Phase.explain in made.phases) == ("modelcheck", 8, False)
    assert adjusted(settings(backend="hypothesis-urandom")).backend == "hypothesis-urandom"


def test_hypothesis_can_run_the_machine_too(tmp_path):
    """Hypothesis's own function runs a machine, with the numbers that Hypothesis draws."""
    with pytest.raises(Violation):
        run_state_machine_as_test(state_machine(Counter(bound=4), traces=tmp_path), settings=QUICK)


def test_the_database_replays_a_failure(tmp_path):
    """A failure found once is found at once from the example database."""
    database = InMemoryExampleDatabase()
    machine = state_machine(Counter(bound=4), traces=tmp_path)
    for phases in ([Phase.generate, Phase.shrink], [Phase.reuse]):
        with pytest.raises(Violation):
            run(machine, settings(QUICK, derandomize=False, database=database, phases=phases))


# The stepper ------------------------------------------------------------------------------------------------------------------------------------


def specs():
    return [load_spec(ROOT / "specs" / name)() for name in ("commit/two_phase_commit.py", "consensus/raft.py", "replication/quorum.py")]


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: type(spec).__name__)
def test_the_stepper_agrees_with_the_machine(spec):
    """The trees give the same steps, in the same order up to messages, and the same truth of every property as the spec's own Python."""
    machine = machine_of(spec)
    stepper = Stepper(machine)
    position, before = stepper.initial()[0], None
    for number in range(30):
        options = stepper.steps(position)
        assert {(repr(step), after.state) for step, after in options} == {(repr(step), after) for step, after in machine.successors(position.state)}
        for declared in machine.properties:
            if declared.role.value == "invariant":
                assert stepper.holds(declared, position) == (machine.failing(declared, position.state) is None)
            elif declared.role.value == "reachable":
                assert stepper.holds(declared, position) == machine.satisfied(declared, position.state)
            elif before is not None:
                assert stepper.holds(declared, before, position) == (machine.failing(declared, before.state, position.state) is None)
        if not options:
            break
        before, position = position, options[number * 7 % len(options)][1]


def test_an_action_that_was_never_enabled_is_told(tmp_path):
    """A run that tests nothing of an action says so."""

    class Never(Counter):
        @action
        def vanish(self) -> None:
            require(self.n > 100)

    with pytest.warns(UserWarning, match=r"the action vanish was never enabled in the runs of Never\("):
        run(state_machine(Never(), traces=tmp_path), QUICK)
