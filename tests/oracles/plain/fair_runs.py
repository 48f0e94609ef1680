"""Liveness under fairness by brute force: all strongly connected subsets of a small graph are tried, on plain dicts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from attrs import field, frozen

Step = tuple[int | None, int]
"""Where a step leads, None for out of the bounds, and its label."""


@frozen
class Requirement:
    """What is assumed to be fair: the steps with some labels together."""

    labels: frozenset[int]
    strong: bool


@frozen
class Small:
    """A small graph and a property.

    Attributes:
        initial: The initial states.
        steps: The steps of each state that was expanded; none leads to the state itself.
        premise: Where the premise is true.
        goal: Where the goal is true.
        fair: What is assumed.
    """

    initial: tuple[int, ...]
    steps: dict[int, tuple[Step, ...]]
    premise: frozenset[int]
    goal: frozenset[int]
    fair: tuple[Requirement, ...] = field(default=())

    def enabled(self, state: int, requirement: Requirement) -> bool:
        """Whether a step of a requirement is enabled."""
        return any(label in requirement.labels for _, label in self.steps[state])

    def inside(self, states: frozenset[int]) -> list[tuple[int, int, int]]:
        """The steps between some states, as (from, to, label)."""
        return [(a, b, label) for a in states for b, label in self.steps[a] if b in states]


def is_fair(graph: Small, states: frozenset[int], labels: set[int]) -> bool:
    """Whether a run is fair that visits some states again and again, and takes steps with some labels again and again."""
    for requirement in graph.fair:
        enabled = [graph.enabled(state, requirement) for state in states]
        if requirement.labels & labels:
            continue
        if any(enabled) if requirement.strong else all(enabled):
            return False
    return True


def is_connected(graph: Small, states: frozenset[int]) -> bool:
    """Whether each of some states can be reached from each other one without leaving them."""
    steps = graph.inside(states)
    for first in states:
        seen, todo = {first}, [first]
        while todo:
            here = todo.pop()
            for a, b, _ in steps:
                if a == here and b not in seen:
                    seen.add(b)
                    todo.append(b)
        if seen != states:
            return False
    return True


def fair_sets(graph: Small) -> Iterator[frozenset[int]]:
    """The sets of states that some fair run visits again and again, reachable or not."""
    for size in range(1, len(graph.steps) + 1):
        for chosen in itertools.combinations(sorted(graph.steps), size):
            states = frozenset(chosen)
            labels = {label for _, _, label in graph.inside(states)}
            if is_connected(graph, states) and is_fair(graph, states, labels):
                yield states


def distances(graph: Small, kind: str) -> dict[int, int]:
    """The states in which the property may be pending, and how many steps it takes to be there with it pending."""
    found: dict[tuple[int, bool], int] = {}

    def ways(state: int) -> list[tuple[int, bool]]:
        """A state as it is entered with nothing pending."""
        if kind == "eventually":
            return []
        pending = kind != "leads_to" or (state in graph.premise and state not in graph.goal)
        return [(state, False), *([(state, True)] if pending else [])]

    if kind == "eventually":
        level = [(state, True) for state in graph.initial if state not in graph.goal]
    else:
        level = [way for state in graph.initial for way in ways(state)]
    depth = 0
    while level:
        found.update((way, depth) for way in level if way not in found)
        depth += 1
        following = []
        for state, pending in level:
            for target, _ in graph.steps.get(state, ()):
                if target is None:
                    continue
                if pending and (kind in {"eventually_always", "always_eventually"} or target not in graph.goal):
                    following.append((target, True))
                following += [] if pending else ways(target)
        level = [way for way in dict.fromkeys(following) if way not in found]
    pending_states = {state: depth for (state, pending), depth in found.items() if pending and state in graph.steps}
    if kind == "always_eventually":
        return {state: depth for state, depth in pending_states.items() if state not in graph.goal}
    return pending_states


def violating(graph: Small, kind: str) -> list[frozenset[int]]:
    """The sets of states that a fair run visits again and again which violates the property."""
    pending = set(distances(graph, kind))
    if kind == "eventually_always":
        return [states for states in fair_sets(graph) if states <= pending and states - graph.goal]
    return [states for states in fair_sets(graph) if states <= pending and not states & graph.goal]


def leaving_steps(graph: Small, kind: str) -> int:
    """How many steps leave the bounds from states in which the property is pending."""
    return sum(
        len({label for target, label in graph.steps[state] if target is None}) for state in distances(graph, kind)
    )


def check_lasso(graph: Small, kind: str, stem: list[int], loop: list[tuple[int, int]]) -> None:
    """A lasso is a run, closed, fair, and violates the property; the loop is given as (label, state)."""
    assert stem[0] in graph.initial
    for a, b in itertools.pairwise(stem):
        assert any(target == b for target, _ in graph.steps[a]), ("no step", a, b)
    here = stem[-1]
    for label, target in loop:
        assert (target, label) in graph.steps[here], ("no step", here, label, target)
        here = target
    assert here == stem[-1], "not closed"
    states = frozenset([here, *(state for _, state in loop)])
    assert is_fair(graph, states, {label for label, _ in loop}), "not fair"
    if kind == "eventually_always":
        assert states - graph.goal
        return
    assert not states & graph.goal
    if kind == "eventually":
        assert not set(stem) & graph.goal
    if kind == "leads_to":
        assert (
            any(state in graph.premise and not set(stem[at:]) & graph.goal for at, state in enumerate(stem))
            or states & graph.premise
        )


def mutually_reachable(steps: dict[int, set[int]]) -> list[set[int]]:
    """The classes of states that can reach each other, by searching forwards and backwards from one state after the other."""
    back: dict[int, set[int]] = {state: set() for state in steps}
    for a, targets in steps.items():
        for b in targets:
            back[b].add(a)

    def reach(start: int, along: dict[int, set[int]]) -> set[int]:
        seen, todo = {start}, [start]
        while todo:
            for following in along[todo.pop()] - seen:
                seen.add(following)
                todo.append(following)
        return seen

    found: list[set[int]] = []
    left = set(steps)
    while left:
        first = min(left)
        found.append(reach(first, steps) & reach(first, back))
        left -= found[-1]
    return found


def fair_states(graph: Small, kind: str, states: set[int]) -> set[int]:
    """The states of some set that a fair and violating run inside it visits again and again: for graphs that are too large for brute force."""
    steps = {a: {b for b, _ in graph.steps[a] if b in states} for a in states}
    found: set[int] = set()
    for each in mutually_reachable(steps):
        if kind == "eventually_always" and not each - graph.goal:
            continue
        labels = {label for _, _, label in graph.inside(frozenset(each))}
        starving = [requirement for requirement in graph.fair if not requirement.labels & labels]
        bad = {state for state in each if any(graph.enabled(state, requirement) for requirement in starving if requirement.strong)}
        if any(all(graph.enabled(state, requirement) for state in each) for requirement in starving):
            continue
        found |= each if not bad else fair_states(graph, kind, each - bad)
    return found
