"""Locks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from modelcheck.consistency._equality import same
from modelcheck.consistency.objects.forms import Gives
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation

if TYPE_CHECKING:
    from modelcheck.consistency.history import Operation

Hold = tuple[Any, int] | None
"""Who holds a lock and how often; ``None`` if nobody does."""


@frozen
class Mutex(ObjectOfMethods):
    """A lock with ``acquire() -> bool`` and ``release() -> bool``, ``False`` when it was held (or free) already.

    Anyone may release it; the argument is ignored.
    """

    name: ClassVar[str] = "mutex"
    initial: bool = False

    @operation(gives=Gives.TRUTH)
    def acquire(self, state: bool, _: Any) -> tuple[bool, bool]:
        """Take the lock."""
        return True, not state

    @operation(gives=Gives.TRUTH)
    def release(self, state: bool, _: Any) -> tuple[bool, bool]:
        """Give it back."""
        return False, state

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """Held or free, whichever it is not."""
        del operations
        yield not self.initial


@frozen
class ReentrantLock(ObjectOfMethods):
    """A lock for its holder to take again: ``acquire(owner) -> bool``, ``release(owner) -> bool``; ``False``: refused.

    The state is ``None`` when the lock is free, and otherwise the holder with the number of times it holds the lock.
    """

    name: ClassVar[str] = "reentrant-lock"
    initial: Hold = None

    @operation(gives=Gives.TRUTH)
    def acquire(self, state: Hold, owner: Any) -> tuple[Hold, bool]:
        """Take the lock once more."""
        holder, depth = state or (owner, 0)
        return ((holder, depth + 1), True) if same(holder, owner) else (state, False)

    @operation(gives=Gives.TRUTH)
    def release(self, state: Hold, owner: Any) -> tuple[Hold, bool]:
        """Give it back once."""
        if state is None or not same(state[0], owner):
            return state, False
        holder, depth = state
        return ((holder, depth - 1) if depth > 1 else None), True

    def starts(self, operations: Sequence[Operation]) -> Iterator[Any]:
        """Held once by who releases it first."""
        for done in operations:
            if done.name == "release" and done.result is True:
                yield (done.argument, 1)
                return
