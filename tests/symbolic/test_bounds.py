"""The bounds of integers that keep growing: what nothing written goes below, or above, needs no lemma."""

from __future__ import annotations

from collections import Counter

import pytest

from modelcheck import Network, Spec, Verdict, action, invariant, require
from modelcheck.symbolic.proof.prove import prove


class Upwards(Spec):
    """A number that grows, and a copy of it that is written when it is large already."""

    start: int = 3

    def init(self) -> None:
        self.n = self.start
        self.copy = 0

    @action
    def grow(self) -> None:
        self.n += 2

    @action
    def remember(self) -> None:
        self.copy = self.n

    @invariant
    def at_least_as_at_first(self) -> bool:
        return self.n >= self.start

    @invariant
    def never_negative(self) -> bool:
        return self.copy >= 0


class Downwards(Upwards):
    """The number can also shrink, by more than it grows."""

    @action
    def shrink(self) -> None:
        self.n -= 3


class Sideways(Upwards):
    """The number shrinks only as far as it began."""

    @action
    def shrink(self) -> None:
        require(self.n > self.start + 1)
        self.n -= 2


class Resending(Spec):
    """Messages may be in flight any number of times, and are received one at a time."""

    def init(self) -> None:
        self.network: Network[str] = Network()
        self.acknowledged: Counter[str] = Counter()

    @action
    def send(self) -> None:
        self.network.send("ping")

    @action(lambda self: self.network.deliverable())
    def receive(self, m: str) -> None:
        self.network.receive(m)
        self.acknowledged[m] += 1

    @invariant
    def counted(self) -> bool:
        return self.acknowledged["ping"] >= 0


@pytest.mark.parametrize("cls", [Upwards, Sideways])
def test_what_only_grows_keeps_its_least_value(cls):
    """Both are inductive by themselves, whatever the numbers."""
    report = prove(cls(), method="induction")
    assert [found.verdict for found in report.properties] == [Verdict.HOLDS, Verdict.HOLDS]
    assert "n" in report.unbounded


def test_what_also_shrinks_has_no_least_value():
    """Both are violated: the first after one step, the second after three."""
    report = prove(Downwards(), method="bmc", depth=4)
    assert [len(found.trace.steps) for found in report.properties] == [1, 3]


def test_a_network_holds_no_message_less_than_not_at_all():
    """Receiving does not raise, since a message that is counted in a bag is there at least no times."""
    assert prove(Resending(), method="induction").verdict is Verdict.HOLDS
