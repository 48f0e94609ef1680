"""Sets of states against Python's own sets of the same states."""

from __future__ import annotations

import random
from itertools import product

import pytest

from modelcheck.diagrams.kernel._diagrams import Diagrams, States
from modelcheck.statespace.kernel import _kernel as kernel

CELLS, IDS = 4, 3
ALL = [tuple(ids) for ids in product(range(IDS), repeat=CELLS)]


def diagrams_of(cells: int = CELLS) -> Diagrams:
    """Diagrams of a space of some cells."""
    space = kernel.Space()
    for _ in range(cells):
        space.add_cell()
    space.seal()
    return Diagrams(space, supply=lambda: None, poll=lambda: None)


def made(diagrams: Diagrams, states: set[tuple[int, ...]]) -> States:
    """The set of some states."""
    found = diagrams.nothing()
    for state in sorted(states):
        found |= diagrams.state({cell: ident for cell, ident in enumerate(state) if ident})
    return found


def some(chance: random.Random) -> set[tuple[int, ...]]:
    """Some states."""
    return set(chance.sample(ALL, chance.choice([0, 1, 5, 30, 70])))


def written(state: tuple[int, ...], writes: dict[int, int]) -> tuple[int, ...]:
    """A state after some writes."""
    return tuple(writes.get(cell, ident) for cell, ident in enumerate(state))


@pytest.mark.parametrize("seed", range(30))
def test_operations_are_those_of_sets(seed):
    """Union, meet, difference, counts, and the states before and after writes, in any order of the cells."""
    chance = random.Random(seed)
    diagrams = diagrams_of()
    order = list(range(CELLS))
    chance.shuffle(order)
    diagrams.set_order(order)
    for _ in range(20):
        a, b = some(chance), some(chance)
        x, y = made(diagrams, a), made(diagrams, b)
        writes = {cell: chance.randrange(IDS) for cell in chance.sample(range(CELLS), chance.randrange(CELLS + 1))}
        number = diagrams.writing(list(writes.items()))
        assert x | y == made(diagrams, a | b)
        assert x & y == made(diagrams, a & b)
        assert x - y == made(diagrams, a - b)
        assert (x.count(), bool(x)) == (len(a), bool(a))
        assert diagrams.after(x, number) == made(diagrams, {written(state, writes) for state in a})
        assert diagrams.leading(x, y, number) == made(diagrams, {state for state in a if written(state, writes) in b})


def test_counts_are_exact_beyond_a_word():
    """All states of 90 cells with 3 ids each."""
    diagrams = diagrams_of(90)
    found = diagrams.state({})
    for cell in range(90):
        before = found
        for ident in (1, 2):
            found |= diagrams.after(before, diagrams.writing([(cell, ident)]))
    assert found.count() == 3**90
    assert found.nodes() == 2 * 90


def test_what_nothing_needs_is_given_back_and_the_rest_stays():
    """Sets made by the million leave those that are still referred to as they were."""
    chance = random.Random(0)
    diagrams = diagrams_of(40)
    states = [{cell: chance.randrange(1, 5) for cell in chance.sample(range(30), 20)} for _ in range(500)]
    found = diagrams.nothing()
    for state in states:
        found |= diagrams.state(state)
    kept = {}
    for number in range(1, 1200):
        other = diagrams.after(found, diagrams.writing([(39, number)]))
        if number % 300 == 0:
            kept[number] = other
    stats = diagrams.stats()
    assert stats["collections"] >= 1
    assert stats["made"] > 2 * stats["nodes"]
    for number, other in kept.items():
        assert other.count() == len(states)
        assert other == diagrams.after(found, diagrams.writing([(39, number)]))
        assert not other - diagrams.after(found, diagrams.writing([(39, number)]))
        assert all(diagrams.state({**state, 39: number}) & other for state in states[:20])


def test_the_memory_limit_ends_an_operation():
    """A set that does not fit is an error, and what was there before is still right."""
    space = kernel.Space()
    for _ in range(60):
        space.add_cell()
    space.seal()
    diagrams = Diagrams(space, supply=lambda: None, poll=lambda: None, memory_limit_bytes=4_000_000)
    chance = random.Random(1)
    found, states = diagrams.nothing(), set()
    with pytest.raises(MemoryError):  # noqa: PT012 - one of many states is too much.
        while True:
            state = {cell: chance.randrange(1, 9) for cell in range(60)}
            found |= diagrams.state(state)
            states.add(tuple(state.items()))
    assert found.count() == len(states)
    assert diagrams.stats()["bytes"] <= 4_000_000
