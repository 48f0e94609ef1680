"""What would make a proof for every size wrong, and is refused or caught."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from protocols import Named

from modelcheck import Spec, Verdict, action, choose, invariant, require
from modelcheck.errors import InternalError, SpecError
from modelcheck.spec.record import Fixed, Part, Record
from modelcheck.symbolic.domains import Domain
from modelcheck.symbolic.elements import Element
from modelcheck.symbolic.proof.prove import prove


class Told(Record):
    """A record with a constant."""

    total: Fixed[int]
    seen: int = 0


class ConstantOfTheSize(Named):
    """A constant of a record that is another one at each size."""

    def init(self) -> None:
        self.told = {n: Told(total=self.nodes) for n in self.everybody()}

    @action(Named.everybody)
    def see(self, n: int) -> None:
        self.told[n].seen = self.told[n].total

    @invariant(Named.everybody)
    def three(self, n: int) -> bool:
        return self.told[n].seen in (0, 3)


class Switch(Part):
    """A part with an action of its own."""

    on: bool = False

    @action
    def turn(self) -> None:
        self.on = True


class PartsOfNames(Named):
    """A part for each name, of which a small size has but a few."""

    def init(self) -> None:
        self.switch = {n: Switch() for n in self.everybody()}
        self.count = 0

    @action(Named.everybody)
    def look(self, n: int) -> None:
        self.count = 1 if self.switch[n].on else 0

    @invariant
    def few(self) -> bool:
        return sum(self.switch[n].on for n in self.everybody()) <= 3


class KeysOfTheSize(Named):
    """A dict with other keys at some sizes."""

    def init(self) -> None:
        self.mark = {0: 0, 1: 0} if self.nodes > 4 else {0: 0}

    @action(Named.everybody)
    def put(self, n: int) -> None:
        self.mark[0] = n

    @invariant
    def short(self) -> bool:
        return len(self.mark) == 1


class VariablesOfTheSize(Named):
    """A variable that some sizes do not have."""

    def init(self) -> None:
        self.mark = 0
        if self.nodes > 4:
            self.more = 0

    @action(Named.everybody)
    def put(self, n: int) -> None:
        self.mark = n

    @invariant
    def small(self) -> bool:
        return self.mark < self.nodes


@pytest.mark.parametrize("spec", [ConstantOfTheSize, PartsOfNames, KeysOfTheSize, VariablesOfTheSize])
def test_what_one_size_has_is_not_taken_for_what_every_size_has(spec: type[Spec]) -> None:
    """Constants, actions, keys and variables that are read off a small size are those of every size, or it is refused."""
    with pytest.raises(SpecError) as refused:
        prove(spec(), every=["nodes"])
    assert refused.value.remedy is not None


class Threshold(Named):
    """Enough is a half, or more than a half, as a variable says."""

    def init(self) -> None:
        self.strict = True
        self.vote: dict[int, int | None] = dict.fromkeys(self.everybody())
        self.chosen: set[int] = set()

    def needed(self) -> int:
        return self.nodes // 2 + 1 if self.strict else (self.nodes + 1) // 2

    @action
    def relax(self) -> None:
        self.strict = False

    @action(Named.everybody, Named.everybody)
    def cast(self, n: int, candidate: int) -> None:
        require(self.vote[n] is None)
        self.vote[n] = candidate

    @action(Named.everybody)
    def choose(self, candidate: int) -> None:
        require(sum(self.vote[n] == candidate for n in self.everybody()) >= self.needed())
        self.chosen.add(candidate)

    @invariant(Named.everybody, Named.everybody)
    def one(self, n: int, m: int) -> bool:
        return n == m or n not in self.chosen or m not in self.chosen


def test_a_threshold_that_depends_on_the_state_is_refused() -> None:
    """It means something else after a step; nothing is proved by taking it for the same."""
    with pytest.raises(SpecError, match="count of names"):
        prove(Threshold(), every=["nodes"], method="induction")


class Beyond(Named):
    """A number one beyond the names, and a set with it."""

    def init(self) -> None:
        self.who: int | None = None
        self.seen: set[int] = set()

    @action(Named.everybody)
    def go(self, n: int) -> None:
        self.who = n + 1
        self.seen.add(n + 1)

    @invariant
    def is_a_name(self) -> bool:
        return self.who is None or self.who < self.nodes

    @invariant
    def are_names(self) -> bool:
        return all(n < self.nodes for n in self.seen)


@pytest.mark.parametrize("name", ["is_a_name", "are_names"])
def test_a_name_and_one_is_no_name(name: str) -> None:
    """What an action writes beyond the names is seen."""
    assert prove(Beyond(), every=["nodes"], properties=[name]).verdict is Verdict.VIOLATED


def test_bounds_that_are_kept_too_long_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """If bounds on names were never dropped, the first states would say that the formulas are not the code."""
    monkeypatch.setattr(Element, "loosen", lambda *_: False)
    with pytest.raises(InternalError, match="formulas that are not the code"):
        prove(Beyond(), every=["nodes"], properties=["are_names"])
    monkeypatch.undo()
    widen = Domain._widen

    def kept(self: Domain, guard: object, term: object, search: object, path: str) -> None:
        before = list(self.below) or list(search.sizes)  # type: ignore[attr-defined]
        widen(self, guard, term, search, path)  # type: ignore[arg-type]
        self.below = before

    monkeypatch.setattr(Domain, "_widen", kept)
    with pytest.raises((InternalError, SpecError)):  # The domains are not closed any more.
        prove(Beyond(), every=["nodes"], properties=["is_a_name"])


class LiveView(Named):
    """The values of a dict, which are looked at after it was written to."""

    def init(self) -> None:
        self.on = dict.fromkeys(self.everybody(), False)
        self.saw = False

    @action(Named.everybody)
    def switch(self, n: int) -> None:
        values, items = self.on.values(), self.on.items()
        self.on[n] = True
        self.saw = any(values) and any(value for _, value in items)

    @invariant
    def never_sees(self) -> bool:
        return not self.saw


def test_the_values_of_a_dict_are_those_it_has_by_then() -> None:
    """As in Python, a view of a dict shows what was written later."""
    assert prove(LiveView(), every=["nodes"], properties=["never_sees"]).verdict is Verdict.VIOLATED


class Beginnings(Named):
    """Several initial states, one for each name."""

    def init(self) -> None:
        self.first = choose(range(self.nodes))
        self.on = {n: n == self.first for n in self.everybody()}

    @action(Named.everybody)
    def move(self, n: int) -> None:
        require(self.on[self.first])
        self.on[self.first] = False
        self.first = n
        self.on[n] = True

    @invariant(Named.everybody, Named.everybody)
    def one(self, n: int, m: int) -> bool:
        return n == m or not (self.on[n] and self.on[m])

    @invariant
    def the_first_is_on(self) -> bool:
        return self.on[self.first]

    @invariant
    def zero(self) -> bool:
        return self.first == 0


def test_all_initial_states_count() -> None:
    """A choice in init is of any name."""
    report = prove(Beginnings(), every=["nodes"], properties=["one", "the_first_is_on"])
    assert report.verdict is Verdict.HOLDS, report.reason
    assert prove(Beginnings(), every=["nodes"], properties=["zero"]).verdict is Verdict.VIOLATED
