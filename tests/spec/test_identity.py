"""Values that code can tell apart are different states, from `init` on; what cannot be told is refused by name."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any, NamedTuple, Self

import attrs
import pytest

from modelcheck import Network, Spec, Verdict, action, check, choose, invariant, reachable, require, terminal
from modelcheck.errors import SpecError
from modelcheck.spec import State


class Kind(IntEnum):
    ONE = 1


class Ping(NamedTuple):
    src: int


class Pong(NamedTuple):
    src: int


NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
EQUAL: list[tuple[Any, Any]] = [
    (1, True), (1, 1.0), (0.0, -0.0), (1, Kind.ONE), (1, Fraction(1)), (1, Decimal(1)), (Decimal("1.0"), Decimal("1.00")),
    (NOON, NOON.astimezone(timezone(timedelta(hours=1)))), (NOON, NOON.replace(fold=1)), (Ping(0), Pong(0)), (Ping(0), (0,)),
    ((1,), (True,)), (frozenset({1}), frozenset({True})), (range(0), range(1, 1)), (0j, complex(0, -0.0)),
    (UTC, timezone(timedelta(0), "GMT")), ((Ping(0), "x"), (Pong(0), "x")),
]  # fmt: skip


class Chosen(Spec):
    """Starts with one of two values."""

    both: tuple[Any, ...] = ()

    def init(self) -> None:
        self.value = choose(self.both)

    @action
    def stay(self) -> None:
        require(False)

    @terminal
    def end(self) -> bool:
        return True


class Changing(Spec):
    """Goes from one value to the other."""

    both: tuple[Any, ...] = ()

    def init(self) -> None:
        self.value = self.both[0]

    @action
    def change(self) -> None:
        self.value = self.both[1]

    @invariant
    def first(self) -> bool:
        return type(self.value) is type(self.both[0]) and repr(self.value) == repr(self.both[0])


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_equal_values_are_two_initial_states(both: tuple[Any, Any]) -> None:
    spec = Chosen(both=both)
    assert len(spec.initial_states()) == check(spec).states == 2


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_a_change_to_an_equal_value_is_a_change(both: tuple[Any, Any]) -> None:
    assert check(Changing(both=both)).verdict is Verdict.VIOLATED


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_states_with_equal_values_are_unequal(both: tuple[Any, Any]) -> None:
    one, other = (State({"value": value}) for value in both)
    assert one != other
    assert one == State({"value": both[0]})


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_a_step_to_one_of_two_equal_values_names_both(both: tuple[Any, Any]) -> None:
    class Choosing(Changing):
        def change(self) -> None:
            self.value = choose(self.both)

    spec = Choosing(both=both)
    [state] = spec.initial_states()
    with pytest.raises(Exception, match="has 2 outcomes"):
        spec.step(state, "change")


class Sending(Spec):
    """Equal messages of two types are sent, both in init."""

    both: tuple[Any, ...] = (Ping(0), Pong(0))

    def init(self) -> None:
        self.network: Network[Any] = Network()
        for message in self.both:
            self.network.send(message)

    def arriving(self) -> Any:
        return self.network.deliverable()

    @action(arriving)
    def receive(self, m: Any) -> None:
        self.network.receive(m)

    @reachable
    def never(self) -> bool:
        return False


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_equal_messages_are_refused_in_init(both: tuple[Any, Any]) -> None:
    with pytest.raises(SpecError, match="meets both"):
        check(Sending(both=both))


class Later(Sending):
    """They are sent one by one, by an action."""

    def init(self) -> None:
        self.network = Network()
        self.sent = 0

    @action
    def send(self) -> None:
        require(self.sent < 2)
        self.network.send(self.both[self.sent])
        self.sent += 1


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_equal_messages_are_refused_in_actions(both: tuple[Any, Any]) -> None:
    with pytest.raises(SpecError, match="meets both"):
        check(Later(both=both))


@pytest.mark.parametrize("both", EQUAL, ids=repr)
def test_equal_messages_are_refused_step_by_step(both: tuple[Any, Any]) -> None:
    spec = Later(both=both)
    [state] = spec.initial_states()
    with pytest.raises(SpecError, match="meets both"):
        spec.step(spec.step(state, "send"), "send")


class Holding(Spec):
    """A set, a bag and a dict, which an action gives a value and then an equal one."""

    both: tuple[Any, ...] = ()
    where: str = "set"

    def init(self) -> None:
        self.elements: set[Any] = set()
        self.bag: Counter[Any] = Counter()
        self.table: dict[Any, Any] = {}

    @action
    def put(self) -> None:
        for value in self.both:
            if self.where == "set":
                self.elements.add(value)
            elif self.where == "bag":
                self.bag[value] += 1
            else:
                self.table[value] = 0


@pytest.mark.parametrize("where", ["set", "bag", "dict"])
def test_containers_on_plain_objects_refuse_as_the_search_does(where: str) -> None:
    spec = Holding(both=(1, True), where=where)
    [state] = spec.initial_states()
    with pytest.raises(SpecError, match="meets both 1 and True"):
        spec.step(state, "put")
    with pytest.raises(SpecError, match="meets both 1 and True"):
        check(spec)


@attrs.frozen
class Loose:
    n: int
    note: str = attrs.field(default="", eq=False)


@attrs.frozen
class Folded:
    text: str = attrs.field(eq=str.lower)


@dataclasses.dataclass(frozen=True)
class Blind:
    n: int
    note: str = dataclasses.field(default="", compare=False)


@dataclasses.dataclass(frozen=True)
class Base:
    n: int


class Extended(Base):
    def __init__(self, n: int, note: str = "x") -> None:
        super().__init__(n)
        object.__setattr__(self, "note", note)


class Marked(str):  # noqa: SLOT000 - its attribute is what it is about.
    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.mark = len(text)
        return made


@dataclasses.dataclass(frozen=True)
class Noting:
    n: int

    @functools.cached_property
    def double(self) -> int:
        return self.n * 2


class Bag2(frozenset):  # type: ignore[type-arg]
    pass


class Log:
    """Equal by its number; what it holds beside that is mutable."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.entries: list[int] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Log) and self.n == other.n

    def __hash__(self) -> int:
        return self.n


