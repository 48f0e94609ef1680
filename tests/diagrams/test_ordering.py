"""Orders of cells: what the heuristics promise, on random hypergraphs."""

from __future__ import annotations

import random

import pytest

from modelcheck.diagrams.ordering import candidates, clustered, edges_of, force, length, sifted


def some_edges(chance: random.Random, cells: int) -> list[tuple[tuple[int, ...], float]]:
    """Some edges."""
    return edges_of({frozenset(chance.sample(range(cells), chance.randrange(2, 5))) for _ in range(12)})


@pytest.mark.parametrize("seed", range(20))
def test_each_candidate_has_each_cell_once_and_none_is_longer_than_what_it_was_made_of(seed):
    """FORCE and sifting never make the edges longer."""
    chance = random.Random(seed)
    edges, order = some_edges(chance, 10), list(range(10))
    chance.shuffle(order)
    assert all(sorted(each) == list(range(10)) for each in candidates(edges, order))
    assert length(edges, force(edges, order)) <= length(edges, order)
    assert length(edges, sifted(edges, order)) <= length(edges, order) + 1e-9


def test_cells_of_one_process_come_together():
    """Twenty processes of three cells each, and one cell that all of them look at."""
    processes = [(3 * i + 1, 3 * i + 2, 3 * i + 3) for i in range(20)]
    runs = {frozenset(pair) | {0} for process in processes for pair in ((process[0], process[1]), (process[1], process[2]))}
    discovered = [0, *range(1, 61, 3), *range(2, 61, 3), *range(3, 61, 3)]
    order = clustered(edges_of(runs), discovered)
    for process in processes:
        places = [order.index(cell) for cell in process]
        assert max(places) - min(places) == 2 + (min(places) < order.index(0) < max(places))


def test_a_run_that_touches_less_than_another_one_is_no_edge():
    """It says nothing that the other does not."""
    assert edges_of({frozenset({1, 2}), frozenset({1, 2, 3}), frozenset({4})}) == [((1, 2, 3), 0.5)]
