"""The Google File System's record append: at least once, at one offset in all replicas.

Ghemawat, Gobioff and Leung, "The Google File System", 2003, sections 2.7, 3.1 and 3.3. The replica with the lease,
the primary, appends a record to its own replica and tells the others to write it at exactly that offset. If any of
them fails, the client hears an error and tries again: so the record is at one offset in all replicas at least once,
and there may be parts of it, and repetitions, before.

*Choices.* One chunk. A write to a replica succeeds or fails at once. The master gives the lease to another replica
only when the old lease has run out, of which the old primary knows; a primary that cannot reach the master may go on
until then.

*Bounds.* ``records``, ``failures`` of writes, ``leases``.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck import Record, Spec, action, bound, choose, invariant, reachable, require, terminal

Chunk = tuple[int | None, ...]


def with_record(chunk: Chunk, offset: int, record: int) -> Chunk:
    """The chunk with a record at an offset; what lies between is padding."""
    padded = chunk + (None,) * max(offset - len(chunk), 0)
    return (*padded[:offset], record, *padded[offset + 1 :])


class Replica(Record):
    """A replica: its chunk, and whether it has the lease."""

    chunk: Chunk = ()
    has_lease: bool = False


class Gfs(Spec):
    """A chunk on a number of replicas."""

    replicas: int = 3
    records: int = 2
    failures: int = 1
    leases: int = 1

    def init(self) -> None:
        """Replica 0 has the lease; the chunk is empty."""
        self.replica = {r: Replica() for r in self.everybody()}
        self.replica[0].has_lease = True
        self.appended = 0
        self.answered: dict[int, int | None] = dict.fromkeys(range(self.records))
        self.failures_left = self.failures
        self.leases_left = self.leases

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    def all_records(self) -> Iterable[int]:
        """The records."""
        return range(self.records)

    @action(everybody, all_records)
    def append(self, p: int, record: int) -> None:
        """Record append: the primary chooses the offset, the end of its chunk; the client is answered when all replicas have the record there."""
        require(self.replica[p].has_lease)
        require(self.answered[record] is None)
        require(all(self.answered[earlier] is not None for earlier in range(record)))
        bound(self.appended < self.records + self.failures)
        self.appended += 1
        offset = len(self.replica[p].chunk)
        failing = choose([None, *(r for r in self.everybody() if r != p)]) if self.failures_left > 0 else None
        for r in self.everybody():
            if r != failing:
                self.replica[r].chunk = with_record(self.replica[r].chunk, self.place(r, offset), record)
        if failing is not None:
            self.failures_left -= 1
        if self.succeeds(failing):
            self.answered[record] = offset

    def place(self, r: int, offset: int) -> int:
        """Secondaries write at the offset that the primary has chosen."""
        return offset

    def succeeds(self, failing: int | None) -> bool:
        """The client hears of success if no replica has failed."""
        return failing is None

    @action(everybody)
    def grant(self, r: int) -> None:
        """The master gives the lease to another replica, when the old one has run out."""
        require(not self.replica[r].has_lease)
        require(self.leases_left > 0)
        self.leases_left -= 1
        for other in self.everybody():
            if self.runs_out(other):
                self.replica[other].has_lease = False
        self.replica[r].has_lease = True

    def runs_out(self, r: int) -> bool:
        """Whoever had the lease knows that it is over."""
        return self.replica[r].has_lease

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(all_records, everybody)
    def at_least_once(self, record: int, r: int) -> bool:
        """A record that was answered is in every replica, at the offset that the client was told."""
        offset = self.answered[record]
        return offset is None or self.replica[r].chunk[offset : offset + 1] == (record,)

    @invariant
    def one_primary(self) -> bool:
        """At most one replica orders appends."""
        return sum(replica.has_lease for replica in self.replica.values()) <= 1

    @reachable(everybody)
    def leaves_padding(self, r: int) -> bool:
        """A replica can have padding where another one has a record."""
        return None in self.replica[r].chunk

    @terminal
    def all_is_answered(self) -> bool:
        """Every record is appended, or the bound is met."""
        return True
