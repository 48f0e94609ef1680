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

from attrs import evolve, frozen

from .mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
AREAS: dict[str, tuple[str, ...]] = {
    "modelcheck/limits": ("modelcheck/limits", "tests/limits", "tests/search/test_limits.py", "tests/search"),
    "modelcheck/values": ("modelcheck/values", "tests/values", "tests/spec", "tests/parts", "tests/search", "tests/agreement"),
    "modelcheck/spec": ("modelcheck/spec", "tests/parts", "tests/spec", "tests/agreement", "tests/search", "tests/specs/test_small.py"),
    "modelcheck/parts": ("modelcheck/parts", "tests/parts", "tests/spec/test_parts.py", "tests/agreement"),
    "modelcheck/trace/export": ("tests/trace_export",),
    "modelcheck/trace": ("modelcheck/trace", "tests/trace", "tests/trace_export"),
    "modelcheck/liveness": ("tests/liveness", "tests/agreement/test_endless.py"),
    "modelcheck/statespace": ("tests/statespace/test_filter_values.py", "tests/liveness", "tests/agreement", "tests/statespace", "tests/search"),
    "modelcheck/search": (
        "tests/search/test_bounds.py", "modelcheck/search", "tests/specs/test_small.py", "tests/liveness", "tests/agreement", "tests/search",
    ),
    "modelcheck/symbolic": ("modelcheck/symbolic", "tests/symbolic"),
    "modelcheck/consistency/isolation": ("tests/consistency/test_transactions.py", "tests/consistency/test_anomalies.py", "tests/consistency"),
    "modelcheck/consistency": ("modelcheck/consistency", "tests/consistency"),
    "modelcheck/conformance": ("modelcheck/conformance", "tests/conformance"),
    "modelcheck/cli": ("modelcheck/cli", "tests/cli", "tests/snapshots"),
    "modelcheck/pytest_plugin": ("tests/pytest_plugin",),
}
KILLED = {9, 24}
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
    prefix = max((prefix for prefix in AREAS if path.startswith(f"{prefix}/")), key=len)
    return AREAS[prefix]


def _failed(said: str) -> list[str]:
    """The tests that failed."""
    return [line.split(" - ")[0].split(" ", 1)[1] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]


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
        self._sound: dict[str, bool] = {}
        self._left_out: list[str] = []

    def close(self) -> None:
        """Remove the copy."""
        self._home.cleanup()

    def try_out(self, mutant: Mutant) -> Result:
        """What the tests of the area say of a mutant. A test that fails without it as well is left out from then on."""
        if mutant.equivalent:
            return Result(mutant.name, Outcome.EQUIVALENT, 0)
        while True:
            result = self._tried(mutant)
            if result.outcome is Outcome.NOTICED and result.test and not self._is_sound(result.test):
                self._left_out.append(result.test)
                continue
            if result.outcome is Outcome.HANGS and not self._fits(area(mutant.path)):
                return evolve(result, outcome=Outcome.SURVIVED)
            return result

    def _tried(self, mutant: Mutant) -> Result:
        path = self.root / mutant.path
        text = path.read_text() if path.exists() else ""
        changed = mutant.applied(text)
        if changed is None:
            return Result(mutant.name, Outcome.STALE, 0)
        path.write_text(changed)
        try:
            if not self._built(mutant):
                return Result(mutant.name, Outcome.NO_BUILD, 0)
            return self._judged(mutant)
        finally:
            path.write_text(text)
            self._built(mutant)

    def _judged(self, mutant: Mutant) -> Result:
        began = time.monotonic()
        code, said = self._tests(area(mutant.path))
        seconds = time.monotonic() - began
        if code == 0:
            return Result(mutant.name, Outcome.SURVIVED, seconds)
        failed = _failed(said)
        if code > 0 or failed:  # That the tests cannot be collected is noticed too.
            return Result(mutant.name, Outcome.NOTICED, seconds, failed[0] if failed else "")
        return Result(mutant.name, Outcome.HANGS if -code in KILLED else Outcome.NOTICED, seconds)

    def _is_sound(self, test: str) -> bool:
        """Whether a test passes without a mutant."""
        if test not in self._sound:
            self._sound[test] = self._tests((test,))[0] == 0
        return self._sound[test]

    def _fits(self, tests: tuple[str, ...]) -> bool:
        """Whether the tests, without a mutant, pass within the limit."""
        if tests not in self._whole:
            self._whole[tests] = self._tests(tests)[0] == 0
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
        there = [test for test in tests if (self.root / test.split("::")[0]).exists()]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *(f"--deselect={test}" for test in self._left_out), *there]
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
