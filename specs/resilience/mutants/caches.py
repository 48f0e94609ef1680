"""Caches that do not keep together: what each can lose or show stale."""

from modelcheck import fails, require
from specs.resilience.caches import Control, Write, WriteThroughCache


@fails("coherence", steps=5)
@fails("reads_what_was_written", steps=5)
class NoInvalidation(WriteThroughCache):
    """A write does not reach the copies of others, which go on reading the old value: caught by coherence and reads_what_was_written."""

    def updates(self, q: int, address: int) -> bool:
        """Wrong: others are not told."""
        return False


@fails("reads_what_was_written", steps=2)
class ReadsPastTheQueue(WriteThroughCache):
    """A miss is answered from the memory, past the writes that are on their way to it: caught by reads_what_was_written."""

    def latest(self, address: int) -> int:
        """Wrong: what is in memory now."""
        return self.memory[address]


@fails("reads_what_was_written", steps=2)
class WriteBack(WriteThroughCache):
    """A write stays in the writer's cache, and is lost when that copy is evicted: caught by reads_what_was_written."""

    def write(self, p: int) -> None:
        """Wrong: nothing goes to the memory, and eviction does not write back."""
        require(self.control[p] is Control.BUSY)
        request = self.waiting_request(p)
        if not isinstance(request, Write):
            require(False)
            return
        for q in self.everybody():
            if p == q or self.updates(q, request.address):
                self.cache[q][request.address] = request.value
        self.buffer[p] = None
        self.control[p] = Control.DONE


@fails("reads_what_was_written", steps=5)
class QueueOvertakes(WriteThroughCache):
    """Writes to the memory overtake each other: caught by reads_what_was_written."""

    queue = 2

    def memory_writes(self) -> None:
        """Wrong: the newest one first."""
        require(self.to_memory)
        newest = self.to_memory[-1]
        if not isinstance(newest.request, Write):
            require(False)
            return
        self.to_memory.pop()
        self.memory[newest.request.address] = newest.request.value
