"""A proof is asked of the spec's own code before it is believed: a fault planted in an operator of the symbolic values does not give a verdict."""

from __future__ import annotations

import pytest

from modelcheck import Spec, Verdict, action, check, invariant, require, step_property
from modelcheck.errors import InternalError
from modelcheck.spec import machine_of
from modelcheck.symbolic import operators
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.proof.sample import sample_of


class Counter(Spec):
    """Two numbers that grow, and a flag that is set on the way."""

    def init(self) -> None:
        self.x = 0
        self.flag = False

    @action
    def up(self) -> None:
        require(self.x <= 5)
        self.x = self.x + 1
        self.flag = not self.flag

    @invariant
    def small(self) -> bool:
        return self.x <= 2

    @step_property
    def keeps(self, after: Counter) -> bool:
        return after.x == self.x or self.x <= 3

    @invariant
    def never(self) -> bool:
        return not self.flag


def _true(*_):
    """Whatever is asked, it is true."""
    return True


def _wrong_sum(_, one, __):
    """A sum that forgets what is added."""
    return one


FAULTS = {
    "a sum that adds nothing": ("arithmetic", _wrong_sum, ("small", "keeps")),
    "a comparison that is always true": ("at_most", _true, ("small", "keeps")),
    "an equality that is always true": ("equal", _true, ("keeps",)),
    "a negation that is none": ("negated", _true, ("never",)),
}


@pytest.mark.parametrize("method", ["auto", "induction", "ic3"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_operator_proves_nothing(fault, method, monkeypatch):
    """What is violated is not said to hold, whatever the operator says and whichever method is asked."""
    name, wrong, properties = FAULTS[fault]
    for each in properties:
        assert check(Counter(), properties=[each]).verdict is Verdict.VIOLATED
        with monkeypatch.context() as patch:
            patch.setattr(operators, name, wrong)
            with pytest.raises(InternalError, match="formulas that are not the code"):
                prove(Counter(), properties=[each], method=method)


@pytest.mark.parametrize("method", ["auto", "bmc", "induction", "ic3"])
def test_a_wrong_operator_refutes_nothing(method, monkeypatch):
    """What holds is not said to be violated: the run is asked first."""
    monkeypatch.setattr(operators, "at_most", lambda *_: False)
    with pytest.raises(InternalError, match=r"not on ordinary ones|does not"):
        prove(Counter(), properties=["small"], method=method)


def test_a_sample_is_what_is_reachable():
    """All states where they are few, within the constraints, each with one that it is reached from."""
    steps = sample_of(machine_of(Counter())).steps
    assert [state["x"] for _, state in steps] == [0, 1, 2, 3, 4, 5, 6]
    assert [None if before is None else before["x"] for before, _ in steps] == [None, 0, 1, 2, 3, 4, 5]
