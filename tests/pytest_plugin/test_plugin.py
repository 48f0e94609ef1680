"""The pytest plugin: collection, configurations, options, the fixture, and what a failure looks like."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

# Imported once here; pytester forgets what a run inside of this process imports.
import modelcheck.cli.report
import modelcheck.search  # noqa: F401

from .counter import SPEC, configured, run

pytest_plugins = ["pytester"]


# Collection -----------------------------------------------------------------------------------------------------------------------------------


def test_each_property_of_a_spec_is_an_item(project):
    """A spec file gives an item per property, and one for deadlocks, with the path, class and property in the id."""
    result = run(project, "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "spec_counter.py::Counter::small",
        "spec_counter.py::Counter::full",
        "spec_counter.py::Counter::deadlock",
    ]


def test_properties_fail_and_pass_on_their_own(project):
    """Only the item of the violated property fails."""
    result = run(project, "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["spec_counter.py::Counter::small FAILED*", "spec_counter.py::Counter::full PASSED*"])


def test_a_configuration_is_part_of_the_id(project):
    """Each configuration of a class is collected, its constants in brackets."""
    configured(project, '[{"limit": 2}, {"limit": 4, "bound": 4}]')
    result = run(project, "-v")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*::Counter[[]limit=2]::small PASSED*", "*::Counter[[]limit=4,bound=4]::full PASSED*"])


@pytest.mark.parametrize(
    ("chosen", "count"), [("Counter[limit=2]::small", 1), ("Counter[limit=2]", 3), ("Counter", 6), ("Counter[limit=4]::deadlock", 1)]
)
def test_an_id_selects_what_it_names(project, chosen, count):
    """The id of an item, of a configuration or of a spec can be given on the command line."""
    configured(project, '[{"limit": 2}, {"limit": 4}]')
    result = run(project, "--collect-only", "-q", f"spec_counter.py::{chosen}")
    assert len([line for line in result.outlines if f"::{chosen}" in line]) == count


def test_keywords_select_properties(project):
    """-k sees the names of specs and of properties."""
    run(project, "-k", "Counter and full").assert_outcomes(passed=1, deselected=2)


def test_the_last_failed_property_is_run_again(project):
    """--lf runs the property that failed and no other."""
    project.runpytest_inprocess("-p", "no:hypothesispytest").assert_outcomes(passed=2, failed=1)
    project.runpytest_inprocess("-p", "no:hypothesispytest", "--lf").assert_outcomes(failed=1)


def test_other_file_names_need_an_option(pytester):
    """A file of another name is collected below --modelcheck, and when it is named itself."""
    pytester.makepyfile(**{"protocols/counter": SPEC})
    run(pytester).assert_outcomes()
    run(pytester, "--modelcheck", "protocols").assert_outcomes(passed=2, failed=1)
    run(pytester, "protocols/counter.py").assert_outcomes(passed=2, failed=1)


def test_a_path_outside_of_the_tests_is_looked_into(pytester):
    """--modelcheck finds specs in a folder that the command line does not name."""
    pytester.makepyfile(**{"protocols/counter": SPEC, "tests/test_it": "def test_it(): pass"})
    run(pytester, "tests", "--modelcheck", "protocols").assert_outcomes(passed=3, failed=1)


def test_the_ini_file_says_which_files_hold_specs(pytester):
    """modelcheck_files replaces the default patterns."""
    pytester.makepyfile(counter_protocol=SPEC, spec_counter=SPEC)
    pytester.makeini("[pytest]\nmodelcheck_files = *_protocol.py")
    result = run(pytester, "--collect-only", "-q")
    assert {line.split("::")[0] for line in result.outlines if "::" in line} == {"counter_protocol.py"}


def test_a_file_of_another_tool_is_left_alone(pytester):
    """A file that only happens to be called like a spec is not even imported."""
    pytester.makepyfile(spec_of_another_tool="raise RuntimeError('imported')")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_class_can_stay_out(project):
    """Classes with an underscore or __test__ = False are not collected, and neither are imported ones."""
    project.makepyfile(
        other_spec="""
        import modelcheck
        from spec_counter import Counter
        class _Hidden(Counter): ...
        class Base(Counter):
            __test__ = False
        class Taken(Counter):
            bound: int = 5
        """
    )
    result = run(project, "--collect-only", "-q", "other_spec.py")
    assert {line.split("::")[1] for line in result.outlines if "::" in line} == {"Taken"}


def test_a_spec_that_does_not_import_is_one_message(pytester):
    """An error in a spec file is told with its place, without frames."""
    pytester.makepyfile(spec_broken="import modelcheck\nraise ValueError('no good')")
    result = run(pytester)
    result.stdout.fnmatch_lines(["*spec_broken.py:2: importing * raised ValueError: no good"])
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


# Failures ---------------------------------------------------------------------------------------------------------------------------------------


def test_a_failure_shows_the_property_the_trace_the_file_and_the_command(project):
    """A violated property is shown with its run, what each step changed, where it is saved and how to replay it."""
    result = run(project, "-k", "small")
    result.stdout.fnmatch_lines(
        [
            "small is violated in 3 steps",
            "invariant of Counter(limit=3, bound=2)",
            "0. initial state",
            "     n = 0",
            "3. count()",
            "     n: 2 → 3",
            "Trace: .modelcheck/Counter-small.json",
            "Replay: modelcheck replay .modelcheck/Counter-small.json",
            "FAILED spec_counter.py::Counter::small - small is violated in 3 steps",
        ]
    )
    assert "modelcheck/search" not in result.stdout.str()


def test_each_configuration_has_a_file_that_names_it(project):
    """The constants that are not at their defaults are part of the file's name, by the same rule as in the command line."""
    configured(project, '[{}, {"limit": 5}, {"limit": 5, "bound": 3}, {"bound": 1}]')
    run(project, "-k", "small")
    files = sorted(path.name for path in (project.path / ".modelcheck").glob("*.json"))
    assert files == [f"Counter-small{told}.json" for told in ("-bound=1", "-limit=5,bound=3", "-limit=5", "")]
    command = [sys.executable, "-m", "modelcheck", "check", "spec_counter.py", "--property", "small", "--set", "limit=5"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("Replay: modelcheck replay .modelcheck/Counter-small-limit=5.json\n"), done.stdout


def test_the_saved_file_replays(project):
    """The printed command does what it says."""
    run(project)
    command = [sys.executable, "-m", "modelcheck", "replay", ".modelcheck/Counter-small.json"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "small still fails" in done.stdout


def test_an_unknown_is_a_failure_of_its_own_kind(project):
    """A check that reached a limit fails, says that it is unknown and why, and is not mistaken for a violation."""
    result = run(project, "--modelcheck-max-states", "2", "-k", "small")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(["small is UNKNOWN: the limit of 2 states was reached"])


@pytest.mark.parametrize(("word", "outcome"), [("pass", "passed"), ("xfail", "xfailed"), ("skip", "skipped")])
def test_an_unknown_can_be_let_pass(project, word, outcome):
    """What an unknown is can be set."""
    result = run(project, "--modelcheck-max-states", "2", "-k", "small", "--modelcheck-on-unknown", word)
    result.assert_outcomes(**{outcome: 1, "deselected": 2})


def test_a_reachable_property_that_is_never_reached_fails(pytester):
    """An unreachable state is told without a trace."""
    pytester.makepyfile(spec_counter=SPEC.replace("self.n == self.limit", "self.n == 7"))
    run(pytester, "-k", "full").stdout.fnmatch_lines(["full is never reached"])


def test_an_error_in_an_action_is_one_message(pytester):
    """An action that raises fails every property of the spec with the place of the error."""
    pytester.makepyfile(spec_counter=SPEC.replace("self.n += 1", "self.n += len(3)"))
    result = run(pytester)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*spec_counter.py:18: the action count() raised TypeError*"])


# Settings ---------------------------------------------------------------------------------------------------------------------------------------


# Warnings -------------------------------------------------------------------------------------------------------------------------------------

VACUOUS = SPEC.replace("return self.n <= self.bound", "return self.n >= 0 or self.n <= self.bound")
SUSPECTED = "SpecWarning: Counter(limit=3, bound=2): the invariant small never came to `self.n <= self.bound`  spec_counter.py:"


def test_what_looks_like_a_mistake_is_among_the_warnings_of_pytest(pytester):
    """Once for each exploration, at the property that needed it first."""
    pytester.makepyfile(spec_counter=VACUOUS)
    result = run(pytester)
    result.assert_outcomes(passed=3, warnings=1)
    assert sum(SUSPECTED in line for line in result.outlines) == 1
    run(pytester, "-W", "error").assert_outcomes(passed=2, failed=1)
    run(pytester, "-W", "ignore::modelcheck.pytest_plugin.checking.SpecWarning").assert_outcomes(passed=3)


def test_workers_warn_once(pytester):
    """What one of them explored the others do not tell again."""
    pytester.makepyfile(spec_counter=VACUOUS)
    result = run(pytester, "-n", "2", "--dist", "loadgroup")
    assert sum(SUSPECTED in line for line in result.outlines) == 1


def test_the_fixture_warns_too(pytester):
    """Where it asserts that a spec holds, and where it asserts that a property is violated."""
    pytester.makepyfile(spec_counter=VACUOUS, test_it="""
        from spec_counter import Counter

        def test_it(modelcheck):
            modelcheck(Counter()).assert_holds("small")
            modelcheck(Counter()).assert_holds("small")
    """)
    pytester.syspathinsert()
    result = run(pytester, "test_it.py")
    result.assert_outcomes(passed=1, warnings=1)
    assert sum(SUSPECTED in line for line in result.outlines) == 1


# The fixture ------------------------------------------------------------------------------------------------------------------------------------


# The end of a run -------------------------------------------------------------------------------------------------------------------------------


def test_the_summary_tells_states_time_and_files(project):
    """The last section has a line per exploration, and the command for each counterexample."""
    result = run(project)
    text = result.stdout.str()
    section = text[text.index("= modelcheck =") :]
    assert re.search(r"Counter\(limit=3, bound=2\) +violated +4 states +\d", section)
    assert "modelcheck replay .modelcheck/Counter-small.json" in section


def test_properties_share_one_exploration(project):
    """All properties of a spec come from one exploration."""
    section = run(project, "-v").stdout.str().split("= modelcheck =")[1]
    assert section.count("Counter(limit=3, bound=2)") == 1


def test_a_run_without_specs_is_silent(pytester):
    """In a project that uses nothing of it, the plugin prints nothing and imports nothing but itself."""
    pytester.makepyfile(
        test_it="""
        import sys
        def test_it():
            assert not {"modelcheck.spec", "modelcheck.search", "modelcheck.statespace", "attrs", "z3"} & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    assert "modelcheck" not in re.sub(r"plugins:.*", "", result.stdout.str())


def test_the_plugin_can_be_switched_off(project):
    """-p no:modelcheck leaves nothing of it."""
    result = project.runpytest_subprocess("-p", "no:modelcheck")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_report_file_has_the_numbers(project):
    """JUnit files carry the states and the counterexample of each property."""
    run(project, "--junitxml", "out.xml")
    cases = ET.parse(project.path / "out.xml").getroot().iter("testcase")
    found = {case.get("name"): {p.get("name"): p.get("value") for p in case.iter("property")} for case in cases}
    assert found["small"]["modelcheck_states"] == "4"
    assert found["small"]["modelcheck_counterexample"].endswith("small.json")


@pytest.mark.parametrize("distribution", ["load", "loadgroup"])
def test_workers_of_xdist_share_explorations(project, distribution):
    """With pytest-xdist the outcomes are the same, and each spec is explored once."""
    configured(project, '[{"limit": 2}, {"limit": 3}]')
    result = project.runpytest_subprocess("-n2", "--dist", distribution, "--modelcheck", "spec_counter.py")
    result.assert_outcomes(passed=5, failed=1)
    section = result.stdout.str().split("= modelcheck =")[1]
    assert section.count("Counter(limit=") == 2
    assert "small is violated in 3 steps" in result.stdout.str()
    if distribution == "load":
        result.stdout.fnmatch_lines(["FAILED spec_counter.py::Counter[[]limit=3[]]::small - *"])


# Specs that are meant to fail ------------------------------------------------------------------------------------------


def meant(pytester, steps):
    text = SPEC.replace("import Spec, action", "import Spec, action, fails")
    text = text.replace("class Counter", f'@fails("small", steps={steps})\nclass Counter')
    pytester.makepyfile(spec_counter=text)
    return pytester


def test_a_spec_that_is_meant_to_fail_passes_when_it_does(pytester):
    """It has one item, the property that is meant to be violated."""
    result = meant(pytester, 3).runpytest_inprocess("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["spec_counter.py::Counter::small PASSED*", "Counter(limit=3, bound=2)  fails as meant  4 states *"])


def test_a_spec_that_fails_otherwise_than_it_is_meant_to_fails(pytester):
    """The message says how it is meant, and how it is; the run is shown."""
    result = meant(pytester, 2).runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["Counter does not fail as it is meant to: small is violated in 3 steps, meant to fail in 2 steps", "*3. count()*"]
    )


def test_a_spec_with_other_constants_is_not_meant_to_fail(pytester):
    """The claim is of the defaults, so all properties are items."""
    meant(pytester, 3).runpytest_inprocess("--modelcheck-set", "bound=3").assert_outcomes(passed=3)


def test_workers_share_what_is_meant_to_fail(pytester):
    """As any exploration."""
    meant(pytester, 3).runpytest_subprocess("-n2").assert_outcomes(passed=1)
