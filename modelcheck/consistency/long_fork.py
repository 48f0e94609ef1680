"""Long forks: two reads of the same keys, each of which saw a write that the other missed.

Adya, "Weak Consistency", 1999, section 4.2; Cerone, Bernardi and Gotsman, "A Framework for Transactional Consistency
Models with Atomic Visibility", 2015: parallel snapshot isolation allows it, snapshot isolation does not. As in Jepsen's
``long-fork``, ``write`` writes one key once, as ``[["w", key, value]]``, and ``read`` reads a group of keys, as
``[["r", key, value], ...]``, null where nothing was written yet.

*Choices.* Reads of different groups are not compared. *Cost*: linear in the size of all reads, but for sorting: what
the reads of one group saw must grow from one to the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import Any

from modelcheck.consistency._equality import kept
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.result import Anomaly
from modelcheck.errors import HistoryError

Seen = dict[Hashable, Any]
"""What a read saw, by key."""


def long_forks(history: History) -> Iterator[Anomaly]:
    """Every two reads next to each other of which neither saw all that the other did."""
    written = _written(history)
    groups: dict[frozenset[Hashable], list[tuple[Operation, Seen]]] = {}
    for operation in history.operations:
        if operation.name == "read" and operation.finish is not None and operation.result is not UNKNOWN:
            values = _values(operation, operation.result, "r")
            yield from _unwritten(operation, values, written)
            groups.setdefault(frozenset(values), []).append((operation, values))
    for reads in groups.values():
        yield from _forks(reads)


def _written(history: History) -> Seen:
    """What was written to each key, which is written once."""
    found: Seen = {}
    for operation in history.operations:
        if operation.name != "write":
            continue
        for key, value in _values(operation, operation.argument, "w").items():
            if key in found:
                raise HistoryError(
                    f"the key {key!r} is written twice",
                    place=operation.place,
                    remedy="A long fork can be told where each key is written once; --model rw-register asks for more.",
                )
            found[key] = kept(value)
    return found


def _values(operation: Operation, steps: Any, kind: str) -> Seen:
    """The values of an operation's steps by key."""
    found: Seen = {}
    for step in steps if isinstance(steps, tuple) else (None,):
        if not isinstance(step, tuple) or len(step) != len(("kind", "key", "value")) or step[0] not in (kind, f":{kind}"):
            raise HistoryError(
                f"{operation} has no steps such as [{kind!r}, key, value]",
                place=operation.place,
                remedy="A write of a long fork is a list with one step, a read a list of them.",
            )
        found[kept(step[1])] = step[2]
    return found


def _unwritten(read: Operation, values: Seen, written: Seen) -> Iterator[Anomaly]:
    for key, value in values.items():
        if value is not None and (key not in written or written[key] != kept(value)):
            yield Anomaly("unexpected", (read,), message=f"{value!r} was read from {key!r}, and never written there")


def _forks(reads: list[tuple[Operation, Seen]]) -> Iterator[Anomaly]:
    ordered = sorted(reads, key=lambda read: sum(value is not None for value in read[1].values()))
    for (one, before), (other, after) in pairwise(ordered):
        missed = [key for key, value in before.items() if value is not None and after[key] is None]
        if missed:
            more = next(key for key, value in after.items() if value is not None and before[key] is None)
            message = f"one read saw the write of {missed[0]!r} and not that of {more!r}, and another the reverse"
            yield Anomaly("long-fork", (one, other), message=message)
