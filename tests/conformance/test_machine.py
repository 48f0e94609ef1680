"""Specs as Hypothesis state machines: what they find, how it is shown, and that Hypothesis's own tools work on them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import unittest
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from modelcheck import Spec, action, choose, constraint, invariant, require, step_property, terminal
from modelcheck.conformance import Violation, state_machine
from modelcheck.conformance.seeking import adjusted
from modelcheck.errors import ImpureError, SpecError, UsageError
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec
from modelcheck.statespace.stepper import Stepper
from modelcheck.trace import Outcome, read_recording, replay

ROOT = Path(__file__).resolve().parents[2]
FOUND = "/mutants/(quorum|raft|two_phase_commit|two_phase_commit_blocking).py"
MUTANTS = [entry for entry in tomllib.loads((ROOT / "specs" / "expected.toml").read_text())["violated"] if re.search(FOUND, entry["spec"])]
QUICK = settings(max_examples=100, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Counter(Spec):
    """Counts to a limit, in steps of its choice."""

    limit: int = 9
    bound: int = 9

    def init(self) -> None:
        self.n = 0

    def steps(self):
        return (1, 2)

    @action(steps)
    def count(self, by: int) -> None:
        require(self.n + by <= self.limit)
        self.n += by

    @action
    def jump(self) -> None:
        require(self.n == 0)
        self.n = choose((3, 4))

    @invariant
    def small(self) -> bool:
        return self.n <= self.bound

    @terminal
    def full(self) -> bool:
        return self.n == self.limit


def fails(spec, tmp_path, **changes):
    """The violation that a run finds."""
    with pytest.raises(Violation) as caught:
        run(state_machine(spec, traces=tmp_path), settings(QUICK, **changes))
    return caught.value


def run(machine, given):
    """Run a machine's test case with settings."""
    case = machine.TestCase
    case.settings = given
    case().runTest()


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


SPEC_FILE = """
from enum import Enum
from attrs import frozen
from modelcheck import Spec, action, invariant, require

class Kind(Enum):
    PING = 1

@frozen
class Message:
    kind: Kind
    to: int

class Pings(Spec):
    def init(self) -> None:
        self.sent: set[Message] = set()

    def nodes(self):
        return range(3)

    @action(nodes)
    def ping(self, to: int) -> None:
        self.sent.add(Message(Kind.PING, to))

    def messages(self):
        return self.sent

    @action(messages)
    def answer(self, m: Message) -> None:
        self.sent.add(Message(Kind.PING, m.to + 3))

    @invariant
    def unanswered(self) -> bool:
        return Message(Kind.PING, 4) not in self.sent
"""


