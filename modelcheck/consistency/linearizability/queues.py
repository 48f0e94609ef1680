"""Histories of a queue, decided by the order of its dequeues.

A search over states of the queue has to order concurrent enqueues long before anything tells their order. Here an enqueue gets
its place only when its value is dequeued: as soon as possible after the one dequeued before it. What is known of the past
is then two instants, of the last enqueue that has a place and of the last dequeue, and the earlier both are the better.
So no set of operations is visited again later than before, and of several enqueues of one value only those are tried
of which no other both began and returned earlier (exchanging two of them is harmless).

*Cost*: the dequeues in flight, the enqueues of one value in flight, and the dequeues whose results nobody saw make choices;
how long the queue is does not matter. Exponential in these at worst.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Literal

from attrs import frozen

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import NEVER
from modelcheck.consistency.linearizability.ranking import ranks
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject
from modelcheck.limits.deadline import Deadline

QUEUES = "order of the dequeues"
"""The procedure."""

_LOOKS = 256
"""Places visited between two looks at the clock."""


@frozen(slots=True)
class _Place:
    """A set of operations that have a place, and the instants reached.

    Args:
        taken: The dequeues that are done, as bits.
        put: The enqueues whose values they took, as bits.
        lost: How many of the dequeues that did not return have taken something.
        last_put: The instant of the last enqueue that has a place; no later one may come before it.
        last_taken: That of the last dequeue.
        before: The place before, with the enqueue and the dequeue (or ``None``) that led here.
    """

    taken: int
    put: int
    lost: int
    last_put: int
    last_taken: int
    before: tuple[_Place, int | None, int] | None


def decide_queue(
    operations: Sequence[Operation], object_: SequentialObject, deadline: Deadline
) -> list[int] | Literal[False] | None:
    """An order of a queue's operations as indices, ``False`` if there is none, ``None`` if this procedure cannot tell.

    Raises:
        LimitReached: if the time is over.
    """
    if object_.family is not Family.QUEUE or object_.initial != ():
        return None
    put, _ = object_.operations
    return _Queue(operations, object_).search(deadline) if all(_is_plain(o, put) for o in operations) else None


def _is_plain(operation: Operation, put: str) -> bool:
    """Whether an operation's outcome is known, if it returned, and tells a value from an empty queue."""
    if operation.finish is not None and operation.result is UNKNOWN:
        return False
    if operation.name != put:
        return True
    return operation.argument is not None and (operation.finish is None or operation.result is None)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class _Queue:
    """Enqueues and dequeues in the order of their returns."""

    def __init__(self, operations: Sequence[Operation], object_: SequentialObject) -> None:
        put, take = object_.operations
        self.operations = operations
        self.calls, self.returns = ranks(operations)
        by_return = sorted(range(len(operations)), key=lambda at: (self.returns[at], self.calls[at]))
        self.puts = [at for at in by_return if operations[at].name == put]
        self.takes = [at for at in by_return if operations[at].name == take and self.returns[at] != NEVER]
        self.lost = [at for at in by_return if operations[at].name == take and self.returns[at] == NEVER]
        self.must_put = sum(1 << n for n, at in enumerate(self.puts) if self.returns[at] != NEVER)
        self.of_value: dict[Hashable, int] = {}
        for number, at in enumerate(self.puts):
            key = exact(operations[at].argument)
            self.of_value[key] = self.of_value.get(key, 0) | 1 << number
        self.puts_begun = self._begun(self.puts)
        self.takes_begun = self._begun(self.takes)

    def _begun(self, numbers: Sequence[int]) -> list[int]:
        """For each operation those of its kind that were called before it returned, as bits."""
        by_call = sorted(range(len(numbers)), key=lambda n: self.calls[numbers[n]])
        found, mask, at = [], 0, 0
        for number in numbers:
            while at < len(by_call) and self.calls[numbers[by_call[at]]] < self.returns[number]:
                mask |= 1 << by_call[at]
                at += 1
            found.append(mask)
        return found

    def search(self, deadline: Deadline) -> list[int] | Literal[False]:
        """Depth first over the order of the dequeues."""
        everything = (1 << len(self.takes)) - 1
        visited: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        stack = [_Place(0, 0, 0, -1, -1, None)]
        steps = 0
        while stack:
            place = stack.pop()
            steps += 1
            if steps % _LOOKS == 0:
                deadline.check()
            if place.taken == everything:
                return self._order(place)
            known = visited.setdefault((place.taken, place.put, place.lost), [])
            if any(p <= place.last_put and t <= place.last_taken for p, t in known):
                continue
            known.append((place.last_put, place.last_taken))
            stack.extend(reversed(list(self._steps(place, everything & ~place.taken))))
        return False

    def _steps(self, place: _Place, left: int) -> Iterator[_Place]:
        """Every dequeue that can be the next, those that return first before the others."""
        first = (left & -left).bit_length() - 1
        must_return = self.returns[self.takes[first]]
        for number in _bits(left & self.takes_begun[first]):
            take = self.takes[number]
            result = self.operations[take].result
            taken = place.taken | 1 << number
            if result is None:
                yield from self._finds_nothing(place, take, taken)
                continue
            for put in self._enqueues(place, self.of_value.get(exact(result), 0)):
                yield from self._takes(place, put, take, must_return, taken, place.lost)
        if place.lost < len(self.lost):
            for mask in self.of_value.values():
                for put in self._enqueues(place, mask):
                    yield from self._takes(place, put, self.lost[place.lost], must_return, place.taken, place.lost + 1)

    def _unput(self, place: _Place) -> int:
        """When the first enqueue returns that has no place yet."""
        left = self.must_put & ~place.put
        return self.returns[self.puts[(left & -left).bit_length() - 1]] if left else NEVER

    def _finds_nothing(self, place: _Place, take: int, taken: int) -> Iterator[_Place]:
        """A dequeue of the empty queue: all enqueues that have no place yet come after it."""
        instant = max(place.last_taken, self.calls[take])
        last_put = max(place.last_put, instant)
        left = ((1 << len(self.takes)) - 1) & ~place.taken
        must_return = self.returns[self.takes[(left & -left).bit_length() - 1]]
        if instant < must_return and last_put < self._unput(place):
            yield _Place(taken, place.put, place.lost, last_put, instant, (place, None, take))

    def _enqueues(self, place: _Place, mask: int) -> list[int]:
        """The enqueues of one value that can be the next, without those that another one is better than."""
        must = self.must_put & ~place.put
        mask &= ~place.put
        if must:
            mask &= self.puts_begun[(must & -must).bit_length() - 1]
        begins = sorted((max(place.last_put, self.calls[self.puts[n]]), n) for n in _bits(mask))
        found: list[int] = []
        for _, number in begins:
            if not found or number < found[-1]:
                found.append(number)
        return found[::-1]

    def _takes(
        self, place: _Place, put: int, take: int, must_return: int, taken: int, lost: int
    ) -> Iterator[_Place]:
        """A dequeue of what an enqueue put, both as early as they can be."""
        instant = max(place.last_put, self.calls[self.puts[put]])
        last = max(place.last_taken, self.calls[take], instant)
        if instant < self._unput(place) and last < must_return:
            yield _Place(taken, place.put | 1 << put, lost, instant, last, (place, self.puts[put], take))

    def _order(self, end: _Place) -> list[int]:
        """The operations by the instants that the places on the way gave them."""
        places: list[_Place] = []
        at = end
        while at.before is not None:
            places.append(at)
            at = at.before[0]
        placed: list[tuple[int, int, int]] = []
        for step, place in enumerate(reversed(places)):
            assert place.before is not None
            _, put, take = place.before
            if put is not None:
                placed.append((place.last_put, 2 * step, put))
            placed.append((place.last_taken, 2 * step + 1, take))
        last = 2 * len(places)
        for number in _bits(self.must_put & ~end.put):
            put = self.puts[number]
            instant = max(end.last_put, self.calls[put])
            placed.append((instant, last + self.calls[put], put))
        return [operation for _, _, operation in sorted(placed)]
