"""Values of every kind, for Hypothesis, and what code can see of them."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from uuid import UUID

import attrs
from hypothesis import strategies as st


class Colour(enum.Enum):
    RED = 1
    ROUGE = 1  # noqa: PIE796 - an alias is the member itself.
    BLUE = "b"


class Other(enum.Enum):
    RED = 1


class Kind(enum.IntEnum):
    ONE = 1
    TWO = 2


class Word(enum.StrEnum):
    A = "a"


class Mode(enum.Flag):
    R = 1
    W = 2


class Bits(enum.IntFlag):
    R = 1
    W = 2


class Ping(NamedTuple):
    src: Any
    dst: Any


class Pong(NamedTuple):
    src: Any
    dst: Any


@attrs.frozen
class Ask:
    n: Any


@attrs.frozen
class Answer:
    n: Any


@dataclasses.dataclass(frozen=True)
class Vote:
    n: Any


class Ballot(Vote):
    """A subclass without fields of its own."""


class Name(str):
    __slots__ = ()


class Term(int):
    pass


class Interval:
    """A class of the spec's own with its own equality."""

    def __init__(self, low: Any) -> None:
        self.low = low

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and self.low == other.low

    def __hash__(self) -> int:
        return hash(self.low)


ZONES = (None, UTC, timezone(timedelta(0), "GMT"), timezone(timedelta(hours=1)), timezone(timedelta(hours=1), "CET"))
NOON = datetime.fromisoformat("2020-01-01T12:00")
ATOMS: list[Any] = [
    None, False, True, 0, 1, 2, 0.0, -0.0, 1.0, 1.5, float("inf"), 0j, complex(0, -0.0), 1 + 0j, "", "a", "b", b"", b"a",
    Decimal(1), Decimal("1.0"), Decimal("1.00"), Decimal(0), Decimal("-0"), Fraction(1), Fraction(1, 2), Name("a"), Term(1), Term(2),
    *Colour, *Other, *Kind, *Word, *Mode, Mode(0), Mode.R | Mode.W, *Bits, Bits(0), Bits.R | Bits.W, Bits(9),
    *(NOON.replace(hour=12 + (zone == ZONES[3]), tzinfo=zone) for zone in ZONES), NOON, NOON.replace(fold=1),
    *(time(12, tzinfo=zone) for zone in ZONES), time(12, fold=1), date(2020, 1, 1), timedelta(1), timedelta(hours=24), *ZONES[1:],
    range(0), range(1, 1), range(True), range(1), range(0, 2, 5), PurePosixPath("a"), PureWindowsPath("a"), UUID(int=1), UUID(int=2), int, len,
]  # fmt: skip


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    makers: list[Callable[[Any], Any]] = [Ask, Answer, Vote, Ballot, Interval, Name, lambda x: (x,)]
    return st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(frozenset),
        st.tuples(st.sampled_from([Ping, Pong]), inner, inner).map(lambda t: t[0](t[1], t[2])),
        st.tuples(st.sampled_from(makers[:5] + makers[6:]), inner).map(lambda t: t[0](t[1])),
    )


def values() -> st.SearchStrategy[Any]:
    """Values of all kinds, nested."""
    return st.recursive(st.sampled_from(ATOMS), _around, max_leaves=6)


def alike() -> st.SearchStrategy[tuple[Any, Any]]:
    """Two values, often ones that Python holds for equal."""
    equal = [[a for a in ATOMS if _equal(a, b)] for b in ATOMS]
    twins = st.sampled_from(equal).flatmap(lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group)))
    wrapped = st.tuples(twins, st.sampled_from([lambda x: (x,), lambda x: frozenset({x, "z"}), Ask, Vote, Interval, lambda x: Ping(x, 0)]))
    return st.one_of(twins, wrapped.map(lambda t: (t[1](t[0][0]), t[1](t[0][1]))), st.tuples(values(), values()))


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def seen(value: Any) -> str:
    """All that code can see of a value, as text: a second opinion on when two are the same."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, enum.Enum):
        return f"{kind}:{value!r}"
    if isinstance(value, frozenset):
        return f"frozenset{sorted(map(seen, value))}"
    if isinstance(value, tuple):
        return f"{kind}{list(map(seen, value))}"
    if isinstance(value, (Ask, Answer, Vote)):
        return f"{kind}{seen(value.n)}"
    if isinstance(value, Interval):
        return f"{kind}{seen(value.low)}"
    return f"{kind}:{value!r}"
