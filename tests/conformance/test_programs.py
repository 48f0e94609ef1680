"""What is printed of a failure: a program that shows it again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import settings

from modelcheck.conformance import state_machine

from .counter import QUICK, Counter, run

ROOT = Path(__file__).resolve().parents[2]
FOUND = "/mutants/(quorum|raft|two_phase_commit|two_phase_commit_blocking).py"
MUTANTS = [entry for entry in tomllib.loads((ROOT / "specs" / "expected.toml").read_text())["violated"] if re.search(FOUND, entry["spec"])]


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

from .counter import QUICK, Counter, run
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