REFUSED = [(Loose(1), "Loose"), (Folded("A"), "Folded"), (Blind(1), "Blind"), (Extended(1), "Extended"), (Marked("a"), "Marked"),
           (Noting(1), "Noting"), (Bag2({1}), "Bag2"), (Log(1), "list"), ((Blind(1),), "Blind"), (frozenset({Loose(1)}), "Loose")]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), REFUSED, ids=[name for _, name in REFUSED])
def test_a_class_whose_equality_sees_less_than_there_is_is_named(value: Any, name: str) -> None:
    class Storing(Spec):
        def init(self) -> None:
            self.value: Any = None

        @action
        def store(self) -> None:
            self.value = value

    with pytest.raises(SpecError, match=name) as caught:
        check(Storing())
    assert caught.value.remedy


class Interval:
    """A class with an equality of its own that sees less than its attributes."""

    def __init__(self, low: int, name: str) -> None:
        self.low = low
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and self.low == other.low

    def __hash__(self) -> int:
        return hash(self.low)

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.name})"


def test_objects_with_their_own_equality_are_told_apart_by_all_their_attributes() -> None:
    assert check(Changing(both=(Interval(1, "a"), Interval(1, "b")))).states == 2


def test_kinds_of_containers_stay() -> None:
    class Odd(Spec):
        def init(self) -> None:
            self.table: dict[str, int] = {}

        @action
        def count(self) -> None:
            self.table = Counter()

    with pytest.raises(SpecError, match="table is a dict"):
        check(Odd())


def test_fixed_keys_stay_the_values_that_they_are() -> None:
    class Keys(Spec):
        def init(self) -> None:
            self.table = {1: 0}

        @action
        def swap(self) -> None:
            self.table = {True: 0}

    with pytest.raises(SpecError, match="keeps them"):
        check(Keys())
