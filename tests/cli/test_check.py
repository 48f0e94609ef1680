"""``modelcheck check``."""

# ruff: noqa: ARG001 - fixtures are asked for by name for what they set up.

import json
import os
import re
import subprocess
import sys
import time

import pytest

from modelcheck.spec.loading import load_spec
from modelcheck.trace import read_recording

from .conftest import ROOT

TWO_PHASE_COMMIT = ROOT / "specs" / "commit" / "two_phase_commit.py"


def test_the_object_has_the_keys_of_the_contract_in_their_order(run):
    """``--json`` prints one object, and its first keys are the promised ones."""
    result = run("check", TWO_PHASE_COMMIT, "--json")
    report = json.loads(result.out)
    assert list(report)[:13] == [
        "spec", "source", "constants", "verdict", "reason", "states", "generated", "depth", "python_calls", "seconds",
        "peak_memory_bytes", "collision_probability", "properties",
    ]  # fmt: skip
    assert (report["spec"], report["constants"], report["verdict"], report["reason"]) == (
        "TwoPhaseCommit",
        {"rms": 3},
        "holds",
        None,
    )
    assert (report["states"], report["generated"], report["depth"]) == (288, 1146, 11)
    assert {"name": "consistent", "kind": "invariant", "verdict": "holds", "trace": None}.items() <= report[
        "properties"
    ][0].items()
    assert result.code == 0


def test_a_violation_exits_with_1_and_names_its_trace(run, counter):
    """A violated property carries the file of its trace and the number of its steps."""
    result = run("check", counter, "--json")
    [small] = [found for found in json.loads(result.out)["properties"] if found["name"] == "small"]
    assert small["trace"] == {"file": ".modelcheck/Counter-small.json", "steps": 3}
    assert small["explanation"] == ["small is false:", "  self.n <= self.bound", "    self.n = 3", "    self.bound = 2"]
    assert result.code == 1


def test_a_limit_exits_with_3_and_says_why(run):
    """A search that was cut short is unknown, with the reason."""
    result = run("check", TWO_PHASE_COMMIT, "--json", "--max-states", 5)
    report = json.loads(result.out)
    assert (report["verdict"], result.code) == ("unknown", 3)
    assert "5 states" in report["reason"]


@pytest.mark.parametrize("option", [["--max-depth", "3"], ["--time-limit", "0.000001s"], ["--max-states", "10"]])
def test_every_limit_gives_unknown(run, option):
    """Whatever the limit, the verdict is never ``holds``."""
    assert run("check", TWO_PHASE_COMMIT, "--set", "rms=6", "--json", *option).code == 3


def test_constants_are_set(run):
    """``--set`` changes a constant, and the report tells its value."""
    report = json.loads(run("check", TWO_PHASE_COMMIT, "--set", "rms=4", "--json").out)
    assert (report["constants"], report["states"]) == ({"rms": 4}, 1568)


def test_an_enum_constant_is_set_by_its_member(run, counter):
    """A constant of an enum type takes the name of a member, and is told by it."""
    report = json.loads(run("check", counter, "--set", "color=BLUE", "--set", "bound=3", "--json").out)
    assert report["constants"] == {"limit": 3, "bound": 3, "color": "BLUE"}


def test_only_the_named_properties_are_checked(run, counter):
    """``--property`` may be repeated, and leaves the others out."""
    report = json.loads(run("check", counter, "--property", "one", "--property", "deadlock", "--json").out)
    assert [found["name"] for found in report["properties"]] == ["one", "deadlock"]
    assert report["verdict"] == "holds"


def test_keep_going_gives_every_property_a_verdict(run, counter):
    """After a violation the search goes on for the others."""
    report = json.loads(run("check", counter, "--keep-going", "--json").out)
    assert [found["verdict"] for found in report["properties"]] == ["violated", "holds", "holds"]


