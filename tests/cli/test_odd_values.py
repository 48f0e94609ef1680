"""A value that is hard to write does not stand in the way of a counterexample: it is shown, saved, and replays."""

from __future__ import annotations

import pytest

SPEC = """\
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Flag, IntFlag
from fractions import Fraction
from typing import NamedTuple

from modelcheck import Spec, action, invariant, require


class Perm(Flag):
    READ = 1
    WRITE = 2


class Bits(IntFlag):
    LOW = 1


class Pair(NamedTuple):
    a: object


class Odd(Spec):
    def init(self) -> None:
        self.value: object = "at first"

    @action
    def change(self) -> None:
        require(self.value == "at first")
        self.value = {value}

    @invariant
    def as_it_was(self) -> bool:
        return self.value == "at first"
"""


@pytest.mark.parametrize("value", [
    "Perm(0)", "Perm.READ | Perm.WRITE", "Bits(0)", "Bits.LOW", "'\\udcff'", "'\\x1b[2J'", "float('inf')", "-0.0", "10**50", "Decimal('NaN')",
    "Decimal('1.00')", "Fraction(1, 3)", "Pair(True)", "b'\\xff'", "range(0, 3, 2)", "complex(1, -0.0)", "frozenset({(1, 'x'), 'y', None})",
    "datetime(2020, 1, 1, fold=1, tzinfo=timezone(timedelta(hours=1)))", "int", "((((),),),)",
])  # fmt: skip
def test_a_counterexample_with_an_odd_value_is_shown_and_replays(run, counter, value):
    """It is violated with exit code 1, and so it is when the file is run again."""
    counter.write_text(SPEC.replace("{value}", value))
    checked = run("check", f"{counter}:Odd")
    assert (checked.code, "as_it_was is violated in 1 step" in checked.out) == (1, True)
    replayed = run("replay", ".modelcheck/Odd-as_it_was.json")
    assert (replayed.code, replayed.out.splitlines()[-1]) == (1, "as_it_was still fails after 1 step")
