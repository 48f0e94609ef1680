"""Refinement in ``prove``: a map is followed as a property of steps is, and each abstract action as an action."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, ClassVar

import pytest

from modelcheck import Record, Spec, Verdict, action, bound, choose, constraint, lemma, refines, require
from modelcheck.limits import Limits
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.trace import Outcome, explain, replay

from ..oracles.tables import random_table, shortest

METHODS = ("auto", "bmc", "induction", "ic3")


class Register(Spec):
    """A register that is written at once."""

    def init(self):
        self.value = 0

    @action((1, 2))
    def write(self, v):
        self.value = v


class TwoCopies(Spec):
    """A register of two copies, written one after the other; how often is counted without end."""

    def init(self):
        self.first = self.second = 0
        self.pending = None
        self.writes = 0

    @action((1, 2))
    def begin(self, v):
        require(self.pending is None)
        self.pending = self.first = v
        self.writes += 1

    @action
    def end(self):
        require(self.pending is not None)
        self.second = self.pending
        self.pending = None

    @refines
    def register(self) -> Register:
        spec = Register()
        spec.value = self.second
        return spec


class Losing(TwoCopies):
    """The second copy is lost."""

    @action
    def lose(self):
        self.second = 0


class BeginsWrongly(TwoCopies):
    """One of the first values is none that a register begins with."""

    def init(self):
        super().init()
        self.second = choose((0, 2))


def one(report, name="register"):
    return next(found for found in report.properties if found.name == name)


def test_a_refinement_is_proved_though_the_states_are_without_number():
    """Each method that proves anything proves it, and ``auto`` without being asked."""
    assert one(prove(TwoCopies())).verdict is Verdict.HOLDS
    for method in ("induction", "ic3"):
        assert prove(TwoCopies(), properties=["register"], method=method).verdict is Verdict.HOLDS, method
    assert "no violation within 4 steps" in (one(prove(TwoCopies(), method="bmc", depth=4)).reason or "")


@pytest.mark.parametrize("method", METHODS)
def test_a_step_that_the_abstract_spec_has_not_is_shown_with_its_run(method):
    """The run is as short as can be, is judged by the spec's own Python, and is told as a search tells it."""
    found = one(prove(Losing(), properties=["register"], method=method))
    assert (found.verdict, len(found.trace.steps)) == (Verdict.VIOLATED, 3)
    assert replay(machine_of(Losing()), found.trace).outcome is Outcome.CONFIRMED
    assert "has no such step" in explain(machine_of(Losing()), found.trace).text


@pytest.mark.parametrize("method", METHODS)
def test_a_first_state_that_is_none_there(method):
    found = one(prove(BeginsWrongly(), properties=["register"], method=method))
    assert (found.verdict, len(found.trace.steps)) == (Verdict.VIOLATED, 0)


def test_a_first_state_that_a_constraint_excludes_is_not_asked():
    class Excluded(TwoCopies):
        def init(self):
            super().init()
            self.second = choose((0, 2))

        @constraint
        def begins_well(self):
            return self.writes > 0 or self.second == 0

    assert prove(Excluded(), properties=["register"], method="induction").verdict is Verdict.HOLDS


def test_a_truth_value_is_not_a_number():
    """What equals the abstract state and is not the same is no step to it."""

    class Flag(Spec):
        def init(self):
            self.value = 0

        @action
        def up(self):
            self.value = 1

    class Truth(Spec):
        def init(self):
            self.on = False
            self.ups = 0

        @action
        def up(self):
            self.on = True
            self.ups += 1

        @refines
        def flag(self) -> Flag:
            spec = Flag()
            spec.value = self.on if self.ups else 0
            return spec

    assert one(prove(Truth(), method="bmc"), "flag").verdict is Verdict.VIOLATED
    assert one(check(Truth(), properties=["flag"], limits=Limits(depth=3)), "flag").verdict is Verdict.VIOLATED


def test_a_bound_of_the_abstract_spec_is_left_to_a_search():
    """A formula does not tell a step that is cut from one that is not allowed."""

    class Bounded(Register):
        @action((1, 2))
        def write(self, v):
            bound(self.value < 2)
            self.value = v

    class Against(TwoCopies):
        @refines
        def register(self) -> Bounded:
            spec = Bounded()
            spec.value = self.second
            return spec

    with pytest.raises(UnsupportedError, match=r"a step is cut by a bound of the abstract spec"):
        prove(Against(), properties=["register"])


