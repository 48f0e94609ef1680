"""What transactions tell about the order of versions: the facts that dependency edges are made of.

Both kinds of transactions are brought into one form. A *version* of a key is named by the value written last; ``None``
is the version before all writes. List-append reveals the whole order of a key's versions, because every read of a list
contains those before it; for registers only the first version is known, and the order is searched for.

*Choices*, as Elle's (Kingsbury and Alvaro, "Elle", VLDB 2020): values are unique per key; what an aborted transaction
wrote must not be read (G1a), nor what its writer overwrote itself (G1b); a transaction must see its own writes
(``internal``). A value that nobody wrote is taken to be written by somebody outside the history, at any time. A
transaction whose outcome is unknown counts as committed once something that it wrote was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field, frozen

from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects import UNKNOWN
from modelcheck.consistency.result import Anomaly
from modelcheck.errors import HistoryError


@frozen(slots=True)
class Read:
    """An external read: of a version of a key that the transaction did not write itself."""

    reader: int
    key: Any
    version: Any


@define
class Versions:
    """Transactions, the versions that they read and wrote, and what is wrong already.

    Args:
        transactions: Committed ones, and those that may be.
        committed: Whether each surely committed.
        writers: The transaction that wrote a value of a key, by both.
        final: The last value that each transaction wrote to a key, by both.
        orders: For list-append: the versions of each key in order, as far as reads tell.
        reads: The external reads.
        anomalies: What needs no cycle.
        aborted: The transaction that wrote a value of a key and failed, by both.
        outside: How many values were read that nobody in the history wrote.
    """

    transactions: list[Operation] = field(factory=list)
    committed: list[bool] = field(factory=list)
    writers: dict[tuple[Any, Any], int] = field(factory=dict)
    final: dict[tuple[int, Any], Any] = field(factory=dict)
    orders: dict[Any, list[Any]] = field(factory=dict)
    reads: list[Read] = field(factory=list)
    anomalies: list[Anomaly] = field(factory=list)
    aborted: dict[tuple[Any, Any], Operation] = field(factory=dict)
    outside: int = 0

    def report(self, name: str, message: str, *operations: Operation) -> None:
        """Note an anomaly; the first of each name is enough."""
        if all(anomaly.name != name for anomaly in self.anomalies):
            self.anomalies.append(Anomaly(name, operations, message=message))


_STEP = ("kind", "key", "value")
_WRITES = frozenset({"w", "append", ":w", ":append"})


def versions_of(history: History, model: str) -> Versions:
    """Read the facts from a history of ``list-append`` or ``rw-register`` transactions."""
    facts = Versions()
    _collect_writes(history, facts)
    if model == "list-append":
        _read_lists(facts)
    else:
        _read_registers(facts)
    return facts


def steps_of(operation: Operation) -> Sequence[tuple[str, Any, Any]]:
    """The steps of a transaction as triples."""
    return [step if len(step) == len(_STEP) else (*step, None) for step in operation.argument or ()]


def _collect_writes(history: History, facts: Versions) -> None:
    for operation in history.failed:
        for kind, key, value in _checked(operation):
            if kind in _WRITES:
                facts.aborted[key, value] = operation
    for at, operation in enumerate(history.operations):
        facts.transactions.append(operation)
        facts.committed.append(operation.finish is not None and operation.result is not UNKNOWN)
        for kind, key, value in _checked(operation):
            if kind in _WRITES:
                _collect_write(facts, at, key, value)


def _collect_write(facts: Versions, at: int, key: Any, value: Any) -> None:
    other = facts.writers.setdefault((key, value), at)
    if other != at:
        raise HistoryError(
            f"the value {value!r} is written to the key {key!r} twice, by {facts.transactions[other]} and by another",
            place=facts.transactions[at].place,
            remedy="Dependencies between transactions can only be read off when every value is written once per key.",
        )
    facts.final[at, key] = value


def _checked(operation: Operation) -> Sequence[tuple[Any, ...]]:
    given = operation.argument or ()
    is_list = isinstance(given, tuple) and all(isinstance(step, tuple) for step in given)
    steps: Sequence[tuple[Any, ...]] = steps_of(operation) if is_list else [()]
    if operation.name != "txn" or not all(len(step) == len(_STEP) for step in steps):
        raise HistoryError(
            f"{operation} is no transaction",
            place=operation.place,
            remedy='A transaction is a list of steps such as ["append", 3, 1], ["w", 3, 1] and ["r", 3, null].',
        )
    return steps


def _plain(kind: str) -> str:
    return kind.removeprefix(":")


def _read_lists(facts: Versions) -> None:
    longest: dict[Any, tuple[tuple[Any, ...], Operation]] = {}
    lists: dict[Any, set[tuple[Any, ...]]] = {}
    for at, operation in enumerate(tuple(facts.transactions)):
        if not facts.committed[at]:
            continue
        own: dict[Any, list[Any]] = {}
        known: dict[Any, tuple[Any, ...]] = {}
        for step, (kind, key, value) in enumerate(steps_of(operation)):
            if _plain(kind) != "r":
                own.setdefault(key, []).append(value)
                continue
            seen = tuple(value or ())
            if not _internal_list(facts, operation, key, seen, known.get(key), own.get(key, ())):
                continue
            known[key] = seen[: len(seen) - len(own.get(key, ()))]
            _see_list(facts, at, step, key, known[key], lists, longest)
            if own.get(key):
                _see_order(longest, key, seen, operation)
    _order_lists(facts, lists, longest)


def _internal_list(
    facts: Versions, operation: Operation, key: Any, seen: tuple[Any, ...], known: Any, own: Sequence[Any]
) -> bool:
    expected = None if known is None else (*known, *own)
    if (expected is not None and seen != expected) or (own and seen[len(seen) - len(own) :] != tuple(own)):
        facts.report("internal", f"a read of {key!r} disagrees with what the transaction saw and did before", operation)
        return False
    return True


def _ensure_writer(facts: Versions, key: Any, value: Any) -> None:
    """Let somebody outside the history have written a value, if nobody inside did."""
    if value is None or (key, value) in facts.writers or (key, value) in facts.aborted:
        return
    at = len(facts.transactions)
    facts.transactions.append(Operation(("outside", at), "txn", (("w", key, value),), UNKNOWN))
    facts.committed.append(False)
    facts.writers[key, value] = at
    facts.final[at, key] = value
    facts.outside += 1


def _see_order(longest: dict[Any, Any], key: Any, seen: tuple[Any, ...], operation: Operation) -> None:
    if len(seen) > len(longest.get(key, ((), operation))[0]):
        longest[key] = (seen, operation)


def _see_list(
    facts: Versions,
    at: int,
    step: int,
    key: Any,
    seen: tuple[Any, ...],
    lists: dict[Any, set[tuple[Any, ...]]],
    longest: dict[Any, tuple[tuple[Any, ...], Operation]],
) -> None:
    operation = facts.transactions[at]
    group = lists.setdefault(key, set())
    if seen not in group:
        group.add(seen)
        _see_order(longest, key, seen, operation)
        if len(set(seen)) != len(seen):
            facts.report("duplicate-elements", f"a read of {key!r} has an element twice: {list(seen)}", operation)
    for kind, other, value in steps_of(operation)[step:]:
        if _plain(kind) == "append" and other == key and value in seen:
            facts.report("future-read", f"a read of {key!r} has what the transaction appends later", operation)
    facts.reads.append(Read(at, key, seen[-1] if seen else None))


def _order_lists(facts: Versions, lists: dict[Any, Any], longest: dict[Any, Any]) -> None:
    for key, (order, operation) in longest.items():
        for value in order:
            _ensure_writer(facts, key, value)
        facts.orders[key] = list(dict.fromkeys(order))
        for seen in lists.get(key, ()):
            if seen != order[: len(seen)]:
                facts.report("incompatible-order", f"{key!r} was read as {list(seen)} and as {list(order)}", operation)
        _check_writers(facts, key, order, operation)
    for read in facts.reads:
        _check_intermediate(facts, read)


def _check_writers(facts: Versions, key: Any, order: Sequence[Any], operation: Operation) -> None:
    dirty: Operation | None = None
    for value in order:
        if (key, value) in facts.aborted:
            dirty = facts.aborted[key, value]
            facts.report("G1a", f"{value!r} in {key!r} was read, but its writer aborted", dirty, operation)
        elif dirty is not None:
            writer = facts.transactions[facts.writers[key, value]]
            facts.report("dirty-update", f"{key!r} kept a value of an aborted transaction", dirty, writer)


def _check_intermediate(facts: Versions, read: Read) -> None:
    writer = facts.writers.get((read.key, read.version))
    if writer is None or writer == read.reader or facts.final.get((writer, read.key)) == read.version:
        return
    facts.report(
        "G1b",
        f"{read.version!r} was read from {read.key!r}, which its writer overwrote itself",
        facts.transactions[writer],
        facts.transactions[read.reader],
    )


def _read_registers(facts: Versions) -> None:
    for at, operation in enumerate(tuple(facts.transactions)):
        if not facts.committed[at]:
            continue
        now: dict[Any, Any] = {}
        for kind, key, value in steps_of(operation):
            if _plain(kind) != "r":
                now[key] = value
            elif key in now and now[key] != value:
                facts.report(
                    "internal", f"a read of {key!r} disagrees with what the transaction saw and did", operation
                )
            elif key not in now:
                now[key] = value
                _ensure_writer(facts, key, value)
                facts.reads.append(Read(at, key, value))
                _check_version(facts, at, key, value)
    for read in facts.reads:
        _check_intermediate(facts, read)


def _check_version(facts: Versions, at: int, key: Any, value: Any) -> None:
    operation = facts.transactions[at]
    if (key, value) in facts.aborted:
        writer = facts.aborted[key, value]
        facts.report("G1a", f"{value!r} was read from {key!r}, but its writer aborted", writer, operation)
    elif facts.writers.get((key, value)) == at:
        facts.report("future-read", f"{value!r} was read from {key!r} before the transaction wrote it", operation)
