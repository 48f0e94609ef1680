"""Registers that may answer a little too old: regular, and k-atomic.

* ``regular`` (Lamport, "On interprocess communication", 1986; for several writers Shao, Pierce and Welch 2003, and Viotti and
  Vukolic 2016): the writes have one order that keeps real time, and a read sees the last write that returned before it
  was called, or one that is later in that order and was called before the read returned.
* ``2-atomic``, ``3-atomic`` and so on (Aiyer, Alvisi and Bazzi, "On the availability of non-strict quorum systems", 2005): all
  operations have one order that keeps real time, and a read sees one of the last k writes before it. 1-atomic is
  linearizable.

*Choices*: both are local, so that each key is decided by itself. A regular register needs values that are written once per
key where writes overlap, or no read could tell which it saw; a k-atomic one does not.

*Why pairs suffice* for a regular register. Let a write be *late* until the last call of a read that saw it, or its own call. Of
two writes the one comes first that returned before the other was late. If such edges make a cycle, let s be the write in it
that was late last, and u the one after it: s returned before u was late, and u returned before the one after it was late,
thus before s was. So s and u contradict each other already.

*Cost*: sorting for a regular register; the search for a linearization for a k-atomic one, whose state is the last k values.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from itertools import pairwise
from math import inf
from typing import Any, ClassVar

from attrs import evolve, frozen

from modelcheck.consistency.accesses import Access, Accesses
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects.sequential import SequentialObject
from modelcheck.consistency.result import Anomaly


def staleness(consistency: str) -> int | None:
    """The k of k-atomic; ``None`` for other consistencies.

    >>> staleness("3-atomic")
    3
    """
    found = re.fullmatch(r"([1-9]\d{0,2})-atomic", consistency)
    return int(found[1]) if found else None


@frozen
class StaleRegister(SequentialObject):
    """A register that remembers its last values: ``write(value)``, and ``read(value)``, which says whether it may be seen.

    Args:
        initial: The last values, the newest first; at first one.
        depth: How many it remembers.
    """

    name: ClassVar[str] = "register"
    operations: ClassVar[tuple[str, ...]] = ("read", "write")
    reads: ClassVar[frozenset[str]] = frozenset({"read"})
    initial: tuple[Any, ...]
    depth: int

    def apply(self, state: tuple[Any, ...], operation: str, argument: Any) -> tuple[tuple[Any, ...], Any]:
        """Look for a value among the last ones, or put one before them."""
        if operation == "read":
            return state, argument in state
        return (argument, *state)[: self.depth], None


def stale_parts(accesses: Accesses, depth: int) -> list[tuple[Hashable, History, StaleRegister]]:
    """By key the history of a register that remembers its last values."""
    parts: dict[Hashable, list[Operation]] = {}
    for access in accesses.all:
        operation = evolve(
            access.operation,
            name="write" if access.is_write else "read",
            argument=access.value,
            result=access.operation.result if access.is_lost else None if access.is_write else True,
        )
        parts.setdefault(access.key, []).append(operation)
    return [(key, History(own), StaleRegister((accesses.initial(key),), depth)) for key, own in parts.items()]


def anomaly_of_regular(accesses: Accesses) -> Anomaly | None:
    """What a regular register forbids and a history has, or ``None`` if it holds."""
    unwritten = accesses.unwritten()
    if unwritten is not None:
        return Anomaly("thin-air read", (unwritten.operation,), message="nobody wrote what was read")
    keys: dict[Hashable, list[Access]] = {}
    for access in accesses.all:
        keys.setdefault(access.key, []).append(access)
    if not any(_overlap([a for a in own if a.is_write]) for own in keys.values()):
        found = (_wrong_read(own, accesses.initial(key)) for key, own in keys.items())
        return next((anomaly for anomaly in found if anomaly is not None), None)
    sources = accesses.sources("regular")
    found = (_wrong_pair(own, sources) for own in keys.values())
    return next((anomaly for anomaly in found if anomaly is not None), None)


def _returned(access: Access) -> float:
    return inf if access.operation.finish is None else access.operation.finish


def _overlap(writes: Sequence[Access]) -> bool:
    return any(_returned(one) >= other.operation.call for one, other in pairwise(writes))


def _wrong_read(own: Sequence[Access], initial: Hashable) -> Anomaly | None:
    """A read of one key that saw neither the last write before it nor one that overlaps it, where writes do not overlap."""
    writes = [a for a in own if a.is_write]
    for read in own:
        if read.is_write:
            continue
        begin = bisect_left(writes, float(read.operation.call), key=_returned)
        end = bisect_right(writes, _returned(read), key=lambda w: w.operation.call)
        may = [w.value for w in writes[begin:end]]
        may.append(writes[begin - 1].value if begin > 0 else initial)
        if read.value not in may:
            shown = (writes[begin - 1].operation,) if begin > 0 else ()
            message = "the read saw neither the last write that had returned nor one that overlaps it"
            return Anomaly("stale read", (*shown, read.operation), message=message)
    return None


def _wrong_pair(own: Sequence[Access], sources: dict[Access, Access | None]) -> Anomaly | None:
    """Two writes of one key that would each have to come first, or a read before its write or after another one."""
    late: dict[Access, tuple[float, Access]] = {a: (a.operation.call, a) for a in own if a.is_write}
    first: tuple[float, Access] | None = None
    for read in own:
        if read not in sources:
            continue
        source, call = sources[read], read.operation.call
        if source is None:
            first = max(first or (call, read), (call, read), key=lambda entry: entry[0])
        elif source.operation.call > _returned(read):
            message = "the read saw a write that was called after it had returned"
            return Anomaly("future read", (read.operation, source.operation), message=message)
        else:
            late[source] = max(late[source], (call, read), key=lambda entry: entry[0])
    if first is not None:
        for write in late:
            if _returned(write) < first[0]:
                message = "the read saw what was there at first, though the write had returned"
                return Anomaly("stale read", (write.operation, first[1].operation), message=message)
    return _contradicting(late)


def _contradicting(late: dict[Access, tuple[float, Access]]) -> Anomaly | None:
    """Two writes of which each returned before the other was late."""
    by_return = sorted(late, key=_returned)
    latest: list[Access] = []  # of the writes that returned so far, those that were late last: two, the last first
    at = 0
    for write in sorted(late, key=lambda w: late[w][0]):
        while at < len(by_return) and _returned(by_return[at]) < late[write][0]:
            latest = sorted([*latest, by_return[at]], key=lambda w: -late[w][0])[:2]
            at += 1
        for other in latest:
            if other is not write and _returned(write) < late[other][0]:
                reads = dict.fromkeys(access.operation for access in (late[write][1], late[other][1]) if not access.is_write)
                message = "each of the writes would have to come before the other"
                return Anomaly("contradicting reads", (write.operation, other.operation, *reads), message=message)
    return None
