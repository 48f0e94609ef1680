"""A user's mistakes: one clear error with its line and what to do, or `unknown` with its reason."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelcheck import Verdict
from modelcheck.errors import ModelcheckError
from modelcheck.limits import Limits
from modelcheck.spec.loading import load_spec
from modelcheck.symbolic.proof.prove import prove

HEAD = "from modelcheck import Spec, action, invariant\n\nclass Thing:\n    pass\n\nclass Example(Spec):\n"
UP = "    @action\n    def go(self):\n        self.n = (self.n + 1) % 3\n"
ZERO = "    def init(self):\n        self.n = 0\n"
TRUE = "    @invariant\n    def fine(self):\n        return self.n >= 0\n"
MISTAKES = {
    "a value of a class of the user's own": ("    def init(self):\n        self.n = Thing()\n" + UP + TRUE, "compares by identity", 6),
    "a generator in the state": ("    def init(self):\n        self.n = (x for x in (1, 2))\n" + UP + TRUE, "class generator", 6),
    "a list where a value is asked for": (ZERO + "    @action\n    def go(self):\n        self.n = [1]\n" + TRUE, "a list is mutable", 9),
    "an invariant that raises": (ZERO + UP + "    @invariant\n    def fine(self):\n        return 1 / self.n > 0\n", "ZeroDivisionError", 14),
    "an invariant without an answer": (ZERO + UP + "    @invariant\n    def fine(self):\n        self.n > 0\n", "returned None", 12),
    "an invariant that writes": (ZERO + UP + "    @invariant\n    def fine(self):\n        self.n = 1\n        return True\n", "changes n", 14),
    "init that raises": ("    def init(self):\n        self.n = {}[1]\n" + UP + TRUE, "init of Example raised KeyError", 8),
    "an action that raises": (ZERO + "    @action\n    def go(self):\n        self.n = [0, 1][self.n + 1]\n" + TRUE, "IndexError", 11),
    "a domain that raises": (
        ZERO + "    @action(lambda self: [1 // self.n])\n    def go(self, x):\n        self.n = x\n" + TRUE, "ZeroDivisionError", 9
    ),
    "a variable that init does not set": (ZERO + "    @action\n    def go(self):\n        self.m = 1\n" + TRUE, "'m', which is no variable", 9),
    "a coroutine": (ZERO + "    @action\n    async def go(self):\n        self.n = 1\n" + TRUE, "a generator or a coroutine", None),
    "a function that calls itself without end": (
        ZERO + "    def f(self, x):\n        return self.f(x + 1)\n    @action\n    def go(self):\n        self.n = self.f(self.n)\n" + TRUE,
        "calls itself too often", 10,
    ),
    "a loop whose end depends on an unbounded integer": (
        ZERO + "    @action\n    def go(self):\n        self.n += 1\n    @invariant\n    def fine(self):\n        x = 0\n"
        "        while x <= self.n:\n            x += 0\n        return True\n",
        "Does a loop in it end", 15,
    ),
}  # fmt: skip


def written(folder: Path, body: str) -> Path:
    """The file of a spec."""
    path = folder / "example.py"
    path.write_text(HEAD + body)
    return path


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_an_error_with_its_place(mistake, tmp_path):
    """It says what, and where."""
    body, message, line = MISTAKES[mistake]
    path = written(tmp_path, body)
    with pytest.raises(ModelcheckError, match=message) as caught:
        prove(load_spec(str(path))())
    if line is not None:
        assert caught.value.place == f"{path}:{line}"
    assert caught.value.remedy or "init of" in message


def test_a_loop_without_end_is_ended_by_the_time_limit(tmp_path):
    """The report says in which line it was."""
    path = written(tmp_path, ZERO + "    @action\n    def go(self):\n        while True:\n            pass\n" + TRUE)
    report = prove(load_spec(str(path))(), limits=Limits(time_s=2))
    assert report.verdict is Verdict.UNKNOWN
    assert "the time limit was reached, in a run of go" in report.reason
    assert "example.py:1" in report.reason


def test_init_without_end_is_ended_by_the_time_limit(tmp_path):
    """Nothing is known of a spec that never starts; the report says where it was."""
    path = written(tmp_path, "    def init(self):\n        while True:\n            self.n = 0\n" + UP + TRUE)
    report = prove(load_spec(str(path))(), limits=Limits(time_s=0.3))
    assert report.verdict is Verdict.UNKNOWN
    assert "in a run of init" in report.reason


def test_ctrl_c_ends_a_proof_with_a_report(tmp_path):
    """What is known by then is `unknown`, with exit code 3, as JSON too."""
    begun = tmp_path / "begun"
    loop = f"        open({str(begun)!r}, 'w').close()\n        while True:\n            pass\n"
    path = written(tmp_path, ZERO + "    @action\n    def go(self):\n" + loop + TRUE)
    command = [sys.executable, "-m", "modelcheck", "prove", str(path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    while not begun.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    report = json.loads(out)
    assert (process.returncode, report["verdict"], err) == (3, "unknown", "")
    assert "interrupted" in report["reason"]
