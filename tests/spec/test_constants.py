"""Constants as text: whatever Python can give, with the type that the annotation says."""

from __future__ import annotations

import math
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any, Literal

import pytest
from attrs import frozen

from modelcheck import Spec, UsageError, action
from modelcheck.errors import SpecError
from modelcheck.spec.constants.declared import parse_constant
from modelcheck.values import FrozenDict


class Mode(Enum):
    """A constant's type."""

    A = "a"
    B = "b"


class Level(IntEnum):
    """Another, with a member of the same name."""

    A = 1
    TOP = 9


@frozen
class Pair:
    """A value that only Python can give."""

    x: int = 0


class K(Spec):
    """A constant of each kind."""

    names: frozenset[str] = frozenset({"a"})
    modes: tuple[Mode, ...] = (Mode.A,)
    mode: Mode = Mode.A
    opt: int | None = None
    maybe: str | None = None
    opt_mode: Mode | None = None
    either: int | str = 0
    pair: tuple[str, int] = ("x", 1)
    neg: int = 0
    ratio: float = 0.0
    text: str = ""
    flag: bool = False
    bare: frozenset = frozenset()
    anything: Any = 0
    raw: bytes = b""
    way: Literal["up", "down", 3] = "up"
    nested: frozenset[tuple[Mode, frozenset[int]]] = frozenset()
    level: Level = Level.TOP
    table: FrozenDict[str, int] = FrozenDict({})
    money: Decimal = Decimal(0)
    part: Fraction = Fraction(0)
    value: Pair = Pair()
    empty: tuple[()] = ()

    def init(self):
        self.x = 0

    @action
    def stay(self):
        pass


READ = [
    ("names", "{'a', 'b'}", frozenset("ab")),
    ("names", "frozenset({'a'})", frozenset("a")),
    ("names", "frozenset(['a'])", frozenset("a")),
    ("names", "frozenset()", frozenset()),
    ("names", "set()", frozenset()),
    ("modes", "(Mode.A, Mode.B)", (Mode.A, Mode.B)),
    ("modes", "(A,)", (Mode.A,)),
    ("modes", "()", ()),
    ("mode", "B", Mode.B),
    ("mode", "Mode.B", Mode.B),
    ("opt", "3", 3),
    ("opt", "None", None),
    ("maybe", "None", None),
    ("maybe", "some text", "some text"),
    ("maybe", "'quoted'", "quoted"),
    ("maybe", "5", "5"),
    ("opt_mode", "B", Mode.B),
    ("opt_mode", "None", None),
    ("either", "5", 5),
    ("either", "five", "five"),
    ("pair", "('y', 2)", ("y", 2)),
    ("neg", "-3", -3),
    ("ratio", "-1.5", -1.5),
    ("ratio", "2", 2),
    ("ratio", "-inf", -math.inf),
    ("text", "5", "5"),
    ("text", "Mode.A", "Mode.A"),
    ("flag", "true", True),
    ("flag", "False", False),
    ("bare", "{Mode.A, 1}", frozenset({Mode.A, 1})),
    ("bare", "{B}", frozenset({Mode.B})),
    ("anything", "((1, 'x'), {None})", ((1, "x"), frozenset({None}))),
    ("anything", "True", True),
    ("raw", "b'xy'", b"xy"),
    ("way", "down", "down"),
    ("way", "'down'", "down"),
    ("way", "3", 3),
    ("nested", "{(A, {1, 2}), (Mode.B, set())}", frozenset({(Mode.A, frozenset({1, 2})), (Mode.B, frozenset())})),
    ("level", "A", Level.A),
    ("table", "{'a': 1}", FrozenDict({"a": 1})),
    ("money", "1.10", Decimal("1.10")),
    ("part", "'1/3'", Fraction(1, 3)),
    ("empty", "()", ()),
]


@pytest.mark.parametrize(("name", "text", "value"), READ, ids=[f"{name}={text}" for name, text, _ in READ])
def test_a_text_is_read_as_what_python_would_give(name, text, value):
    """And as nothing that only equals it."""
    found = parse_constant(K, name, text)
    assert repr(found) == repr(value) or (isinstance(value, frozenset) and found == value)
    assert type(found) is type(value)
    assert getattr(K(**{name: found}), name) == value


# What is no value of the constant, and what the message names.
REFUSED = [
    ("names", "('a', 'b')", "frozenset[str]"),
    ("names", "{1}", "frozenset[str]"),
    ("modes", "('A', 'B')", "Mode.A"),
    ("modes", "(1,)", "tuple[Mode, ...]"),
    ("modes", "{A}", "tuple[Mode, ...]"),
    ("modes", "(C,)", "C is no literal"),
    ("modes", "[A]", "tuple"),
    ("mode", "C", "there are A, B"),
    ("mode", "1", "Mode"),
    ("opt", "'x'", "int | None"),
    ("opt", "1.0", "int | None"),
    ("pair", "('x', 1, 2)", "tuple[str, int]"),
    ("pair", "(1, 'x')", "tuple[str, int]"),
    ("neg", "True", "int"),
    ("neg", "1.0", "int"),
    ("neg", "x", "cannot be set"),
    ("flag", "1", "bool"),
    ("raw", "'x'", "bytes"),
    ("way", "left", "Literal['up', 'down', 3]"),
    ("way", "3.0", "Literal"),
    ("nested", "{(A, {'1'})}", "frozenset[tuple[Mode, frozenset[int]]]"),
    ("empty", "(1,)", "tuple"),
    ("bare", "(1,)", "frozenset"),
    ("neg", "(" * 500 + ")" * 500, "cannot be set"),
    ("neg", "9" * 5000, "cannot be set"),
    ("money", "'x'", "cannot be set"),
]


@pytest.mark.parametrize(("name", "text", "told"), REFUSED, ids=[f"{name}={text}"[:30] for name, text, _ in REFUSED])
def test_what_is_no_value_of_the_constant_is_refused(name, text, told):
    """With what it is, down to the elements."""
    with pytest.raises((UsageError, SpecError)) as raised:
        K(**{name: parse_constant(K, name, text)})
    assert told in str(raised.value)
    assert repr(name) in str(raised.value) or "no member" in str(raised.value)


CODE = [
    "__import__('os').system('x')",
    "Pair(3)",
    "len('x')",
    "(lambda: 1)()",
    "Mode('a')",
    "Mode.A.value",
    "Mode.__members__",
    "Mode.mro",
    "frozenset(x for x in (1, 2))",
    "frozenset(open('x'))",
    "f'{1}'",
    "2 ** 99999999",
    "'x' * 10 ** 10",
    "math.pi",
    "(x := 3)",
    "[*range(3)]",
    "{**{}}",
    "...",
    "1 if True else 2",
]


@pytest.mark.parametrize("text", CODE)
def test_nothing_in_a_constant_is_run(text):
    """Literals and members of enums are all that there is."""
    for name in ("anything", "bare", "modes", "opt_mode"):
        with pytest.raises(UsageError, match="cannot be set"):
            parse_constant(K, name, text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("names", frozenset({1})),
        ("modes", ("A",)),
        ("pair", ("x", "y")),
        ("nested", frozenset({(Mode.A, frozenset({"x"}))})),
        ("opt", "3"),
        ("way", 3.0),
    ],
    ids=["names", "modes", "pair", "nested", "opt", "way"],
)
def test_python_is_held_to_the_annotation_too(name, value):
    """An element of another type may make a property hold of nothing."""
    with pytest.raises(UsageError, match=f"the constant '{name}' of K is"):
        K(**{name: value})
