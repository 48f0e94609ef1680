"""Checks beside each other, and the threads of one check."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from modelcheck import Spec, SpecError, action, check, constraint, invariant


class Ring(Spec):
    """Messages with conditions on them, so that loops have filters, whose conditions are tried on sealed sessions."""

    size: int = 4

    def init(self):
        self.at = dict.fromkeys(range(self.size), 0)
        self.sent = set()

    def places(self):
        return range(self.size)

    @action(places)
    def send(self, i):
        self.sent.add((i, (i + 1) % self.size, self.at[i]))

    @action(places)
    def take(self, i):
        found = [value for (_, to, value) in self.sent if to == i and value >= 0]
        self.at[i] = (max(found, default=0) + (i == 0)) % 3

    @invariant
    def bounded(self):
        return all(value < 3 for value in self.at.values())

    @constraint
    def few(self):
        return len(self.sent) < 7


def figures(report):
    """What must not depend on what else goes on."""
    return report.verdict, report.states, report.generated, report.depth, report.out_of_bounds


def test_two_checks_in_two_threads():
    """Each comes out as it does alone."""
    alone = figures(check(Ring()))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: figures(check(Ring())), range(4)))
    assert reports == [alone] * 4
    assert alone[1] > 100


@pytest.mark.parametrize("workers", [3, 4, 8, 63])
def test_more_than_two_workers(workers):
    """As many states as with one."""
    assert figures(check(Ring(), workers=workers))[:3] == figures(check(Ring()))[:3]


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_an_exception_in_one_worker_stops_the_others(workers):
    """The error is told, and no thread is left."""

    class Failing(Ring):
        @action
        def fail(self):
            if sum(self.at.values()) > 4:
                raise LookupError("found")

    before = set(threading.enumerate())
    with pytest.raises(SpecError, match="raised LookupError: found"):
        check(Failing(), workers=workers)
    assert set(threading.enumerate()) <= before


