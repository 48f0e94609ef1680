"""A spec that is written at a prompt, or given to ``python -c``, has no file; it is checked all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

SPEC = """
from collections import Counter
from modelcheck import Network, Spec, action, check, invariant, require, step_property, terminal

class Small(Spec):
    most: int = 3
    def init(self):
        self.n = 0
        self.marks = {1}
        self.network = Network(losses=1)
    def some(self):
        return [n for n in self.marks if n > 0]
    @action(some)
    def count(self, i):
        require(self.n < self.most)
        self.n += i
    @invariant
    def low(self):
        if self.n:
            assert self.n < 3
        return self.n < 9 or self.marks
    @step_property
    def grows(self, after):
        return after.n >= self.n

spec = Small()
"""
ASKED = {
    "check": ("report = check(spec); print(report.verdict.value, report.source in ('__main__', '<stdin>'), report.states)", "violated True 4"),
    "initial states": ("print(len(spec.initial_states()))", "1"),
    "a step": ("[state] = spec.initial_states(); print(spec.step(state, 'count', i=1).n)", "1"),
    "replay": (
        ("from modelcheck.trace import replay; from modelcheck.spec import machine_of\n"
        "print(replay(machine_of(spec), check(spec).properties[0].trace).outcome.value)"),
        "confirmed",
    ),
    "explain": (
        ("from modelcheck.trace import explain; from modelcheck.spec import machine_of\n"
        "print(explain(machine_of(spec), check(spec).properties[0].trace) is not None)"),
        "True",
    ),
    "conformance": (
        ("from modelcheck.conformance import state_machine\n"
        "try: state_machine(spec).TestCase().runTest()\nexcept AssertionError as error: print('low is violated' in str(error))"),
        "True",
    ),
    "prove": (
        ("from modelcheck.symbolic import prove\nfrom modelcheck.errors import ModelcheckError\n"
        "try: prove(Small(most=1))\nexcept ModelcheckError as error: print(error.remedy)"),
        "Write the spec in a file.",
    ),
    "a mistake": (
        ("from modelcheck.errors import ModelcheckError\nSmall.some = 3\n"
        "class Odd(Small):\n    @action(3)\n    def odd(self, i): pass\n\n"
        "try: check(Odd())\nexcept ModelcheckError as error: print(error.remedy)"),
        "Name the method itself, without quotes, or give a collection, a range or an enum.",
    ),
}


@pytest.mark.parametrize("how", ["-c", "-"])
@pytest.mark.parametrize("asked", ASKED)
def test_a_spec_without_a_file_is_as_good_as_another(tmp_path, how, asked):
    """Or is refused with what to do, where its text is needed."""
    code, answer = ASKED[asked]
    text = SPEC + code + "\n"
    command = [sys.executable, "-c", text] if how == "-c" else [sys.executable, "-"]
    done = subprocess.run(command, input=text, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip().splitlines()[-1:] == [answer], done.stderr
