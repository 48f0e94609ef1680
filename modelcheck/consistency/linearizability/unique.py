"""Histories in which every value enters the object once, decided from the intervals of the values.

This module brings a part of a history into the form that ``unique_values.hpp`` decides, or gives ``None`` where that is
not possible: a value enters twice, an operation's outcome is unknown in a way that could matter, or the object is none
of key-value map, queue, priority queue and stack. The general search then decides.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import NEVER, Search
from modelcheck.consistency.linearizability.kernel._texts import decide_texts
from modelcheck.consistency.linearizability.kernel._unique_values import priority_queue_holds, queue_holds, stack_holds
from modelcheck.consistency.linearizability.ranking import ranks
from modelcheck.consistency.objects.maps import KeyValue
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject
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
    if object_.family is Family.KEY_VALUE:
        assert isinstance(object_, KeyValue)
        return _decide_key(operations, object_, deadline)
    if object_.family not in (Family.QUEUE, Family.PRIORITY_QUEUE, Family.STACK) or object_.initial != ():
        return None
    found = _values(operations, object_)
    if found is None:
        return None
    values, empties = found
    if object_.family is Family.STACK:
        holds = stack_holds(values, empties, seconds=deadline.left_s)
        return None if holds is None else (holds, "intervals of unique values")
    decide: Callable[..., bool] = queue_holds if object_.family is Family.QUEUE else priority_queue_holds
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


class _Values:
    """The values of a queue or stack under their keys: four times each, and the values themselves."""

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject) -> None:
        self.put, self.take = object_.operations
        self.operations = operations
        self.calls, self.returns = ranks(operations)
        self.spans: dict[Any, list[int]] = {}
        self.told: dict[Any, Any] = {}
        self.empties = array("q")
        self.is_wrong = False

    def are_unique(self) -> bool:
        """Take all operations; whether each value is put once, and no unknown outcome could matter."""
        takes = [at for at, operation in enumerate(self.operations) if operation.name == self.take]
        if not all(self._is_put(at) for at, o in enumerate(self.operations) if o.name != self.take):
            return False
        if not all(self._is_taken(at) for at in takes if self.operations[at].finish is not None):
            return False
        is_lost = any(self.operations[at].finish is None for at in takes)
        return not is_lost or all(span[2] != NEVER for span in self.spans.values())

    def _is_put(self, at: int) -> bool:
        operation = self.operations[at]
        value = exact(operation.argument)
        if operation.name != self.put or value in self.spans or value is None:
            return False
        if operation.finish is not None and operation.result is not None and operation.result is not UNKNOWN:
            return False
        self.spans[value] = [self.calls[at], self.returns[at], NEVER, NEVER]
        self.told[value] = operation.argument
        return True

    def _is_taken(self, at: int) -> bool:
        result = self.operations[at].result
        if result is UNKNOWN:
            return False
        if result is None:
            self.empties.extend((self.calls[at], self.returns[at]))
            return True
        value = exact(result)
        self.told.setdefault(value, result)
        span = self.spans.setdefault(value, [NEVER, NEVER, NEVER, NEVER])
        self.is_wrong = self.is_wrong or span[2] != NEVER
        span[2:] = [self.calls[at], self.returns[at]]
        return True


def _values(operations: Sequence[Operation], object_: SequentialObject) -> tuple[array[int], array[int]] | None:
    """Four numbers for each value of a queue or stack, and two for each operation that found it empty."""
    values = _Values(operations, object_)
    if not values.are_unique():
        return None
    if values.is_wrong:
        return array("q", (1, 2, 0, 0)), values.empties  # Taken twice: as wrong as a value taken before it was put.
    ordered = _by_priority(values.told) if object_.family is Family.PRIORITY_QUEUE else list(values.spans)
    if ordered is None:
        return None
    kept = (span for span in map(values.spans.__getitem__, ordered) if span[1] != NEVER or span[2] != NEVER)
    return array("q", [number for span in kept for number in span]), values.empties


def _by_priority(told: dict[Any, Any]) -> list[Any] | None:
    """The keys of values, the least first; ``None`` if of two different values none is less."""
    try:
        ordered = sorted(told, key=told.__getitem__)
        return ordered if all(told[one] < told[other] for one, other in pairwise(ordered)) else None
    except TypeError:
        return None
