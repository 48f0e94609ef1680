"""What is assumed to be fair, as the kernel takes it: which labels belong to which requirement, and which requirements are strong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from modelcheck.liveness.kernel import _liveness as native
from modelcheck.spec import Declaration, Fairness, Strength

Instances = Sequence[tuple[str, Mapping[str, Any]]]
"""For each label the action and its arguments."""


@frozen
class Requirements:
    """Fairness of labels.

    Attributes:
        requirement_of: By label, the requirement; `NO_REQUIREMENT` for steps of what is not fair.
        strong: By requirement, whether it is strong.
    """

    requirement_of: tuple[int, ...]
    strong: tuple[bool, ...]


def requirements(instances: Instances, fairness: Mapping[str, Fairness]) -> Requirements:
    """The requirements of fair actions: one for each instance, or one for all instances of an action that is fair as a whole.

    Args:
        instances: The labels.
        fairness: By the names of actions.
    """
    found: list[int] = []
    strong: list[bool] = []
    whole: dict[str, int] = {}
    for action, _ in instances:
        asked = fairness[action]
        if asked.strength is Strength.NONE:
            found.append(native.NO_REQUIREMENT)
        elif action in whole:
            found.append(whole[action])
        else:
            found.append(len(strong))
            if not asked.each:
                whole[action] = len(strong)
            strong.append(asked.strength is Strength.STRONG)
    return Requirements(tuple(found), tuple(strong))


def fairness_of(actions: Sequence[Declaration], assumed: Mapping[str, Strength]) -> dict[str, Fairness]:
    """The fairness of each action, by name, where some is assumed in place of what the spec says."""
    return {
        action.name: Fairness(assumed.get(action.name, action.fairness.strength), action.fairness.each)
        for action in actions
    }
