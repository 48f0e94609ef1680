"""Histories of a counter, whose additions commute: a read tells only how much was added before it.

Of additions that are all alike, an addition is taken to happen as late as it may: when it returns, or when a read returns that
saw more than was added so far, which then takes those that return first. The k-th addition is then as late as can be, and a
read that saw less than what is there must have been called before the addition which made it too much. This is exact.

Of other additions every read has a least and a greatest number that it can have seen; that only refutes.

*Cost*: that of sorting the operations by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import NEVER
from modelcheck.consistency.linearizability.ranking import ranks
from modelcheck.consistency.objects.counters import Counter
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject

COUNTS = "sums of additions"
"""The procedure."""


def decide_counter(operations: Sequence[Operation], object_: SequentialObject) -> bool | None:
    """Whether the history of a counter is linearizable, ``None`` if this procedure cannot tell."""
    if type(object_) is not Counter or type(object_.initial) is not int:
        return None
    amounts = [_amount(operation) for operation in operations]
    if any(amount is None for amount in amounts):
        return None
    sums = _Sums(operations, [amount or 0 for amount in amounts], object_.initial)
    if not sums.are_in_bounds():
        return False
    steps = {amount for amount, operation in zip(amounts, operations, strict=True) if operation.name != "read"}
    step = steps.pop() if len(steps) == 1 else None
    return sums.of_equal_steps(step) if step else None


def _amount(operation: Operation) -> int | None:
    """What an operation adds, 0 if it reads; ``None`` if it is not a plain one."""
    is_done = operation.finish is not None and operation.result is not UNKNOWN
    if operation.name == "read":
        return 0 if operation.argument is None and (not is_done or type(operation.result) is int) else None
    if is_done and operation.result is not None:
        return None
    amount = 1 if operation.argument is None and operation.name != "add" else operation.argument
    if type(amount) is not int or operation.name not in ("add", "increment", "decrement"):
        return None
    return -amount if operation.name == "decrement" else amount


class _Sums:
    """Additions and reads by the instants of their calls and returns."""

    def __init__(self, operations: Sequence[Operation], amounts: Sequence[int], initial: int) -> None:
        self.operations, self.amounts, self.initial = operations, amounts, initial
        self.calls, self.returns = ranks(operations)

    def _events(self) -> Iterator[tuple[int, int, bool]]:
        """Instants, operations, and whether they return then."""
        numbers = range(len(self.operations))
        events = [(self.calls[at], at, False) for at in numbers]
        events.extend((self.returns[at], at, True) for at in numbers if self.returns[at] != NEVER)
        return iter(sorted(events))

    def _seen(self, at: int) -> int | None:
        """By how much the counter had changed when an operation read it, if it did and the result is known."""
        operation = self.operations[at]
        is_known = operation.name == "read" and operation.finish is not None and operation.result is not UNKNOWN
        return operation.result - self.initial if is_known else None

    def are_in_bounds(self) -> bool:
        """Whether each read lies between what must and what can have been added."""
        called, returned = [0, 0], [0, 0]  # Sums of what is added, and of what is taken away.
        then: dict[int, tuple[int, int]] = {}
        for _, at, is_return in self._events():
            amount, seen = self.amounts[at], self._seen(at)
            (returned if is_return else called)[amount < 0] += amount
            if seen is not None and not is_return:
                then[at] = returned[0], returned[1]
            elif seen is not None:
                added, taken = then.pop(at)
                if not added + called[1] <= seen <= called[0] + taken:
                    return False
        return True

    def of_equal_steps(self, step: int) -> bool:
        """Whether additions of one amount, each as late as can be, explain all reads."""
        waiting: list[tuple[int, int]] = []
        times: list[int] = []
        for instant, at, is_return in self._events():
            seen = self._seen(at)
            if self.operations[at].name != "read" and not is_return:
                heappush(waiting, (self.returns[at], at))
            elif is_return and seen is None and waiting and waiting[0] == (instant, at):
                heappop(waiting)
                times.append(instant)
            elif is_return and seen is not None and not self._explains(seen, step, at, waiting, times):
                return False
        return True

    def _explains(self, seen: int, step: int, at: int, waiting: list[tuple[int, int]], times: list[int]) -> bool:
        """Let a read that returns see a number, by additions that wait if need be."""
        count, rest = divmod(seen, step)
        if rest or not 0 <= count <= len(times) + len(waiting):
            return False
        while len(times) < count:
            heappop(waiting)
            times.append(self.returns[at])
        return len(times) == count or times[count] > self.calls[at]
