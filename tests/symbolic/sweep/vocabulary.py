"""What the sweep is made of: kinds of values that a state holds, and expressions over them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PREAMBLE = """
import itertools
import math
import operator
from collections import Counter, deque, OrderedDict, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum, Flag, IntFlag, StrEnum
from fractions import Fraction
from functools import reduce
from typing import NamedTuple
from attrs import frozen
from modelcheck import Spec, action, constraint, invariant, require, step_property

class Colour(Enum):
    RED = 1
    BLUE = 2

class Level(IntEnum):
    LOW = 1
    HIGH = 2

class Word(StrEnum):
    A = "a"
    B = "b"

class Named(str, Enum):
    A = "a"
    B = "b"

class Access(Flag):
    R = 1
    W = 2

class Pair(NamedTuple):
    one: object
    two: object = 0

@frozen
class Point:
    x: object
    y: object = 0

@frozen
class Other:
    x: object
    y: object = 0

@frozen(order=True)
class Ranked:
    x: int
    y: int = 0

@dataclass(frozen=True)
class Data:
    x: object
    y: object = 0
"""

# What variables hold, as source; each kind in three or four states, of which two differ as little as can be.
KINDS: dict[str, tuple[str, ...]] = {
    "int": ("0", "1", "2", "-3"),
    "bool": ("False", "True"),
    "maybe": ("None", "1", "0"),
    "str": ("''", "'ab'", "'b'", "'A1'"),
    "bytes": ("b''", "b'ab'", "b'b'"),
    "float": ("0.5", "1.0", "-2.0"),
    "number": ("1", "True", "1.0", "2"),
    "tuple": ("()", "(1,)", "(2, 1)", "(1, 2, 1)"),
    "nested": ("((1, 2), 'a')", "((1, 3), 'b')", "((1, 2), 'b')"),
    "frozenset": ("frozenset()", "frozenset({1})", "frozenset({1, 2})"),
    "colour": ("Colour.RED", "Colour.BLUE"),
    "level": ("Level.LOW", "Level.HIGH", "1"),
    "word": ("Word.A", "Word.B", "'a'"),
    "named": ("Named.A", "Named.B"),
    "access": ("Access.R", "Access.R | Access.W"),
    "pair": ("Pair(1, 2)", "Pair(2, 1)", "(1, 2)"),
    "point": ("Point(1, 2)", "Point(2, 1)", "Other(1, 2)"),
    "ranked": ("Ranked(1, 2)", "Ranked(2, 1)", "Ranked(1, 1)"),
    "data": ("Data(1, 2)", "Data(2, 1)"),
    "fraction": ("Fraction(1, 2)", "Fraction(2)"),
    "decimal": ("Decimal('0.5')", "Decimal(2)"),
    "range": ("range(2)", "range(1, 4)"),
    "mixed": ("0", "'a'", "(1,)", "None"),
    "set": ("set()", "{1}", "{1, 2}"),
    "list": ("[]", "[1]", "[2, 1]", "[1, 2, 1]"),
    "deque": ("deque()", "deque([1])", "deque([2, 1])"),
    "dict": ("{}", "{1: 2}", "{1: 3, 2: 1}"),
    "row": ("{0: 1, 1: 2}", "{0: 2, 1: 2}", "{0: 2, 1: 1}"),
    "Counter": ("Counter()", "Counter([1])", "Counter([1, 1, 2])"),
    "wide": (),
}
WIDE = "self.{name} = -2", "require(self.{name} < 4)\n        self.{name} += 1"

CONSTANTS = (
    "0", "1", "2", "-1", "True", "None", "1.0", "0.5", "'a'", "'ab'", "''", "b'b'", "()", "(1,)", "(1, 2)", "[1]", "[]", "{1}", "frozenset({1, 2})",
    "{1: 2}",
    "Counter([1])", "deque([1])", "range(2)", "Colour.RED", "Level.LOW", "Word.A", "Named.A", "Access.R", "Pair(1, 2)", "Point(1, 2)", "Ranked(1, 2)",
    "Data(1, 2)", "Fraction(1, 2)", "Decimal('0.5')",
)  # fmt: skip
BINARY = (
    "+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@", "==", "!=", "<", "<=", ">", ">=", "is", "is not", "in",
    "not in", "and", "or",
)  # fmt: skip
UNARY = (
    "-{0}", "+{0}", "~{0}", "not {0}", "{0} if {0} else 5", "[*{0}]", "(*{0}, 7)", "{{*{0}}}", "{{**{0}}}",
    "f'{{{0}}}'", "f'{{{0}!r}}'", "f'{{{0}:>4}}'",
)
# Functions of one value.
BUILT_IN = _words("""
    abs all any ascii bin bool bytes callable chr complex dict enumerate float format frozenset hash hex int iter len list max min next oct
    ord range repr reversed round set sorted str sum tuple type zip Counter deque OrderedDict math.floor math.ceil math.trunc math.sqrt
    math.isqrt math.factorial math.prod math.fsum operator.neg operator.invert operator.not_ operator.index operator.truth bytearray
    Fraction Decimal Colour Level Word itertools.chain itertools.accumulate itertools.pairwise itertools.count math.gcd slice id
""")
# Arguments to try methods with.
ARGUMENTS = ("", "1", "0", "2, 5", "'a'", "'a', 'b'", "(1, 2)", "[1]", "{1}", "{1: 2}", "0, 1", "'a', 1", "Counter([1])", "b'a'")
NOT_METHODS = _words("""
    __buffer__ __class__ __class_getitem__ __copy__ __deepcopy__ __del__ __delattr__ __dir__ __getnewargs__ __getstate__ __init__
    __init_subclass__ __new__ __reduce__ __reduce_ex__ __setattr__ __setstate__ __sizeof__ __subclasshook__
""")
CHANGING = _words("""
    __delitem__ __iadd__ __iand__ __imul__ __ior__ __isub__ __ixor__ __setitem__ add append appendleft clear difference_update discard
    extend extendleft insert intersection_update move_to_end pop popitem popleft remove reverse rotate setdefault sort subtract
    symmetric_difference_update update
""")


def _lines(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text().splitlines()


def of_one(kind: str, methods: dict[str, list[str]]) -> Iterator[str]:
    """Expressions over one variable, which is called {0}."""
    yield from (f"{name}({{0}})" for name in BUILT_IN)
    yield from UNARY
    yield from _lines("of_one.txt")
    for op, constant in itertools.product(BINARY, CONSTANTS):
        if op not in {"is", "is not"} or constant in {"None", "True", "Colour.RED", "Level.LOW", "Word.A"}:
            yield f"{{0}} {op} {constant.replace('{', '{{').replace('}', '}}')}"
            yield f"{constant.replace('{', '{{').replace('}', '}}')} {op} {{0}}"
    for name in methods.get(kind, ()):
        yield from (f"{{0}}.{name}({arguments.replace('{', '{{').replace('}', '}}')})" for arguments in ARGUMENTS)
    yield from (f"MATCH {pattern.replace('{', '{{').replace('}', '}}')}" for pattern in _lines("patterns.txt"))


def of_two() -> Iterator[str]:
    """Expressions over two variables, {0} and {1}."""
    for op in BINARY:
        if op not in {"is", "is not"}:
            yield f"{{0}} {op} {{1}}"
    yield from _lines("of_two.txt")
