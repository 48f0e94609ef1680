"""Machines by table with a map from one to another, and whether one refines the other, by search over plain numbers."""

from __future__ import annotations

from modelcheck import Spec, action, choose, refines, require


class Table(Spec):
    """A machine by table: from each state to some."""

    first: tuple[int, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()

    def init(self):
        self.at = choose(self.first)

    @action
    def go(self):
        self.at = choose([b for a, b in self.edges if a == self.at])


class Concrete(Spec):
    first: tuple[int, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    image: tuple[int, ...] = ()
    abstract_first: tuple[int, ...] = ()
    abstract_edges: tuple[tuple[int, int], ...] = ()

    def init(self):
        self.at = choose(self.first)

    @action
    def go(self):
        require(self.at >= 0)
        self.at = choose([b for a, b in self.edges if a == self.at])

    @refines
    def table(self) -> Table:
        spec = Table(first=self.abstract_first, edges=self.abstract_edges)
        spec.at = self.image[self.at]
        return spec


def shortest(spec):
    """The length of the shortest run that does not refine, by breadth-first search over plain numbers; None if there is none."""
    if any(spec.image[s] not in spec.abstract_first for s in spec.first):
        return 0
    seen, level, depth = set(spec.first), list(spec.first), 0
    while level:
        depth += 1
        following = []
        for a, b in ((a, b) for s in level for a, b in spec.edges if a == s):
            one, two = spec.image[a], spec.image[b]
            if one != two and (one, two) not in spec.abstract_edges:
                return depth
            if b not in seen:
                seen.add(b)
                following.append(b)
        level = following
    return None


def random_table(chance):
    size, small = chance.randint(2, 6), chance.randint(1, 4)
    pairs = lambda n, k: tuple(sorted({(chance.randrange(n), chance.randrange(n)) for _ in range(k)}))  # noqa: E731
    image = tuple(chance.randrange(small) for _ in range(size))
    edges = pairs(size, chance.randint(1, 9))
    kept = {(image[a], image[b]) for a, b in edges if chance.random() < 0.9}
    return Concrete(
        first=tuple(sorted({chance.randrange(size) for _ in range(2)})),
        edges=edges,
        image=image,
        abstract_first=tuple(sorted({chance.randrange(small) for _ in range(4)})),
        abstract_edges=tuple(sorted({*kept, *pairs(small, 2)})),
    )
