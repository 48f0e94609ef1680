"""Hashing that is not consistent, and joins that hide keys."""

from modelcheck import fails
from specs.storage.consistent_hashing import ConsistentHashing


@fails("moves_little", steps=2)
class Modulo(ConsistentHashing):
    """The owner is the hash modulo the number of nodes, and nearly everything moves: caught by moves_little."""

    def owner(self, key: int, ring: frozenset[int]) -> int:
        """Wrong: it depends on how many there are."""
        return sorted(ring)[key % len(ring)]


@fails("always_available", steps=2)
class AsksNewOwnerOnly(ConsistentHashing):
    """Clients ask the new owner as soon as it has joined: caught by always_available."""

    def asked(self, key: int) -> set[int]:
        """Wrong: it does not have the key yet."""
        return {self.owner(key, self.ring)}


@fails("always_available", steps=3)
class AsksOldOwnerOnly(ConsistentHashing):
    """Clients ask the old owner until all has moved: caught by always_available."""

    def asked(self, key: int) -> set[int]:
        """Wrong: it does not have the key any more."""
        return {self.owner(key, self.before)}
