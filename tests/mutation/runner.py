"""Runs the tests of an area against a mutant, in a copy of the project, and says whether they noticed.

The copy is made once. A mutant is written into it, the kernels are built again if it is native, the tests run with a limit on processor time, and
the file is put back.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from enum import Enum
from pathlib import Path

from attrs import frozen

from .mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
AREAS: dict[str, tuple[str, ...]] = {
    "modelcheck/values": ("modelcheck/values", "tests/values", "tests/spec", "tests/search", "tests/agreement"),
    "modelcheck/spec": ("modelcheck/spec", "tests/spec", "tests/agreement", "tests/specs/test_small.py", "tests/search", "tests/trace"),
    "modelcheck/trace/export": ("tests/trace_export",),
    "modelcheck/trace": ("modelcheck/trace", "tests/trace", "tests/trace_export"),
    "modelcheck/statespace": ("modelcheck/statespace", "tests/statespace", "tests/agreement", "tests/search"),
    "modelcheck/search": ("modelcheck/search", "tests/search", "tests/specs/test_small.py", "tests/agreement", "tests/cli/test_check.py"),
    "modelcheck/symbolic": ("modelcheck/symbolic", "tests/symbolic"),
    "modelcheck/consistency": ("modelcheck/consistency", "tests/consistency"),
    "modelcheck/conformance": ("modelcheck/conformance", "tests/conformance"),
    "modelcheck/cli": ("modelcheck/cli", "tests/cli", "tests/snapshots"),
    "modelcheck/pytest_plugin": ("tests/pytest_plugin",),
    "modelcheck": ("tests/spec", "tests/search", "tests/cli"),
}
NATIVE = (".hpp", ".pyx", ".pxd")


class Outcome(Enum):
    """What the tests said of a mutant."""

    NOTICED = "noticed"
    HANGS = "noticed, by the limit"
    SURVIVED = "survived"
    NO_BUILD = "does not build"
    STALE = "stale"
    EQUIVALENT = "equivalent"


@frozen
class Result:
    """What became of a mutant, which test noticed it, and how long that took."""

    name: str
    outcome: Outcome
    seconds: float
    test: str = ""


def area(path: str) -> tuple[str, ...]:
    """The tests that are to notice a mistake in a file: those of the longest prefix of its path."""
    prefix = max((prefix for prefix in AREAS if path.startswith(prefix)), key=len)
    return AREAS[prefix]


class Workshop:
    """A copy of the project in which mutants are tried.

    Args:
        limit_s: The processor time that the tests of one mutant may take.
    """

    def __init__(self, limit_s: int) -> None:
        self.limit_s = limit_s
        self._home = tempfile.TemporaryDirectory(prefix="mutants-")
        self.root = Path(self._home.name) / "project"
        leave = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".hypothesis", "build", "*.egg-info", ".*_cache", ".modelcheck")
        shutil.copytree(ROOT, self.root, ignore=leave)
        self._whole: dict[tuple[str, ...], bool] = {}

    def close(self) -> None:
        """Remove the copy."""
        self._home.cleanup()

    def try_out(self, mutant: Mutant) -> Result:
        """What the tests of the area say of a mutant."""
        if mutant.equivalent:
            return Result(mutant.name, Outcome.EQUIVALENT, 0)
        path = self.root / mutant.path
        text = path.read_text()
        changed = mutant.applied(text)
        if changed is None:
            return Result(mutant.name, Outcome.STALE, 0)
        fits = self._fits(area(mutant.path))
        began = time.monotonic()
        path.write_text(changed)
        try:
            if not self._built(mutant):
                return Result(mutant.name, Outcome.NO_BUILD, time.monotonic() - began)
            began = time.monotonic()
            return self._judged(mutant, fits, began)
        finally:
            path.write_text(text)
            self._built(mutant)

    def _judged(self, mutant: Mutant, fits: bool, began: float) -> Result:
        code, said = self._tests(area(mutant.path))
        seconds = time.monotonic() - began
        if code == 0:
            return Result(mutant.name, Outcome.SURVIVED, seconds)
        test = next((line.split(" - ")[0] for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))), "")
        if not test and (code < 0 or code > 128):
            killed = code in {-9, -24, 137, 152}
            return Result(mutant.name, Outcome.SURVIVED if killed and not fits else Outcome.HANGS, seconds, "" if killed else f"died with {code}")
        return Result(mutant.name, Outcome.NOTICED, seconds, test or (said.strip().splitlines() or [""])[-1])

    def _fits(self, tests: tuple[str, ...]) -> bool:
        """Whether the tests, without a mutant, pass within the limit."""
        if tests not in self._whole:
            code, said = self._tests(tests)
            if code > 0:
                sys.exit(f"the tests fail without a mutant: {tests}\n{said[-3000:]}")
            self._whole[tests] = code == 0
        return self._whole[tests]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", "MODELCHECK_DEBUG": "1"}

    def _built(self, mutant: Mutant) -> bool:
        if not mutant.path.endswith(NATIVE):
            return True
        later = time.time() + 2  # A header edited within the second of a build counts as built.
        os.utime(self.root / mutant.path, (later, later))
        compilers = {"CC": "ccache gcc", "CXX": "ccache g++"} if shutil.which("ccache") else {}
        command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        done = subprocess.run(command, cwd=self.root, env={**self._environment(), **compilers}, capture_output=True, check=False)
        return done.returncode == 0

    def _tests(self, tests: tuple[str, ...]) -> tuple[int, str]:
        there = [test for test in tests if (self.root / test).exists()]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *there]
        shutil.rmtree(self.root / ".hypothesis", ignore_errors=True)

        def limited() -> None:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (self.limit_s, self.limit_s + 5))

        with subprocess.Popen(
            command, cwd=self.root, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=limited  # noqa: PLW1509 - there are no threads.
        ) as run:
            try:
                said, _ = run.communicate(timeout=6 * self.limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, 9)
                said, _ = run.communicate()
            return run.returncode, said
