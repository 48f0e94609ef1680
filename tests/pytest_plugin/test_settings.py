"""Configurations, profiles and options: which are taken, and which are refused."""

from __future__ import annotations

import re

import pytest

# Imported once here; pytester forgets what a run inside of this process imports.
import modelcheck.cli.report
import modelcheck.search  # noqa: F401

from .counter import SPEC, configured, run

pytest_plugins = ["pytester"]


def test_constants_can_be_set_on_the_command_line(project):
    """--modelcheck-set sets a constant, which shows in the id."""
    result = run(project, "-v", "--modelcheck-set", "bound=3")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*::Counter[[]bound=3]::small PASSED*"])


def test_a_constant_that_no_spec_has_is_refused(project):
    """A mistyped constant is an error, not a run with the default."""
    result = run(project, "--modelcheck-set", "bond=3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no collected spec has a constant 'bond'*"])


def test_profiles_choose_configurations(project):
    """The same spec is small by default and large under another profile."""
    configured(project, '{"default": [{"limit": 1}], "nightly": [{"limit": 2}, {"limit": 2, "bound": 9}]}')
    run(project).assert_outcomes(passed=3)
    run(project, "--modelcheck-profile", "nightly").assert_outcomes(passed=6)


def test_a_profile_sets_limits(project):
    """A profile in the ini file says how far checks go."""
    project.makeini("[pytest]\nmodelcheck_profiles =\n    push: max_states=2 on_unknown=xfail\n    nightly: time_limit=60\n")
    run(project, "--modelcheck-profile", "push").assert_outcomes(xfailed=3)
    run(project, "--modelcheck-profile", "nightly").assert_outcomes(passed=2, failed=1)


def test_an_unknown_profile_is_refused(project):
    """A mistyped profile is an error that names the profiles there are."""
    result = run(project, "--modelcheck-profile", "nigthly")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no modelcheck profile 'nigthly'; there are default*"])


def test_the_ini_file_lists_configurations(project):
    """Configurations in the ini file replace those of the class, by profile."""
    project.makeini("[pytest]\nmodelcheck_configurations =\n    Counter(limit=1)\n    nightly: Counter(limit=2, bound=2)\n")
    assert "spec_counter.py::Counter[limit=1]::small" in run(project, "--collect-only", "-q").outlines
    assert "spec_counter.py::Counter[limit=2,bound=2]::small" in run(project, "--collect-only", "-q", "--modelcheck-profile=nightly").outlines


@pytest.mark.parametrize("arguments", [[], ["spec_counter.py"]])
def test_a_configuration_of_no_spec_is_refused(project, arguments):
    """A mistyped name in modelcheck_configurations is an error that names it and the specs there are."""
    project.makeini("[pytest]\nmodelcheck_configurations =\n    Conter(limit=1)\n    Counter(limit=1)\n")
    result = run(project, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*modelcheck_configurations names what is no spec: 'Conter'; the specs are Counter"])


def test_a_configuration_may_be_of_a_spec_that_is_not_collected(project):
    """In a run of a part of the project, a setting for the other specs is no mistake."""
    project.makepyfile(**{"protocols/lock": SPEC.replace("Counter", "Lock")})
    project.makeini("[pytest]\nmodelcheck_configurations =\n    Lock(limit=2)\n")
    run(project, "-k", "full").assert_outcomes(passed=1, deselected=2)
    run(project, "-k", "full", "protocols/lock.py").assert_outcomes(passed=1, deselected=2)


@pytest.mark.parametrize("line", ["Counter(limit=)", "Counter", "Counter(limits=3)", "Counter(limit='x')"])
def test_a_configuration_that_cannot_be_read_is_told(project, line):
    """A mistake in a configuration is one message, not a traceback."""
    project.makeini(f"[pytest]\nmodelcheck_configurations =\n    {line}\n")
    result = run(project)
    result.assert_outcomes(errors=1)
    assert "Traceback" not in result.stdout.str()
    assert re.search("cannot read|no constant|is a int|cannot be set", result.stdout.str())


def test_a_mark_on_the_class_limits_its_checks(project):
    """Marks of the class apply to its items: limits, and an expected failure."""
    text = SPEC.replace("class Counter", "@pytest.mark.modelcheck(max_states=2, on_unknown='skip')\nclass Counter")
    project.makepyfile(spec_counter="import pytest\n" + text)
    run(project).assert_outcomes(skipped=3)
    project.makepyfile(spec_counter="import pytest\n" + SPEC.replace("class Counter", "@pytest.mark.xfail(strict=False)\nclass Counter"))
    run(project).assert_outcomes(xfailed=1, xpassed=2)


def test_typed_settings_are_understood(project):
    """Numbers in pyproject.toml may be numbers."""
    project.makepyprojecttoml("[tool.pytest]\nmodelcheck_max_states = 2\nmodelcheck_time_limit = 2.5\nmodelcheck_on_unknown = 'skip'\n")
    run(project).assert_outcomes(skipped=3)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("modelcheck_max_states = many", "modelcheck_max_states"),
        ("modelcheck_order = breath", "the ini file: order cannot be 'breath'; did you mean 'breadth'?"),
        ("modelcheck_on_unknown = never", "the ini file: on_unknown cannot be 'never'"),
        ("modelcheck_profiles = nightly max_states=3", "cannot read 'nightly max_states=3'"),
        ("modelcheck_profiles = nightly: max_state=3", "the profile nightly has no setting 'max_state'; did you mean 'max_states'?"),
        ("modelcheck_profiles = nightly: time_limit=long", "the profile nightly: time_limit cannot be 'long'"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_one_message_before_anything_runs(project, line, told):
    """A mistake in the ini file is a usage error, once, and not one failure for each property."""
    project.makeini(f"[pytest]\n{line}\n")
    result = project.runpytest("-q")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "\n".join([*result.outlines, *result.errlines]).count(told) == 1


def test_a_random_walk_is_seeded(project):
    """The order and the seed reach the search, which then proves nothing."""
    result = run(project, "--modelcheck-order", "random", "--modelcheck-seed", "3", "--modelcheck-time-limit", "0.2")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["deadlock is UNKNOWN: *"])
