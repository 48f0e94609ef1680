"""Values as Informal Trace Format."""

import functools
import json
from dataclasses import dataclass
from enum import Enum, Flag, IntEnum
from typing import NamedTuple

import itf_py
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.errors import TraceError
from modelcheck.trace.itf import Variant, decode, decode_near, encode, normalized
from modelcheck.values import Bag, FrozenDict, FrozenRecord, identity, ordered, show


class Color(Enum):
    RED = "r"
    BLUE = "b"


class Other(Enum):
    RED = 1


class Level(IntEnum):
    LOW = 1


class Bits(Flag):
    A = 1
    B = 2


@frozen
class Vote:
    src: int
    ballot: object = None
    _hidden: int = 0


@frozen
class Ping:
    pass


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Pair(NamedTuple):
    left: object
    right: object


UNIT = "U_OF_UNIT"

CASES = [
    (True, True),
    (3, {"#bigint": "3"}),
    (-(2**80), {"#bigint": "-1208925819614629174706176"}),
    ("a", "a"),
    (None, {"tag": "None", "value": UNIT}),
    (Color.RED, {"tag": "RED", "value": UNIT}),
    (Level.LOW, {"tag": "LOW", "value": UNIT}),
    (Bits.A | Bits.B, {"tag": "A|B", "value": UNIT}),
    ((1, "a"), {"#tup": [{"#bigint": "1"}, "a"]}),
    (frozenset({2, 1}), {"#set": [{"#bigint": "1"}, {"#bigint": "2"}]}),
    (FrozenDict({2: "b", 1: "a"}), {"#map": [[{"#bigint": "1"}, "a"], [{"#bigint": "2"}, "b"]]}),
    (Bag({"a": 2}), {"#map": [["a", {"#bigint": "2"}]]}),
    (FrozenRecord("Server", {"term": 1}), {"term": {"#bigint": "1"}}),
    (Point(1, 2), {"tag": "Point", "value": {"x": {"#bigint": "1"}, "y": {"#bigint": "2"}}}),
    (Pair(1, 2), {"tag": "Pair", "value": {"left": {"#bigint": "1"}, "right": {"#bigint": "2"}}}),
    (Ping(), {"tag": "Ping", "value": {}}),
    (1.5, {"#unserializable": "1.5"}),
]


@pytest.mark.parametrize(("value", "expected"), CASES, ids=[repr(case[0])[:30] for case in CASES])
def test_each_kind_of_value_is_written_as_the_format_says(value, expected):
    """Booleans and strings are themselves, integers bigints, members and objects variants."""
    assert encode(value) == expected


ATOMS = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(Color)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.dictionaries(inner, inner, max_size=3).map(FrozenDict)
        | st.builds(Vote, st.integers(), inner)
        | st.builds(Point, st.integers(), st.integers())
        | st.builds(Pair, inner, inner)
        | st.just(Ping())
    ),
    max_leaves=8,
)


def unordered(written):
    """The encoding as text, the elements of sets and dicts in an order that knows nothing of their classes."""
    if isinstance(written, list):
        return f"[{', '.join(map(unordered, written))}]"
    if not isinstance(written, dict):
        return repr(written)
    items = {key: sorted(map(unordered, inner)) if key in {"#set", "#map"} else unordered(inner) for key, inner in written.items()}
    return f"{sorted(items.items())}"


@given(VALUES)
def test_decoding_loses_nothing(value):
    """A decoded value is encoded as it was, objects and members included."""
    written = json.loads(json.dumps(encode(value)))
    assert unordered(encode(decode(written))) == unordered(written)
    assert normalized(written) == written


@given(VALUES)
def test_decoding_makes_no_object(value):
    """Whatever a file names, a decoded value consists of Python's own values and of this package's containers."""

    def kinds(found):
        yield type(found)
        if isinstance(found, (tuple, frozenset)):
            yield from (kind for item in found for kind in kinds(item))
        elif isinstance(found, FrozenDict):
            yield from (kind for item in found.items() for kind in kinds(item))
        elif isinstance(found, Variant):
            yield from (kind for item in found.values() for kind in kinds(item))

    assert set(kinds(decode(encode(value)))) <= {type(None), bool, int, str, tuple, frozenset, FrozenDict, Variant}


PLAIN = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.dictionaries(inner, inner, max_size=3).map(FrozenDict)
    ),
    max_leaves=8,
)


