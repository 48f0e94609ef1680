"""Values as Python source: what is printed for a user to run gives the value back."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import UUID

import attrs
import pytest

from modelcheck.trace.script import Script
from modelcheck.values import Bag, FrozenDict, identity, show


class Color(Enum):
    RED = 1


class Level(IntEnum):
    LOW = 1


class Bits(Flag):
    A = 1
    B = 2


class Text(StrEnum):
    X = "x"


Odd = Enum("Odd", {"a b": 1, "class": 2})


class Outer:
    class Inner(Enum):
        Z = 1


@attrs.frozen
class Note:
    to: object
    _hidden: int = 0
    kept: int = attrs.field(default=1, kw_only=True)


class Pair(NamedTuple):
    left: object
    right: object


VALUES = [
    1, True, None, "a'b\"c\n\x1b\ud800", b"\xff", 1.5, -0.0, math.inf, -math.inf, 2 + 3j, 10**50, Color.RED, Level.LOW, Bits.A | Bits.B,
    Bits(0), Text.X, Odd["a b"], Odd["class"], Outer.Inner.Z, Note(1, 2, kept=3), Note(Decimal(1)), Pair(1, (2,)), (), (1,), frozenset(),
    frozenset({Color.RED, Note(1)}), FrozenDict({1: Note(2)}), Bag({Note(1): 2}), Decimal("1.00"), Fraction(1, 3), datetime(2020, 1, 1,
    tzinfo=UTC), date(2020, 1, 1), timedelta(days=1), UUID(int=5), PurePosixPath("a/b"), int, Note, len, (math.inf, Decimal(1)), math.sqrt,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=show)
def test_a_value_is_source_that_runs(value):
    """With the imports that it asks for, and no name besides."""
    script = Script()
    text = script.value(value)
    names = {}
    exec("\n".join(script.imports()), names)
    assert identity(eval(text, names)) == identity(value)
