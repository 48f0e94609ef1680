"""All states, and all permutations of all names, in plain Python: what a reduced search must agree with.

It shares the spec's own semantics with the search (`Machine.successors`), and nothing of symmetry.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from modelcheck.spec import Machine, State
from modelcheck.values import Interchangeable


@define
class Counted:
    """What there is.

    Attributes:
        states: How many, and how many up to names;
        orbits: the latter.
        depth: Levels.
        generated: Steps and initial states.
        out_of_bounds: Steps to states that a constraint rules out, and steps that a bound cuts.
        enabled: Steps by action.
        shortest: Steps to the first state, or step, of which a predicate is false, or true for what is to be reached.
    """

    states: int = 0
    orbits: int = 0
    depth: int = 0
    generated: int = 0
    out_of_bounds: int = 0
    enabled: Counter[str] = field(factory=Counter)
    shortest: dict[str, int] = field(factory=dict)


def plain(value: Any, to: Mapping[Any, Any]) -> Any:
    """A value as plain tuples and frozensets, with the names renamed."""
    if isinstance(value, Interchangeable):
        other = to.get(value, value)
        return ("name", type(other).__name__, repr(other))
    if isinstance(value, Mapping):
        return frozenset((plain(key, to), plain(inner, to)) for key, inner in value.items())
    if isinstance(value, (set, frozenset)):
        return frozenset(plain(item, to) for item in value)
    if isinstance(value, (list, tuple)):
        return ("list", *(plain(item, to) for item in value))
    return value


class Brute:
    """All there is of a spec.

    Args:
        machine: The spec.
        names: Its names by class.
    """

    def __init__(self, machine: Machine, names: list[tuple[Any, ...]]) -> None:
        permuted = list(itertools.product(*map(itertools.permutations, names)))
        self._renamings = [dict(zip(itertools.chain(*names), itertools.chain(*each), strict=True)) for each in permuted]
        self._machine = machine
        self._seen: set[Any] = set()
        self._orbits: set[Any] = set()
        self._following: list[State] = []
        self.found = Counted()

    def all(self) -> Counted:
        """Explore, level by level."""
        for state in self._machine.each_initial_state():
            self._meet(state, 0, None)
        found = self.found
        while self._following:
            found.depth += 1
            level, self._following = self._following, []
            for state in level:
                self._expand(state, found.depth)
        found.states, found.orbits = len(self._seen), len(self._orbits)
        return found

    def _expand(self, state: State, steps: int) -> None:
        moves = 0
        for action in self._machine.actions:
            cut: list[None] = []
            for step, after in self._machine.outcomes(state, action, lambda cut=cut: cut.append(None)):  # type: ignore[misc]
                self.found.enabled[step.action] += self._meet(after, steps, state)
                moves += 1
            self.found.out_of_bounds += len(cut)
        if not moves and self._machine.is_stuck(state):
            self.found.shortest.setdefault("deadlock", steps - 1)

    def _meet(self, state: State, steps: int, before: State | None) -> bool:
        if not all(self._machine.satisfied(each, state) for each in self._machine.constraints):
            self.found.out_of_bounds += 1
            return False
        self.found.generated += 1
        if before is not None:
            self._judge(before, state, steps)
        key = plain(state, {})
        if key not in self._seen:
            self._seen.add(key)
            self._orbits.add(frozenset(plain(state, to) for to in self._renamings))
            self._judge(state, None, steps)
            self._following.append(state)
        return True

    def _judge(self, state: State, after: State | None, steps: int) -> None:
        for each in self._machine.asked:
            if (each.role.value == "step property") == (after is None) or each.name in self.found.shortest:
                continue
            reaches = each.role.value == "reachable"
            if self._machine.satisfied(each, state) if reaches else self._machine.failing(each, state, after) is not None:
                self.found.shortest[each.name] = steps
