"""``modelcheck replay``."""

import json
import shutil
import sys

import pytest


@pytest.fixture
def trace(run, counter):
    """The trace of the counter's counterexample."""
    run("check", counter)
    return ".modelcheck/Counter-small.json"


def edited(counter, old, new):
    """Change the spec, which is then imported anew."""
    assert old in counter.read_text()
    counter.write_text(counter.read_text().replace(old, new))
    for name in [name for name, module in sys.modules.items() if getattr(module, "__file__", None) == str(counter)]:
        del sys.modules[name]


def test_what_still_fails_exits_with_1(run, trace):
    """The run is printed again, with the explanation and the outcome."""
    result = run("replay", trace)
    assert result.code == 1
    assert result.out.endswith("small still fails after 3 steps\n")
    assert "self.n <= self.bound" in result.out


def test_what_no_longer_fails_exits_with_0(run, counter, trace):
    """A repaired property is reported as such."""
    edited(counter, "return self.n <= self.bound", "return self.n <= 9")
    result = run("replay", trace)
    assert (result.code, result.out.splitlines()[-1]) == (
        0,
        "small no longer fails after 3 steps: small is true at the end of the run",
    )


def test_a_spec_that_changed_exits_with_2_and_says_where(run, counter, trace):
    """The step at which the trace and the spec part is named, with the difference."""
    edited(counter, "self.n += 1", "self.n += 2 if self.n else 1")
    result = run("replay", trace)
    assert result.code == 2
    assert result.out.splitlines()[-4:] == [
        "The trace cannot be replayed: it and the spec part at step 2",
        "  count() leads to another state",
        "  From what was recorded to what happens now:",
        "     n: 2 → 3",
    ]


def test_the_guard_that_stops_a_step_is_named(run, counter, trace):
    """A step that is not enabled any more comes with the line of its guard."""
    edited(counter, "require(self.n < self.limit)", "require(self.n < 1)")
    assert "count() is not enabled: counter.py:25: require(self.n < 1)" in run("replay", trace).out


def test_the_outcome_as_json(run, counter, trace):
    """``--json`` prints one object with the outcome, the step and the changes."""
    assert json.loads(run("replay", trace, "--json").out) == {
        "spec": "Counter",
        "property": "small",
        "kind": "invariant",
        "outcome": "still fails",
        "steps": 3,
        "step": None,
        "reason": None,
        "changes": [],
        "schema": 1,
    }
    edited(counter, "self.n = 0", "self.n = 1")
    found = json.loads(run("replay", trace, "--json").out)
    assert (found["outcome"], found["step"]) == ("cannot be replayed", 0)
    assert found["changes"] == [{"path": "n", "kind": "changed", "old": "0", "new": "1"}]


def test_the_constants_of_the_trace_are_used(run, counter):
    """A trace of another configuration replays in that configuration."""
    run("check", counter, "--set", "limit=5", "--set", "bound=4", "--set", "color=BLUE")
    assert run("replay", ".modelcheck/Counter-small-limit=5,bound=4,color=BLUE.json").out.endswith("small still fails after 5 steps\n")


def test_another_spec_can_be_named(run, counter, trace, folder):
    """``--spec`` replays the trace through a spec that is elsewhere."""
    shutil.move(counter, folder / "moved.py")
    assert run("replay", trace).code == 2
    assert run("replay", trace, "--spec", "moved.py").code == 1


def test_a_spec_outside_of_the_working_directory_has_to_be_named(run, trace, folder, monkeypatch):
    """The spec is found from the trace's own place too, but imported from elsewhere only if the command says so."""
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    found = run("replay", f"../{trace}")
    assert found.code == 2
    assert found.err.splitlines() == [
        f"Error: ../{trace}: the trace names {folder / 'counter.py'}, which is outside of the working directory",
        f"  A trace does not decide what is run: if that is the spec, say so with --spec {folder / 'counter.py'}:Counter",
    ]
    assert run("replay", f"../{trace}", "--spec", "../counter.py").code == 1


def test_a_witness_that_is_still_reached_exits_with_0(run, counter):
    """For a reachable property the good outcome is that it is still reached."""
    run("check", counter, "--property", "one")
    result = run("replay", ".modelcheck/Counter-one.json")
    assert (result.code, result.out.splitlines()[-1]) == (0, "one is still reached after 1 step")
    edited(counter, "return self.n == 1", "return self.n == 2")
    result = run("replay", ".modelcheck/Counter-one.json")
    assert (result.code, result.out.splitlines()[-1]) == (
        1,
        "one is no longer reached after 1 step: one is false at the end of the run",
    )


def test_a_deadlock_is_replayed(run, counter):
    """A deadlock has no property of the spec, and is replayed all the same."""
    edited(counter, "return self.n == self.limit", "return False")
    run("check", counter, "--property", "deadlock")
    result = run("replay", ".modelcheck/Counter-deadlock.json")
    assert result.code == 1
    assert "no action is enabled:\n  count: require(self.n < self.limit)" in result.out


def test_a_truncated_file_is_refused(run, trace, folder):
    """Half a file is no trace, and the remedy is to write a new one."""
    file = folder / trace
    file.write_text(file.read_text()[:-200])
    result = run("replay", trace)
    assert (result.code, result.out) == (2, "")
    assert "Run `modelcheck check` again" in result.err
