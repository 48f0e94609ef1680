"""Looking at a spec: random runs, again after each save, at a prompt; what the shell completes; what git is to leave alone."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from modelcheck import check, prove, validate
from modelcheck.cli.command import modelcheck
from modelcheck.cli.watching import watch
from modelcheck.spec.loading import load_spec


def test_a_sample_is_of_random_runs(run, counter):
    """So many, each from the start, the same ones for the same seed."""
    arguments = ("check", counter, "--set", "bound=9", "--sample", "2", "--max-depth", "7")
    result = run(*arguments)
    assert result.out.count("0. initial state") == 2
    assert "Run 2 of 2, at random, --seed 0" in result.out
    assert result.out.count("n: 0 → 1") == 2
    assert run(*arguments).out.split("Run 1")[1] == result.out.split("Run 1")[1]


def test_a_check_is_repeated_after_each_save(counter, capfd):
    """Now, and after the file was saved, with what it says then."""

    def save():
        while not Path(".modelcheck/Counter-small.json").exists():
            time.sleep(0.05)  # Until the first check has found the violation.
        counter.write_text(counter.read_text().replace("bound: int = 2", "bound: int = 3"))

    saving = threading.Thread(target=save)
    saving.start()
    assert watch(["check", "counter.py"], ["counter.py"], most=2) == 0
    saving.join()
    out = capfd.readouterr().out
    assert out.index("small  violated") < out.index("small  holds")


def completed(*arguments):
    """What the shell offers for the last argument."""
    *typed, last = arguments
    return [item.value for item in ShellComplete(modelcheck, {}, "modelcheck", "_X").get_completions(list(typed), last)]


def test_the_shell_completes_constants_and_properties(counter):
    """Of the spec that was typed; nothing for one that cannot be loaded."""
    assert completed("check", "counter.py", "--set", "") == ["limit=3", "bound=2", "color=RED"]
    assert completed("check", "counter.py", "--set", "b") == ["bound=2"]
    assert completed("check", "counter.py", "--property", "s") == ["small"]
    assert completed("check", "nothing.py", "--property", "") == []
    assert counter.exists()


def test_the_folder_of_traces_ignores_itself(run, counter, folder):
    """In git, as others' folders do; a note that is the user's stays."""
    run("check", counter)
    assert (folder / ".modelcheck" / ".gitignore").read_text().endswith("*\n")
    subprocess.run(["git", "init", "-q"], check=True)
    assert ".modelcheck" not in subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    (folder / ".modelcheck" / ".gitignore").write_text("mine\n")
    run("check", counter)
    assert (folder / ".modelcheck" / ".gitignore").read_text() == "mine\n"


def test_a_walk_at_the_prompt_needs_no_trace(run, counter, monkeypatch):
    """From the initial state, with constants."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("e\nt 1\np n, bound\nq\n"))
    result = run("explore", counter, "--set", "bound=7", "--terminal")
    assert "1. count()" in result.out
    assert "     (1, 7)" in result.out


def test_reports_and_traces_print_as_the_command_does(counter):
    """Verdicts, counts and the counterexample; in a notebook with colours, and never as markup."""
    report = check(load_spec(counter)(), keep_going=True)
    text = repr(report)
    assert text.startswith("Counter(limit=3, bound=2, color=RED): violated\n  invariant  small     violated  3 steps\n")
    assert "3. count()\n     n: 2 → 3" in text
    assert repr(report.properties[0].trace).startswith("0. initial state\n     n = 0\n")
    assert repr(report.properties[1]) == "  reachable  one  holds  1 step"
    for shown in (report, report.properties[0], report.properties[0].trace, report.properties[0].trace.states[0]):
        assert shown._repr_html_().startswith(("<pre>", "<table>"))


def test_the_package_has_what_works_on_specs():
    """By their names, imported when they are first used."""
    assert callable(prove)
    assert callable(validate)
    code = "import sys, modelcheck; print(sorted({'z3', 'hypothesis', 'http.server'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("command", ["explore", "check"])
def test_every_option_says_what_it_does(command):
    """In the help."""
    found = modelcheck.get_command(click.Context(modelcheck), command)
    assert all(option.help for option in found.params if isinstance(option, click.Option))


def test_coverage_is_shown_after_the_report(run, counter):
    """What was never run or never false; for several specs it is refused."""
    out = run("check", counter, "--coverage", "--keep-going", "--set", "bound=9").out
    assert "Coverage  5 of 5 lines of the spec were run" in out or "lines of the spec were run" in out
    assert out.index("no deadlock") < out.index("Coverage")
    assert run("check", counter, counter, "--coverage").code == 2


def test_coverage_says_that_it_leaves_symmetry_out(run, counter):
    """Where the spec has names that may trade places."""
    commit = Path(__file__).resolve().parents[2] / "specs" / "commit" / "two_phase_commit.py"
    assert "symmetry: not used: coverage is told of all states" in run("check", commit, "--coverage").out
    assert "symmetry" not in run("check", counter, "--coverage", "--set", "bound=9").out


def test_coverage_is_data_for_coverage_py(run, counter, folder):
    """In a file that its reports read; without the package that is told."""
    coverage = pytest.importorskip("coverage")
    assert run("check", counter, "--set", "bound=9", "--coverage-data", "cov").code == 0
    data = coverage.CoverageData(basename=str(folder / "cov"))
    data.read()
    [file] = data.measured_files()
    assert file.endswith("counter.py")
    assert data.has_arcs()
