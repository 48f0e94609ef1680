"""A shard moves while it is written.

Corbett et al., "Spanner", 2012, on movedir; Adya et al., "Slicer: Auto-Sharding for Datacenter Applications", 2016.
The source copies the shard in the background while it serves; it sends the writes that come meanwhile after the copy;
then, in one transaction, the shard is handed over: the source takes no more writes, the rest goes to the destination,
and the directory points there. A router may know the old place for a while, so a server refuses what is not its own.

*Choices.* A shard with some keys, of which each is written once; writes are answered when the owner has them. The
copy goes key by key. Two servers.

*Bounds.* ``keys``.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal

SOURCE, DESTINATION = 0, 1


class Server(Record):
    """A server: what it has of the shard, and whether it owns it."""

    values: frozenset[int] = frozenset()
    owns: bool = False


class Sharding(Spec):
    """A shard that moves from one server to the other."""

    keys: int = 3

    def init(self) -> None:
        """The source owns the shard."""
        self.server = {SOURCE: Server(owns=True), DESTINATION: Server()}
        self.answered: frozenset[int] = frozenset()
        self.directory = SOURCE
        self.router = SOURCE
        self.moving = False
        self.copied: frozenset[int] = frozenset()

    def all_keys(self) -> Iterable[int]:
        """The keys of the shard."""
        return range(self.keys)

    @action(all_keys)
    def write(self, key: int) -> None:
        """A client writes by way of its router; the server answers if it owns the shard."""
        server = self.server[self.router]
        require(key not in self.answered)
        require(self.accepts(server))
        server.values |= {key}
        self.answered |= {key}
        if self.moving and self.router == SOURCE:
            self.forward(key)

    def accepts(self, server: Server) -> bool:
        """A server that does not own the shard sends the router to the directory."""
        return server.owns

    def forward(self, key: int) -> None:
        """What is written during the move is copied once more."""
        self.copied -= {key}

    @action
    def refresh(self) -> None:
        """A router that was refused looks into the directory."""
        require(self.router != self.directory)
        self.router = self.directory

    @action
    def begin_move(self) -> None:
        """The source starts to copy."""
        require(self.server[SOURCE].owns)
        require(not self.moving)
        self.moving = True

    @action(all_keys)
    def copy(self, key: int) -> None:
        """A key is copied as it is now, written or not."""
        require(self.moving)
        require(key not in self.copied)
        self.copied |= {key}
        if key in self.server[SOURCE].values:
            self.server[DESTINATION].values |= {key}

    @action
    def hand_over(self) -> None:
        """When everything is copied, the shard changes hands in one step."""
        require(self.moving)
        require(self.may_hand_over())
        self.moving = False
        self.server[SOURCE].owns = self.still_owns()
        self.server[DESTINATION].owns = True
        self.directory = DESTINATION

    def may_hand_over(self) -> bool:
        """No key is left that was not copied since it was written."""
        return len(self.copied) == self.keys

    def still_owns(self) -> bool:
        """The source owns it no more."""
        return False

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def one_owner(self) -> bool:
        """The shard has exactly one owner."""
        return sum(server.owns for server in self.server.values()) == 1

    @invariant
    def nothing_is_lost(self) -> bool:
        """What was answered is with every owner."""
        return all(self.answered <= server.values for server in self.server.values() if server.owns)

    @reachable
    def writes_during_move(self) -> bool:
        """A key can be written during the move, and be there after it."""
        return self.directory == DESTINATION and self.server[DESTINATION].values == frozenset(self.all_keys()) and self.router == SOURCE

    @terminal
    def all_is_written(self) -> bool:
        """All keys are written, and the shard has moved."""
        return len(self.answered) == self.keys and self.directory == DESTINATION
