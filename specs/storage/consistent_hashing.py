"""Consistent hashing: when a node joins, only what it will own moves, and until it has moved it is read from where it was.

Karger et al., "Consistent Hashing and Random Trees", 1997; Stoica et al., "Chord", 2001, section 4. Keys and nodes
lie on a circle; a key belongs to the first node at or after it. A node that joins takes over a part of what one other
node has. While that is copied, the old owner answers; a key changes hands when it has been copied.

*Choices.* A circle with so many places, a key at each place. Keys are written before, and read during the join. One
node joins at a time; keys are handed over one by one.

*Bounds.* ``places``, ``nodes`` and ``joining``.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, reachable, require, terminal


class ConsistentHashing(Spec):
    """A ring of nodes, and nodes that join it."""

    places: int = 6
    nodes: tuple[int, ...] = (0, 3)
    joining: tuple[int, ...] = (1, 5)

    def init(self) -> None:
        """Each key is with its owner."""
        self.ring = frozenset(self.nodes)
        self.at = {key: self.owner(key, self.ring) for key in self.keys()}
        self.before = self.ring
        self.moved: frozenset[int] = frozenset()
        self.missed = False

    def keys(self) -> Iterable[int]:
        """The keys, one at each place."""
        return range(self.places)

    def newcomers(self) -> Iterable[int]:
        """The nodes that will join."""
        return self.joining

    def owner(self, key: int, ring: frozenset[int]) -> int:
        """The first node at or after the key, clockwise."""
        return min(ring, key=lambda node: (node - key) % self.places)

    @action(newcomers)
    def join(self, node: int) -> None:
        """A node joins the ring; what it will own is still elsewhere."""
        require(node not in self.ring)
        require(self.is_settled())
        self.before = self.ring
        self.ring |= {node}
        self.moved = frozenset()

    def is_settled(self) -> bool:
        """Every key is with its owner."""
        return all(self.at[key] == self.owner(key, self.ring) for key in self.keys())

    @action(keys)
    def move(self, key: int) -> None:
        """A key is copied to its new owner, and dropped by the old one."""
        target = self.target(key)
        require(self.at[key] != target)
        self.at[key] = target
        self.moved |= {key}

    def target(self, key: int) -> int:
        """Where a key belongs by now."""
        return self.owner(key, self.ring)

    @action(keys)
    def read(self, key: int) -> None:
        """A client asks for a key."""
        require(not self.missed)
        require(not self.is_settled())
        self.missed = self.at[key] not in self.asked(key)

    def asked(self, key: int) -> set[int]:
        """Until all is settled, a node that does not have a key asks the one that had it before."""
        return {self.owner(key, self.ring), self.owner(key, self.before)}

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def moves_little(self) -> bool:
        """Monotonicity: a key moves to the new node only, never between two old ones."""
        return all(self.at[key] not in self.before for key in self.moved)

    @invariant
    def always_available(self) -> bool:
        """A key is found at any time."""
        return not self.missed

    @reachable(keys)
    def stays(self, key: int) -> bool:
        """A key can stay where it was when all nodes have joined."""
        return len(self.ring) > len(self.nodes) + 1 and self.at[key] in self.nodes

    @terminal
    def all_have_joined(self) -> bool:
        """All nodes are there, and every key is with its owner."""
        return self.is_settled()
