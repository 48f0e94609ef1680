"""Ids of items with a configuration: what pytest remembers of them from one run to the next, on the oldest and the newest pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

SPEC = """
from typing import ClassVar
from modelcheck import Spec, action, invariant, require


class One(Spec):
    configurations: ClassVar = [{"n": 2}, {"n": 3}, {"n": 4}]
    n: int = 3

    def init(self):
        self.x = 0

    @action
    def up(self):
        require(self.x < self.n)
        self.x += 1

    @action
    def reset(self):
        self.x = 0

    @invariant
    def positive(self):
        return self.x >= 0

    @invariant
    def small(self):
        return self.x < 3
"""
FAILED = ["One[n=3]::small", "One[n=4]::small"]


@pytest.fixture(params=["installed", pytest.param("8.3.*", marks=pytest.mark.slow), pytest.param("", marks=pytest.mark.slow)])
def run(request, tmp_path):
    """Runs the pytest of a version in a project, of the folder ``below`` if that is asked for; returns what failed in order, and the last line."""
    (tmp_path / "spec_one.py").write_text(SPEC)
    (tmp_path / "below").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "COLUMNS": "200"}
    if request.param != "installed":
        folder = str(tmp_path / "version")
        named = f"pytest=={request.param}" if request.param else "pytest"
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", folder, named, "pytest-xdist"], check=True, timeout=300)
        environment["PYTHONPATH"] = folder

    def command(*arguments, below=False):
        words = [sys.executable, "-m", "pytest", "-v", "-p", "no:hypothesispytest", *arguments]
        done = subprocess.run(words, cwd=tmp_path / "below" if below else tmp_path, env=environment, capture_output=True, text=True, check=False)
        ran = re.findall(r"spec_one\.py::(\S+) (?:PASSED|FAILED)", done.stdout)
        failed = re.findall(r"^FAILED \S*spec_one\.py::(\S+)", done.stdout, re.MULTILINE)
        assert ran or "-n" in arguments, done.stdout + done.stderr
        return ran, failed

    return command


def test_what_failed_is_run_again_and_what_is_new_first(run, tmp_path):
    """``--lf`` selects, ``--ff`` puts first, ``--sw`` goes on from, and ``--nf`` passes over just the items that it is about."""
    ran, failed = run()
    assert (len(ran), failed) == (9, FAILED)
    assert run("--lf") == (FAILED, FAILED)
    ran, failed = run("--ff")
    assert (ran[:2], len(ran), failed) == (FAILED, 9, FAILED)
    ran, failed = run("--sw")
    assert (ran[-1], failed) == (FAILED[0], FAILED[:1])
    assert run("--sw") == (FAILED[:1], FAILED[:1])
    (tmp_path / "spec_one.py").write_text(SPEC.replace('{"n": 4}', '{"n": 4}, {"n": 5}'))
    assert [name.partition("::")[0] for name in run("--nf")[0][:3]] == ["One[n=5]"] * 3
    (tmp_path / "spec_one.py").write_text(SPEC.replace("self.x < 3", "self.x < 4"))
    run("--lf")
    assert run("--lf") == ([FAILED[1]], [FAILED[1]])


def test_the_ids_that_are_printed_select_what_they_name(run):
    """From the project's folder and from one below, whatever the bracket."""
    assert run("../spec_one.py", below=True)[1] == FAILED
    assert run(f"../spec_one.py::{FAILED[0]}", below=True) == (FAILED[:1], FAILED[:1])
    assert run("spec_one.py::One[n=2]")[0] == ["One[n=2]::positive", "One[n=2]::small", "One[n=2]::deadlock"]


def test_workers_remember_what_failed(run):
    """What workers of pytest-xdist report has the same ids."""
    assert sorted(run("-n", "2")[1]) == FAILED
    assert run("--lf") == (FAILED, FAILED)
