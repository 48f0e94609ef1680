"""Advice: which fairness would make a violated property hold.

All instances are labelled, the fair ones and the others, so that each question is one more analysis of the graph at hand. Beginning with all that
may be fair strongly fair, one action after the other is weakened as far as the property allows. What is left is a least such assumption: with
any one of its actions weakened further the property is violated. It need not be the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve

from modelcheck.spec import Fairness, Strength

_ORDER = (Strength.NONE, Strength.WEAK, Strength.STRONG)


def advice(
    declared: Mapping[str, Fairness],
    faults: frozenset[str],
    holds: Callable[[Mapping[str, Fairness]], bool],
) -> dict[str, Strength]:
    """The actions that would have to be more fair than they are, and how; nothing if the property is violated all the same.

    Args:
        declared: The fairness of each action, under which the property is violated.
        faults: Actions that are not to be made to happen.
        holds: Whether the property holds under some fairness.
    """
    given = {
        name: fairness if name in faults else evolve(fairness, strength=Strength.STRONG)
        for name, fairness in declared.items()
    }
    if not holds(given):
        return {}
    for name, fairness in declared.items():
        for strength in _ORDER[_ORDER.index(fairness.strength) : _ORDER.index(given[name].strength)]:
            weaker = {**given, name: evolve(fairness, strength=strength)}
            if holds(weaker):
                given = weaker
                break
    return {name: given[name].strength for name, fairness in declared.items() if given[name] != fairness}
