"""Chandy and Lamport's snapshot with one bug each: what breaks it, and which property catches it."""

from modelcheck import Network, fails
from specs.clocks.snapshot import Message, Snapshot


@fails("consistent_cut", steps=3)
class Overtaking(Snapshot):
    """Channels are not FIFO, and a token overtakes the marker that was sent before it: caught by consistent_cut."""

    def channels(self) -> Network[Message]:
        """Wrong: messages arrive in any order."""
        return Network(nodes=tuple(self.everybody()))


@fails("consistent_cut", steps=5)
class IgnoresChannels(Snapshot):
    """Only processes are recorded, and a token under way is lost to the snapshot: caught by consistent_cut."""

    def receive_token(self, p: int, q: int) -> None:
        """Wrong: what was in the channel is not recorded."""
        self.process[p].tokens += 1
        self.process[p].got[q] += 1


@fails("consistent_cut", steps=4)
class RecordsForEver(Snapshot):
    """What arrives after the marker is recorded as the state of the channel, too, and counted twice: caught by consistent_cut."""

    def receive_token(self, p: int, q: int) -> None:
        """Wrong: the marker does not end the recording."""
        process = self.process[p]
        process.tokens += 1
        process.got[q] += 1
        if process.recorded is not None:
            process.channel[q] += 1


@fails("catches_token_under_way")
@fails("deadlock", steps=9)
@fails("is_taken", steps=3)
class RecordsAtOwnTime(Snapshot):
    """A process waits for a second marker before it records; two that do so wait for each other: caught by is_taken, and as a deadlock.

    So catches_token_under_way is not reached, either.
    """

    def receive_marker(self, p: int, q: int) -> None:
        """Wrong: the first marker is the time to record."""
        process = self.process[p]
        if process.recorded is None and process.marked:
            self.record(p)
        process.marked |= {q}
