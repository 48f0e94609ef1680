"""An explanation has a budget: it takes expressions apart, and so evaluates what the spec never does."""

import time

import pytest

from modelcheck import Spec, action, invariant, require
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.trace import explain
from modelcheck.trace.explanation import failsafe


class Branches(Spec):
    """Of the two branches of a condition, the spec evaluates one."""

    def init(self):
        self.n = 0

    def endless(self):
        while self.n:
            pass
        return 0

    @action
    def up(self):
        require(self.n < 1)
        self.n += 1

    @invariant
    def low(self):
        return (1 if self.n else self.endless()) == 0 if self.n else True


class Elements(Branches):
    """Of the elements after the one that decides, the spec evaluates none."""

    def fine(self, m):
        while self.n and m:
            pass
        return self.n == 0

    @invariant
    def low(self):
        return all(self.fine(m) for m in range(3))


class Waits(Branches):
    """It can wait, too."""

    def endless(self):
        while self.n:
            time.sleep(0.01)
        return 0


class Stuck(Branches):
    """A guard that stops an action, with a part that it does not evaluate."""

    @action
    def down(self):
        require((1 if self.n < 2 else self.endless()) == 0)

    low = None


@pytest.fixture
def _briefly(monkeypatch):
    monkeypatch.setattr(failsafe, "EXPLANATION_S", 0.2)


@pytest.mark.usefixtures("_briefly")
@pytest.mark.parametrize("spec", [Branches, Elements, Waits, Stuck])
def test_an_explanation_ends(spec):
    """What takes longer is left out, and said to be."""
    report = check(spec())
    found = next(each.trace for each in report.properties if each.trace is not None)
    started = time.monotonic()
    reason = explain(machine_of(spec()), found)
    assert time.monotonic() - started < 20
    told = [each.strip() for each in reason.lines() if "not explained" in each]
    assert told == ["not explained: its parts, taken by themselves, take more than 0.2 s to evaluate"]


class Plain(Branches):
    """A property that is explained at once."""

    @invariant
    def low(self):
        return self.n == 0


def test_what_is_explained_in_time_says_nothing_of_it():
    """The budget is seen only where it is used up."""
    found = next(each.trace for each in check(Plain()).properties if each.trace is not None)
    assert list(explain(machine_of(Plain()), found).lines()) == ["low is false:", "  self.n == 0", "    self.n = 1"]
