"""Memory that the system refuses is `unknown` with the limit that was met, and a check gives back all that it took."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck import Spec, Verdict, action, check, invariant
from modelcheck.limits.budget import is_refusal
from modelcheck.limits.memory import _left_by_groups
from modelcheck.symbolic import prove

COMMAND = Path(sys.executable).with_name("modelcheck")
MB = 1 << 20

SPEC = """
from modelcheck import Spec, action, invariant

class Long(Spec):
    def init(self):
        self.log = ()

    @action
    def write(self):
        self.log = (*self.log, "x" * 100_000 + str(len(self.log)))

    @invariant
    def short(self):
        return len(self.log) < 10**9

class Wide(Spec):
    def init(self):
        self.a = {i: 0 for i in range(9)}

    @action(lambda self: range(9))
    def count(self, i):
        self.a[i] = (self.a[i] + 1) % 9

class Grasping(Spec):
    def init(self):
        self.n = 0

    @action
    def grasp(self):
        self.n = len([0] * 10**10) % 3
"""


def limited(bytes_):
    """Lets a process have so many bytes of addresses."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))


@pytest.mark.parametrize("spec", ["Long", "Wide", "Grasping"])
@pytest.mark.parametrize("size", [150, 300, 600])
def test_refused_memory_is_unknown(tmp_path, spec, size):
    """Exit code 3, and `ulimit -v` is named."""
    (tmp_path / "specs.py").write_text(SPEC)
    command = [COMMAND, "check", f"specs.py:{spec}", "--time-limit", "60"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=100, preexec_fn=limited(size * MB), check=False)
    assert done.returncode == 3, done.stderr
    assert "memory ran short: " in done.stdout
    assert "ulimit -v" in done.stdout


def test_a_small_address_space_is_enough_for_a_small_spec(tmp_path):
    """What is laid out beforehand is fitted to it."""
    (tmp_path / "specs.py").write_text(SPEC.replace("range(9)", "range(2)"))
    command = [COMMAND, "check", "specs.py:Wide"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=100, preexec_fn=limited(400 * MB), check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Small(Spec):
    """Three states."""

    def init(self):
        self.n = 0

    @action
    def count(self):
        self.n = (self.n + 1) % 3

    @invariant
    def small(self):
        return self.n < 3


def _size():
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


@pytest.mark.parametrize("made", [check, prove], ids=["check", "prove"])
def test_all_memory_is_given_back_at_once(made):
    """Without the help of the cycle collector."""
    made(Small())
    gc.collect()
    gc.disable()
    try:
        before = _size()
        for _ in range(10):
            assert made(Small()).verdict is Verdict.HOLDS
        assert _size() - before < 100 * MB
    finally:
        gc.enable()


# Control groups ---------------------------------------------------------------------------------------------------------------------------------


def groups(folder, own, files):
    """A file system of control groups, and the file that says which are this process's."""
    for name, text in files.items():
        path = folder / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    (folder / "own").write_text(own)
    return _left_by_groups(folder / "cgroup", folder / "own")


V2 = ("memory.max", "memory.current")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")
UNLIMITED = 2**63 - 4096
CASES = {
    "version 2, in a container": ("0::/\n", {"memory.max": 100, "memory.current": 30}, 70),
    "version 2, no limit": ("0::/\n", {"memory.max": "max", "memory.current": 30}, None),
    "version 2, nested": (
        "0::/a/b\n", {"a/b/memory.max": "max", "a/b/memory.current": 1, "a/memory.max": 50, "a/memory.current": 20}, 30,
    ),
    "version 2, the inner one is tighter": (
        "0::/a/b\n", {"a/b/memory.max": 10, "a/b/memory.current": 1, "a/memory.max": 50, "a/memory.current": 20}, 9,
    ),
    "version 1": ("4:memory:/x\n0::/\n", {"memory/x/memory.limit_in_bytes": 100, "memory/x/memory.usage_in_bytes": 1}, 99),
    "version 1, path of the host": ("4:memory:/docker/1\n", {"memory/memory.limit_in_bytes": 100, "memory/memory.usage_in_bytes": 1}, 99),
    "version 1, no limit": ("4:memory:/\n", {"memory/memory.limit_in_bytes": UNLIMITED, "memory/memory.usage_in_bytes": 1}, None),
    "both": (
        "4:cpu,memory:/x\n0::/y\n",
        {"memory/x/memory.limit_in_bytes": 100, "memory/x/memory.usage_in_bytes": 1, "unified/y/memory.max": 7, "unified/y/memory.current": 2},
        5,
    ),
    "more is used than allowed": ("0::/\n", {"memory.max": 10, "memory.current": 30}, 0),
    "damaged": ("nonsense\n0::/\n", {"memory.max": "much", "memory.current": 30}, None),
    "none": ("", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_control_groups_leave(tmp_path, case):
    """The tightest limit counts, of whichever version and at whichever level."""
    own, files, left = CASES[case]
    assert groups(tmp_path, own, files) == left


def test_errors_that_name_each_other_are_looked_at_once():
    """An error may be raised from one that was raised while it was handled; the chain then never ends."""
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__context__ = second, first
    assert not is_refusal(first)
    second.__cause__ = MemoryError()
    assert is_refusal(first)
