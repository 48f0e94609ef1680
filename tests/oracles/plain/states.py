"""A state: an object whose dicts are in order, and in which only what was one object after ``init`` is one."""

from __future__ import annotations

from collections import Counter, deque

from .values import Bag, SortedSet, fields, rank


class Settling:
    """Makes states of what runs leave behind. The first object shows which places are second names of others.

    Attributes:
        names: The first name of each place that is a second one.
    """

    def __init__(self):
        self.names = None

    def __call__(self, live):
        first = self.names is None
        if first:
            self.names = {}
        self.seen, self.made, self.first = {}, {}, first
        return self.copy(live, ())

    def copy(self, held, place):
        """A copy of what stands at a place; values stay as they are."""
        if type(held).__hash__ is not None and not hasattr(held, "init") and not hasattr(type(held), "made"):
            return held
        if self.first and id(held) in self.seen:
            self.names[place] = self.seen[id(held)]
        if place in self.names:
            return self.made[self.names[place]]
        self.seen[id(held)] = place
        return self.filled(held, place)

    def filled(self, held, place):
        """A new container or record with copies of what is in it."""
        if isinstance(held, set):
            self.made[place] = SortedSet(held)
        elif isinstance(held, (list, deque)):
            self.made[place] = type(held)(held)
        elif isinstance(held, dict):
            made = self.made[place] = Bag() if isinstance(held, Counter) else {}
            for item in sorted(held, key=rank):
                if held[item] or not isinstance(held, Counter):
                    made[item] = self.copy(held[item], (*place, item))
        else:
            made = self.made[place] = object.__new__(type(held))
            for name, inner in fields(held):
                setattr(made, name, self.copy(inner, (*place, name)))
            if hasattr(held, "_boot"):
                made._boot = held._boot
        return self.made[place]
