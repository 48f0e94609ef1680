"""Which names may trade places."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from modelcheck.values import Interchangeable, ordered

MOST_LISTED = 120
"""Renamings that are listed one by one."""
MOST_COUNTED = 2**62
"""Renamings that are never listed, so that the size of an orbit is a number of the machine's."""


@frozen
class Group:
    """The renamings that exchange names within blocks.

    Attributes:
        blocks: The names that may trade places, at least two in each.
        others: Names that stay what they are.
    """

    blocks: tuple[tuple[Interchangeable, ...], ...]
    others: frozenset[Interchangeable] = frozenset()

    @property
    def names(self) -> tuple[Interchangeable, ...]:
        """All names that may trade places, in the order of their numbers."""
        return tuple(itertools.chain(*self.blocks))

    @property
    def order(self) -> int:
        """How many renamings there are."""
        return math.prod(math.factorial(len(block)) for block in self.blocks)

    def renamings(self) -> Iterator[tuple[Interchangeable, ...]]:
        """What each renaming makes of the names, the identity first."""
        for parts in itertools.product(*(itertools.permutations(block) for block in self.blocks)):
            yield tuple(itertools.chain(*parts))

    def knows(self, name: Interchangeable) -> bool:
        """Whether it is known of a name if it may trade places."""
        return name in self.others or name in self.names

    def limited(self, most: int) -> Group:
        """The same with blocks so small that there are at most so many renamings; names that are left out stay what they are."""
        blocks = list(self.blocks)
        while math.prod(math.factorial(len(block)) for block in blocks) > most:
            largest = max(range(len(blocks)), key=lambda at: len(blocks[at]))
            blocks[largest] = blocks[largest][:-1]
        kept = tuple(block for block in blocks if len(block) > 1)
        return Group(kept, self.others | (frozenset(self.names) - frozenset(itertools.chain(*kept))))


def group_of(names: Iterable[Interchangeable], fixed: Iterable[Interchangeable], alike: Any) -> Group:
    """The group of names that are met.

    Args:
        names: All that are known.
        fixed: Those that the spec's constants single out.
        alike: Says of two names of one class whether the initial state is the same with them exchanged.
    """
    others = frozenset(fixed)
    by_class: dict[type, list[Interchangeable]] = {}
    for name in ordered(frozenset(names) - others):
        by_class.setdefault(type(name), []).append(name)
    blocks = [block for of_class in by_class.values() for block in _alike(of_class, alike)]
    single = frozenset(name for block in blocks if len(block) == 1 for name in block)
    return Group(tuple(block for block in blocks if len(block) > 1), others | single)


def _alike(names: Sequence[Interchangeable], alike: Any) -> list[tuple[Interchangeable, ...]]:
    """The names in blocks; that exchanging two changes nothing is transitive, so one of each block tells for it."""
    blocks: list[list[Interchangeable]] = []
    for name in names:
        block = next((each for each in blocks if alike(each[0], name)), None)
        if block is None:
            blocks.append([name])
        else:
            block.append(name)
    return [tuple(block) for block in blocks]
