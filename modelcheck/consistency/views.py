"""What each client of registers sees: causal consistency, PRAM and the session guarantees.

For each client there has to be an order of all writes, its *view*, that explains its reads: whoever wrote a register and is
visible to a read of it comes before the write that the read saw, or is that write. What is visible, and what the view keeps
besides, makes the model:

* ``pram`` (Lipton and Sandberg 1988): the client's reads stand in the view too, which keeps the order of every client.
* ``causal`` (Ahamad and others, "Causal memory", 1995): as PRAM, and the view keeps what came before by any chain of
  clients' orders and reads.
* ``causal+`` (Lloyd and others 2011; causal convergence of Bouajjani and others, "On verifying causal consistency", 2017;
  Burckhardt 2014, section 5): one view for all clients, in which a read sees what came before it by such a chain.
* ``read-your-writes``: visible are the client's own earlier writes; ``monotonic-reads``: what its earlier reads saw;
  ``monotonic-writes``: what a client wrote before a write that was seen, and the view keeps the order of each client's
  writes; ``writes-follow-reads``: what a client had seen before it made a write that was seen, and the view puts that before
  the write (Terry and others, "Session guarantees for weakly consistent replicated data", 1994; Viotti and Vukolic 2016).

*Choices*: views differ from client to client but for causal+, as in causal memory; Viotti and Vukolic have one order of
writes for all. A guarantee about the writes of others is judged by what the reader itself saw, in this read or earlier. A
value that nobody wrote is never right. A write that never returned need not have happened; if it was seen, it comes after
what its client had done before, and before nothing.

*Cost*: a bit for each pair of a write and an operation, some passes over the history for each client; polynomial, as
values are written once per key. If they are not, the question is NP-complete, and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from modelcheck.consistency.accesses import Access, Accesses
from modelcheck.consistency.result import Anomaly, Edge

VIEWS: Final = (
    "causal",
    "causal+",
    "pram",
    "read-your-writes",
    "monotonic-reads",
    "monotonic-writes",
    "writes-follow-reads",
)
"""The models of this module."""

_SESSION: Final = ("session", "the same client did it first")
_READ: Final = ("wr", "the other read what it wrote")


class _View:
    """Accesses of one view, and what it has to keep."""

    def __init__(self, nodes: Sequence[Access]) -> None:
        self.after: dict[Access, list[Access]] = {node: [] for node in nodes}
        self.why: dict[tuple[Access, Access], tuple[str, str]] = {}

    def add(self, before: Access, after: Access, why: tuple[str, str]) -> bool:
        """Keep one access before another; whether that is new."""
        if (before, after) in self.why or before not in self.after or after not in self.after:
            return False
        self.why[before, after] = why
        self.after[before].append(after)
        return True

    def behind(self) -> tuple[dict[Access, int], list[Access]]:
        """By access the writes before it, as bits; and those that a cycle keeps from having a place."""
        waiting = dict.fromkeys(self.after, 0)
        for _, after in self.why:
            waiting[after] += 1
        found = dict.fromkeys(self.after, 0)
        ready = [node for node, count in waiting.items() if count == 0]
        for node in ready:
            bits = found[node] | (1 << node.number if node.is_write else 0)
            for after in self.after[node]:
                found[after] |= bits
                waiting[after] -= 1
                if waiting[after] == 0:
                    ready.append(after)
        return found, [node for node, count in waiting.items() if count > 0]

    def cycle(self, stuck: Sequence[Access]) -> Anomaly:
        """A short cycle among accesses that have no place."""
        left = set(stuck)
        before = {after: one for one, after in self.why if one in left and after in left}
        node, seen = stuck[0], dict[Access, None]()
        while node not in seen:
            seen[node] = None
            node = before[node]
        members = list(seen)
        ways = (self._way(start, left) for start in members[members.index(node) :][:20])
        shortest = min(ways, key=len)
        edges = tuple(
            Edge(at, (at + 1) % len(shortest), *self.why[one, shortest[(at + 1) % len(shortest)]])
            for at, one in enumerate(shortest)
        )
        return Anomaly("cycle", tuple(node.operation for node in shortest), edges)

    def _way(self, start: Access, left: set[Access]) -> list[Access]:
        """A shortest way from an access back to it."""
        came: dict[Access, Access] = {}
        queue = [start]
        for node in queue:
            for after in self.after[node]:
                if after == start:
                    way = [node]
                    while way[-1] != start:
                        way.append(came[way[-1]])
                    return way[::-1]
                if after in left and after not in came:
                    came[after] = node
                    queue.append(after)
        return sorted(left, key=lambda node: node.number)


def anomaly_of_views(accesses: Accesses, consistency: str) -> Anomaly | None:
    """What a model of :data:`VIEWS` forbids and a history has, or ``None`` if it holds."""
    unwritten = accesses.unwritten()
    if unwritten is not None:
        return Anomaly("thin-air read", (unwritten.operation,), message="nobody wrote what was read")
    question = _Question(accesses, consistency)
    if consistency == "causal+":
        return question.converges()
    if consistency in ("causal", "pram"):
        check: Callable[[Sequence[Access]], Anomaly | None] = question.has_order
    else:
        check = question.has_guarantee
    found = (check([a for a in own if not a.is_write]) for own in accesses.clients().values())
    return next((anomaly for anomaly in found if anomaly is not None), None)


class _Question:
    """A model, and what it asks of the accesses of a history."""

    def __init__(self, accesses: Accesses, consistency: str) -> None:
        self.accesses, self.consistency = accesses, consistency
        self.sources = accesses.sources(consistency)
        self.previous = accesses.predecessors()
        self.known = self._known()
        self.by_number = {access.number: access for access in accesses.all}
        self.writers: dict[Hashable, int] = {}
        for access in accesses.all:
            if access.is_write:
                self.writers[access.key] = self.writers.get(access.key, 0) | 1 << access.number

    def converges(self) -> Anomaly | None:
        """What keeps one view from explaining all clients."""
        view = self._chains(self.accesses.all, list(self.sources))
        behind, stuck = view.behind()
        if stuck:
            return view.cycle(stuck)
        wrong = self._order_visible(view, list(self.sources), behind, behind)
        return wrong or self._cycle_of(view)

    def has_order(self, reads: Sequence[Access]) -> Anomaly | None:
        """What keeps a client's view from explaining its reads, where they stand in it too."""
        if self.consistency == "causal":
            view = self._chains(self.accesses.all, list(self.sources))
        else:
            own = set(reads)
            nodes = [access for access in self.accesses.all if access.is_write or access in own]
            view = self._chains(nodes, [read for read in reads if read in self.sources])
        size = -1
        while size != len(view.why):
            size = len(view.why)
            behind, stuck = view.behind()
            if stuck:
                return view.cycle(stuck)
            wrong = self._order_visible(view, reads, behind, behind)
            if wrong:
                return wrong
        return None

    def has_guarantee(self, reads: Sequence[Access]) -> Anomaly | None:
        """What keeps a client's view from giving it a session guarantee."""
        view = _View([access for access in self.accesses.all if access.is_write])
        for write in view.after:
            for before in self._kept_before(write):
                view.add(before, write, _SESSION if before.client == write.operation.process else _READ)
        return self._order_visible(view, reads, dict(self._visible(reads)), {}) or self._cycle_of(view)

    def _kept_before(self, write: Access) -> Iterator[Access]:
        """The writes that the guarantee puts before one."""
        before = self.previous.get(write)
        while before is not None:
            if before.is_write and self.consistency == "monotonic-writes":
                yield before
                return
            source = self.sources.get(before)
            if source is not None and self.consistency == "writes-follow-reads":
                yield source
            before = self.previous.get(before)

    def _visible(self, reads: Sequence[Access]) -> Iterator[tuple[Access, int]]:
        """By read of one client the writes that the guarantee makes visible, as bits."""
        bits = 0
        for read in reads:
            source = self.sources.get(read)
            if self.consistency == "read-your-writes":
                before = self.previous.get(read)
                while before is not None and before.is_write:
                    bits |= 1 << before.number
                    before = self.previous.get(before)
            elif source is not None and self.consistency != "monotonic-reads":
                bits |= self.known[source]
            yield read, bits
            if source is not None and self.consistency == "monotonic-reads":
                bits |= 1 << source.number

    def _known(self) -> dict[Access, int]:
        """By access what its client wrote before, or had seen before: that is visible to who sees a write."""
        found: dict[Access, int] = {}
        for access in self.accesses.all:
            before = self.previous.get(access)
            found[access] = 0
            if before is not None:
                seen = before if self.consistency == "monotonic-writes" else self.sources.get(before)
                found[access] = found[before] | (1 << seen.number if seen is not None and seen.is_write else 0)
        return found

    def _chains(self, nodes: Sequence[Access], reads: Sequence[Access]) -> _View:
        """A view that keeps the order of each client, and some reads after what they saw."""
        view = _View(nodes)
        for node in nodes:
            before = self.previous.get(node)
            while before is not None and before not in view.after:
                before = self.previous.get(before)
            if before is not None:
                view.add(before, node, _SESSION)
        for read in reads:
            source = self.sources[read]
            if source is not None:
                view.add(source, read, _READ)
        return view

    def _order_visible(
        self, view: _View, reads: Sequence[Access], visible: dict[Access, int], behind: dict[Access, int]
    ) -> Anomaly | None:
        """Put every visible write of a read's key before the write that it saw; what is wrong if it saw none."""
        for read in reads:
            if read not in self.sources:
                continue
            source = self.sources[read]
            others = visible[read] & self.writers.get(read.key, 0)
            if source is not None:
                others &= ~(1 << source.number) & ~behind.get(source, 0)
            for other in self._members(others):
                if source is None:
                    message = "a visible write was read as if it never happened"
                    return Anomaly("stale read", (other.operation, read.operation), message=message)
                view.add(other, source, ("ww", f"it was in sight of {read.operation}, which read the other's value"))
        return None

    def _members(self, bits: int) -> Iterator[Access]:
        while bits:
            lowest = bits & -bits
            yield self.by_number[lowest.bit_length() - 1]
            bits ^= lowest

    @staticmethod
    def _cycle_of(view: _View) -> Anomaly | None:
        stuck = view.behind()[1]
        return view.cycle(stuck) if stuck else None
