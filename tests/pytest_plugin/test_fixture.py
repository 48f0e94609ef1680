"""The fixture, which asserts in tests what a check says, and the replay of saved counterexamples."""

from __future__ import annotations

import re

import pytest

# Imported once here; pytester forgets what a run inside of this process imports.
import modelcheck.cli.report
import modelcheck.search  # noqa: F401

from .counter import SPEC, fixture_test, run

pytest_plugins = ["pytester"]


def test_the_fixture_asserts_that_a_spec_holds(pytester):
    """assert_holds passes, and gives the report."""
    result = fixture_test(pytester, "def test_it(modelcheck):\n    assert modelcheck(Counter(limit=2)).assert_holds().states == 3\n")
    result.assert_outcomes(passed=1)


def test_a_failed_assertion_has_no_frames_of_ours(pytester):
    """A failed assertion shows the test's own line, then the property, the trace, the file and the command."""
    result = fixture_test(pytester, "def test_it(modelcheck):\n    modelcheck(Counter()).assert_holds()\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">   *modelcheck(Counter()).assert_holds()",
            "E *small is violated in 3 steps",
            "E *n: 2 → 3",
            "E *Replay: modelcheck replay .modelcheck/Counter-small.json",
            "test_it.py:4: Failed",
        ]
    )
    assert "fixture.py" not in result.stdout.str()


def test_the_fixture_asserts_that_a_bug_is_found(pytester):
    """assert_violated passes for a violated property, with the length of its shortest counterexample, and gives the trace."""
    body = "def test_it(modelcheck):\n    assert modelcheck(Counter()).assert_violated('small', steps=3).states[-1].n == 3\n"
    fixture_test(pytester, body).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("Counter(limit=2)).assert_violated('small')", "small holds in all 3 states, and was to be violated"),
        ("Counter()).assert_violated('small', steps=2)", "small was to be violated in 2 steps, and is in 3"),
        ("Counter()).assert_violated('smal')", "did you mean 'small'?"),
        ("Counter).assert_holds()", "write modelcheck(Counter())"),
        ("Counter(), max_states=2).assert_holds()", "is UNKNOWN: the limit of 2 states was reached"),
    ],
)
def test_what_else_can_go_wrong_is_told(pytester, call, told):
    """Each way to fail has a message that says what to do."""
    result = fixture_test(pytester, f"def test_it(modelcheck):\n    modelcheck({call}\n")
    result.assert_outcomes(failed=1)
    assert told in result.stdout.str()


def test_the_marker_limits_the_fixture(pytester):
    """The marker of a test is a setting of its checks."""
    body = "@pytest.mark.modelcheck(max_states=2, on_unknown='skip')\ndef test_it(modelcheck):\n    modelcheck(Counter(limit=2)).assert_holds()\n"
    fixture_test(pytester, body).assert_outcomes(skipped=1)


def test_a_mistyped_setting_is_refused(pytester):
    """An unknown argument of the marker is an error that names the nearest one."""
    body = "@pytest.mark.modelcheck(max_state=2)\ndef test_it(modelcheck):\n    modelcheck(Counter(limit=2)).assert_holds()\n"
    result = fixture_test(pytester, body)
    result.assert_outcomes(failed=1)
    assert "did you mean 'max_states'?" in result.stdout.str()


# Replaying --------------------------------------------------------------------------------------------------------------------------------------


def test_saved_counterexamples_are_replayed_first(project):
    """With --modelcheck-replay a property that failed before fails again by its saved run, and comes first."""
    project.makepyfile(spec_a_first=SPEC.replace("Counter", "Fine").replace("bound: int = 2", "bound: int = 3"))
    run(project)
    result = run(project, "-v", "--modelcheck-replay")
    result.assert_outcomes(passed=5, failed=1)
    ran = [line for line in result.outlines if re.search(r"::\w+ (PASSED|FAILED)", line)]
    assert "Counter::small FAILED" in ran[0]
    result.stdout.fnmatch_lines(["small is violated in 3 steps, as in an earlier run (replayed, not explored)"])


def test_a_repaired_spec_is_explored_again(project):
    """A saved counterexample that no longer fails proves nothing: the spec is explored."""
    run(project)
    project.makepyfile(spec_counter=SPEC.replace("self.n <= self.bound", "self.n <= self.limit"))
    run(project, "--modelcheck-replay").assert_outcomes(passed=3)


def test_a_damaged_counterexample_is_told_and_passed_over(project):
    """A truncated file gives a warning, and the search decides."""
    run(project)
    file = project.path / ".modelcheck" / "Counter-small.json"
    file.write_text(file.read_text()[:300])
    result = run(project, "--modelcheck-replay")
    result.assert_outcomes(passed=2, failed=1, warnings=1)
    result.stdout.fnmatch_lines(["*the saved counterexample cannot be replayed: *small.json*"])


def test_the_fixture_replays_too(pytester):
    """assert_holds fails by the saved run."""
    body = "def test_it(modelcheck):\n    modelcheck(Counter()).assert_holds()\n"
    fixture_test(pytester, body)
    result = run(pytester, "test_it.py", "--modelcheck-replay")
    assert "replayed, not explored" in result.stdout.str()
