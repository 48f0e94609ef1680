"""What Jepsen's checkers ask of a whole history, where that is no sequential object.

* ``bank``: every read sees all accounts with one total, none of them negative.
* ``comments``: who sees a value sees all that were written before that one was begun.
* ``kafka``: consumers poll what producers sent, in order and without gaps.
* ``long-fork``: of two reads of the same keys, one saw all that the other did.
* ``set-full``: an element that was added (or broadcast, in Maelstrom) or seen is in all reads from some moment on.
* ``total-queue``: what comes out went in and comes out once; what went in comes out in the end.
* ``unique-ids``: no identifier is given out twice.

*Choices*: the total of a bank is that of the first read. An element of a set that a read misses and a later one has is
stale, which is no violation. A queue loses an element only if it was drained after the element was in; operations of
unknown outcome may have taken it. Where nothing wrong was seen and an element that was acknowledged
was never looked for, the verdict is ``unknown``.

*Cost*: linear in the size of all results, but ``comments``, which is quadratic in the worst case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from modelcheck.consistency._equality import kept
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.kafka import kafka_anomalies
from modelcheck.consistency.long_fork import long_forks
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.result import Anomaly, HistoryResult
from modelcheck.errors import HistoryError, UsageError
from modelcheck.verdict import Verdict

Findings = Iterator["Anomaly | str"]
"""What is wrong, and reasons why it is not known whether something is."""

VALID: Final = "valid"
"""What a checker asks: the only consistency that its model has."""

SHOWN: Final = 5
"""Anomalies of one kind that are told."""


def decide_checker(history: History, model: str, consistency: str | None) -> HistoryResult:
    """What the checker of this name says.

    Raises:
        UsageError: Another consistency than ``valid`` is asked for.
        HistoryError: An operation is none of the checker's.
    """
    if consistency not in (None, VALID):
        raise UsageError(f"{model!r} cannot be {consistency!r}", remedy="Leave the consistency out.")
    checker, operations = CHECKERS[model]
    for operation in history.operations:
        if operation.name not in operations:
            raise HistoryError(
                f"{model!r} has no operation {operation.name!r}",
                place=operation.place,
                remedy=f"It has {', '.join(sorted(operations))}; name another model with --model.",
            )
    anomalies: list[Anomaly] = []
    reasons: list[str] = []
    count: Counter[str] = Counter()
    for found in checker(history):
        if isinstance(found, str):
            reasons.append(found)
            continue
        count[found.name] += 1
        if count[found.name] <= SHOWN:
            anomalies.append(found)
    verdict = Verdict.VIOLATED if anomalies else Verdict.UNKNOWN if reasons else Verdict.HOLDS
    reason = reasons[0] if verdict is Verdict.UNKNOWN else None
    return HistoryResult(
        verdict, VALID, model, len(history), f"the checker {model}", reason, anomalies=tuple(anomalies)
    )


def _known(history: History, *names: str) -> Iterator[Operation]:
    """The operations of these names whose result is known."""
    return (o for o in history.operations if o.name in names and o.finish is not None and o.result is not UNKNOWN)


def _members(operation: Operation) -> frozenset[Any]:
    """The set that an operation saw."""
    if isinstance(operation.result, tuple | frozenset):
        return frozenset(map(kept, operation.result))
    raise HistoryError(
        f"{operation} sees no set", place=operation.place, remedy="A read of a set gives a list or a set of elements."
    )


def _end(operation: Operation) -> int:
    """When an operation that returned did."""
    assert operation.finish is not None
    return operation.finish


def _bank(history: History) -> Findings:
    total: Any = None
    accounts: frozenset[Any] = frozenset()
    for read in _known(history, "read"):
        balances = _balances(read)
        now = sum(balances.values())
        if total is None:
            total, accounts = now, frozenset(balances)
        if frozenset(balances) != accounts:
            yield Anomaly("wrong-accounts", (read,), message=f"there are {len(accounts)} accounts, and others were read")
        elif now != total:
            yield Anomaly("wrong-total", (read,), message=f"the accounts hold {now} together, and not {total} as at first")
        for account, balance in sorted(balances.items(), key=repr):
            if balance < 0:
                yield Anomaly("negative-value", (read,), message=f"the account {account!r} holds {balance}")


def _balances(read: Operation) -> Mapping[Any, int | float]:
    pairs = read.result if isinstance(read.result, tuple | frozenset) else (None,)
    if not all(isinstance(p, tuple) and len(p) == len(("account", "balance")) for p in pairs) or not all(
        isinstance(p[1], int | float) and not isinstance(p[1], bool) for p in pairs
    ):
        raise HistoryError(
            f"{read} sees no balances", place=read.place, remedy="A read of a bank is a map from accounts to numbers."
        )
    return dict(pairs)


def _comments(history: History) -> Findings:
    writes = {kept(o.argument): o for o in history.operations if o.name == "write"}
    ended = sorted((o for o in writes.values() if o.finish is not None), key=lambda o: o.finish or 0)
    for read in _known(history, "read"):
        seen = _members(read)
        latest = max((writes[v] for v in seen if v in writes), key=lambda o: o.call, default=None)
        for write in ended:
            if latest is None or write.finish is None or write.finish >= latest.call:
                break
            if kept(write.argument) not in seen:
                message = f"{latest.argument!r} was seen without {write.argument!r}, which was written before it"
                yield Anomaly("missing-predecessor", (write, latest, read), message=message)
                break


def _set_full(history: History) -> Findings:
    adds = {kept(o.argument): o for o in history.operations if o.name in ("add", "broadcast")}
    known = {element: _end(add) for element, add in adds.items() if add.finish is not None}
    present: dict[Any, Operation] = {}
    absent: dict[Any, Operation] = {}
    for read in sorted(_known(history, "read"), key=lambda o: o.call):
        seen = _members(read)
        for element in seen:
            present[element] = read
            known[element] = min(known.get(element, _end(read)), _end(read))
        absent.update(dict.fromkeys(adds.keys() - seen, read))
    for element, add in adds.items():
        missing, last = absent.get(element), present.get(element)
        settled = [known[element], *([last.call] if last else [])] if element in known else []
        if settled and missing is not None and max(settled) < missing.call:
            where = (add, missing) if last is None else (add, last, missing)
            yield Anomaly("lost", where, message=f"{element!r} was there, and the last read does not see it")
        elif last is None and add.finish is not None:
            yield f"the element {element!r} was acknowledged and never read"
    if adds and not present:
        yield "no element was ever read"


def _total_queue(history: History) -> Findings:
    enqueued = Counter(kept(o.argument) for o in history.operations if o.name == "enqueue")
    taken: Counter[Hashable] = Counter()
    by_value: dict[Hashable, list[Operation]] = {}
    for operation in _known(history, "dequeue", "drain"):
        for value in _taken(operation):
            taken[value] += 1
            by_value.setdefault(value, []).append(operation)
    for value, operations in by_value.items():
        if value not in enqueued:
            yield Anomaly("unexpected", tuple(operations), message=f"{value!r} came out and was never put in")
        elif taken[value] > enqueued[value]:
            message = f"{value!r} was put in {_times(enqueued[value])} and came out {_times(taken[value])}"
            yield Anomaly("duplicated", tuple(operations), message=message)
    yield from _lost(history, taken)


def _taken(operation: Operation) -> tuple[Any, ...]:
    if operation.name == "drain":
        is_list = isinstance(operation.result, tuple)
        return tuple(map(kept, operation.result)) if is_list else tuple(_members(operation))
    return () if operation.result is None else (kept(operation.result),)


def _lost(history: History, taken: Mapping[Hashable, int]) -> Findings:
    acknowledged: dict[Hashable, list[Operation]] = {}
    for operation in history.operations:
        if operation.name == "enqueue" and operation.finish is not None:
            acknowledged.setdefault(kept(operation.argument), []).append(operation)
    left = [o for v, group in acknowledged.items() for o in group[: max(0, len(group) - taken.get(v, 0))]]
    last = max((o.call for o in _known(history, "drain")), default=-1)
    lost = [o for o in left if o.finish is not None and o.finish < last]
    unclear = [o.name for o in history.operations if o.name != "enqueue" and o.result is UNKNOWN]
    if len(lost) > len(unclear) and "drain" not in unclear:
        yield from (Anomaly("lost", (o,), message=f"{o.argument!r} was put in and did not come out") for o in lost)
    elif left:
        yield f"{left[0].argument!r} was put in and not seen again; it may still be there"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _unique_ids(history: History) -> Findings:
    given: dict[Any, list[Operation]] = {}
    for operation in _known(history, "generate"):
        given.setdefault(kept(operation.result), []).append(operation)
    for value, operations in given.items():
        if len(operations) > 1:
            yield Anomaly("duplicated", tuple(operations), message=f"{value!r} was given {_times(len(operations))}")


CHECKERS: Final[Mapping[str, tuple[Callable[[History], Findings], Iterable[str]]]] = {
    "bank": (_bank, {"read", "transfer"}),
    "comments": (_comments, {"read", "write"}),
    "kafka": (kafka_anomalies, {"send", "poll", "txn", "assign", "subscribe", "crash", "debug_topic_partitions"}),
    "long-fork": (long_forks, {"read", "write"}),
    "set-full": (_set_full, {"add", "broadcast", "read"}),
    "total-queue": (_total_queue, {"enqueue", "dequeue", "drain"}),
    "unique-ids": (_unique_ids, {"generate"}),
}
"""By name: the checker, and the operations that it knows."""
