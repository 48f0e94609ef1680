"""The names of the files of counterexamples."""

import re
from enum import Enum

import pytest

from modelcheck import Spec
from modelcheck.trace.saving import file_name


class Mode(Enum):
    """A constant's type."""

    FAST = 1
    SLOW = 2


class Ring(Spec):
    """Has constants of several types, one of them without a default."""

    size: int
    mode: Mode = Mode.FAST
    names: tuple[str, ...] = ("a",)
    strict: bool = False
    title: str = "ring"

    def init(self) -> None:
        self.n = 0


@pytest.mark.parametrize(
    ("constants", "name"),
    [
        ({"size": 3}, "Ring-safe-size=3.json"),
        ({"size": -3, "strict": True}, "Ring-safe-size=-3,strict=True.json"),
        ({"size": 3, "title": "other"}, "Ring-safe-size=3,title=other.json"),
        ({"size": 3, "mode": Mode.FAST, "names": ("a",), "strict": False, "title": "ring"}, "Ring-safe-size=3.json"),
    ],
)
def test_constants_that_are_not_at_their_defaults_are_told(constants, name):
    """A file is named by the spec, the property, and the constants that were set otherwise."""
    assert file_name(Ring, constants, "safe") == name


def test_long_or_unsafe_constants_have_a_number_that_stands_for_them():
    """What would be long, or no good name, is told by eight digits, which differ as the constants do."""
    given = [{"size": 3, "title": title} for title in ("a b", "a_b", "a/b", "x" * 50, "x" * 51)]
    given += [{"size": 3, "names": names} for names in ((), ("b",), ("a", "b"))]
    names = [file_name(Ring, constants, "safe") for constants in given]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"Ring-safe-([0-9a-f]{8}|size=3,title=a_b)\.json", name) for name in names)


def test_a_default_of_a_subclass_is_its_own():
    """What a subclass sets is its default, and an integer is no truth value."""
    small = type("Small", (Ring,), {"size": 1})
    assert file_name(small, {"size": 1}, "safe") == "Small-safe.json"
    assert file_name(small, {"size": True}, "safe") == "Small-safe-size=True.json"


def test_file_names_are_safe():
    """What a property's name may not be in a file's becomes an underscore."""
    assert re.fullmatch(r"Ring-history.linear_able_x-[0-9a-f]{8}\.json", file_name(Ring, {}, "history.linear able/x"))


def test_properties_of_parts_under_different_keys_have_different_files():
    """Whatever the keys are."""
    keys = ["'a b'", "'a_b'", "'a-b'", "a_b", "1", "'1'", "(1, 2)", "(1, '2')", "'é'", "'a/b'"]
    assert len({file_name(Ring, {}, f"history[{key}].linearizable") for key in keys}) == len(keys)
    assert file_name(Ring, {}, "history['x'].linearizable") == "Ring-history__x__.linearizable.json"
