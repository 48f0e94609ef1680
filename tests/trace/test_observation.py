"""What was seen of a value, and whether the value is so: nothing is as good as what it merely equals."""

from decimal import Decimal
from enum import Enum, IntEnum
from itertools import permutations
from typing import NamedTuple

import pytest
from attrs import frozen

from modelcheck.trace.observation import differences
from modelcheck.values import Bag, FrozenDict, FrozenRecord, show


class Kind(Enum):
    ONE = 1
    TRUE = "true"


class Level(IntEnum):
    ONE = 1


class Pair(NamedTuple):
    left: int
    right: int


@frozen
class Note:
    to: int


ALIKE = [1, True, 1.0, Level.ONE, "1", b"1", Decimal(1)]


def fits(value, seen):
    """Whether a value is as it was seen."""
    return not list(differences(value, seen, "x"))


@pytest.mark.parametrize("value", [*ALIKE, None, 0, -0.0, "", (), frozenset(), Kind.ONE, Pair(1, 2), Note(1), b"ab", FrozenDict({1: 2})], ids=repr)
def test_a_value_is_seen_as_itself(value):
    """Whatever the value, its own kind fits."""
    assert fits(value, value)
    assert fits((value,), [value])
    assert fits(FrozenRecord("R", {"f": value}), {"f": value})


@pytest.mark.parametrize(("value", "seen"), list(permutations(ALIKE, 2)), ids=repr)
def test_values_that_are_equal_are_not_the_same(value, seen):
    """1, True, 1.0, a member that equals it and its text are told apart, inside of containers too. A member is seen as its value."""
    alike = isinstance(value, Enum) and seen == value.value and type(seen) is int
    assert fits(value, seen) is alike
    for holds, saw in [
        ((value,), [seen]),
        (frozenset({value}), [seen]),
        (FrozenDict({"k": value}), {"k": seen}),
        (FrozenRecord("R", {"f": value}), {"f": seen}),
        (Bag({value: 1}), [seen]),
    ]:
        assert fits(holds, saw) is alike
    assert not fits(frozenset({value}), frozenset({seen}))


@pytest.mark.parametrize(
    ("value", "seen", "fit"),
    [
        (frozenset({1, 2}), [1, 2], True),
        (frozenset({1, 2}), [2, 1], True),
        (frozenset({1, 2}), [2], False),
        (frozenset({1, 2}), [], False),
        (frozenset({1, 2}), [1, 2, 3], False),
        (frozenset({1, 2}), [1, 1, 2], False),
        (frozenset({1, 2}), {1, 2}, True),
        (frozenset({1, 2}), {1}, False),
        (frozenset({None}), [None], True),
        (frozenset({None}), [], False),
        (frozenset({(1, 2)}), [[1, 2]], True),
        (frozenset({frozenset({1, 2})}), [[1]], False),
        (frozenset({Note(1), Note(2)}), [{"to": 1}], False),
        (frozenset({Note(1), Note(2)}), [{"to": 2}, {"type": "Note", "to": 1}], True),
        (Bag({"a": 2}), ["a", "a"], True),
        (Bag({"a": 2}), ["a"], False),
        (Bag({"a": 2}), ["a", "a", "a"], False),
        (Bag({"a": 1, "b": 1}), ["b"], False),
        ((1, 2), [1, 2], True),
        ((1, 2), [1], False),
        ((1, 2), [2, 1], False),
        ((1, 2), [1, 2, 3], False),
        ((), [], True),
        (FrozenDict({"a": (1, 2)}), {"a": [1]}, False),
        (FrozenDict({"a": 1, "b": 2}), {"a": 1}, True),
        (FrozenDict({"a": 1}), {"a": 1, "b": 2}, False),
        (Kind.ONE, "ONE", True),
        (Kind.ONE, 1, True),
        (Kind.ONE, True, False),
        (Kind.ONE, 1.0, False),
        (Kind.TRUE, True, False),
        (Kind.TRUE, "true", True),
        ("ONE", Kind.ONE, False),
    ],
    ids=show,
)
def test_a_part_of_a_dict_may_be_seen_and_of_a_collection_the_whole(value, seen, fit):
    """Keys and fields may be left out; elements of sets, bags and sequences may not, nor be told twice."""
    assert fits(value, seen) is fit
