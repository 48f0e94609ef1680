"""Learning an order of cells: what runs touch is seen on a sample, and the orders that come of it are tried.

A small part of the states decides: levels of a breadth-first search are the same sets in every order, so the order in which they take fewest nodes
is the best of those that are tried. All of it is measured in nodes made and not in time, so that a search comes out the same each time.
"""

from __future__ import annotations

from modelcheck.diagrams.family import Family
from modelcheck.diagrams.kernel._diagrams import States
from modelcheck.diagrams.ordering import candidates, edges_of
from modelcheck.diagrams.reachability import Levels

_STEPS = 300
_LONGEST = 60
_LEAST_NODES, _MOST_NODES = 50_000, 1_000_000
_SHARE = 8


def sample(family: Family) -> None:
    """Take some steps, of each action as few as of the others, so that their runs are recorded."""
    taken = dict.fromkeys(family.actions, 0)
    begin = family.initial()
    state, length = family.nothing(), _LONGEST
    for _ in range(_STEPS if begin else 0):
        if length == _LONGEST:
            state, length = family.one(begin), 0
        tree, after = _step(family, taken, state)
        if tree is None:
            length = _LONGEST
        else:
            taken[tree] += 1
            state, length = family.one(after), length + 1


def _step(family: Family, taken: dict[int, int], state: States) -> tuple[int | None, States]:
    """The action taken least so far that leads to another state, and where."""
    for tree in sorted(taken, key=lambda tree: (taken[tree], tree)):
        after = family.within(family.diagrams.successors(tree, state) - state)
        if after:
            return tree, after
    return None, family.nothing()


def learned(family: Family) -> Family:
    """The same sets in the best of the orders that what was recorded so far suggests; they are tried for a share of what was done so far."""
    nodes = min(max(family.made // _SHARE, _LEAST_NODES), _MOST_NODES)
    edges = edges_of(family.footprints.runs)
    known = family.diagrams.order()
    order = [*known, *range(len(known), family.recorder.space.cells)]
    tried = [_trial(family.reordered(each), each, nodes) for each in candidates(edges, order)]
    levels = min(len(sizes) for sizes, _ in tried)
    _, best = min(tried, key=lambda trial: trial[0][levels - 1])
    return family.reordered(best)


def _trial(family: Family, order: list[int], nodes: int) -> tuple[list[tuple[int, int]], list[int]]:
    """After each level how many nodes it takes to hold all that was found, and how many were made."""
    levels, sizes = Levels(family), [(0, 0)]
    while family.made < nodes and levels.advance():
        sizes.append((levels.found.nodes(), family.made))
    family.close()
    return sizes, order
