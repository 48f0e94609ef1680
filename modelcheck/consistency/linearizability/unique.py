"""Histories in which every value enters the object once, decided from the intervals of the values.

This module brings a part of a history into the form that ``unique_values.hpp`` decides, or gives ``None`` where that is
not possible: a value enters twice, an operation's outcome is unknown in a way that could matter, or the object is none
of key-value map, queue, priority queue and stack. The general search then decides.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability._linearizability import NEVER, Search
from modelcheck.consistency.linearizability._texts import decide_texts
from modelcheck.consistency.linearizability._unique_values import priority_queue_holds, queue_holds, stack_holds
from modelcheck.consistency.linearizability.ranking import ranks
from modelcheck.consistency.objects.objects import FifoQueue, KeyValue, PriorityQueue, Stack
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.limits.deadline import Deadline

ZONES: Final = "zones of unique values"
"""The procedure for registers, and for keys that are only put and got."""


def decide_unique(
    operations: Sequence[Operation], object_: SequentialObject, deadline: Deadline
) -> tuple[bool, str] | None:
    """Whether a part is linearizable and what decided, or ``None`` if its values are not unique.

    Args:
        operations: Of one key.
        object_: One of this package's own; a subclass may mean something else and is left alone. Registers have their
            own way: :meth:`.Problem.unique`.
        deadline: When to stop.
    """
    if type(object_) is KeyValue:
        return _decide_key(operations, object_, deadline)
    if type(object_) not in (FifoQueue, PriorityQueue, Stack) or object_.initial != ():
        return None
    found = _values(operations, object_)
    if found is None:
        return None
    values, empties = found
    if isinstance(object_, Stack):
        holds = stack_holds(values, empties, seconds=deadline.left_s)
        return None if holds is None else (holds, "intervals of unique values")
    decide: Callable[..., bool] = queue_holds if isinstance(object_, FifoQueue) else priority_queue_holds
    return decide(values, empties), "intervals of unique values"


def _decide_key(operations: Sequence[Operation], object_: KeyValue, deadline: Deadline) -> tuple[bool, str] | None:
    if object_.initial:
        return None
    search = Search.of_register(operations, object_.absent, pairs=True)
    holds = search.unique_values_hold() if search is not None else None
    if holds is not None:
        return holds, ZONES
    holds = decide_texts(operations, deadline) if object_.absent == "" else None
    return None if holds is None else (holds, "zones of unique texts")


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
