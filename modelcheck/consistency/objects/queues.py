"""What is put in and taken out: a queue, a priority queue and a stack. Taking from nothing gives ``None``."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from modelcheck.consistency._equality import exact
from modelcheck.consistency.objects.forms import Gives, Takes
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation
from modelcheck.consistency.objects.sequential import Family

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation

Elements = tuple[Any, ...]


class _Collection(ObjectOfMethods):
    """What has one operation that puts in, and one that takes out."""

    initial: Elements

    def is_pure(self, operation: str, argument: Any, result: Any) -> bool:
        """Finding nothing."""
        del argument
        return operation == self.operations[1] and result is None

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """What was taken and never put in."""
        put, take = self.operations
        known = {exact(done.argument) for done in operations if done.name == put}
        taken = sorted((done for done in operations if done.name == take), key=lambda done: done.finish or 0)
        yield self._held(tuple(done.result for done in taken if done.result is not None and exact(done.result) not in known))

    def _held(self, taken: Elements) -> Elements:
        """What it held if that was taken."""
        return taken


@frozen
class FifoQueue(_Collection):
    """A queue with ``enqueue(x) -> None`` and ``dequeue() -> x``, which gives ``None`` when the queue is empty."""

    name: ClassVar[str] = "queue"
    family: ClassVar[Family | None] = Family.QUEUE
    initial: Elements = field(default=(), converter=tuple)

    @operation(gives=Gives.DONE)
    def enqueue(self, state: Elements, element: Any) -> tuple[Elements, None]:
        """Join at the back."""
        return (*state, element), None

    @operation(takes=Takes.NOTHING)
    def dequeue(self, state: Elements, _: Any) -> tuple[Elements, Any]:
        """Take the front."""
        return (state[1:], state[0]) if state else (state, None)


def _sorted(elements: Iterable[Any]) -> Elements:
    return tuple(sorted(elements))


@frozen
class PriorityQueue(_Collection):
    """A queue with ``insert(x) -> None`` and ``delete_min() -> least x``, which gives ``None`` when the queue is empty.

    Its elements must be comparable with ``<``; of those of which none is less, the one that came first is the least.
    """

    name: ClassVar[str] = "priority-queue"
    family: ClassVar[Family | None] = Family.PRIORITY_QUEUE
    initial: Elements = field(default=(), converter=_sorted)

    @operation(takes=Takes.ORDERED, gives=Gives.DONE)
    def insert(self, state: Elements, element: Any) -> tuple[Elements, None]:
        """Insert in order."""
        elements = list(state)
        insort(elements, element)
        return tuple(elements), None

    @operation(takes=Takes.NOTHING)
    def delete_min(self, state: Elements, _: Any) -> tuple[Elements, Any]:
        """Take the least."""
        return (state[1:], state[0]) if state else (state, None)


@frozen
class Stack(_Collection):
    """A stack with ``push(x) -> None`` and ``pop() -> x``, which gives ``None`` when the stack is empty."""

    name: ClassVar[str] = "stack"
    family: ClassVar[Family | None] = Family.STACK
    initial: Elements = field(default=(), converter=tuple)

    @operation(gives=Gives.DONE)
    def push(self, state: Elements, element: Any) -> tuple[Elements, None]:
        """Put on top."""
        return (*state, element), None

    @operation(takes=Takes.NOTHING)
    def pop(self, state: Elements, _: Any) -> tuple[Elements, Any]:
        """Take from the top."""
        return (state[:-1], state[-1]) if state else (state, None)

    def _held(self, taken: Elements) -> Elements:
        return taken[::-1]
