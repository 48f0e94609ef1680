"""Variables whose reachable values the enumerator lists: the formulas say what Python says, whichever variables these are."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from modelcheck import Spec, Verdict, action, check, invariant, require
from modelcheck.errors import ModelcheckError
from modelcheck.search import Limits
from modelcheck.spec import Machine, machine_of
from modelcheck.spec.shapes.shape import variables
from modelcheck.symbolic.proof import bounded
from modelcheck.symbolic.proof.following import followed
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.proof.reachable import values_reached
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import UnsupportedError
from specs.replication.mutants.quorum import CountsItself, ReturnsBeforeWriteBack, TakesLastAnswer
from specs.replication.quorum import Quorum

from ..agreement.compare import load
from ..agreement.writer import sources
from .successors import compare
from .test_reached import by_python
from .test_reached import compare as compare_levels

MOST_ROWS = 30


@dataclass(frozen=True)
class Ticket:
    """An object that is compared by code of the library's."""

    number: int
    owner: str


class Checksums(Spec):
    """Objects, texts, and results of C code, made from a number that is counted round; a dict has numbers for keys."""

    numbers: int = 9
    wrong: int = -1

    def init(self) -> None:
        self.n = 0
        self.checksum = 0
        self.text = ""
        self.last: Ticket | None = None
        self.seen: dict[int, str] = {}

    @action
    def step(self) -> None:
        self.n = (self.n + 1) % self.numbers
        self.checksum = zlib.crc32(str(self.n).encode())
        self.text = "?" if self.n == self.wrong else f"n={self.n}"
        self.last = Ticket(self.n, "a")

    @action
    def note(self) -> None:
        require(len(self.seen) < 2)
        self.seen[self.n] = self.text

    @invariant
    def said(self) -> bool:
        return self.text in ("", f"n={self.n}")

    @invariant
    def noted(self) -> bool:
        return all(text in ("", f"n={number}") for number, text in self.seen.items())

    @invariant
    def owned(self) -> bool:
        return self.last is None or self.last.number == self.n

    @invariant
    def summed(self) -> bool:
        return self.checksum in (0, zlib.crc32(f"{self.n}".encode()))


class Endless(Checksums):
    """The same, with numbers that are counted on."""

    @action
    def step(self) -> None:
        self.n += 1
        self.text = f"n={self.n}"


class Keyed(Spec):
    """Containers that hold unbounded integers, for all that is known beforehand, and are counted and changed as a whole."""

    most: int = 7

    def init(self) -> None:
        self.n = 0
        self.log: dict[int, int] = {}
        self.marks: set[int] = set()

    @action
    def put(self) -> None:
        require(self.n < self.most)
        self.log[self.n] = self.n + 1
        self.marks = {mark for mark in self.marks if mark + 2 > self.n} | {self.n}
        self.n += 1

    @action
    def drop(self) -> None:
        require(len(self.log) > 1)
        del self.log[min(self.log)]

    @action
    def forget(self) -> None:
        require(len(self.marks) == 2)
        kept = self.marks
        self.marks = set()
        self.marks.add(max(kept) + 50)
        self.marks.discard(max(kept) + 50)
        self.marks |= {max(kept)}

    @invariant
    def few(self) -> bool:
        return len(self.marks) <= 2

    @invariant
    def in_order(self) -> bool:
        return all(value == key + 1 for key, value in self.log.items())


@pytest.mark.parametrize("spec", [Checksums(numbers=6), Keyed(most=5)], ids=lambda spec: type(spec).__name__)
def test_successors_are_those_by_python(spec):
    """Some variables cannot be followed, and get their reachable values; everything agrees from every reachable state."""
    machine = machine_of(spec)
    system = followed(machine, machine.properties)
    assert system.layout.listing.paths
    compare(machine, 25, system)


def test_runs_reach_the_same_states():
    """The states in k steps, with all values and with those of so many steps."""
    machine = machine_of(Checksums(numbers=5))
    compare_levels(machine, 4, followed(machine, []))
    compare_levels(machine, 4, followed(machine, [], within=4))


