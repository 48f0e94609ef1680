"""Why a read from a quorum returns what was written to one: one write, one read, and the lemmas of the proof.

The replicas, their messages and all actions are those of `specs.replication.quorum`, with one writer and one reader. Their history is
an observer here, which notes whether the write was complete when the read began, and what the read returned. Requests
are received late, repeatedly or never, and replicas crash and recover.

*What the proof covers.* One configuration at a time: a number of replicas, and any sizes of the quorums that meet. One
operation of each client; timestamps are not bounded.
"""

from collections.abc import Iterable
from typing import Any, cast

from modelcheck import invariant, lemma
from modelcheck.spec.record import Part
from specs.replication.quorum import NOTHING, Node, Phase, Quorum, Request, Store, Stored, Version

WRITTEN = Stored(Version(1, 0), 1)
WRITER, READER = 0, 1


class Observer(Part):
    """What is to be known of the two operations.

    Attributes:
        written: The write is complete.
        begun_after: The read began when the write was complete.
        returned: What the read returned.
    """

    written: bool = False
    begun_after: bool = False
    returned: int | None = None

    def invoke(self, client: int, operation: str, argument: Any = None) -> None:
        """An operation begins."""
        del client, argument
        if operation == "read":
            self.begun_after = self.written

    def complete(self, client: int, result: Any = None) -> None:
        """An operation returns."""
        if client == WRITER:
            self.written = True
        else:
            self.returned = result


class OneWriteOneRead(Quorum):
    """A write and a read of a replicated register."""

    writers: int = 1
    readers: int = 1

    def init(self) -> None:
        """As in Quorum, with an observer in place of the history."""
        super().init()
        self.history = Observer()  # type: ignore[assignment]  # It is told what a history is told.

    def seen(self) -> Observer:
        """What is known of the two operations."""
        return cast("Observer", self.history)

    def everyone(self) -> Iterable[Node]:
        """The replicas."""
        return self.replica

    def requests(self) -> Iterable[Request]:
        """All requests that were ever sent."""
        return self.network.in_flight()

    def both(self) -> Iterable[int]:
        """The clients."""
        return self.clients()

    @invariant
    def reads_what_was_written(self) -> bool:
        """A read that begins after the write is complete returns what was written."""
        return not self.seen().begun_after or self.seen().returned in (None, 1)

    # Lemmas on the write ----------------------------------------------------------------------------------------------

    def begun_to_store(self) -> bool:
        """Whether the writer has told the replicas what to store."""
        writer = self.client[WRITER]
        return writer.operation == 1 and writer.phase is not Phase.QUERY

    @lemma(everyone)
    def replicas_store_the_write(self, r: Node) -> bool:
        """A replica stores what was written, or nothing; nothing before the writer told it to."""
        stored = self.replica[r].stored
        return stored == NOTHING or (stored == WRITTEN and self.begun_to_store())

    @lemma(both)
    def clients_know_the_write(self, c: int) -> bool:
        """What a client takes for the newest was stored by a replica, or is what it writes."""
        newest = self.client[c].newest
        return newest == NOTHING or (newest == WRITTEN and self.begun_to_store())

    @lemma(requests)
    def requests_tell_the_write(self, m: Request) -> bool:
        """What replicas are told to store was written; what the writer tells them is not nothing."""
        if not isinstance(m, Store):
            return True
        return (m.stored == WRITTEN and self.begun_to_store()) or (m.stored == NOTHING and m.client == READER)

    @lemma(everyone)
    def acknowledged_is_stored(self, r: Node) -> bool:
        """A replica that told the writer that it is done stores what was written."""
        writer = self.client[WRITER]
        return writer.phase is not Phase.STORE or r not in writer.answered or self.replica[r].stored == WRITTEN

    @lemma
    def complete_is_stored_by_a_quorum(self) -> bool:
        """When the write is complete, a write quorum stores it, and the writer does nothing more."""
        if not self.seen().written:
            return True
        writer = self.client[WRITER]
        done = writer.phase is Phase.IDLE and writer.operation == 1
        return done and sum(each.stored == WRITTEN for each in self.replica.values()) >= self.write_quorum

    # Lemmas on the read -----------------------------------------------------------------------------------------------

    @lemma(both)
    def idle_clients_know_nothing(self, c: int) -> bool:
        """Between operations a client has no answers, and before the first one nothing was read."""
        client = self.client[c]
        fresh = client.operation > 0 or (client.phase is Phase.IDLE and (c == WRITER or self.seen().returned is None))
        return fresh and (client.phase is not Phase.IDLE or not client.answered)

    @lemma
    def begun_after_is_after(self) -> bool:
        """A read that began after the write was complete has begun, and the write is complete."""
        return not self.seen().begun_after or (self.seen().written and self.client[READER].operation == 1)

    @lemma
    def a_write_quorum_is_to_answer(self) -> bool:
        """As long as the reader has not found what was written, a write quorum that stores it has not answered."""
        reader = self.client[READER]
        if not self.seen().begun_after or reader.phase is not Phase.QUERY or reader.newest == WRITTEN:
            return True
        to_answer = sum(r not in reader.answered and self.replica[r].stored == WRITTEN for r in self.everyone())
        return to_answer >= self.write_quorum

    @lemma
    def writes_back_what_was_written(self) -> bool:
        """A reader that has begun after the write was complete writes back what was written."""
        reader = self.client[READER]
        return not self.seen().begun_after or reader.phase is not Phase.STORE or reader.newest == WRITTEN
