"""Whether a container meets both of two equal values does not depend on which engine asks, nor on whether a run was recorded."""

from __future__ import annotations

import copy
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from modelcheck import Record, Spec, Step, action, invariant
from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.search import check
from modelcheck.statespace.recording import recorder

ALWAYS, NEVER = 1, 10**9


class Point(NamedTuple):
    x: int


class Box(Record):
    inner: set[Any] = set()  # noqa: RUF012 - Record copies it.


class Asking(Spec):
    """Reads all counters in each step, and makes the operation where they are far on."""

    operation: str = "None"
    pair: tuple[Any, Any] = (1, True)
    where: str = "invariant"

    def init(self) -> None:
        one = self.pair[0]
        self.c = {0: 0, 1: 0}
        self.s = {one, 2}
        self.bag = Counter({one: 1, 2: 1})
        self.table: dict[Any, Any] = {}
        self.fixed = {one: 1, 2: 1}
        self.items = [one, 2]
        self.deep = {"k": Box(inner={one, 2})}
        self.came = ""

    def asked(self) -> Any:
        try:
            return eval(self.operation, {"self": self, "x": self.pair[1], "Counter": Counter, "copy": copy})
        except KeyError:
            return "KeyError"

    @action(range(2))
    def advance(self, i: int) -> None:
        total = self.c[0] + self.c[1]
        self.c[i] = min(2, self.c[i] + 1)
        if total == 1:
            self.table[self.pair[0]] = 1
        if self.where == "action" and total == 3 and not self.came:
            self.came = str(self.asked())

    @invariant
    def never(self) -> bool:
        return not (self.where == "invariant" and self.c[0] + self.c[1] == 3 and self.asked())


LOOKING = """
    x in self.s; self.s >= {x}; frozenset({x}) <= self.s; {x} <= self.s; self.s.issuperset([x]);
    self.s.isdisjoint({x}); self.s == {x, 2}; self.s & {x}; self.s | {x}; x in copy.copy(self.s);
    copy.deepcopy(self.s) == {x}; x in self.bag; self.bag[x]; self.bag.get(x); self.bag + Counter([x]);
    self.bag.copy()[x]; x in self.table; self.table.get(x); self.table.keys() & {x}; (x, 1) in self.table.items();
    x in self.fixed; self.fixed[x]; x in self.items; self.items.index(x); self.items.count(x);
    x in self.deep['k'].inner
"""
CHANGING = """
    self.s.discard(x); self.s.remove(x); self.s.add(x); self.s.__isub__({x}); self.s.__iand__({x});
    self.s.__ixor__({x}); self.s.difference_update([x]); self.bag.subtract([x]); self.bag.update([x]);
    self.bag.__iadd__(Counter([x])); self.bag.__ior__(Counter([x])); self.bag.pop(x); self.table.pop(x, 0);
    self.table.setdefault(x, 5); self.table.update({x: 5}); self.items.remove(x); self.fixed.update({x: 5});
    self.deep['k'].inner.discard(x)
"""
ASKED = [(each.strip(), where) for each_of, where in ((LOOKING, "invariant"), (CHANGING, "action")) for each in each_of.split(";")]


def answer(spec: Spec, generous: int, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    """What a search says: its error, or its states and verdicts."""
    monkeypatch.setattr(recorder, "GENEROUS", generous)
    try:
        report = check(spec, keep_going=True, **options)
    except ModelcheckError as error:
        return type(error).__name__, str(error)
    return report.states, [(each.name, each.verdict) for each in report.properties]


@pytest.mark.parametrize(("operation", "where"), ASKED, ids=[each for each, _ in ASKED])
def test_plain_runs_meet_what_recorded_ones_meet(operation: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same error or the same answer, for what equals an element and for the element itself."""
    for pair in ((1, True), (Point(1), Point(1))):
        spec = Asking(operation=operation, pair=pair, where=where)
        assert answer(spec, ALWAYS, monkeypatch) == answer(spec, NEVER, monkeypatch)


@pytest.mark.parametrize("operation", ["x in self.s", "self.bag[x]", "self.table.get(x)", "x in self.deep['k'].inner"])
@pytest.mark.parametrize("pair", [(1, True), (1.0, 1), (Decimal("1.0"), Decimal("1.00"))], ids=repr)
def test_looking_for_what_equals_an_element_is_refused_by_every_engine(
    operation: str, pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One by one, at random, by sets of states, and with checkpoints."""
    spec = Asking(operation=operation, pair=pair)
    ways: list[dict[str, Any]] = [{}, {"order": "depth"}, {"engine": "sets"}, {"checkpoint": tmp_path / "kept"}, {"workers": 2}]
    for way in ways:
        kind, text = answer(spec, ALWAYS, monkeypatch, **way)
        assert (kind, f"meets both {pair[0]!r} and {pair[1]!r}" in text) == ("SpecError", True)


@pytest.mark.parametrize("operation", ["x in self.s", "self.s.discard(x)", "self.bag[x]", "self.bag.subtract([x])", "self.table.pop(x)"])
def test_ordinary_objects_refuse_it_too(operation: str) -> None:
    """So that a step, a replay or a log is told as a search is."""
    spec = Asking(operation=operation, where="action")
    [state] = spec.initial_states()
    for _ in range(3):
        state = spec.step(state, Step("advance", {"i": state["c"][0] // 2}))
    with pytest.raises(SpecError, match="meets both 1 and True"):
        spec.step(state, Step("advance", {"i": 1}))


@pytest.mark.parametrize("generous", [ALWAYS, NEVER])
def test_a_set_is_not_cut_down_to_elements_that_equal_its_own(generous, monkeypatch):
    """Which of two equal elements stays is Python's affair; it is refused, by recorded runs and plain ones."""

    class Cut(Spec):
        def init(self):
            self.kept = {1, 2}

        @action
        def cut(self):
            self.kept &= {True}

    monkeypatch.setattr(recorder, "GENEROUS", generous)
    with pytest.raises(SpecError, match="which Python holds for equal"):
        check(Cut())
