"""``modelcheck new``."""

# ruff: noqa: ARG001 - fixtures are asked for by name for what they set up.

import os
import subprocess
import sys
import time

import pytest


def test_the_spec_holds_as_it_is_written(run, folder):
    """The new spec passes its own check, in less than a second."""
    assert run("new", "lease").code == 0
    started = time.perf_counter()
    assert run("check", "spec_lease.py").code == 0
    assert time.perf_counter() - started < 1


def test_the_test_passes_as_it_is_written(run, folder):
    """The new test passes with whatever way pytest has of importing it."""
    run("new", "lease")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for mode in ("prepend", "importlib"):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            f"--import-mode={mode}",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:modelcheck",
        ]
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert (found.returncode, " passed" in found.stdout) == (0, True), found.stdout


def test_the_bug_that_the_comment_proposes_is_found(run, folder):
    """Removing the line that the comment names gives the counterexample that it promises."""
    run("new", "lease")
    spec = folder / "spec_lease.py"
    lines = [line for line in spec.read_text().splitlines() if "require(not any(self.holding[other]" not in line]
    spec.write_text("\n".join(lines))
    assert "exclusive is false:" in run("check", spec).out


@pytest.mark.parametrize(
    ("name", "files", "cls"),
    [
        ("lease", {"spec_lease.py", "test_lease.py"}, "Lease"),
        ("LeaderLease", {"spec_leader_lease.py", "test_leader_lease.py"}, "LeaderLease"),
        ("leader-lease", {"spec_leader_lease.py", "test_leader_lease.py"}, "LeaderLease"),
        ("queue", {"spec_queue.py", "test_queue.py"}, "Queue"),
    ],
)
def test_names_become_files_and_a_class(run, folder, name, files, cls):
    """Any spelling of a name gives the usual ones of files and classes."""
    run("new", name)
    assert {path.name for path in folder.iterdir()} == files
    [spec] = folder.glob("spec_*.py")
    assert f"class {cls}(Spec):" in spec.read_text()


@pytest.mark.parametrize("existing", ["spec_lease.py", "test_lease.py"])
def test_nothing_is_overwritten(run, folder, existing):
    """If one of the files exists, neither is written."""
    (folder / existing).write_text("mine")
    result = run("new", "lease")
    assert (result.code, f"{existing} exists" in result.err) == (2, True)
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(existing, "mine")]


@pytest.mark.parametrize("name", ["3x", "a b", "-", "é", ""])
def test_names_that_are_none_are_refused(run, folder, name):
    """A name that cannot be a class is told so."""
    assert run("new", "--", name).code == 2
    assert not list(folder.iterdir())


def test_a_folder_must_exist(run, folder):
    """A folder is not made for a name that may be mistyped."""
    result = run("new", "nowhere/lease")
    assert result.code == 2
    assert "Name a folder that exists" in result.err


def test_a_folder_can_be_named(run, folder):
    """The files go where the name says."""
    (folder / "specs").mkdir()
    assert "modelcheck check specs/spec_lease.py" in run("new", "specs/lease").out