@pytest.mark.parametrize("method", ["induction", "auto"])
def test_induction_among_the_listed_values(method):
    """The invariants hold, and the report says whose values were listed."""
    report = prove(Checksums(), method=method)
    assert report.verdict is Verdict.HOLDS
    assert report.listed == {"n": 9}


def test_a_violation_is_as_short_as_the_enumerator_says():
    """A number with a wrong text, found by z3 among the values of so many steps, and by the enumerator."""
    spec = Checksums(wrong=4)
    report = prove(spec, properties=["said"], method="bmc", depth=6)
    shortest = next(each for each in check(spec, properties=["said"]).properties if each.name == "said")
    assert len(report.properties[0].trace.steps) == len(shortest.trace.steps) == 4
    assert report.listed == {"n": 7}


def test_values_that_cannot_be_listed():
    """The error is the one about the value, and says why the enumerator does not help; few steps are no trouble."""
    with pytest.raises(UnsupportedError, match="turned into text; nor can the reachable values of n be listed: ") as caught:
        prove(Endless(), method="induction")
    assert "test_listed.py" in (caught.value.place or "")
    assert prove(Endless(), properties=["said"], method="bmc", depth=3).properties[0].depth == 3


QUORUM = {"replicas": 2, "writers": 1, "readers": 1, "crashes": 0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        (Quorum(**{**QUORUM, "read_quorum": 1, "write_quorum": 1}), 6),
        (CountsItself(**QUORUM), 6),
        (ReturnsBeforeWriteBack(**{**QUORUM, "readers": 2, "read_quorum": 1}), 7),
        (TakesLastAnswer(**{**QUORUM, "replicas": 3}), 10),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_history_is_followed(spec, steps):
    """What clients see is not linearizable, after as many steps as the enumerator says."""
    found = next(each for each in check(spec).properties if each.name == "history.linearizable")
    report = prove(spec, method="bmc", depth=steps)
    assert len(report.properties[0].trace.steps) == len(found.trace.steps) == steps


@pytest.mark.slow
def test_a_history_is_listed():
    """The calls and explanations of a quorum register as listed values: the same successors, and runs that are as short."""
    machine = machine_of(Quorum(**{**QUORUM, "read_quorum": 1, "write_quorum": 1}))
    listing, reason = values_reached(machine, ["history.pending", "history.explanations"], Limits(states=3000))
    assert reason is None
    system = System(machine, listing=listing)
    compare(machine, 25, system)
    found = bounded.search(system, [machine.find("history.linearizable", machine.properties)], 6)
    assert len(found.results["history.linearizable"].run.steps) == 6


# Any variables --------------------------------------------------------------------------------------------------------------------------------


def _compare_random(source: str, chance: float, number: int, levels: bool) -> None:
    """Compare with some variables' values listed, which nobody asked for."""
    try:
        machine = machine_of(load(source)())
        by_python(machine, 3)
        listing, reason = values_reached(machine, _some(machine, chance, number), Limits(states=3000))
    except ModelcheckError:
        return
    if reason is not None or not 0 < len(listing.rows) <= MOST_ROWS:
        return
    try:
        system = System(machine, listing=listing)
        if levels:
            compare_levels(machine, 3, system)
        else:
            compare(machine, 12, system)
    except UnsupportedError:
        return


def _some(machine: Machine, chance: float, number: int) -> list[str]:
    choice = random.Random(number)
    return [shape.path for shape, _ in variables(machine.shape, machine.initial_states()[0]) if choice.random() < chance]


@seed(23)
@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources(), st.sampled_from([0.3, 0.6, 1.0]), st.integers(0, 1000))
def test_random_specs_with_listed_variables_agree(source, chance, number):
    """Successors from the first states."""
    _compare_random(source, chance, number, levels=False)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sources(), st.sampled_from([0.3, 0.6, 1.0]), st.integers(0, 1000), st.booleans())
def test_many_random_specs_with_listed_variables_agree(source, chance, number, levels):
    """The same on many, and the states in k steps."""
    _compare_random(source, chance, number, levels)
