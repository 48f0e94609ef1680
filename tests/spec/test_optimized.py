"""Python drops asserts under -O, and with them the properties that are written with it: it is refused everywhere."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SPEC = """
from modelcheck import Spec, action, invariant, require, terminal

class Counter(Spec):
    def init(self): self.x = 0

    @action
    def count(self):
        require(self.x < 5)
        self.x += 1

    @invariant
    def small(self):
        if self.x > 2:
            assert self.x < 3
        return self.x >= 0

    @terminal
    def end(self): return True
"""
CHECK = "from spec_counter import Counter; from modelcheck import check; print(check(Counter()).verdict)"
PROVE = "from spec_counter import Counter; from modelcheck.symbolic.proof.prove import prove; print(prove(Counter()))"
MACHINE = "from spec_counter import Counter; from modelcheck.conformance import state_machine; print(state_machine(Counter()))"
STEP = "from spec_counter import Counter; print(Counter().initial_states())"
HISTORY = "from modelcheck.consistency import History, Register, check_history; print(check_history(History([]), Register(0)).verdict.value)"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "modelcheck", "check", "spec_counter.py"],
        ["-m", "modelcheck", "prove", "spec_counter.py"],
        ["-m", "modelcheck", "show", "spec_counter.py"],
        ["-m", "modelcheck", "history", "none.jsonl"],
        ["-m", "pytest", "-p", "no:cacheprovider", "spec_counter.py"],
        ["-c", CHECK],
        ["-c", PROVE],
        ["-c", MACHINE],
        ["-c", STEP],
        ["-c", HISTORY],
    ],
    ids=lambda arguments: " ".join(arguments)[-30:],
)
def test_python_that_ignores_asserts_is_refused(tmp_path, arguments):
    """Whoever asks; no verdict is given."""
    refused(tmp_path, ["-O", *arguments], None)


def test_the_environment_can_say_so_too(tmp_path):
    """PYTHONOPTIMIZE is the same as the option."""
    refused(tmp_path, ["-m", "modelcheck", "check", "spec_counter.py"], {**os.environ, "PYTHONOPTIMIZE": "1"})


def refused(folder, arguments, environment):
    """Run Python, and see that it tells why it does nothing."""
    (folder / "spec_counter.py").write_text(SPEC)
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 3)
    assert "ignores every assert under -O" in done.stdout + done.stderr
    assert "holds\n" not in done.stdout


def test_help_is_given_all_the_same(tmp_path):
    """It judges nothing."""
    done = subprocess.run([sys.executable, "-O", "-m", "modelcheck", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
