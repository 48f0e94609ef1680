"""Logs against specs: what is a behaviour, which line is not, and what comes nearest."""

from __future__ import annotations

import json
import random
import re
import time
from enum import Enum
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from modelcheck.cli.command import modelcheck
from modelcheck.conformance.log import read_log
from modelcheck.conformance.validation import validate
from modelcheck.limits import Limits
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec
from modelcheck.statespace.stepper import Stepper
from modelcheck.trace import read_recording
from modelcheck.values import Interchangeable
from modelcheck.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
COMMIT = ROOT / "specs" / "commit" / "two_phase_commit.py"
GOOD = [
    {"action": "rm_prepare", "arguments": {"r": "m0"}, "state": {"rm": {"m0": "PREPARED"}}},
    {"action": "rm_prepare", "arguments": {"r": "m1"}},
    {"action": "rm_prepare", "arguments": {"r": "m2"}, "state": {"messages": [{"rm": "m0"}, {"rm": "m1"}, {"type": "Prepared", "rm": "m2"}]}},
    {"action": "tm_receive_prepared"},
    {"state": {"tm": "INIT"}},
    {"action": "tm_receive_prepared"},
    {"action": "tm_receive_prepared", "state": {"prepared": ["m0", "m1", "m2"]}},
    {"action": "tm_commit"},
    {"action": "rm_receive_commit", "arguments": {"r": "m1"}, "state": {"rm": {"m1": "COMMITTED"}}},
]


def run(log, *arguments, spec=COMMIT):
    return CliRunner().invoke(modelcheck, ["validate", str(spec), str(log), *map(str, arguments)], standalone_mode=False, prog_name="modelcheck")


@pytest.fixture
def log(tmp_path):
    def write(lines):
        path = tmp_path / "log.jsonl"
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        return path

    return write


def test_a_behaviour_is_one(log):
    """A log that leaves out arguments and most of the state is explained, through all the states that fit."""
    done = run(log(GOOD))
    assert done.exit_code == 0 or done.return_value == 0
    assert "9 observations are a behaviour of TwoPhaseCommit" in done.output


def test_the_first_line_without_an_explanation_is_named(log):
    """A commit before all are prepared is told with its line, what was allowed, and what comes nearest."""
    lines = [*GOOD[:2], {"action": "rm_receive_commit", "arguments": {"r": "m1"}}, *GOOD[2:]]
    done = run(log(lines))
    assert "log.jsonl:3: no behaviour of TwoPhaseCommit explains this line" in done.output
    assert "rm_prepare(r=m2)" in done.output
    assert "rm_receive_commit: require(" in done.output


def test_a_state_that_does_not_fit_is_told_by_its_difference(log):
    """Where the action fits and the state does not, the difference is the part that does not fit."""
    done = run(log([{**GOOD[0], "state": {"rm": {"m0": "ABORTED"}}}]))
    assert "Nearest: rm_prepare(r=m0)" in done.output
    assert "rm[m0] is PREPARED, not 'ABORTED'" in done.output


def test_actions_that_are_not_logged_are_filled_in(log):
    """Hidden actions happen in between, as often as need be."""
    lines = [line for line in GOOD if line.get("action") != "tm_receive_prepared"]
    assert "no behaviour" in run(log(lines)).output
    assert "are a behaviour" in run(log(lines), "--hidden", "tm_receive_prepared").output


def test_a_behaviour_that_violates_a_property_is_a_counterexample(log, tmp_path):
    """A log of a run that violates an invariant gives a trace that replays."""
    mutants = ROOT / "specs" / "consensus" / "mutants" / "raft.py"
    steps = [
        {"action": "time_out", "arguments": {"i": "s0"}},
        {"action": "receive", "arguments": {"m": {"type": "RequestVote", "dst": "s1"}}},
        {"action": "time_out", "arguments": {"i": "s2"}},
        {"action": "receive", "arguments": {"m": {"type": "RequestVote", "src": "s2", "dst": "s1"}}},
        {"action": "receive", "arguments": {"m": {"type": "Vote", "dst": "s0"}}},
        {"action": "receive", "arguments": {"m": {"type": "Vote", "dst": "s2"}}},
    ]
    out = tmp_path / "trace.json"
    done = run(log(steps), "--trace-out", out, "--set", "candidates=()", "--set", "max_term=1", spec=f"{mutants}:VotesTwice")
    assert "and violates election_safety here" in done.output, done.output
    recording = read_recording(out)
    assert (recording.property, recording.found_by, len(recording.steps)) == ("election_safety", "log", 6)


