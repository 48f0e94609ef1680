"""The fairness of a spec that is refined, against brute force over all sets of states that a run may stay in."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from modelcheck import Spec, Verdict, action, bound, check, choose, fair, refines, require, strongly_fair, terminal
from modelcheck.spec import machine_of
from modelcheck.trace import Outcome, replay

Table = dict[int, list[int]]
MARKS = (lambda method: method, fair, strongly_fair)


def specs(concrete: list[Table], marks: list[int], seen: list[int], abstract: Table, strength: int) -> type[Spec]:
    """A spec whose actions go by tables, and one that it is mapped to, with one fair action."""

    class Abstract(Spec):
        def init(self) -> None:
            self.y = seen[0]

        @MARKS[strength]
        @action
        def move(self) -> None:
            self.y = choose(abstract.get(self.y, []))

    class Concrete(Spec):
        def init(self) -> None:
            self.x = 0

        @MARKS[marks[0]]
        @action
        def one(self) -> None:
            self.x = choose(concrete[0].get(self.x, []))

        @MARKS[marks[1]]
        @action
        def two(self) -> None:
            self.x = choose(concrete[1].get(self.x, []))

        @refines
        def seen_so(self) -> Abstract:
            found = Abstract()
            found.y = seen[self.x]
            return found

    return Concrete


def broken(concrete: list[Table], marks: list[int], seen: list[int], abstract: Table, strength: int) -> bool:
    """Whether there is a fair run that leaves the abstract action out for ever, though it is (for ever, or again and again) enabled."""
    steps = [(i, x, y) for i, table in enumerate(concrete) for x, after in table.items() for y in after if x != y]
    reached = {0}
    for _ in seen:
        reached |= {y for _, x, y in steps if x in reached}
    enabled = {x for x in reached if any(y != seen[x] for y in abstract.get(seen[x], []))}
    kept = [(i, x, y) for i, x, y in steps if seen[x] == seen[y] or seen[y] not in abstract.get(seen[x], [])]
    for size in range(1, len(reached) + 1):
        for stay in map(set, itertools.combinations(sorted(reached), size)):
            inside = [(i, x, y) for i, x, y in kept if {x, y} <= stay]
            if size > 1 and not all(connected(x, y, inside) for x in stay for y in stay):
                continue
            if not all(is_fair(i, mark, stay, inside if size > 1 else [], steps) for i, mark in enumerate(marks)):
                continue
            if (stay <= enabled) if strength == 1 else (stay & enabled):
                return True
    return False


def connected(x: int, y: int, steps: list[tuple[int, int, int]]) -> bool:
    met = {x}
    for _ in steps:
        met |= {after for _, before, after in steps if before in met}
    return y in met


def is_fair(i: int, mark: int, stay: set[int], inside: list[Any], steps: list[Any]) -> bool:
    can = {x for j, x, _ in steps if j == i and x in stay}
    return mark == 0 or any(j == i for j, *_ in inside) or (can != stay if mark == 1 else not can)


def table(draw: random.Random, size: int) -> Table:
    return {x: draw.sample(range(size), draw.choice((0, 1, 1, 2))) for x in range(size)}


def compare(seeds: range) -> dict[Verdict, int]:
    met = dict.fromkeys(Verdict, 0)
    for seed in seeds:
        draw = random.Random(seed)
        size, small = draw.randint(2, 5), draw.randint(2, 3)
        seen = [draw.randrange(small) for _ in range(size)]
        given = ([table(draw, size), table(draw, size)], [draw.randrange(3), draw.randrange(3)], seen, table(draw, small), draw.choice((1, 2)))
        spec = specs(*given)()
        report = check(spec, properties=["seen_so.move"])
        found = report.properties[0]
        assert found.verdict is (Verdict.VIOLATED if broken(*given) else Verdict.HOLDS), (seed, given)
        met[found.verdict] += 1
        if found.trace:
            assert replay(machine_of(spec), found.trace).outcome is Outcome.CONFIRMED
    return met


def test_random_specs_agree_with_brute_force() -> None:
    met = compare(range(120))
    assert min(met[Verdict.HOLDS], met[Verdict.VIOLATED]) > 25, met


@pytest.mark.slow
def test_random_specs_agree_with_brute_force_at_length() -> None:
    met = compare(range(1_000, 21_000))
    assert min(met[Verdict.HOLDS], met[Verdict.VIOLATED]) > 2_000, met


class Lights(Spec):
    """Lamps that change again and again."""

    def init(self) -> None:
        self.lit = {0: False, 1: False}

    @fair
    @action((0, 1))
    def change(self, i: int) -> None:
        self.lit[i] = not self.lit[i]


class Panel(Spec):
    """One button, which is pressed at last, changes the lamps in turn."""

    def init(self) -> None:
        self.lit = (False, False)
        self.turn = 0
        self.pressed = 0

    def limit(self) -> bool:
        return True

    @fair
    @action
    def press(self) -> None:
        bound(self.limit())
        self.lit = (not self.lit[0], self.lit[1]) if self.turn == 0 else (self.lit[0], not self.lit[1])
        self.turn = self.following()

    def following(self) -> int:
        return 1 - self.turn

    @refines
    def lights(self) -> Lights:
        found = Lights()
        found.lit = {0: self.lit[0], 1: self.lit[1]}
        return found


class OneLamp(Panel):
    """It forgets the other."""

    def following(self) -> int:
        return self.turn


class Limited(Panel):
    """The search looks at the first steps only."""

    def limit(self) -> bool:
        return self.lit != (True, True)


def verdict(spec: Spec, **options: Any) -> Any:
    return next(found for found in check(spec, **options).properties if found.name == "lights.change")


def test_each_combination_of_arguments_is_to_be_fair() -> None:
    assert verdict(Panel()).verdict is Verdict.HOLDS
    found = verdict(OneLamp())
    assert found.verdict is Verdict.VIOLATED
    assert found.kind == "fairness"
    assert found.trace.arguments == {"i": 1}
    assert (found.trace.loop, len(found.trace.steps)) == (0, 2)


def test_a_run_may_stop_where_nothing_is_fair() -> None:
    found = verdict(Panel(), fair={"press": "none"})
    assert found.verdict is Verdict.VIOLATED
    assert found.trace.steps == ()


def test_what_leaves_the_bounds_is_unknown() -> None:
    found = verdict(Limited())
    assert found.verdict is Verdict.UNKNOWN
    assert "leaves the bounds" in found.note


class Cautious(Panel):
    """A guard is no bound: it stops at two lamps."""

    @fair
    @action
    def press(self) -> None:
        require(self.lit != (True, True))
        self.lit = (not self.lit[0], self.lit[1]) if self.turn == 0 else (self.lit[0], not self.lit[1])
        self.turn = 1 - self.turn

    @terminal
    def all_lit(self) -> bool:
        return self.lit == (True, True)


def test_a_run_that_is_stuck_leaves_the_action_out() -> None:
    found = verdict(Cautious())
    assert found.verdict is Verdict.VIOLATED
    assert len(found.trace.steps) == 2
