"""Locks for any number of nodes; `modelcheck prove --all nodes` finds the lemmas of their proofs.

Most are protocols on which tools that find invariants are compared: Ivy (Padon et al., 2016), IC3PO (Goel and Sakallah, 2021),
DuoAI (Yao et al., 2022) and Endive (Schultz et al., 2022).
"""

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, require


class LockServer(Spec):
    """A server gives one lock to who asks, by messages that may take long and are not lost."""

    nodes: int = 3

    def init(self) -> None:
        """The server has the lock, and nothing is in flight."""
        self.requests: frozenset[int] = frozenset()
        self.grants: frozenset[int] = frozenset()
        self.releases: frozenset[int] = frozenset()
        self.holds = dict.fromkeys(self.everybody(), False)
        self.free = True

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def later(self, n: int) -> Iterable[int]:
        """The nodes after one."""
        return range(n + 1, self.nodes)

    @action(everybody)
    def send_request(self, n: int) -> None:
        """A node asks for the lock."""
        self.requests |= {n}

    @action(everybody)
    def receive_request(self, n: int) -> None:
        """The server gives the lock to a node that asked."""
        require(self.free and n in self.requests)
        self.free = False
        self.requests -= {n}
        self.grants |= {n}

    @action(everybody)
    def receive_grant(self, n: int) -> None:
        """A node gets the lock."""
        require(n in self.grants)
        self.grants -= {n}
        self.holds[n] = True

    @action(everybody)
    def unlock(self, n: int) -> None:
        """A node gives the lock back."""
        require(self.holds[n])
        self.holds[n] = False
        self.releases |= {n}

    @action(everybody)
    def receive_release(self, n: int) -> None:
        """The server gets the lock back."""
        require(n in self.releases)
        self.releases -= {n}
        self.free = True

    @invariant(everybody, later)
    def mutual_exclusion(self, one: int, other: int) -> bool:
        """No two nodes hold the lock."""
        return not (self.holds[one] and self.holds[other])


class DecentralisedLock(Spec):
    """A lock that nodes hand to each other in messages."""

    nodes: int = 3

    def init(self) -> None:
        """The first node has the lock."""
        self.has = {n: n == 0 for n in self.everybody()}
        self.message: set[tuple[int, int]] = set()

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    def later(self, n: int) -> Iterable[int]:
        """The nodes after one."""
        return range(n + 1, self.nodes)

    @action(everybody, everybody)
    def send(self, source: int, target: int) -> None:
        """The node that has the lock sends it to another one."""
        require(self.has[source])
        self.has[source] = False
        self.message.add((source, target))

    @action(everybody, everybody)
    def receive(self, source: int, target: int) -> None:
        """A node gets the lock."""
        require((source, target) in self.message)
        self.message.discard((source, target))
        self.has[target] = True

    @invariant(everybody, later)
    def mutual_exclusion(self, one: int, other: int) -> bool:
        """No two nodes have the lock."""
        return not (self.has[one] and self.has[other])


class RicartAgrawala(Spec):
    """Who wants to enter asks all others, and those that are inside answer later. Without the numbers of the original, which are for fairness.

    Ricart and Agrawala, "An Optimal Algorithm for Mutual Exclusion in Computer Networks", 1981.
    """

    nodes: int = 3

    def init(self) -> None:
        """Nobody asked, and nobody is inside."""
        self.requested: set[tuple[int, int]] = set()
        self.replied: set[tuple[int, int]] = set()
        self.inside: set[int] = set()

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody, everybody)
    def request(self, asking: int, other: int) -> None:
        """A node asks another one."""
        require(asking != other and (asking, other) not in self.requested)
        self.requested.add((asking, other))

    @action(everybody, everybody)
    def reply(self, asking: int, other: int) -> None:
        """The other one lets it in, unless it is inside or was let in itself."""
        require((asking, other) in self.requested and asking != other)
        require(other not in self.inside and (other, asking) not in self.replied and (asking, other) not in self.replied)
        self.requested.discard((asking, other))
        self.replied.add((asking, other))

    @action(everybody)
    def enter(self, n: int) -> None:
        """A node that all others let in enters."""
        require(all(n == m or (n, m) in self.replied for m in self.everybody()))
        self.inside.add(n)

    @action(everybody)
    def leave(self, n: int) -> None:
        """A node leaves, and has to ask anew."""
        require(n in self.inside)
        self.inside.discard(n)
        self.replied = {(m, other) for m, other in self.replied if m != n}

    @invariant(everybody, everybody)
    def mutual_exclusion(self, one: int, other: int) -> bool:
        """No two nodes are inside."""
        return one == other or one not in self.inside or other not in self.inside


class TokenHandedOn(Spec):
    """One token, whose place is a variable: who has it may work."""

    nodes: int = 3

    def init(self) -> None:
        """The first node has the token."""
        self.token = 0
        self.works = dict.fromkeys(self.everybody(), False)

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody)
    def begin(self, n: int) -> None:
        """Who has the token works."""
        require(self.token == n)
        self.works[n] = True

    @action(everybody, everybody)
    def hand_on(self, n: int, other: int) -> None:
        """Who is done hands the token on."""
        require(self.token == n)
        self.works[n] = False
        self.token = other

    @invariant(everybody, everybody)
    def one_works(self, one: int, other: int) -> bool:
        """No two nodes work."""
        return one == other or not (self.works[one] and self.works[other])


class ReadersAndWriters(Spec):
    """A lock for many readers or one writer."""

    nodes: int = 3

    def init(self) -> None:
        """Nobody reads or writes."""
        self.readers: set[int] = set()
        self.writer: int | None = None

    def everybody(self) -> Iterable[int]:
        """The nodes."""
        return range(self.nodes)

    @action(everybody)
    def begin_to_read(self, n: int) -> None:
        """A node reads, unless one writes."""
        require(self.writer is None)
        self.readers.add(n)

    @action(everybody)
    def read(self, n: int) -> None:
        """A reader is done."""
        self.readers.discard(n)

    @action(everybody)
    def begin_to_write(self, n: int) -> None:
        """A node writes, if nobody does anything."""
        require(self.writer is None and len(self.readers) == 0)
        self.writer = n

    @action(everybody)
    def write(self, n: int) -> None:
        """The writer is done."""
        require(self.writer == n)
        self.writer = None

    @invariant(everybody)
    def nobody_reads_what_is_written(self, n: int) -> bool:
        """While one writes nobody reads."""
        return self.writer is None or n not in self.readers
