"""An error comes with the shortest run that leads there, which is replayed like a counterexample."""

from __future__ import annotations

import pytest

from modelcheck import Spec, SpecError, action, check, constraint, invariant, require, step_property, terminal
from modelcheck.spec import machine_of
from modelcheck.trace import Outcome, Trace, replay


class Base(Spec):
    """Counts to five; what is wrong is for others to say."""

    wrong: bool = True

    def init(self):
        self.n = 0

    @action((1, 2))
    def count(self, k):
        require(self.n < 5)
        self.n += k
        self.at_end()

    def at_end(self):
        """What the action does besides."""

    @terminal
    def end(self):
        return True


class InAction(Base):
    def at_end(self):
        assert self.n < 5 or not self.wrong


class InInvariant(Base):
    @invariant
    def fine(self):
        return self.n < 5 or "".index("x") == 0


class InStep(Base):
    @step_property
    def fine(self, after):
        return after.n < 5 or {}[0] == 0


class InConstraint(Base):
    @constraint
    def fine(self):
        return self.n < 5 or None.odd == 0


class InTerminal(Base):
    @terminal
    def fine(self):
        return self.n < 5 or 1 / 0

    def end(self):
        return False


class NoValue(Base):
    def at_end(self):
        if self.n >= 5:
            self.n = [self.n]


# The spec, what raises, and the steps before it does.
RAISING = [
    (InAction, "count", 2),
    (InInvariant, "fine", 3),
    (InStep, "fine", 3),
    (InConstraint, "fine", 3),
    (InTerminal, "fine", 3),
    (NoValue, "count", 2),
]


@pytest.mark.parametrize(("cls", "name", "steps"), RAISING)
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_with_the_shortest_run(cls, name, steps, workers):
    """Which raises again when it is replayed."""
    with pytest.raises(SpecError) as raised:
        check(cls(), workers=workers)
    trace = raised.value.trace
    assert isinstance(trace, Trace)
    assert (trace.kind, trace.property, len(trace.steps)) == ("error", name, steps)
    assert replay(machine_of(cls()), trace).outcome is Outcome.CONFIRMED


def test_a_mistake_that_is_repaired_raises_no_more():
    """The run is the same, and the replay says so."""
    with pytest.raises(SpecError) as raised:
        check(InAction())
    assert replay(machine_of(InAction(wrong=False)), raised.value.trace).outcome is Outcome.NOT_CONFIRMED


def test_an_error_of_no_run_has_none():
    """Such as one in init."""

    class Early(Base):
        def init(self):
            raise KeyError

    with pytest.raises(SpecError) as raised:
        check(Early())
    assert raised.value.trace is None