def test_the_outcome_as_json(log):
    """--json is one object with the line, what was allowed and the nearest."""
    found = json.loads(run(log([{"action": "tm_commit"}]), "--json").output)
    assert (found["verdict"], found["line"]) == ("violated", 1)
    assert "rm_prepare(r=m0)" in found["allowed"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"action": ', "log.jsonl:2: the line ends in the middle (column 12)"),
        ('{"action": "tm_ab', "log.jsonl:2: the line ends in the middle"),
        ("{'action': 1}", "log.jsonl:2: not JSON"),
        ('{"action": 7}', "an action is given by its name, not by 7"),
        ('{"action": "rm_prepare", "arguments": 5}', "arguments and state are objects"),
        ('{"state": {"rm": {"7": "WORKING"}}}', "rm has no key '7'; there are m0, m1, m2"),
        ("[1]", "log.jsonl:2: a line is an object"),
        ('{"action": "rm_prepar"}', "did you mean 'rm_prepare'"),
        ('{"action": "rm_prepare", "arguments": {"q": 1}}', "has no argument 'q'"),
        ('{"state": {"rms": 1}}', "did you mean 'rm'"),
        ('{"act": "rm_prepare"}', "did you mean 'action'"),
        ('{"arguments": {"r": "m1"}}', "arguments without an action"),
    ],
)
def test_a_line_that_cannot_be_meant_is_told(log, line, told):
    """A damaged line is one message with the file and the line."""
    error = run(log([GOOD[0], line])).exception
    assert told in str(error)
    assert "log.jsonl:2" in str(error)


def test_a_file_that_is_no_log_is_told(tmp_path):
    """No file, a folder, an empty file, a binary one: one message each."""
    assert "cannot read the log" in str(run(tmp_path / "none.jsonl").exception)
    assert "cannot read the log" in str(run(tmp_path).exception)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n\n")
    assert "log.jsonl: the log is empty" in str(run(path).exception)
    path.write_bytes(b'{"action": "rm_prepare"}\n\x00\xff\xfe')
    assert "log.jsonl:2: the log is not text in UTF-8" in str(run(path).exception)


def test_a_line_may_hold_what_python_takes_for_the_end_of_one(log):
    """Lines end where JSON lines do, and nowhere else."""
    done = run(log([{"action": "rm_prepare", "arguments": {"r": "m0"}}, '{"action": "rm_prepare", "arguments": {"r": "a\u2028b"}}']))
    assert "log.jsonl:2: no behaviour" in done.output


def test_the_guard_that_stops_the_action_is_told(log):
    """An action that is not enabled is told with its guard and the values in it; arguments that there are not, with those that come nearest."""
    done = run(log([GOOD[0], {"action": "rm_receive_commit", "arguments": {"r": "m1"}}])).output
    assert "rm_receive_commit: require(Decision.COMMIT in self.messages)" in done
    assert "self.messages = {Prepared(rm=m0)}" in done
    assert "r is m0, not 7" in run(log([{"action": "rm_receive_commit", "arguments": {"r": 7}}])).output


def test_too_many_explanations_are_unknown(log):
    """That no behaviour explains a line is known only if all states before it were kept; that one does takes no more than that one."""
    lines = [{"action": "rm_prepare"}] * 3
    few = ["--max-states", "2", "--set", "rms=5"]
    holds = run(log(lines), *few).output
    assert "3 observations are a behaviour" in holds
    assert "at least 2 states explain them" in holds
    done = run(log([*lines, {"action": "tm_commit"}]), *few)
    assert "unknown" in done.output
    assert "log.jsonl:4: none of the 2 states that were kept explains this line, and others may" in done.output
    assert "no behaviour" in run(log([*lines, {"action": "tm_commit"}]), "--set", "rms=5").output


ALL_HIDDEN = [word for action in vars(load_spec(COMMIT)) if action.startswith(("rm_", "tm_")) for word in ("--hidden", action)]


def test_the_time_limit_ends_a_search_among_many_states(log):
    """Nothing explains this log, which takes 1,745,408 states to say: when the time is over, the verdict is unknown."""
    path = log([{"action": "tm_commit"}, {"state": {"tm": "ABORTED"}}])
    many = ["--set", "rms=8", *ALL_HIDDEN, "--max-states", "5000000"]
    started = time.process_time()
    done = run(path, *many, "--time-limit", "0.3")
    assert time.process_time() - started < 6
    assert done.return_value == 3
    assert "log.jsonl:1: the time limit of 0.3 s was reached; 0 observations were explained by then" in done.output
    found = json.loads(run(path, *many, "--time-limit", "0.3", "--json").output)
    assert (found["verdict"], found["line"], found["reason"]) == ("unknown", 1, "the time limit of 0.3 s was reached")
    assert json.loads(run(path, "--json", *ALL_HIDDEN).output)["reason"] is None


