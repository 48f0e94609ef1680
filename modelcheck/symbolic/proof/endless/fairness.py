"""Fairness as formulas: where instances of fair actions are enabled, and where they are taken.

The formulas know of less than there is: a step that a bound cuts counts as enabled, and is in no transition, and where an argument is
symbolic an action has no instances that could be told apart. So they leave out runs that are not fair, and never one that is; whether a run is fair
is for `modelcheck.trace.lasso` to say.
"""

from __future__ import annotations

from typing import Any

import z3
from attrs import frozen

from modelcheck.spec import Declaration, Strength
from modelcheck.symbolic.system import System, Transition
from modelcheck.symbolic.terms import conj, disj, neg
from modelcheck.symbolic.values.kinds import is_symbolic
from modelcheck.values import identity


@frozen(eq=False)
class Instance:
    """A fair action, with its arguments where they count.

    Attributes:
        strong: Whether it is strongly fair.
        enabled: Where it has a step that changes something, over the leaves.
        taken: Which steps are such steps, over the leaves and the primed ones.
    """

    strong: bool
    enabled: z3.BoolRef
    taken: z3.BoolRef


def instances(system: System) -> list[Instance]:
    """The instances of fair actions that formulas can tell."""
    return [found for action in system.machine.actions for found in _of_action(system, action)]


def _of_action(system: System, action: Declaration) -> list[Instance]:
    fairness = action.fairness
    transitions = [each for each in system.transitions if each.action is action and each.error is None]
    if fairness.strength is Strength.NONE or any(each.inputs for each in transitions):
        return []
    if fairness.each and any(is_symbolic(list(each.arguments.values())) for each in transitions):
        return []
    groups: dict[Any, list[Transition]] = {}
    for each in transitions:
        groups.setdefault(tuple(map(identity, each.arguments.values())) if fairness.each else (), []).append(each)
    return [_instance(system, group, strong=fairness.strength is Strength.STRONG) for group in groups.values()]


def _instance(system: System, transitions: list[Transition], *, strong: bool) -> Instance:
    leaves = system.leaves.all
    enabled = [
        conj(each.condition, disj(*(_differs(leaves[name].constant, term) for name, term in each.writes.items())))
        for each in transitions
    ]
    taken = [
        conj(
            each.condition,
            *(system.primed[name] == each.writes.get(name, leaf.constant) for name, leaf in leaves.items()),
        )
        for each in transitions
    ]
    return Instance(strong, disj(*enabled), disj(*taken))


def _differs(leaf: Any, term: Any) -> z3.BoolRef:
    return neg(z3.simplify(leaf == term))
