"""The graph of a small state space, or of a large one seen through a few variables: its states, the steps between them, and where to draw them.

States lie in levels, by how many steps lead there at least. Within a level they are ordered by where the states above stand, then by those below,
then by those above: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981, without its refinements.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from modelcheck.errors import UsageError
from modelcheck.explorer.walker import Walker
from modelcheck.spec.constants.declared import unknown
from modelcheck.statespace.stepper import Position
from modelcheck.values import identity, show

MOST = 2_000
"""States that are drawn at most."""

_MOST_LOOKED_AT = 200_000


@define
class Node:
    """A state, or all that look alike through the variables that are shown.

    Attributes:
        text: The variables that are shown, a line each.
        path: The way to the first of the states.
        level: The fewest steps that lead there; where several states are one node, levels without a node are left out.
        initial: Whether it is an initial state.
        false: The properties that are false in one of them.
        x: Where it is drawn, in columns.
        states: How many states it stands for.
    """

    text: str
    path: str
    level: int
    initial: bool = False
    false: dict[str, None] = field(factory=dict)
    x: float = 0.0
    states: int = 1


@frozen
class Edge:
    """A step, or all between the same two nodes.

    Attributes:
        source: The number of the node that it leaves.
        target: The number of the node that it leads to.
        labels: What the steps are called.
    """

    source: int
    target: int
    labels: tuple[str, ...]


@frozen
class Graph:
    """The nodes by number, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(walker: Walker, variables: Sequence[str] = (), most: int = MOST) -> Graph:
    """The graph of all states that can be reached.

    Args:
        walker: Walks the spec.
        variables: Those to be seen; all if none is named.
        most: How many nodes there may be.

    Raises:
        UsageError: if there are more, or a variable is unknown.
    """
    known = list(walker.machine.variables)
    for name in variables:
        if name not in known:
            raise UsageError(unknown(name, known, f"{walker.machine.cls.__name__} has no variable {name!r}"))
    return _Builder(walker, list(variables) or known, most).build()


class _Builder:
    def __init__(self, walker: Walker, variables: list[str], most: int) -> None:
        self._walker = walker
        self._variables = variables
        self._most = most
        self._nodes: list[Node] = []
        self._numbers: dict[object, int] = {}
        self._labels: dict[tuple[int, int], dict[str, None]] = {}
        self._seen: dict[Position, int] = {}
        self._waiting: deque[tuple[Position, str, int]] = deque()

    def build(self) -> Graph:
        for number, start in enumerate(self._walker.starts):
            node = self._reach(start, None, str(number), 0)
            self._nodes[node].initial = True
        while self._waiting:
            position, path, level = self._waiting.popleft()
            here = self._seen[position]
            for option in self._walker.options(position):
                if self._walker.is_inside(option.position):
                    node = self._reach(option.position, position, f"{path}_{option.name}", level + 1)
                    if node != here or len(self._variables) == len(self._walker.machine.variables):
                        self._labels.setdefault((here, node), {})[repr(option.step)] = None
        edges = tuple(Edge(source, target, tuple(labels)) for (source, target), labels in self._labels.items())
        ranks = {level: rank for rank, level in enumerate(sorted({node.level for node in self._nodes}))}
        for each in self._nodes:
            each.level = ranks[each.level]
        _place(self._nodes, edges)
        return Graph(tuple(self._nodes), edges)

    def _reach(self, position: Position, before: Position | None, path: str, level: int) -> int:
        found = self._seen.get(position)
        if found is None:
            found = self._seen[position] = self._node(position, path, level)
            self._waiting.append((position, path, level))
            if len(self._seen) > _MOST_LOOKED_AT:
                raise UsageError(f"the spec has more than {_MOST_LOOKED_AT:,} states", remedy="Set its constants to smaller values.")
        self._nodes[found].false |= dict.fromkeys(self._walker.false(position, before))
        return found

    def _node(self, position: Position, path: str, level: int) -> int:
        shown = {name: position.state[name] for name in self._variables}
        key = tuple(identity(value) for value in shown.values())
        number = self._numbers.get(key)
        if number is not None:
            self._nodes[number].states += 1
            return number
        if len(self._nodes) >= self._most:
            raise UsageError(
                f"there are more than {self._most:,} states to draw",
                remedy="Look at fewer variables, which draws states that are alike in them as one, or set the constants to smaller values.",
            )
        self._numbers[key] = len(self._nodes)
        self._nodes.append(Node("\n".join(f"{name} = {show(value)}" for name, value in shown.items()), path, level))
        return self._numbers[key]


def _place(nodes: Sequence[Node], edges: Iterable[Edge]) -> None:
    """Say in which column each node is drawn: below those that lead to it, as far as there is room."""
    levels: dict[int, list[int]] = {}
    for number, node in enumerate(nodes):
        levels.setdefault(node.level, []).append(number)
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for edge in edges:
        if nodes[edge.source].level < nodes[edge.target].level:
            above.setdefault(edge.target, []).append(edge.source)
            below.setdefault(edge.source, []).append(edge.target)
    for level in levels.values():
        _spread(nodes, level)
    for near, order in ((above, sorted(levels)), (below, sorted(levels, reverse=True)), (above, sorted(levels))):
        for depth in order:
            wanted = {number: _mean([nodes[other].x for other in near.get(number, [])], nodes[number].x) for number in levels[depth]}
            levels[depth].sort(key=wanted.__getitem__)
            _spread(nodes, levels[depth])


def _mean(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _spread(nodes: Sequence[Node], numbers: Sequence[int]) -> None:
    """One column apart, around the middle."""
    for place, number in enumerate(numbers):
        nodes[number].x = place - (len(numbers) - 1) / 2
