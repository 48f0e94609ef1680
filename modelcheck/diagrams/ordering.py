"""Orders of cells in which diagrams are small: what runs look at together is near each other.

The cells that one run touches are an edge of a hypergraph, and a good order is one in which edges are short. Three heuristics make
candidates, and `modelcheck.diagrams.learning` tries them:

* FORCE (Aloul, Markov and Sakallah, "FORCE: A Fast and Easy-To-Implement Variable-Ordering Heuristic", GLSVLSI 2003) moves each cell to the
  middle of its edges, again and again.
* Clusters: cells that are touched together most often, for how often they are touched at all, become neighbours first, then their groups.
  What everybody touches is near nobody, so that the cells of one process come together.
* Sifting (Rudell, "Dynamic Variable Ordering for Ordered Binary Decision Diagrams", ICCAD 1993), by the lengths of edges in place of the size of a
  diagram: each cell is moved to where it makes them shortest.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, combinations

Edge = tuple[tuple[int, ...], float]
"""Cells, ascending, and how much their distance weighs."""

_ROUNDS = 60
_SIFTINGS = 2
_MOST_RUNS = 3_000
_MOST_PAIRS = 200_000
_MOST_SIFTED = 2_000_000


def edges_of(runs: Collection[frozenset[int]]) -> list[Edge]:
    """The edges of runs that touch several cells, those of which another one touches more left out."""
    kept: list[frozenset[int]] = []
    for run in sorted(runs, key=lambda run: (-len(run), sorted(run))):
        if len(run) > 1 and (len(kept) > _MOST_RUNS or not any(run < other for other in kept)):
            kept.append(run)
    return [(tuple(sorted(run)), 1 / (len(run) - 1)) for run in kept]


def candidates(edges: Sequence[Edge], order: Sequence[int]) -> list[list[int]]:
    """Orders to try, the present one first, each once."""
    found = [list(order), force(edges, order)]
    if sum(len(cells) ** 2 for cells, _ in edges) <= _MOST_PAIRS:
        found.append(clustered(edges, order))
    if len(order) * (len(edges) + len(order)) <= _MOST_SIFTED:
        found += [sifted(edges, each) for each in found[1:]]
    return [each for number, each in enumerate(found) if each not in found[:number]]


def length(edges: Iterable[Edge], order: Sequence[int]) -> float:
    """The lengths of the edges, as far as their cells are in an order."""
    place = {cell: i for i, cell in enumerate(order)}
    total = 0.0
    for cells, weight in edges:
        places = [place[cell] for cell in cells if cell in place]
        if places:
            total += weight * (max(places) - min(places))
    return total


def force(edges: Sequence[Edge], order: Sequence[int]) -> list[int]:
    """The best order that FORCE comes by from another one."""
    of = _edges_by_cell(edges)
    best, shortest = list(order), length(edges, order)
    present = best
    for _ in range(_ROUNDS):
        place = {cell: float(i) for i, cell in enumerate(present)}
        middle = [sum(place[cell] for cell in cells) / len(cells) for cells, _ in edges]
        pulled = {cell: sum(middle[i] * edges[i][1] for i in near) / sum(edges[i][1] for i in near) for cell, near in of.items()}
        following = sorted(present, key=lambda cell: (pulled.get(cell, place[cell]), place[cell]))
        if following == present:
            break
        present = following
        reached = length(edges, present)
        if reached < shortest:
            best, shortest = present, reached
    return best


def clustered(edges: Sequence[Edge], order: Sequence[int]) -> list[int]:
    """The order in which cells become neighbours group by group; what is alone stays behind."""
    near = _nearness(edges)
    of = _edges_by_cell(edges)
    groups: dict[int, list[int]] = {cell: [cell] for cell in near}
    heap = [(-value, a, b) for a in near for b, value in near[a].items() if a < b]
    heapq.heapify(heap)
    following = max(order, default=0) + 1
    while heap:
        value, a, b = heapq.heappop(heap)
        if a not in groups or b not in groups or near[a].get(b) != -value:
            continue
        one, other = groups.pop(a), groups.pop(b)
        between = sorted({i for cell in one for i in of[cell]} & {i for cell in other for i in of[cell]})
        groups[following] = _joined([edges[i] for i in between], one, other)
        near[following] = {}
        for third in sorted((near[a].keys() | near[b].keys()) & groups.keys()):
            mean = (near[a].get(third, 0.0) * len(one) + near[b].get(third, 0.0) * len(other)) / (len(one) + len(other))
            near[following][third] = near[third][following] = mean
            heapq.heappush(heap, (-mean, third, following))
        following += 1
    found = [cell for group in sorted(groups.values(), key=lambda group: (-len(group), group)) for cell in group]
    return found + [cell for cell in order if cell not in near]


def _nearness(edges: Iterable[Edge]) -> dict[int, dict[int, float]]:
    """How often two cells are touched together, for how often the one is that is touched most."""
    touched: dict[int, float] = {}
    together: dict[tuple[int, int], float] = {}
    for cells, weight in edges:
        for cell in cells:
            touched[cell] = touched.get(cell, 0.0) + weight
        for pair in combinations(cells, 2):
            together[pair] = together.get(pair, 0.0) + weight * weight
    near: dict[int, dict[int, float]] = {cell: {} for cell in touched}
    for (a, b), value in together.items():
        near[a][b] = near[b][a] = value / max(touched[a], touched[b])
    return near


def _joined(between: Sequence[Edge], one: list[int], other: list[int]) -> list[int]:
    """Two groups behind each other, turned so that the edges between them are shortest."""
    ways = [a + b for x, y in ((one, other), (other, one)) for a in (x, x[::-1]) for b in (y, y[::-1])]
    return min(ways, key=lambda way: length(between, way))


def sifted(edges: Sequence[Edge], order: Sequence[int]) -> list[int]:
    """An order after each cell was moved to where the edges are shortest, those that weigh most first."""
    of = _edges_by_cell(edges)
    present = list(order)
    for _ in range(_SIFTINGS):
        before = present
        for cell in sorted(of, key=lambda cell: (-sum(edges[i][1] for i in of[cell]), cell)):
            rest = [each for each in present if each != cell]
            here = present.index(cell)
            lengths = _lengths(edges, set(of[cell]), rest, cell)
            place = min(range(len(lengths)), key=lambda i: (lengths[i], abs(i - here)))
            present = [*rest[:place], cell, *rest[place:]]
        if present == before:
            break
    return present


def _lengths(edges: Sequence[Edge], own: set[int], rest: Sequence[int], cell: int) -> list[float]:
    """The lengths of the edges, but for what is the same for all, for each place of a cell among the rest."""
    place = {each: i for i, each in enumerate(rest)}
    slopes = [0.0] * (len(rest) + 2)  # Of the differences between neighbouring places,
    steps = [0.0] * (len(rest) + 2)  # and jumps.
    for i, (cells, weight) in enumerate(edges):
        places = [place[each] for each in cells if each != cell]
        low, high = min(places), max(places)
        if i in own:
            steps[0] += weight * (high + 1)  # In front: from the cell to the end of the edge.
            slopes[0] -= weight  # One less for each place until the edge begins,
            slopes[low] += weight  # the same inside of it,
            slopes[high + 1] += weight  # and one more for each place behind.
        else:
            steps[low + 1] += weight  # Inside, the cell makes the edge longer by one.
            steps[high + 1] -= weight
    growing = list(accumulate(slopes))
    total, found = 0.0, []
    for i in range(len(rest) + 1):
        total += steps[i] + (growing[i - 1] if i else 0.0)
        found.append(total)
    return found


def _edges_by_cell(edges: Sequence[Edge]) -> dict[int, list[int]]:
    of: dict[int, list[int]] = {}
    for i, (cells, _) in enumerate(edges):
        for cell in cells:
            of.setdefault(cell, []).append(i)
    return of
