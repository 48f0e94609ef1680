"""What equals a value is not the value: fixed fields, constants and results of histories."""

from itertools import permutations

import pytest

from modelcheck import Fixed, Record, Spec, action, invariant, require
from modelcheck.consistency import Register
from modelcheck.errors import SpecError
from modelcheck.parts import History
from modelcheck.search import check
from modelcheck.verdict import Verdict

ALIKE = list(permutations([1, True, 1.0], 2))


def changing(before, after):
    """A spec that changes a fixed field of a record to a value."""

    class Box(Record):
        n: Fixed[object] = before
        k: int = 0

    class Changing(Spec):
        def init(self) -> None:
            self.box = Box()

        @action
        def go(self) -> None:
            self.box.n = after
            self.box.k = 1 - self.box.k

        @invariant
        def fine(self) -> bool:
            return True

    return Changing()


@pytest.mark.parametrize(("before", "after"), ALIKE, ids=repr)
def test_a_fixed_field_cannot_become_what_equals_it(before, after):
    """A fixed field that changes from 1 to True changes."""
    with pytest.raises(SpecError):
        check(changing(before, after))


@pytest.mark.parametrize("value", [1, True, 1.0, "x"], ids=repr)
def test_a_fixed_field_may_be_set_to_its_value(value):
    """Setting it to what it is changes nothing."""
    assert check(changing(value, value)).verdict is Verdict.HOLDS


def reading(holds, result):
    """A spec with a register that holds a value, and a read that returns another."""

    class Reading(Spec):
        def init(self) -> None:
            self.phase = 0
            self.history = History.of(Register(holds))

        @action
        def call(self) -> None:
            require(self.phase == 0)
            self.history.invoke(0, "read")
            self.phase = 1

        @action
        def answer(self) -> None:
            require(self.phase == 1)
            self.history.complete(0, result)
            self.phase = 0

    return Reading()


@pytest.mark.parametrize(("holds", "result"), ALIKE, ids=repr)
def test_a_result_is_not_what_equals_it(holds, result):
    """A register that holds 1 does not answer True."""
    report = check(reading(holds, result))
    found = next(found for found in report.properties if found.name == "history.linearizable")
    assert (found.verdict, len(found.trace.steps)) == (Verdict.VIOLATED, 2)


@pytest.mark.parametrize("value", [1, True, 1.0, None, "x"], ids=repr)
def test_a_result_is_what_the_register_holds(value):
    """A read of what is there has an explanation."""
    assert check(reading(value, value)).verdict is Verdict.HOLDS
