"""A sloppy quorum: a store that takes writes whoever is down, and brings its replicas together afterwards.

DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", 2007, sections 4.5 and 4.6: N, R and W; the
first N healthy nodes of the preference list stand in for the first N; a node that stands in keeps a hint of whom it
stands in for, and hands the write over when that is back. Reads repair what they find stale, and replicas compare
what they have (anti-entropy). Nothing that was answered is lost, and the replicas come together; a read may be stale
all the same, since its quorum need not meet that of the write.

*Choices.* One key and one writer, so that versions are numbers; what several writers do is ``multi_primary.py``. A
write or a read is one step: which of the healthy nodes it reaches in time is a choice. A node that is down keeps what
it has on disk.

*Bounds.* ``writes``, ``failures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from modelcheck import Record, Spec, action, choose, invariant, reachable, require, terminal


class Node(Record):
    """A node: its version of the value, and a version that it keeps for another node."""

    up: bool = True
    version: int = 0
    hint: tuple[int, int] | None = None


class SloppyQuorum(Spec):
    """The store, for one key."""

    nodes: int = 4
    n: int = 3
    r: int = 2
    w: int = 2
    writes: int = 2
    failures: int = 2

    def init(self) -> None:
        """All nodes have version 0."""
        self.node = {i: Node() for i in self.everybody()}
        self.written = 0
        self.answered = 0
        self.failures_left = self.failures
        self.stale = False

    def everybody(self) -> Iterable[int]:
        """The nodes, in the order of the preference list."""
        return range(self.nodes)

    def preferred(self) -> Iterable[int]:
        """The first N."""
        return range(self.n)

    def healthy(self) -> list[int]:
        """The first N that are up."""
        return [i for i in self.everybody() if self.node[i].up][: self.n]

    # Writes and reads (section 4.5) -------------------------------------------------------------------------------------

    @action
    def write(self) -> None:
        """A write is answered when W of the first N healthy nodes have it; those that stand in keep a hint."""
        require(self.written < self.writes)
        healthy = self.healthy()
        require(len(healthy) >= self.w)
        reached = choose([some for size in range(self.w, len(healthy) + 1) for some in combinations(healthy, size)])
        self.written += 1
        absent = [i for i in self.preferred() if not self.node[i].up]
        for i in reached:
            if i < self.n:
                self.node[i].version = self.written
            else:
                self.keep_hint(i, absent[(i - self.n) % len(absent)] if absent else 0)
        self.answered = self.written

    def keep_hint(self, i: int, absent: int) -> None:
        """Hinted replica: whom it was for, in a store of its own."""
        self.node[i].hint = (absent, self.written)

    @action
    def read(self) -> None:
        """A read asks R of the first N healthy nodes, takes the newest version, and repairs what was older."""
        healthy = self.healthy()
        require(len(healthy) >= self.r)
        asked = choose(list(combinations(healthy, self.r)))
        newest = max(self.held(i) for i in asked)
        require(any(self.held(i) < newest for i in asked) or newest < self.answered)
        for i in asked:
            if i < self.n:
                self.take(i, newest)
        self.stale = newest < self.answered

    def held(self, i: int) -> int:
        """The version that a node answers with."""
        hint = self.node[i].hint
        return max(self.node[i].version, hint[1] if hint else 0)

    # Failures (section 4.6) ---------------------------------------------------------------------------------------------

    @action(everybody)
    def go_down(self, i: int) -> None:
        """A node cannot be reached for a while."""
        require(self.failures_left > 0)
        require(self.node[i].up)
        self.failures_left -= 1
        self.node[i].up = False

    @action(everybody)
    def come_up(self, i: int) -> None:
        """It is back, with what it had."""
        require(not self.node[i].up)
        self.node[i].up = True

    @action(everybody)
    def hand_over(self, i: int) -> None:
        """Hinted handoff: a node that stood in gives the write to the one that it was for, and then deletes it."""
        hint = self.node[i].hint
        require(self.node[i].up)
        require(hint is not None)
        absent, version = hint or (0, 0)
        require(self.is_ready(absent))
        if self.node[absent].up:
            self.take(absent, version)
        self.node[i].hint = None

    def take(self, i: int, version: int) -> None:
        """A replica keeps the newer of two versions."""
        self.node[i].version = max(self.node[i].version, version)

    def is_ready(self, absent: int) -> bool:
        """The one that it was for is up again."""
        return self.node[absent].up

    @action(preferred, preferred)
    def compare(self, i: int, j: int) -> None:
        """Anti-entropy: a replica gets what another one has newer."""
        require(self.node[i].up and self.node[j].up)
        require(self.node[i].version < self.node[j].version)
        self.node[i].version = self.node[j].version

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def nothing_is_lost(self) -> bool:
        """What was answered is somewhere, for its replica or in a hint."""
        return max(self.held(i) for i in self.everybody()) >= self.answered

    @reachable
    def reads_stale(self) -> bool:
        """A read can miss a write that was answered: this is what always being writable costs."""
        return self.stale

    @terminal
    def replicas_agree(self) -> bool:
        """Where nothing can happen any more, the replicas have the latest version."""
        return all(self.node[i].version == self.answered for i in self.preferred())
