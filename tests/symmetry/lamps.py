"""Lamps that may trade places."""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Spec, action, require, terminal
from specs.commit.two_phase_commit import Manager


class Lamps(Spec):
    """Lamps that are turned up; two predicates look at one of them by its place, in a way that states met first do not show."""

    def init(self) -> None:
        self.lamp = dict.fromkeys(self.lamps(), 0)

    def lamps(self) -> Iterable[Manager]:
        return Manager.several(4)

    @action(lamps)
    def up(self, i: Manager) -> None:
        require(self.lamp[i] < 2)
        self.lamp[i] += 1

    @terminal
    def all_are_up(self) -> bool:
        return all(light == 2 for light in self.lamp.values())
