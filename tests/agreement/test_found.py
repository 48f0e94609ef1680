"""Specs on which the enumerator and the oracle once differed, as the random writer found them, cut down."""

from __future__ import annotations

import pytest

from .compare import compare

SWAPPED = """
class Example(Spec):
    def init(self):
        self.a, self.b = {0}, set()
    @action
    def swap(self):
        self.a, self.b = self.b, self.a
"""

CHANGED_AFTER_ASSIGNMENT = """
class Example(Spec):
    def init(self):
        self.a, self.b = {0}, set()
    @action(NODES)
    def go(self, n):
        self.a = new = {1}
        new.add(n)
        old = self.b
        self.b = self.a
        old.add(2)
        self.b.discard(1)
"""

MET_AFTER_READING_ALL = """
class Example(Spec):
    def init(self):
        self.n = 0
        self.seen = set()
    @action(NODES)
    def go(self, n):
        if self.seen - {5}:
            require(self.n < 2)
        if self.n + n in self.seen:
            self.seen.discard(self.n + n)
        self.n = (self.n + 1) % 3
    @action(NODES)
    def add(self, n):
        require(len(self.seen) < 3)
        self.seen.add(self.n + n)
"""

COUNTED_DOWN_TO_ZERO = """
class Example(Spec):
    def init(self):
        self.bag = Counter([0])
        self.odd = None
    @action
    def take(self):
        require(self.bag[0] > 0)
        self.bag[0] -= 1
        self.odd = (0 in self.bag, len(self.bag), self.bag.get(1, 7), (1, 0) in self.bag.items())
"""

POPPED_FROM_A_SET = """
class Example(Spec):
    def init(self):
        self.a = {Colour.RED, Colour.BLUE}
        self.last = None
    @action
    def pop(self):
        require(self.a)
        self.last = self.a.pop()
"""

LAST_KEY = """
class Example(Spec):
    def init(self):
        self.table = {}
        self.last = None
    @action(range(3))
    def put(self, i):
        require(len(self.table) < 3)
        self.table.pop(0, None)
        self.table[i] = 0
        self.table[0] = 1
        self.last = list(self.table)[-1], next(iter(self.table))
        if i == 2:
            self.table.popitem()
"""

TERMINAL_WITH_PARAMETERS = """
class Example(Spec):
    def init(self):
        self.n = 0
    @action
    def go(self):
        require(self.n < 1)
        self.n += 1
    @terminal(NODES)
    def end(self, n):
        return n == self.n
"""

FOUND = {name: text for name, text in globals().items() if name.isupper()}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_what_once_differed_agrees(name: str) -> None:
    """In every mode of the search."""
    assert compare(FOUND[name]) in {"holds", "violated"}
