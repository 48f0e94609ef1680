"""One register on two sites, twice: consistent or available when the network is cut.

Gilbert and Lynch, "Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web
Services", 2002. Consistent means linearizable; available means that every request at a site that is up gets an
answer. Theorem 1 is that no algorithm has both if messages can be lost; each of the two protocols here gives up one,
and both have both as long as the network is not cut.

*Choices.* The messages between the sites arrive in one step, which fails if the network is cut; a cut stays. The
consistent store asks the other site about every operation, and waits if it cannot. The available store answers from
its own copy, and tells the other site if it can. Here nothing is ever cut; what happens when it is say the subclasses
beside this file.

*Bounds.* One client at each site, with so many operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modelcheck import History, Record, Spec, action, reachable, require, terminal
from modelcheck.consistency.objects import Register

SITES = (0, 1)


class Operation(Enum):
    """What a client asks for."""

    READ = "read"
    WRITE = "write"


class Site(Record):
    """A site: its copy, and what its client waits for."""

    value: int = 0
    waiting: Operation | None = None
    left: int = 0


class ConsistentStore(Spec):
    """CP: an operation is done at both sites or not at all."""

    operations: int = 2

    def init(self) -> None:
        """Both copies are 0."""
        self.site = {s: Site(left=self.operations) for s in SITES}
        self.cut = False
        self.written = 0
        self.history = History.of(Register(0))

    def sites(self) -> Iterable[int]:
        """Both sites."""
        return SITES

    @action(sites, Operation)
    def request(self, s: int, operation: Operation) -> None:
        """A client asks its site."""
        site = self.site[s]
        require(site.waiting is None)
        require(site.left > 0)
        site.left -= 1
        site.waiting = operation
        if operation is Operation.WRITE:
            self.written += 1
            self.history.invoke(s, "write", self.value_of(s))
        else:
            self.history.invoke(s, "read")

    def value_of(self, s: int) -> int:
        """What a site writes: no two writes are alike."""
        return 2 * (self.operations - self.site[s].left) + s + 1

    @action(sites)
    def answer(self, s: int) -> None:
        """A site does what its client asked for, and answers."""
        site = self.site[s]
        require(site.waiting is not None)
        self.prepare(s)
        if site.waiting is Operation.WRITE:
            site.value = self.value_of(s)
            self.history.complete(s)
        else:
            self.history.complete(s, site.value)
        site.waiting = None
        self.replicate(s)

    def prepare(self, s: int) -> None:
        """The other site must be asked."""
        require(not self.cut)

    def replicate(self, s: int) -> None:
        """The other site does the same."""
        self.site[1 - s].value = self.site[s].value

    @reachable(sites)
    def reads_from_other(self, s: int) -> bool:
        """A site can have what was written at the other one."""
        return self.site[s].value != 0 and self.site[s].value == self.value_of(1 - s)

    @terminal
    def all_are_answered(self) -> bool:
        """Available: where nothing can happen any more, no client waits."""
        return all(site.waiting is None for site in self.site.values())


class AvailableStore(ConsistentStore):
    """AP: a site answers from its own copy."""

    def prepare(self, s: int) -> None:
        """Nobody is asked."""

    def replicate(self, s: int) -> None:
        """The other site is told, if it can be reached."""
        if not self.cut:
            super().replicate(s)