@pytest.mark.parametrize("given", ["self.owner", "self.seen", "{0: self.owner}"])
def test_a_map_that_hands_on_the_state_itself_is_refused(given):
    """An abstract action would change it; a copy is followed."""

    class Owned(Spec):
        def init(self):
            self.what = eval(given)
            self.n = 0

        owner: ClassVar[Any] = {"a": 0}
        seen: ClassVar[Any] = frozenset()

        @action
        def up(self):
            self.n += 1

    class Same(Spec):
        def init(self):
            self.owner = {"a": 0}
            self.seen = set()
            self.n = 0

        @action
        def up(self):
            self.n += 1

        @refines
        def owned(self) -> Owned:
            spec = Owned()
            spec.what = self.seen if given == "self.seen" else {0: self.owner} if given.startswith("{") else self.owner
            spec.n = self.n
            return spec

    with pytest.raises(UnsupportedError, match="hands on a container or record of the state itself as what"):
        prove(Same(), properties=["owned"])


class Line(Record):
    value: int = 0
    present: bool = False


class Cells(Spec):
    """Cells, of which one is written, or swapped with another, or the first few are cleared."""

    def init(self):
        self.cell = {"a": 0, "b": 0, "c": 0}
        self.written = frozenset()

    @action(("a", "b", "c"))
    def write(self, at):
        self.cell[at] = choose((1, 2))
        self.written = self.written | {at}

    @action(("a", "b", "c"), ("a", "b", "c"))
    def swap(self, at, to):
        require(at < to)
        self.cell[at], self.cell[to] = self.cell[to], self.cell[at]


class Cached(Spec):
    """The cells behind a line each."""

    wrong: bool = False

    def init(self):
        self.line = {"a": Line(), "b": Line(), "c": Line()}
        self.cell = {"a": 0, "b": 0, "c": 0}
        self.written = frozenset()

    @action(("a", "b", "c"), (1, 2))
    def write(self, at, value):
        self.line[at].present = True
        self.line[at].value = value
        self.written = self.written | {at}

    @action(("a", "b", "c"))
    def flush(self, at):
        require(self.line[at].present)
        self.cell[at] = self.line[at].value
        self.line[at].present = False

    @action
    def trade(self):
        require(self.line["a"].present and not self.line["b"].present)
        self.cell["a"], self.line["a"].value = self.line["a"].value, self.cell["b"]
        if not self.wrong:
            self.cell["b"] = self.cell["a"]

    @refines
    def cells(self) -> Cells:
        spec = Cells()
        spec.cell = {at: line.value if line.present else self.cell[at] for at, line in self.line.items()}
        spec.written = frozenset(self.written)
        return spec


@pytest.mark.parametrize("wrong", [False, True])
def test_maps_with_records_dicts_and_choices(wrong):
    """What a search of all states says, a proof says too; the choices and arguments of abstract actions are found."""
    searched = one(check(Cached(wrong=wrong), properties=["cells"]), "cells").verdict
    assert searched is (Verdict.VIOLATED if wrong else Verdict.HOLDS)
    assert one(prove(Cached(wrong=wrong), method="ic3"), "cells").verdict is searched


def test_a_lemma_helps_a_refinement():
    class Needs(TwoCopies):
        def init(self):
            super().init()
            self.limit = 0

        @action
        def end(self):
            require(self.pending is not None)
            self.second = self.pending + self.limit
            self.pending = None

    class Helped(Needs):
        @lemma
        def no_limit(self):
            return self.limit == 0

    assert one(prove(Needs(), method="induction")).verdict is not Verdict.VIOLATED
    assert one(prove(Helped(), method="induction")).verdict is Verdict.HOLDS


# Random machines ----------------------------------------------------------------------------------------------------------------------------------


def agrees(seed, methods=METHODS):
    """Whether each method says what plain search says; gives that."""
    spec = random_table(Random(seed))
    expected = shortest(spec)
    for method in methods:
        found = one(prove(spec, properties=["table"], method=method, depth=6), "table")
        if expected is None:
            assert found.verdict is (Verdict.UNKNOWN if method == "bmc" else Verdict.HOLDS) or method == "induction", (seed, method)
            assert found.verdict is not Verdict.VIOLATED, (seed, method)
        else:
            assert found.verdict is Verdict.VIOLATED, (seed, method)
            assert len(found.trace.steps) == expected or method in ("auto", "ic3", "induction"), (seed, method)
    return None if expected is None else min(expected, 2)


def test_random_machines_agree():
    """All methods against search over plain numbers."""
    met = Counter(agrees(seed) for seed in range(12))
    assert met.keys() >= {None, 0}


@pytest.mark.slow
def test_random_machines_agree_at_length():
    met = Counter(agrees(seed) for seed in range(100, 900))
    assert all(met[each] > 20 for each in (None, 0, 1, 2)), met
