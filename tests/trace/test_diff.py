"""What changed between two states."""

from enum import Enum

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.spec import State
from modelcheck.trace import changes
from modelcheck.values import Bag, FrozenDict, FrozenRecord, identity


class Color(Enum):
    RED = 1
    BLUE = 2


@frozen
class Ballot:
    round: int
    node: int
    color: Color = Color.RED


def server(**fields):
    return FrozenRecord("Server", {"term": 0, "log": (), **fields})


CASES = [
    ("a value", 1, 2, ["x: 1 → 2"]),
    ("an enum member", Color.RED, Color.BLUE, ["x: RED → BLUE"]),
    ("None", None, 0, ["x: None → 0"]),
    ("a number and a truth value are different", 1, True, ["x: 1 → True"]),
    ("a key", FrozenDict({0: 1, 1: 1}), FrozenDict({0: 1, 1: 2}), ["x[1]: 1 → 2"]),
    ("a key that is a tuple", FrozenDict({(0, 1): 1}), FrozenDict({(0, 1): 2}), ["x[0, 1]: 1 → 2"]),
    ("a key that came", FrozenDict({}), FrozenDict({0: 1}), ["x: + 0: 1"]),
    ("a key that went", FrozenDict({0: 1, 1: 1}), FrozenDict({0: 1}), ["x: - 1: 1"]),
    ("a field", server(), server(term=1), ["x.term: 0 → 1"]),
    ("a field of a record in a dict", FrozenDict({0: server()}), FrozenDict({0: server(term=1)}), ["x[0].term: 0 → 1"]),
    ("elements of a set", frozenset({1, 2}), frozenset({2, 3, 4}), ["x: - 1", "x: + 3, 4"]),
    ("elements of a bag", Bag({"a": 1, "b": 2}), Bag({"a": 3}), ["x: + 'a' x2", "x: - 'b' x2"]),
    ("an item appended", (1,), (1, 2), ["x: appended 2"]),
    ("the first item", (), (1,), ["x: appended 1"]),
    ("an item popped", (1, 2), (2,), ["x: popped 1"]),
    ("the last item popped", (1,), (), ["x: popped 1"]),
    ("one popped and one appended", (1, 2), (2, 3), ["x: popped 1", "x: appended 3"]),
    ("items dropped from the end", (1, 2, 3), (1,), ["x: dropped from the end 2, 3"]),
    ("an item replaced", (1, 2, 3), (1, 5, 3), ["x[1]: 2 → 5"]),
    ("a part of an item", (1, Ballot(1, 2)), (1, Ballot(1, 3)), ["x[1].node: 2 → 3"]),
    ("a whole sequence", (1, 2), (3, 4, 5), ["x: (1, 2) → (3, 4, 5)"]),
    ("a field of a value", Ballot(1, 2), Ballot(1, 3), ["x.node: 2 → 3"]),
    (
        "a value of which nothing stayed",
        Ballot(1, 2),
        Ballot(2, 3, Color.BLUE),
        ["x: Ballot(round=1, node=2, color=RED) → Ballot(round=2, node=3, color=BLUE)"],
    ),
    ("values of two kinds", (1,), frozenset({1}), ["x: (1,) → {1}"]),
]


@pytest.mark.parametrize(("old", "new", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_only_what_changed_is_said(old, new, lines):
    """Each kind of value is compared as deep as it can be told apart."""
    found = changes(State({"same": 7, "x": old}), State({"same": 7, "x": new}))
    assert [str(change) for change in found] == lines


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from([*Color, "a", "b"])
    | st.builds(Ballot, st.integers(0, 1), st.integers(0, 1)),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.dictionaries(st.integers(0, 2), inner, max_size=3).map(FrozenDict)
        | st.dictionaries(st.integers(0, 2), st.integers(1, 2), max_size=3).map(Bag)
        | st.builds(server, term=inner, log=st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_something_is_said_exactly_if_something_changed(old, new):
    """There is a change between two values if, and only if, they are different values."""
    assert bool(list(changes(old, new))) == (identity(old) != identity(new))


@given(VALUES)
def test_every_change_has_a_path(value):
    """Nothing is said about a variable that stayed."""
    found = changes(State({"a": value, "b": 1}), State({"a": value, "b": 2}))
    assert {change.path for change in found} == {"b"}


def test_evolved_values_are_compared_by_field():
    """Of a nested value only the innermost field that changed is named."""
    old = FrozenDict({"n": (Ballot(1, 2), Ballot(3, 4))})
    new = FrozenDict({"n": (Ballot(1, 2), evolve(Ballot(3, 4), color=Color.BLUE))})
    assert [str(change) for change in changes(old, new, "x")] == ["x['n'][1].color: RED → BLUE"]


def test_values_of_two_classes_differ_without_a_field_that_does():
    """A trace that was read without its spec has records for enum members and messages: their names are part of them."""
    follower, leader = FrozenRecord("FOLLOWER", {}), FrozenRecord("LEADER", {})
    assert [str(change) for change in changes(State({"role": follower}), State({"role": leader}))] == ["role: FOLLOWER → LEADER"]
    ask, answer = FrozenRecord("Ask", {"n": 1, "to": 2}), FrozenRecord("Answer", {"n": 1, "to": 3})
    assert [change.path for change in changes(State({"m": ask}), State({"m": answer}))] == ["m"]


def test_an_item_that_was_set_is_told_by_its_index():
    """Though an item may as well have left at the front and another one come at the end."""
    assert [str(change) for change in changes((True, False), (False, False), "bits")] == ["bits[0]: True → False"]
    assert [str(change) for change in changes((1, 2), (2, 3), "queue")] == ["queue: popped 1", "queue: appended 3"]
