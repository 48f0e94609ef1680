"""Scrubbing: corruption that nobody has read yet is found by checksums, and repaired from other replicas.

Bairavasundaram et al., "An Analysis of Data Corruption in the Storage Stack", 2008; Ghemawat, Gobioff and Leung, "The
Google File System", 2003, section 5.2. A block has a checksum that is kept apart from it. A read checks it, and so
does a scrubber that reads everything in the background; what is corrupt is overwritten from a replica whose checksum
is right. Data is lost when every replica is corrupt before one is repaired, so the time between two scrubs must be
shorter than that between two corruptions.

*Choices.* One block. Corruption is silent, and strikes one replica at a time. A scrub comes between any two
corruptions; that is the assumption, and a mutant drops it.

*Bounds.* ``corruptions`` in all; ``slack``, how many there may be between two scrubs.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Record, Spec, action, invariant, reachable, require, terminal

GARBAGE = -1


class Replica(Record):
    """A replica of the block: what is there, and the checksum, which is the number of the write that it belongs to."""

    value: int = 0
    checksum: int = 0


class Scrubbing(Spec):
    """A block on a number of replicas."""

    replicas: int = 3
    writes: int = 1
    corruptions: int = 3
    slack: int = 2

    def init(self) -> None:
        """All replicas are right."""
        self.replica = {r: Replica() for r in self.everybody()}
        self.latest = 0
        self.corruptions_left = self.corruptions
        self.since_scrub = 0
        self.read_wrong = False

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    def is_right(self, r: int) -> bool:
        """The checksum matches."""
        return self.replica[r].value == self.replica[r].checksum

    @action
    def write(self) -> None:
        """A client writes the block, everywhere."""
        require(self.latest < self.writes)
        self.latest += 1
        for replica in self.replica.values():
            replica.value = replica.checksum = self.latest

    @action(everybody)
    def corrupt(self, r: int) -> None:
        """A replica rots, and nobody knows."""
        require(self.corruptions_left > 0)
        require(self.since_scrub < self.slack)
        self.corruptions_left -= 1
        self.since_scrub += 1
        self.replica[r].value = GARBAGE

    @action(everybody)
    def read(self, r: int) -> None:
        """A client reads a replica whose checksum is right."""
        require(self.may_answer(r))
        self.read_wrong = self.replica[r].value != self.latest

    def may_answer(self, r: int) -> bool:
        """A replica that finds its checksum wrong sends the client elsewhere."""
        return self.is_right(r)

    @action
    def scrub(self) -> None:
        """All replicas are read, and those that are wrong are overwritten from one that is right."""
        require(any(not self.is_right(r) for r in self.everybody()))
        sources = [r for r in self.everybody() if self.is_source(r)]
        require(sources)
        self.since_scrub = 0
        source = self.replica[sources[0]]
        for r, replica in self.replica.items():
            if not self.is_right(r):
                replica.value, replica.checksum = source.value, source.checksum

    def is_source(self, r: int) -> bool:
        """A replica may be copied from if its checksum is right."""
        return self.is_right(r)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def no_wrong_read(self) -> bool:
        """No client gets garbage."""
        return not self.read_wrong

    @invariant
    def not_lost(self) -> bool:
        """Some replica is right."""
        return any(self.replica[r].value == self.latest for r in self.everybody())

    @reachable
    def all_but_one(self) -> bool:
        """All replicas but one can be corrupt at once."""
        return sum(not self.is_right(r) for r in self.everybody()) == self.replicas - 1

    @terminal
    def all_is_right(self) -> bool:
        """Where nothing can happen any more, all replicas are right."""
        return all(self.replica[r].value == self.latest for r in self.everybody())
