"""What the code of a property may do: as it pleases with its own objects, and nothing to the state."""

from __future__ import annotations

import pytest

from modelcheck import Spec, Verdict, action, check, choose, constraint, invariant, require
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.terms import UnsupportedError

from .successors import compare


class Counting(Spec):
    """A set that changes."""

    def init(self) -> None:
        self.n = 0
        self.items = {1}

    @action
    def step(self) -> None:
        self.n = (self.n + 1) % 3
        self.items ^= {self.n}


class WithLists(Counting):
    """Properties with containers of their own, changed in loops, in functions and in conditions."""

    @constraint
    def bounded(self) -> bool:
        found = []
        found.append(self.n)
        return found[0] < 3

    @invariant
    def in_a_loop(self) -> bool:
        found, table = [], {}
        for each in self.items:
            found.append(each)
            table[each] = len(found)
        return len(found) == len(table) < 3

    @invariant
    def in_a_function(self) -> bool:
        def small(each: int) -> bool:
            found = []
            found.append(each)
            return found[0] < 3

        return all(small(each) for each in self.items)

    @invariant(lambda self: self.items)
    def of_each(self, each: int) -> bool:
        found = {each}
        found.add(self.n)
        return len(found) < 2


def test_a_property_may_change_what_is_its_own():
    """The formulas agree with Python."""
    assert compare(machine_of(WithLists()), 8) <= 8


class Requires(Counting):
    @invariant
    def wrong(self) -> bool:
        require(self.n < 2)
        return True


class Chooses(Counting):
    @invariant
    def wrong(self) -> bool:
        return choose([1, 2]) < 3


class Writes(Counting):
    @invariant
    def wrong(self) -> bool:
        self.n = 1
        return True


class Adds(Counting):
    @invariant
    def wrong(self) -> bool:
        self.items.add(5)
        return True


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Requires, r"calls require\(\)"),
        (Chooses, r"calls choose\(\)"),
        (Writes, "changes n"),
        (Adds, "changes items"),
    ],
)
def test_a_property_may_not_do_what_actions_do(cls, message):
    """It is an error with its line, and never a path that is left out."""
    with pytest.raises(UnsupportedError, match=message) as caught:
        prove(cls(), method="bmc", depth=2)
    assert "test_properties.py" in (caught.value.place or "")


def test_a_false_property_with_a_list_is_refuted():
    """The property is true of the first state, and false after a step."""
    report = prove(WithLists(), properties=["of_each"], method="bmc", depth=3)
    assert report.verdict is Verdict.VIOLATED
    assert len(report.properties[0].trace.steps) == len(_shortest(WithLists(), "of_each"))


def _shortest(spec: Spec, name: str) -> tuple[object, ...]:
    return next(each for each in check(spec).properties if each.name == name).trace.steps


def test_what_is_followed_is_there():
    """The code of parts and of sequential objects is followed as the spec's own; a folder that moved would be followed no more."""
    from modelcheck.symbolic.rewriting.ownership import _FOLLOWED  # noqa: PLC0415

    assert all(any(folder.glob("*.py")) for folder in _FOLLOWED)
