"""Arguments that cannot be meant are refused by every public function, with the value and what is allowed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from modelcheck import Limits, Spec, UsageError, action, check, invariant
from modelcheck.conformance import conformance
from modelcheck.conformance.validation import validate
from modelcheck.consistency import History, Operation, check_history, read_history
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove


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


HISTORY = History([Operation("a", "write", 1, None, call=0, finish=1)])
CALLS = {
    "Limits": Limits,
    "check": lambda **given: check(**{"spec": Small(), **given}),
    "prove": lambda **given: prove(**{"spec": Small(), **given}),
    "check_history": lambda **given: check_history(**{"history": HISTORY, "model": "register", **given}),
    "validate": lambda **given: validate(**{"machine": machine_of(Small()), "log": [], **given}),
    "conformance": lambda **given: conformance(**{"spec": Small(), "adapter": object, **given}),
    "read_history": lambda **given: read_history(**{"path": Path("none.jsonl"), **given}),
}
LIMITED = ["check", "prove", "check_history", "validate", "conformance"]
WRONG = [
    *(("Limits", {name: value}, repr(value)) for name in ("states", "depth", "memory_bytes") for value in (-5, 0, 1.5, "9", True, 2**70)),
    *(("Limits", {"time_s": value}, repr(value)) for value in (-1, math.nan, math.inf, "9", True)),
    *(("check", {"workers": value}, repr(value)) for value in (0, -1, 64, 1.5, "2", None, True)),
    *(("check", {"seed": value}, repr(value)) for value in (-1, 2**64, 1.5, "2", None)),
    *(("check", {"order": value}, repr(value)) for value in ("breath", None, 3)),
    *(("check", {"spec": value}, "spec") for value in (Small, None, "Small", 3.5)),
    *((name, {"limits": value}, "Limits(...)") for name in LIMITED for value in (None, 5, {"time_s": 5}, "5")),
    *(("check", {"properties": value}, "properties") for value in ("small", [3], 5)),
    ("check", {"properties": ["smal"]}, "'smal'"),
    ("check", {"order": "depth", "workers": 2}, "one worker"),
    ("check", {"order": "random"}, "never ends"),
    ("check", {"progress": 3}, "3"),
    *(("prove", {"spec": value}, "spec") for value in (Small, None)),
    *(("prove", {"depth": value}, repr(value)) for value in (-1, 1.5, "3", None)),
    *(("prove", {"k": value}, repr(value)) for value in (0, -1, 1.5, "3")),
    *(("prove", {"method": value}, repr(value)) for value in ("bcm", None, 3)),
    *(("prove", {"limits": Limits(**{name: 5})}, name) for name in ("states", "depth")),
    *(("prove", {"properties": value}, "properties") for value in ("small", 5, [3])),
    *(("prove", {"using": value}, repr(value)) for value in ("small", 5)),
    *(("check_history", {"limits": Limits(**{name: 5})}, name) for name in ("states", "depth")),
    *(("check_history", {"model": value}, told) for value, told in ((5, "5 is no object"), ("registr", "'registr'"), (None, "model"))),
    *(("check_history", {"history": value}, "history") for value in (5, None, [1, 2])),
    *(("check_history", {"consistency": value}, repr(value)) for value in ("linearisable", 5)),
    *(("check_history", {"solver": value}, repr(value)) for value in ("zz", None)),
    *(("validate", {"hidden": value}, told) for value, told in ((["nothing"], "'nothing'"), (5, "5"), ("count", "'count'"))),
    *(("validate", {"machine": value}, "machine") for value in (Small, Small(), None)),
    ("validate", {"limits": Limits(depth=5)}, "depth"),
    *(("conformance", {"spec": value}, "spec") for value in (Small, None)),
    *(("conformance", {"limits": Limits(**{name: 5})}, name) for name in ("depth", "memory_bytes")),
    *(("conformance", {"adapter": value}, "adapter") for value in (None, 5)),
    *(("read_history", {"path": value}, "history") for value in (5, None)),
    *(("read_history", {"format": value}, repr(value)) for value in ("ednn", 5)),
]


@pytest.mark.parametrize(("name", "given", "told"), WRONG, ids=[f"{name}-{given}" for name, given, _ in WRONG])
def test_an_argument_that_cannot_be_meant_is_refused(name, given, told):
    """With the value, or what was to be there."""
    with pytest.raises(UsageError) as raised:
        CALLS[name](**given)
    assert told in str(raised.value)


@pytest.mark.parametrize("name", ["check", "prove", "check_history"])
def test_what_can_be_meant_is_taken(name):
    """The limits that each function knows."""
    assert CALLS[name](limits=Limits(time_s=60, memory_bytes=2**40)).verdict.value == "holds"


def test_limits_say_what_they_are():
    """Given by name only: the order of four numbers is not to be remembered."""
    with pytest.raises(TypeError):
        Limits(5)
    assert repr(Limits(time_s=5)) == "Limits(time_s=5, states=None, depth=None, memory_bytes=None)"
