"""Shortest runs to states, found backwards through the levels of a breadth-first search."""

from __future__ import annotations

from modelcheck.diagrams.family import Family
from modelcheck.diagrams.kernel._diagrams import States
from modelcheck.diagrams.reachability import Levels
from modelcheck.errors import InternalError
from modelcheck.spec import STEPS, Declaration
from modelcheck.statespace.kernel import _kernel as kernel

Path = list[tuple[int, list[int]]]
"""The trees walked and the choices made in each, the initialiser's first."""


def path_to(levels: Levels, wanted: States, declared: Declaration | None, within: States) -> Path:
    """A shortest run that decides a property.

    Args:
        levels: Those found so far; more are found as long as there is no run.
        wanted: The states that decide the property; one of them can be reached.
        declared: The property; of steps the run takes one more. None: a deadlock.
        within: Where its last step leads, if it is one of steps.
    """
    number = levels.until(wanted)
    if number is None:
        raise InternalError("states that can be reached are in no level")
    family = levels.family
    state = family.one(levels.levels[number] & wanted)
    path = _steps_to(levels, number, state)
    if declared is not None and declared.role in STEPS:
        path.append(_violating(family, declared, state, within))
    return path


def _steps_to(levels: Levels, number: int, state: States) -> Path:
    """The run to a state of a level."""
    family, path = levels.family, []
    for level in reversed(levels.levels[:number]):
        tree, before = _before(family, level, state)
        path.append(_step(family, tree, before, state))
        state = before
    void = family.diagrams.state({})
    path.append(next(step for tree in family.inits if (step := _tried(family, tree, void, state)) is not None))
    return path[::-1]


def _before(family: Family, level: States, state: States) -> tuple[int, States]:
    """A tree, and a state of a level that it leads to a state."""
    for tree in family.actions:
        before = family.diagrams.predecessors(tree, level, state)
        if before:
            return tree, family.one(before)
    raise InternalError("a state has no predecessor in the level before its own")


def _tried(family: Family, tree: int, state: States, target: States) -> tuple[int, list[int]] | None:
    script = family.diagrams.script(tree, state, target)
    return None if script is None else (tree, script)


def _step(family: Family, tree: int, state: States, target: States) -> tuple[int, list[int]]:
    step = _tried(family, tree, state, target)
    if step is None:
        raise InternalError("a step that leads to a state does not lead there")
    return step


def _violating(family: Family, declared: Declaration, state: States, within: States) -> tuple[int, list[int]]:
    """A step from a state that violates a property of steps."""
    wanted = family.tree_of(declared)
    for tree in family.actions:
        for those, writes in family.diagrams.steps(tree, state):
            target = family.diagrams.after(those, writes)
            if target & within and family.diagrams.having_step(wanted, those, writes, [(those, writes)], kernel.FALSE):
                return _step(family, tree, state, target)
    raise InternalError(f"no step from a state that takes one that violates {declared.name} does so")
