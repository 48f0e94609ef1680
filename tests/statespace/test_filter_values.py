"""Loops whose conditions mention values that are merely equal, or swallow what stops them."""

from __future__ import annotations

import pytest

from modelcheck import Spec, Verdict, action, check, reachable


class Two(Spec):
    """One loop, run with values that Python calls equal and a condition tells apart."""

    values: tuple[object, ...] = (1, True)

    def init(self):
        self.pairs = {(1, "a"), (2, "b")}
        self.kind = ""

    def options(self):
        return self.values

    @action(options)
    def count(self, which):
        found = [v for k, v in self.pairs if isinstance(which, (bool, float)) or k == 2]
        self.kind = "".join(found)

    @reachable
    def by_kind(self):
        return self.kind == "ab"

    @reachable
    def by_number(self):
        return self.kind == "b"


@pytest.mark.parametrize("values", [(1, True), (True, 1), (1, 1.0), (1.0, 1), (0, False), (False, 0)], ids=str)
def test_a_loop_is_not_taken_for_one_with_an_equal_value(values):
    """Both ends are reached, whichever value comes first."""
    assert {p.name: p.verdict for p in check(Two(values=values)).properties if p.kind == "reachable"} == {
        "by_kind": Verdict.HOLDS,
        "by_number": Verdict.HOLDS,
    }


class Swallows(Spec):
    """A condition that makes an answer of being stopped."""

    answer: bool = False

    def init(self):
        self.items = {1, 2}
        self.n = 2
        self.got = -1

    def fits(self, item):
        try:
            return item == self.n
        except BaseException:  # noqa: BLE001 - what is tried here.
            return self.answer

    @action
    def look(self):
        self.got = len([item for item in self.items if self.fits(item)])

    @action((1, 2, 3))
    def turn(self, n):
        self.n = n

    @reachable
    def seen(self):
        return self.got == 1

    @reachable
    def unseen(self):
        return self.got == 0

    @reachable
    def all_seen(self):
        return self.got == 2


@pytest.mark.parametrize("answer", [False, True])
def test_a_condition_that_swallows_what_stops_it_is_run(answer):
    """What it answers then is no answer."""
    report = check(Swallows(answer=answer))
    assert {p.name: p.verdict for p in report.properties if p.kind == "reachable"} == {
        "seen": Verdict.HOLDS,
        "unseen": Verdict.HOLDS,
        "all_seen": Verdict.VIOLATED,
    }