def test_the_printed_report_ends_with_the_command_that_replays(run, counter):
    """The last line can be copied, and replays the trace."""
    result = run("check", counter)
    last = result.out.rstrip().splitlines()[-1]
    assert last == "Replay: modelcheck replay .modelcheck/Counter-small.json"
    assert run(*last.split()[2:]).code == 1


def test_the_replay_command_is_quoted_where_need_be(run, counter):
    """A file name with a space does not break the command."""
    result = run("check", counter, "--trace-out", "my trace.json")
    assert result.out.rstrip().splitlines()[-1] == "Replay: modelcheck replay 'my trace.json'"


def test_the_trace_goes_where_it_is_told(run, counter, folder):
    """``--trace-out`` takes the counterexample."""
    report = json.loads(run("check", counter, "--trace-out", "out.json", "--json").out)
    assert report["properties"][0]["trace"]["file"] == "out.json"
    assert read_recording(folder / "out.json").property == "small"
    assert not (folder / ".modelcheck" / "Counter-small.json").exists()


@pytest.mark.parametrize("place", ["nowhere/out.json", "."])
def test_a_trace_that_could_not_be_written_is_refused_before_the_search(run, counter, place):
    """A folder that does not exist is told at once."""
    result = run("check", counter, "--trace-out", place)
    assert (result.code, result.out) == (2, "")
    assert "cannot write the trace" in result.err


def test_a_folder_that_cannot_be_written_to_is_a_warning(run, counter, folder):
    """The verdict does not depend on whether its trace can be stored."""
    (folder / ".modelcheck").write_text("a file in the way")
    result = run("check", counter, "--json")
    assert result.code == 1
    assert json.loads(result.out)["properties"][0]["trace"] == {"file": None, "steps": 3}
    assert result.err.startswith("Warning: the trace could not be written")


def test_the_recorded_source_is_relative(run, counter, folder):
    """A trace that is moved with its project finds its spec."""
    run("check", counter)
    assert read_recording(folder / ".modelcheck" / "Counter-small.json").source == "counter.py"


def test_a_property_that_is_reached_has_a_witness(run, counter, folder):
    """The shortest way to a reachable state is written too, and called a witness."""
    report = json.loads(run("check", counter, "--set", "bound=3", "--json").out)
    assert report["properties"][1]["witness"] == {"file": ".modelcheck/Counter-one-bound=3.json", "steps": 1}
    assert run("replay", ".modelcheck/Counter-one-bound=3.json").code == 0


def test_a_witness_that_was_asked_for_is_shown(run, counter):
    """A reachable property that is named is shown with the way to it; without its name it is not."""
    assert "Witness" not in run("check", counter, "--set", "bound=3").out
    shown = run("check", counter, "--set", "bound=3", "--property", "one").out
    assert "Witness: one is reached in 1 step  counter.py:33\n\n0. initial state" in shown
    assert "one is true:\n  self.n == 1\n    self.n = 1" in shown
    assert shown.endswith("Replay: modelcheck replay .modelcheck/Counter-one-bound=3.json\n")


@pytest.mark.parametrize("order", ["breadth", "depth"])
def test_every_order_finds_the_violation(run, counter, order):
    """The order of the search changes nothing about the verdict."""
    assert run("check", counter, "--order", order).code == 1


def test_a_random_walk_tells_its_seed(run, counter):
    """What the walk found can be found again."""
    report = json.loads(run("check", counter, "--order", "random", "--seed", 5, "--max-states", 100, "--json").out)
    assert report["seed"] == 5


def test_the_profile_tells_where_python_ran(run):
    """``--profile`` lists the Python calls and the widest cells."""
    out = run("check", TWO_PHASE_COMMIT, "--profile").out
    assert "Python calls" in out
    assert re.search(r"rm\[m0\] +4 values", out)


def test_progress_is_silent_when_piped(run):
    """Nothing but the report is printed where nobody watches."""
    assert run("check", TWO_PHASE_COMMIT, "--set", "rms=6").err == ""


def test_colors_are_for_terminals(run, counter, monkeypatch):
    """Piped output is plain, unless colour is asked for; NO_COLOR is honoured."""
    assert "\x1b" not in run("check", counter).out
    assert "\x1b" in run("check", counter, "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", counter).out


