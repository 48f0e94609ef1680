"""Histories in which every value enters the object once, decided from the intervals of the values.

This module brings a part of a history into the form that ``unique_values.hpp`` decides, or gives ``None`` where that is
not possible: a value enters twice, an operation's outcome is unknown in a way that could matter, or the object is none
of register, queue, priority queue and stack. The general search then decides.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any

from modelcheck.consistency._linearizability import (
    NEVER,
    priority_queue_holds,
    queue_holds,
    register_holds,
    stack_holds,
)
from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects import (
    UNKNOWN,
    CasRegister,
    FifoQueue,
    KeyValue,
    PriorityQueue,
    Register,
    SequentialObject,
    Stack,
)
from modelcheck.consistency.ranking import ranks
from modelcheck.consistency.texts import decide_texts


def decide_unique(
    operations: Sequence[Operation], object_: SequentialObject, *, time_limit_s: float
) -> tuple[bool, str] | None:
    """Whether a part is linearizable and what decided, or ``None`` if its values are not unique.

    Args:
        operations: Of one key.
        object_: One of this package's own; a subclass may mean something else and is left alone.
        time_limit_s: For the stack, whose procedure is quadratic at worst.
    """
    if type(object_) in (Register, CasRegister, KeyValue):
        return _decide_register(operations, object_)
    if type(object_) not in (FifoQueue, PriorityQueue, Stack) or object_.initial != ():
        return None
    found = _values(operations, object_)
    if found is None:
        return None
    values, empties = found
    if isinstance(object_, Stack):
        holds = stack_holds(values, empties, seconds=time_limit_s)
        return None if holds is None else (holds, "intervals of unique values")
    decide: Callable[..., bool] = queue_holds if isinstance(object_, FifoQueue) else priority_queue_holds
    return decide(values, empties), "intervals of unique values"


def _decide_register(operations: Sequence[Operation], object_: SequentialObject) -> tuple[bool, str] | None:
    clusters = _clusters(operations, object_)
    if clusters is not None:
        return register_holds(clusters), "zones of unique values"
    if not isinstance(object_, KeyValue):
        return None
    holds = decide_texts(operations, object_)
    return None if holds is None else (holds, "zones of unique texts")


def _initial_value(object_: SequentialObject) -> Any:
    return object_.absent if isinstance(object_, KeyValue) else object_.initial


def _are_unique(operations: Sequence[Operation], object_: SequentialObject) -> bool:
    """Whether there are only reads and writes, and all write something else; a quick look before the work."""
    written = set()
    for operation in operations:
        if operation.name in ("write", "put"):
            value = operation.argument if operation.name == "write" else operation.argument[1]
            if value in written:
                return False
            written.add(value)
        elif operation.name not in ("read", "get"):
            return False
    return _initial_value(object_) not in written


def _clusters(operations: Sequence[Operation], object_: SequentialObject) -> array[int] | None:
    """Four numbers for each value of a register: its write, and the last call and first return of its reads."""
    if isinstance(object_, KeyValue) and object_.initial:
        return None
    if not _are_unique(operations, object_):
        return None
    calls, returns = ranks(operations)
    clusters: dict[Any, list[int]] = {_initial_value(object_): [-1, -1, -1, NEVER]}
    reads: list[tuple[Any, int]] = []
    for at, operation in enumerate(operations):
        if operation.name in ("write", "put"):
            value = operation.argument if operation.name == "write" else operation.argument[1]
            if value in clusters or (operation.finish is not None and operation.result not in (None, UNKNOWN)):
                return None
            clusters[value] = [calls[at], returns[at], -1, NEVER]
        elif operation.name in ("read", "get"):
            if operation.finish is not None and operation.result is not UNKNOWN:
                reads.append((operation.result, at))
        else:
            return None
    for value, at in reads:
        cluster = clusters.setdefault(value, [NEVER, NEVER, -1, NEVER])
        cluster[2] = max(cluster[2], calls[at])
        cluster[3] = min(cluster[3], returns[at])
    seen = (c for c in clusters.values() if c[1] != NEVER or c[3] != NEVER)
    return array("q", [number for cluster in seen for number in cluster])


def _values(operations: Sequence[Operation], object_: SequentialObject) -> tuple[array[int], array[int]] | None:
    """Four numbers for each value of a queue or stack, and two for each operation that found it empty."""
    calls, returns = ranks(operations)
    values: dict[Any, list[int]] = {}
    takes: list[int] = []
    for at, operation in enumerate(operations):
        if operation.name == object_.operations[1]:
            takes.append(at)
            continue
        value = operation.argument
        odd = operation.finish is not None and operation.result not in (None, UNKNOWN)
        if operation.name != object_.operations[0] or value in values or value is None or odd:
            return None
        values[value] = [calls[at], returns[at], NEVER, NEVER]
    empties = array("q")
    for at in takes:
        result = operations[at].result
        if operations[at].finish is None:
            continue
        if result is UNKNOWN:
            return None
        if result is None:
            empties.extend((calls[at], returns[at]))
            continue
        entry = values.setdefault(result, [NEVER, NEVER, NEVER, NEVER])
        if entry[2] != NEVER:
            return array("q", (1, 2, 0, 0)), empties  # Taken twice: as wrong as a value taken before it was put.
        entry[2:] = [calls[at], returns[at]]
    if any(operations[at].finish is None for at in takes) and any(entry[2] == NEVER for entry in values.values()):
        return None
    ordered = sorted(values.items()) if isinstance(object_, PriorityQueue) else values.items()
    kept = (entry for _, entry in ordered if entry[1] != NEVER or entry[2] != NEVER)
    return array("q", [number for entry in kept for number in entry]), empties
