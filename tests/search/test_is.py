"""``is`` between values asks for what is no part of a state, and is told; between what there is only one of it is fine."""

from __future__ import annotations

from enum import Enum

import pytest
from attrs import frozen

from modelcheck import Network, Spec, Verdict, action, check, invariant, require, terminal
from modelcheck.errors import ImpureError


class Color(Enum):
    """There is one object of each."""

    RED = 1
    BLUE = 2


@frozen
class Note:
    """A value."""

    number: int


class Two(Spec):
    """Two variables, which take a value at different times."""

    value: object = Color.RED

    def init(self):
        self.a = self.b = None
        self.steps = 0

    def fresh(self):
        """An object of its own, equal to the others."""
        return Note(7) if self.value == "note" else self.value

    @action
    def first(self):
        require(self.steps == 0)
        self.a = self.fresh()
        self.steps = 1

    @action
    def second(self):
        require(self.steps == 1)
        self.b = self.fresh()
        self.steps = 2

    @invariant
    def apart(self) -> bool:
        return self.steps < 2 or self.a is not self.b

    @terminal
    def end(self) -> bool:
        return True


@pytest.mark.parametrize("value", ["note", (1, 2), "a long string", 10**30, frozenset({1}), 1.5])
def test_is_between_equal_values_is_told(value):
    """Whether they are one object depends on how the state was reached."""
    with pytest.raises(ImpureError, match="the invariant apart") as raised:
        check(Two(value=value))
    assert "`is` where == is meant" in raised.value.remedy


@pytest.mark.parametrize("value", [Color.RED, None, True, Note, len])
def test_is_between_what_there_is_only_one_of_is_exact(value):
    """Enum members, None, truth values, classes and functions."""
    assert check(Two(value=value)).verdict is Verdict.VIOLATED


def test_is_finds_the_chosen_element_among_all():
    """An argument is the very object that its collection holds."""

    class Chosen(Spec):
        def init(self):
            self.network = Network[Note]()
            for number in range(3):
                self.network.send(Note(number))

        @action(lambda self: self.network.deliverable())
        def take(self, note):
            require(sum(other is note for other in self.network.messages) == 1)
            self.network.receive(note)

        @terminal
        def end(self) -> bool:
            return True

    assert check(Chosen()).states == 8
