"""Every engine's trace through every command."""

from __future__ import annotations

import json
import subprocess
import sys

import itf_py
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from modelcheck.cli.command import modelcheck
from modelcheck.cli.commands.trace import FORMATS
from modelcheck.conformance import Adapter, Nonconformance, Violation, conformance, state_machine
from modelcheck.spec.loading import load_spec
from modelcheck.trace import read_recording

from .test_recording import for_itf_py

ENGINES = ("search", "walk", "hypothesis", "z3", "log", "explained", "conformance")
QUICK = settings(database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=50)
SPEC = '''
from modelcheck import Spec, action, invariant, require, terminal


class Account(Spec):
    """Takes more than there is."""

    balance: int = 2

    def init(self) -> None:
        self.money = self.balance

    def amounts(self):
        return (1, 2)

    @action(amounts)
    def take(self, n: int) -> None:
        require(self.money > 0)
        self.money -= n

    @invariant
    def covered(self) -> bool:
        """Nobody takes what is not there."""
        return self.money >= 0

    @terminal
    def spent(self) -> bool:
        return self.money <= 0
'''


class Bank(Adapter):
    """Charges a fee that the spec does not know."""

    def setup(self) -> None:
        self.money = 2

    def take(self, n: int):
        self.money -= n + 1
        return {"money": self.money}


def run(*arguments, text=""):
    return CliRunner().invoke(modelcheck, list(map(str, arguments)), input=text)


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    """A trace of each engine, all of one spec."""
    folder = tmp_path_factory.mktemp("engines")
    spec, log = folder / "accounts_spec.py", folder / "log.jsonl"
    spec.write_text(SPEC)
    found = {name: folder / f"{name}.json" for name in ENGINES}
    assert run("check", spec, "--trace-out", found["search"]).exit_code == 1
    assert run("check", spec, "--order", "random", "--time-limit", "10", "--trace-out", found["walk"]).exit_code == 1
    assert run("prove", spec, "--method", "bmc", "--trace-out", found["z3"]).exit_code == 1
    log.write_text('{"action": "take", "arguments": {"n": 1}}\n')
    assert run("validate", spec, log, "--trace-out", found["explained"]).exit_code == 0
    log.write_text('{"action": "take", "arguments": {"n": 1}}\n{"action": "take", "state": {"money": 2}}\n')
    assert run("validate", spec, log, "--trace-out", found["log"]).exit_code == 1
    cls = load_spec(spec)
    with pytest.raises(Violation) as violation:
        run_state_machine_as_test(state_machine(cls(), traces=folder), settings=QUICK)
    violation.value.file.rename(found["hypothesis"])
    with pytest.raises(Nonconformance) as failure:
        run_state_machine_as_test(conformance(cls(), Bank, traces=folder), settings=QUICK)
    failure.value.file.rename(found["conformance"])
    return found


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def file(traces, engine, monkeypatch):
    monkeypatch.chdir(traces[engine].parent)
    return traces[engine]


def test_it_says_who_found_it(file, engine):
    """The file has the same form for all; it names its engine."""
    recording = read_recording(file)
    assert recording.found_by == {"explained": "log", "walk": "search"}.get(engine, engine)
    assert (recording.kind == "log") is (engine in {"log", "explained", "conformance"})


def test_replay(file, engine):
    """A replay confirms it: a counterexample still fails, an explanation is one still."""
    done = run("replay", file)
    told = {"explained": "is still a behaviour of Account"}.get(engine, "is still unexplained" if engine in {"log", "conformance"} else "still fails")
    assert told in done.output, done.output
    assert done.exit_code == (0 if engine == "explained" else 1)
    assert json.loads(run("replay", file, "--json").output)["reason"] is None


def test_step_by_step(file, engine):
    """The state after a step, the walk along the trace, and the debugger in the action of a step."""
    last = len(read_recording(file).steps)
    assert "Enabled:" in run("replay", file, "--step", last).output
    walked = run("replay", file, "-i", text="s\nt 1\nq\n")
    assert walked.exit_code == 0, walked.output
    assert "left the recorded run" in walked.output
    if last:
        debugged = run("replay", file, "--pdb", text="p self.money\nc\n")
        assert "accounts_spec.py" in debugged.output, (engine, debugged.output)


@pytest.mark.parametrize("form", FORMATS)
def test_export(file, form, tmp_path):
    """Every format can be written; ITF is read by itf-py."""
    out = tmp_path / "out"
    done = run("trace", file, "--to", form, "-o", out)
    assert done.exit_code == 0, done.output
    assert "take" in out.read_text() or not read_recording(file).steps
    if form == "itf":
        found = itf_py.trace_from_json(for_itf_py(json.loads(out.read_text())))
        assert found.states[0].values["money"] == 2


def test_the_exported_test_fails_until_it_is_repaired(file, engine, tmp_path):
    """The test of an explained log passes, as long as that is a behaviour; all others fail."""
    test = tmp_path / "test_it.py"
    assert run("trace", file, "--to", "pytest", "-o", test).exit_code == 0
    program = f"import sys; sys.path[:0] = [{str(file.parent)!r}, {str(tmp_path)!r}]\nimport test_it\n"
    program += "[test() for name, test in vars(test_it).items() if name.startswith('test_')]"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    if engine == "explained":
        assert done.returncode == 0, done.stderr
    else:
        assert "AssertionError: " + ("nothing that" if engine in {"log", "conformance"} else "covered is still violated") in done.stderr


def test_diff(file, traces, engine):
    """A trace is the same as itself, and can be compared with any other."""
    assert run("diff", file, file).exit_code == 0
    assert run("diff", file, traces["log"]).exit_code == (0 if engine in {"log", "explained"} else 1)


def test_a_repaired_spec_is_told(file, engine, tmp_path):
    """Through a spec that no longer takes what is not there, a counterexample cannot be replayed; what was logged is as it was."""
    repaired = tmp_path / "repaired_spec.py"
    repaired.write_text(SPEC.replace("self.money > 0", "self.money >= n"))
    done = run("replay", file, "--spec", f"{repaired}:Account")
    assert done.exit_code == {"explained": 0, "log": 1, "conformance": 1}.get(engine, 2)
    assert ("require(self.money >= n)" in done.output) is (engine not in {"explained", "log", "conformance"})