def run_in(folder, *arguments):
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_printed_failure_is_a_program(tmp_path):
    """What Hypothesis prints runs as it stands, and fails in the same way."""
    (tmp_path / "pings.py").write_text(SPEC_FILE)
    imports = "from pings import Pings\nfrom modelcheck.conformance import state_machine\n"
    (tmp_path / "test_pings.py").write_text(imports + "TestPings = state_machine(Pings()).TestCase\n")
    done = run_in(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_pings.py")
    assert done.returncode == 1, done.stdout
    lines = [re.sub(r"^E   ", "", line) for line in done.stdout.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("Failing test case")) + 1
    program = lines[start : lines.index("state.teardown()") + 1]
    (tmp_path / "program.py").write_text("\n".join(program))
    again = run_in(tmp_path, "program.py")
    assert "from pings import Kind, Message" in program
    assert "the invariant unanswered is violated in 2 steps" in again.stderr, again.stderr


def test_one_example_is_a_run(tmp_path):
    """The test case in which Hypothesis draws 0 each time takes no step, and is not counted among those that were asked for."""
    with pytest.raises(AssertionError, match="is violated in"):
        run(state_machine(Counter(bound=1), traces=tmp_path), settings(QUICK, max_examples=1))


LOCAL = """
from enum import Enum

from attrs import frozen
from hypothesis import settings

from modelcheck import Spec, action, invariant


def test_it():
    class Kind(Enum):
        PING = 1

    @frozen
    class Message:
        kind: Kind

    class Local(Spec):
        first: Kind = Kind.PING

        def init(self):
            self.x = 0

        @action((Message(Kind.PING),))
        def send(self, m):
            self.x += 1

        @invariant
        def small(self):
            return self.x < 2

    PROGRAM
"""
BEGIN = "from modelcheck.conformance import state_machine\n    state_machine(Local(first=Kind.PING)).TestCase().runTest()"


def test_what_is_printed_of_local_classes_runs_where_they_are(tmp_path):
    """A class that a function makes has no name outside of it, so a comment says where the program can be run."""
    (tmp_path / "test_local.py").write_text(LOCAL.replace("PROGRAM", BEGIN))
    done = run_in(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_local.py")
    lines = [re.sub(r"^E   ", "", line) for line in done.stdout.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("Failing test case")) + 1
    program = lines[start : lines.index("state.teardown()") + 1]
    assert program[0] == "# To be run in test_it() of test_local.py, which makes Local and Kind."
    (tmp_path / "test_again.py").write_text(LOCAL.replace("PROGRAM", "\n    ".join(program)))
    again = run_in(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_again.py")
    assert "the invariant small is violated in 2 steps" in again.stdout, again.stdout


def test_a_step_that_does_nothing_is_a_line_that_does_nothing():
    """A number may stand for no step; what is printed for it runs, too."""
    machine = state_machine(Counter())()
    machine.step("count", by=1)
    assert machine._repr_step(None, {}, None) == "state.step('count', by=1)"
    machine._last = None
    assert machine._repr_step(None, {}, None) == "pass"


def test_a_failure_can_be_reproduced(tmp_path):
    """@reproduce_failure works on the machine's test case as on any other."""
    (tmp_path / "pings.py").write_text(SPEC_FILE)
    imports = "from pings import Pings\nfrom hypothesis import reproduce_failure, settings\nfrom modelcheck.conformance import state_machine\n"
    text = imports + "Machine = state_machine(Pings())\n"
    (tmp_path / "test_pings.py").write_text(text + "TestPings = Machine.TestCase\nTestPings.settings = settings(print_blob=True)\n")
    done = run_in(tmp_path, "-m", "pytest", "-q", "test_pings.py")
    blob = re.search(r"@reproduce_failure\(.*?\)", done.stdout)[0]
    (tmp_path / "test_again.py").write_text(text + f"TestAgain = {blob}(Machine).TestCase\n".replace("@", ""))
    again = run_in(tmp_path, "-m", "pytest", "-q", "test_again.py")
    assert "the invariant unanswered is violated in 2 steps" in again.stdout


MUTANT_TEST = """
from hypothesis import HealthCheck, settings
from modelcheck.conformance import state_machine
from modelcheck.spec.loading import load_spec

TestIt = state_machine(load_spec({name!r})()).TestCase
TestIt.settings = settings(max_examples=2000, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", [entry["spec"] for entry in MUTANTS])
def test_the_script_of_each_mutant_runs(tmp_path, name):
    """What is printed for the first failure of each mutant runs as it stands, fails in the same way, and names a file that replays."""
    (tmp_path / "test_it.py").write_text(MUTANT_TEST.format(name=str(ROOT / name)))
    done = run_in(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py")
    assert done.returncode == 1, done.stdout
    lines = [re.sub(r"^(E   | +\| )", "", line) for line in done.stdout.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("Failing test case")) + 1
    (tmp_path / "program.py").write_text("\n".join(lines[start : lines.index("state.teardown()") + 1]))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    again = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    command = next(line for line in lines if line.startswith("Replay: ")).split()[1:]
    assert len(re.findall(" is violated in |deadlock after ", again.stderr)) == 1, again.stderr
    replayed = subprocess.run([sys.executable, "-m", *command, "--spec", str(ROOT / name)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert replayed.returncode == 1, replayed.stdout + replayed.stderr


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


FIRST_FILE = """
from modelcheck import Spec, action, choose, invariant

class First(Spec):
    def init(self) -> None:
        self.x = START

    @action
    def go(self) -> None:
        self.x += 1

    @invariant
    def fine(self) -> bool:
        return self.x > 0
"""


@pytest.mark.parametrize("start", ["0", "choose((0, 1))"])
def test_a_violation_in_the_initial_state_is_a_program_too(tmp_path, start):
    """What is printed makes the machine, which fails in the same way."""
    (tmp_path / "first.py").write_text(FIRST_FILE.replace("START", start))
    imports = "from first import First\nfrom modelcheck.conformance import state_machine\n"
    (tmp_path / "test_first.py").write_text(imports + "TestFirst = state_machine(First()).TestCase\n")
    done = run_in(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_first.py")
    lines = [re.sub(r"^E   +", "", line) for line in done.stdout.splitlines()]
    begin = next(i for i, line in enumerate(lines) if line.startswith("Failing test case")) + 1
    end = next(i for i, line in enumerate(lines) if line.startswith("state = ")) + 2
    (tmp_path / "program.py").write_text("\n".join(line for line in lines[begin:end] if line))
    again = run_in(tmp_path, "program.py")
    assert again.returncode == 1
    assert "the invariant fine is violated in 0 steps" in again.stderr, again.stderr


def test_an_action_that_was_never_enabled_is_told(tmp_path):
    """A run that tests nothing of an action says so."""

    class Never(Counter):
        @action
        def vanish(self) -> None:
            require(self.n > 100)

    with pytest.warns(UserWarning, match=r"the action vanish was never enabled in the runs of Never\("):
        run(state_machine(Never(), traces=tmp_path), QUICK)