def test_the_time_limit_ends_code_that_does_not(log, tmp_path):
    """An action that never ends is ended by the time limit, and its line named."""
    spec = tmp_path / "endless.py"
    text = "from modelcheck import Spec, action\n\nclass Endless(Spec):\n    def init(self):\n        self.n = 0\n"
    spec.write_text(text + "    @action\n    def go(self):\n        while self.n == 1:\n            pass\n        self.n += 1\n")
    done = run(log([{"action": "go"}, {"action": "go"}]), "--time-limit", "0.3", spec=spec)
    assert done.return_value == 3
    assert re.search(r"log.jsonl:2: the time limit of 0.3 s was reached, in a run of go .*endless.py:[89]\)", done.output), done.output


def test_progress_tells_the_pass_and_the_line(log):
    """A validation tells a few times a second how far it is."""
    machine = machine_of(load_spec(COMMIT)(rms=8))
    told = []
    observations = read_log(log([{"action": "tm_commit"}, {"state": {"tm": "ABORTED"}}]), machine)
    found = validate(machine, observations, hidden=ALL_HIDDEN[1::2], progress=told.append, limits=Limits(states=5_000_000, time_s=0.7))
    assert found.verdict is Verdict.UNKNOWN
    assert told
    assert all((progress.line, progress.lines) in [(0, 2), (1, 2)] for progress in told)
    assert (told[-1].most, told[-1].states > 1000) == (5_000_000, True)


def plain(value):
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Interchangeable):
        return repr(value)
    if attrs.has(type(value)):
        return {"type": type(value).__name__, **{field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many_lines_of_raft_take_seconds(log, count):
    """A log of a random run of Raft with three servers is validated in seconds, and a wrong term in its middle is found."""
    spec = load_spec(ROOT / "specs" / "consensus" / "raft.py")(max_term=3, max_log=3, candidates=())
    stepper, chance, lines = Stepper(machine_of(spec)), random.Random(5), []
    position = stepper.initial()[0]
    for _ in range(count):
        step, position = chance.choice(stepper.steps(position))
        who = step.arguments.get("i", getattr(step.arguments.get("m"), "dst", None))
        state = {"server": {str(who): {"current_term": position.state.server[who].current_term}}}
        lines.append({"action": step.action, "arguments": {name: plain(value) for name, value in step.arguments.items()}, "state": state})
    constants = ["--set", "max_term=3", "--set", "max_log=3", "--set", "candidates=()"]
    started = time.process_time()
    assert f"{count:,} observations are a behaviour" in run(log(lines), *constants, spec=ROOT / "specs" / "consensus" / "raft.py").output
    assert time.process_time() - started < 5 + count / 1_000
    next(iter(lines[count // 2]["state"]["server"].values()))["current_term"] = 9
    assert f"log.jsonl:{count // 2 + 1}: no behaviour" in run(log(lines), *constants, spec=ROOT / "specs" / "consensus" / "raft.py").output


LOGGED = """
from modelcheck import Spec, action


class Grow(Spec):
    def init(self) -> None:
        self.n = 0
        self.s = set()

    @action
    def up(self) -> None:
        self.n = 1
        self.s |= {1, 2}
"""


@pytest.mark.parametrize("seen", ['{"n": 1}|{"n": true}', '{"n": 1}|{"n": 1.0}', '{"s": [1, 2]}|{"s": [2]}', '{"s": [1, 2]}|{"s": [1, true, 2]}'])
def test_a_line_that_equals_an_earlier_one_is_told_apart_from_it(tmp_path, seen):
    """What was made for one line serves for those that say the same, and for no other; a set is seen whole."""
    (tmp_path / "grow.py").write_text(LOGGED)
    first, second = seen.split("|")
    (tmp_path / "log.jsonl").write_text(f'{{"action": "up", "state": {first}}}\n{{"state": {first}}}\n{{"state": {second}}}\n')
    files = [str(tmp_path / name) for name in ("grow.py", "log.jsonl", "out.json")]
    done = CliRunner().invoke(modelcheck, ["validate", *files[:2], "--trace-out", files[2]])
    assert (done.exit_code, "log.jsonl:3: no behaviour" in done.output) == (1, True), done.output


def test_the_time_limit_holds_while_a_log_is_read(tmp_path):
    """A log of a hundred thousand lines is not read to its end first."""
    (tmp_path / "grow.py").write_text(LOGGED)
    (tmp_path / "log.jsonl").write_text('{"state": {"n": 0}}\n' * 100_000)
    files = [str(tmp_path / name) for name in ("grow.py", "log.jsonl")]
    done = CliRunner().invoke(modelcheck, ["validate", *files, "--time-limit", "0.01"])
    assert done.exit_code == 3
    assert "the time limit of 0.01 s was reached while the log was read" in done.output
