"""Numbers that are added to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from modelcheck.consistency.objects.forms import Gives, Takes
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation


@frozen
class Counter(ObjectOfMethods):
    """A number with ``add(n) -> None``, ``increment``, ``decrement`` and ``read() -> n``."""

    name: ClassVar[str] = "counter"
    initial: int = 0

    @operation(takes=Takes.NUMBER, gives=Gives.DONE)
    def add(self, state: int, amount: int) -> tuple[int, None]:
        """Add a number."""
        return state + amount, None

    @operation(takes=Takes.NUMBER_OR_NOTHING, gives=Gives.DONE)
    def increment(self, state: int, amount: int | None) -> tuple[int, None]:
        """Add one, or as much as is said."""
        return state + (1 if amount is None else amount), None

    @operation(takes=Takes.NUMBER_OR_NOTHING, gives=Gives.DONE)
    def decrement(self, state: int, amount: int | None) -> tuple[int, None]:
        """Take one away, or as much as is said."""
        return state - (1 if amount is None else amount), None

    @operation(reads=True, takes=Takes.NOTHING)
    def read(self, state: int, _: Any) -> tuple[int, int]:
        """The number."""
        return state, state


@frozen
class FetchAndAdd(ObjectOfMethods):
    """A number with ``fetch_and_add(n) -> old value`` and ``read() -> n``."""

    name: ClassVar[str] = "fetch-and-add"
    initial: int = 0

    @operation(takes=Takes.NUMBER)
    def fetch_and_add(self, state: int, amount: int) -> tuple[int, int]:
        """Add a number, and give what was there before."""
        return state + amount, state

    @operation(reads=True, takes=Takes.NOTHING)
    def read(self, state: int, _: Any) -> tuple[int, int]:
        """The number."""
        return state, state

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """What the first operations saw."""
        for done in operations[:3]:
            yield done.result
