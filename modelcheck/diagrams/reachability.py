"""The reachable states: all at once, or level by level."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from modelcheck.diagrams.family import Family
from modelcheck.diagrams.kernel._diagrams import States


def chained(family: Family, states: States, look: Callable[[States, bool], None]) -> States:
    """All states that can be reached from some, each action seeing what those before it have found, and it itself.

    Chaining (Roig, Cortadella and Pastor, "Verification of Asynchronous Circuits by BDD-based Model Checking of Petri Nets", ICATPN 1995)
    needs far fewer rounds than levels.

    Args:
        family: The sets.
        states: Where to begin.
        look: Called with what was found so far after each step of an action and, as it is told, after each round.
    """
    found, fresh, outside = states, states, family.nothing()
    while fresh:
        look(found, True)
        present, fresh = fresh, family.nothing()
        for tree in family.actions:
            inside = present
            while inside:
                new = family.diagrams.successors(tree, inside) - found - outside
                inside = family.within(new)
                if family.constrained:
                    outside |= new - inside
                found |= inside
                fresh |= inside
                present |= inside
                look(found, False)
    return found


@define
class Levels:
    """The levels of a breadth-first search, the initial states being the first.

    Attributes:
        family: The sets.
        levels: Those found so far; none is empty.
        found: All their states.
    """

    family: Family
    levels: list[States] = field(factory=list)
    found: States = field(init=False)
    _outside: States = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Nothing is found."""
        self.found = self._outside = self.family.nothing()

    def advance(self) -> States:
        """Find the next level; it is empty where there is none."""
        new = (self.family.successors(self.levels[-1]) if self.levels else self.family.initial()) - self.found - self._outside
        level = self.family.within(new)
        self._outside |= new - level
        self.found |= level
        if level:
            self.levels.append(level)
        return level

    def until(self, wanted: States) -> int | None:
        """The number of the first level with one of some states, counted from 0; goes on until there is one. None: none of them is reached."""
        for number, level in enumerate(self.levels):
            if level & wanted:
                return number
        while level := self.advance():
            if level & wanted:
                return len(self.levels) - 1
        return None

    @property
    def expanded(self) -> States:
        """The states of all levels but the last."""
        found = self.family.nothing()
        for level in self.levels[:-1]:
            found |= level
        return found
