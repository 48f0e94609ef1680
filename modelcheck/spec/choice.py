"""`require` and `choose`: the two words that an action has beside Python.

An action is run many times, once per way in which its choices can come out. `choose` asks the chooser of the present
run; who that is (a replay, the tree builder of the enumerator, Hypothesis) is no business of the action. The present
run is kept per thread, since several workers run actions.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from modelcheck.errors import UsageError

T = TypeVar("T")


class Disabled(BaseException):
    """Ends a run whose guard failed. Derived from BaseException so that ``except Exception`` in an action does not swallow it."""


class Chooser(Protocol):
    """Decides how the choices of one run come out."""

    def pick(self, options: Iterable[Any]) -> Any:
        """One of the options; raises `Disabled` when there is none."""


class _Present(threading.local):
    chooser: Chooser | None = None


_present = _Present()


@contextmanager
def choosing(chooser: Chooser) -> Iterator[None]:
    """Let a chooser decide within the block, on this thread."""
    before = _present.chooser
    _present.chooser = chooser
    try:
        yield
    finally:
        _present.chooser = before


def require(condition: object) -> None:
    """Go on only if the condition is true; otherwise the action is not enabled.

    >>> require(1 < 2)
    """
    if not condition:
        raise Disabled


def choose(options: Iterable[T]) -> T:
    """One of the options, whichever: every one of them is explored. Without options the action is not enabled.

    Args:
        options: A finite iterable. A set is taken in the total order of values, and repeated values count once.

    Raises:
        UsageError: if no run is under way, as when an action is called directly.
    """
    by_itself = getattr(type(options), "__choose__", None)
    if by_itself is not None:
        chosen: T = by_itself(options)
        return chosen
    if _present.chooser is None:
        raise UsageError(
            "choose() was called outside of a run",
            remedy="Use spec.enabled(state) and spec.step(state, action, ...) to run actions by hand.",
        )
    picked: T = _present.chooser.pick(options)
    return picked