# Start-up -----------------------------------------------------------------------------------------------------------

HEAVY = ("z3", "hypothesis", "pytest", "rich", "asyncio", "unittest")


@pytest.fixture
def read_by_a_check(counter):
    """The modules that the check of a small spec has read when it ends."""
    code = (
        "import sys\nfrom modelcheck.cli import main\n"
        f"try: main(['check', {str(counter)!r}, '--json'])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=counter.parent, env=_environment(), check=True
    )
    return found.stderr.split()


def test_a_check_imports_nothing_heavy(read_by_a_check):
    """Neither the solver nor Hypothesis nor the progress display is imported for a short search."""
    assert [name for name in HEAVY if name in read_by_a_check] == []


def test_a_check_imports_what_it_needs(read_by_a_check):
    """A check starts at once since it reads only the modules that it uses: of checkpoints, sets of states and proofs, none.

    The time itself is measured by ``benchmarks/start.py``.
    """
    ours = [name for name in read_by_a_check if name.startswith("modelcheck.")]
    assert [
        name
        for name in ours
        if name.startswith(("modelcheck.disk", "modelcheck.diagrams.", "modelcheck.symbolic", "modelcheck.explorer"))
    ] == []
    assert 50 < len(ours) < 165


def _environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_python_minus_m_works(counter):
    """``python -m modelcheck`` is the same command."""
    found = subprocess.run(
        [sys.executable, "-m", "modelcheck", "check", "counter.py"],
        capture_output=True,
        text=True,
        cwd=counter.parent,
        env=_environment(),
        check=False,
    )
    assert (found.returncode, found.stderr) == (1, "")


def test_a_reader_that_stops_reading_is_no_error(counter):
    """A closed pipe ends the command without a traceback."""
    found = subprocess.run(
        f"{sys.executable} -m modelcheck show counter.py | true",
        shell=True,
        capture_output=True,
        text=True,
        cwd=counter.parent,
        env=_environment(),
        check=False,
    )
    assert "Traceback" not in found.stderr
    assert "Error" not in found.stderr


@pytest.mark.parametrize(
    ("output", "code", "told"),
    [
        ("| true", 1, ""),
        (">&-", 1, ""),
        ("> /dev/full", 2, "Error: the output could not be written: No space left on device"),
    ],
)
def test_output_that_cannot_be_written(counter, output, code, told):
    """A reader that has seen enough, or none, changes no verdict; a full disk is told."""
    command = f"set -o pipefail; {sys.executable} -m modelcheck check counter.py {output}"
    found = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=counter.parent, env=_environment(), check=False
    )
    assert (found.returncode, found.stderr.strip()) == (code, told)


def test_a_trace_can_be_written_to_a_pipe(run, counter, folder):
    """What is no ordinary file is written to, not replaced."""
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, cwd=folder) as reader:
        assert run("check", counter, "--trace-out", "pipe").code == 1
        out, _ = reader.communicate(timeout=20)
    assert json.loads(out)["states"]
    assert (folder / "pipe").is_fifo()


def test_ctrl_c_ends_with_a_report(counter):
    """An interrupted search reports what it found so far, and that it is not complete."""
    counter.write_text(
        counter.read_text()
        .replace("limit: int = 3", "limit: int = 10_000_000")
        .replace("bound: int = 2", "bound: int = 10_000_000")
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "modelcheck", "check", "counter.py", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=counter.parent,
        env=_environment(),
    )
    time.sleep(1.5)
    process.send_signal(2)
    out, err = process.communicate(timeout=60)
    report = json.loads(out)
    assert (process.returncode, report["verdict"], err) == (3, "unknown", b"")
    assert "interrupt" in report["reason"]


def test_loading_by_module_works_from_the_working_directory(run, counter):
    """``module:Class`` is found where the command runs."""
    assert run("check", "counter:Counter").code == 1
    assert load_spec("counter").__name__ == "Counter"
