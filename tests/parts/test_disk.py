"""Disks: what a crash can take, and what it can tear."""

from __future__ import annotations

import pytest

from modelcheck import Spec, action, check, invariant, require, terminal
from modelcheck.parts import Damage, Disk

from ..oracles.explorer import explore


class Writing(Spec):
    """Three records, of which the first is synced; then a crash."""

    tears: bool = False
    records: int = 3

    def init(self) -> None:
        self.disk = Disk(tears=self.tears)
        self.crashed = False
        for number in range(self.records):
            self.disk.append(number)
            if number == 0:
                self.disk.sync()

    @action
    def crash(self) -> None:
        require(not self.crashed)
        self.crashed = True
        self.disk.crash()

    @terminal
    def done(self) -> bool:
        return self.crashed


def left(**constants) -> set[tuple]:
    """What stands in the file after the crash, over all runs."""
    seen = set()

    class Observed(Writing):
        @invariant
        def noted(self) -> bool:
            if self.crashed:
                seen.add((self.disk.records, self.disk.read(), self.disk.safe))
            return True

    check(Observed(**constants))
    return seen


def test_a_crash_keeps_a_beginning_of_what_was_not_synced():
    """What was synced is safe; what is left after the crash is."""
    assert left() == {((0,), (0,), 1), ((0, 1), (0, 1), 2), ((0, 1, 2), (0, 1, 2), 3)}


def test_the_last_record_that_is_kept_may_be_torn():
    """And is found by its checksum. What was synced is never torn."""
    torn = {((0, Damage.TORN), (0,), 2), ((0, 1, Damage.TORN), (0, 1), 3)}
    assert left(tears=True) == left() | torn


def test_everything_is_safe_that_was_synced():
    """A crash right after the sync takes nothing."""
    assert left(records=1) == {((0,), (0,), 1)}


def test_a_file_is_cut_off():
    """What is cut off is not safe any more."""
    disk = Disk()
    for number in range(3):
        disk.append(number)
    disk.sync()
    disk.truncate(1)
    assert (disk.records, disk.safe) == ((0,), 1)
    disk.truncate(2)
    assert (disk.records, disk.safe) == ((0,), 1)


@pytest.mark.parametrize("tears", [False, True])
def test_the_oracle_counts_the_same(tears):
    """The choices of a crash are choices of the action."""
    found, report = explore(Writing(tears=tears)), check(Writing(tears=tears))
    assert (found.states, found.generated) == (report.states, report.generated)