def as_itf_py(value):
    """The same value in the classes of itf-py."""
    if isinstance(value, tuple):
        return tuple(map(as_itf_py, value))
    if isinstance(value, frozenset):
        return frozenset(map(as_itf_py, value))
    if isinstance(value, FrozenDict):
        return itf_py.itf.ImmutableDict({as_itf_py(key): as_itf_py(inner) for key, inner in value.items()})
    return value


@given(PLAIN)
def test_itf_py_reads_what_we_write(value):
    """The reference implementation decodes a value without classes to the same value."""
    assert itf_py.value_from_json(encode(value)) == as_itf_py(value)


@given(PLAIN)
def test_we_read_what_itf_py_writes(value):
    """What the reference implementation encodes, in whatever order, decodes to the same value."""
    assert identity(decode(itf_py.value_to_json(as_itf_py(value)))) == identity(value)


@given(VALUES)
def test_itf_py_accepts_every_value(value):
    """The reference implementation can read variants too, unless a name is a keyword of Python or begins with an underscore."""
    text = json.dumps(encode(value))
    if '"_hidden"' not in text and '"None"' not in text:
        itf_py.value_from_json(json.loads(text))


@given(st.lists(VALUES, unique_by=identity, max_size=4))
def test_sets_are_written_in_the_order_of_values(values):
    """A set's text depends on its elements only."""
    assert encode(frozenset(values))["#set"] == [encode(value) for value in ordered(frozenset(values))]


def test_a_class_that_is_gone_is_shown_by_its_name():
    """A variant of a class that the spec no longer has decodes to a record of that name."""
    assert decode({"tag": "Gone", "value": {"x": True}}) == FrozenRecord("Gone", {"x": True})


def test_the_unit_of_quint_is_read_too():
    """Quint writes the value of a variant without one as an empty tuple."""
    assert decode({"tag": "RED", "value": {"#tup": []}}) == Variant("RED", {}, is_member=True)


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        1.5,
        float("inf"),
        {"#bigint": "x"},
        {"#bigint": "1_0"},
        {"#bigint": 7},
        {"#bigint": float("inf")},
        {"#bigint": "1" * 5_000},
        {"#bigint": "1", "#tup": []},
        {"#bigint": "1", "x": True},
        {"#set": 3},
        {"#set": "ab"},
        {"#set": {"a": 1}},
        {"#what": 1},
        {"#map": [[1]]},
        {"#map": ["ab"]},
        {"#map": {"a": "b"}},
        {"#tup": None},
        {"#unserializable": [1]},
        functools.reduce(lambda inner, _: [inner], range(300), True),
    ],
    ids=range(20),
)
def test_what_is_no_expression_is_refused(damaged):
    """Damaged JSON is an error that shows the offending part."""
    with pytest.raises(TraceError, match="no ITF expression"):
        decode(damaged)


@given(VALUES, VALUES)
def test_decoding_near_another_value_gives_the_value_back(value, near):
    """What a value is decoded beside makes no difference but for the kinds that the format cannot tell apart."""
    assert unordered(encode(decode_near(encode(value), near))) == unordered(encode(value))


def test_kinds_that_are_written_alike_are_told_apart_by_their_neighbour():
    """A bag stays a bag, and a member of one of two enums with the same names stays of that one."""
    near = FrozenRecord("Net", {"bag": Bag({"a": 1}), "set": frozenset({Other.RED})})
    json = encode(FrozenRecord("Net", {"bag": Bag({"a": 2}), "set": frozenset({Other.RED, 1})}))
    found = decode_near(json, near)
    assert found == FrozenRecord("Net", {"bag": Bag({"a": 2}), "set": frozenset({Other.RED, 1})})
    assert isinstance(found.bag, Bag)


def test_counts_that_are_none_do_not_make_a_bag():
    """A file may say anything of what is a bag in the spec; what cannot be counted is shown as it is written."""
    found = decode_near({"#map": [["a", {"#tup": []}]]}, Bag({"a": 1}))
    assert (type(found), dict(found)) == (FrozenDict, {"a": ()})


def test_an_object_that_differs_keeps_the_fields_that_do_not():
    """What a file says of an object is compared with the spec's own field by field, without making one."""
    found = decode_near(encode(Vote(1, Color.RED)), Vote(2, Color.RED))
    assert isinstance(found, Variant)
    assert (found.src, found.ballot) == (1, Color.RED)


def test_nothing_that_commands_a_terminal_is_decoded():
    """Names in a file are shown with what cannot be printed escaped."""
    found = decode({"tag": "A\x1b[2J", "value": {"b\x9b": {"#unserializable": "\u202ec"}}})
    assert show(found) == "A\\x1b[2J(b\\x9b=\\u202ec)"
