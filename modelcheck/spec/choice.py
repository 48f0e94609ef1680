"""`require`, `choose` and `bound`: the words that an action has beside Python.

An action is run many times, once per way in which its choices can come out. `choose` asks the chooser of the present
run; who that is (a replay, the tree builder of the enumerator, Hypothesis) is no business of the action. The present
run is kept per thread, since several workers run actions.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from modelcheck.errors import UsageError
from modelcheck.limits.raising import is_main
from modelcheck.limits.watch import Overrun
from modelcheck.limits.watch import present as watched

T = TypeVar("T")


class Disabled(BaseException):
    """Ends a run whose guard failed. Derived from BaseException so that ``except Exception`` in an action does not swallow it."""


class Cut(Disabled):
    """Ends a run at a bound: the protocol can take the step, and nobody looks at where it leads."""


class Chooser(Protocol):
    """Decides how the choices of one run come out."""

    def pick(self, options: Iterable[Any]) -> Any:
        """One of the options; raises `Disabled` when there is none."""


class _Present(threading.local):
    chooser: Chooser | None = None


present = _Present()
"""What the present thread runs under."""


class choosing:  # noqa: N801 - used like a function.
    """Let a chooser decide within the block, on this thread: one run.

    Args:
        chooser: Who decides; None if nobody does.
    """

    __slots__ = ("_before", "_chooser", "_watch")

    def __init__(self, chooser: Chooser | None) -> None:
        self._chooser = chooser

    def __enter__(self) -> None:
        self._before = present.chooser
        self._watch = watched.watch
        if self._watch is not None:
            self._watch.begin(self)
        present.chooser = self._chooser

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        ended = None
        while True:
            try:
                self._leave()
                break
            except Overrun as overrun:  # It came as the run was leaving, which must be done all the same.
                ended = overrun
        if ended is not None:
            raise ended
        if error is not None and is_stray(error):
            raise StrayError(error) from error

    def _leave(self) -> None:
        present.chooser = self._before
        if self._watch is not None:
            self._watch.end(self)


class StrayError(Exception):
    """A ``BaseException`` that the code of a run raised, made an error of that code: it is not for a spec to end the program.

    Attributes:
        error: What was raised.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


_FRAMEWORKS = ("modelcheck", "hypothesis", "_pytest", "pytest")


def is_stray(error: BaseException) -> bool:
    """Whether an exception came out of a spec's code that means something else to whoever runs it.

    That is one which is no ``Exception``, and ``StopIteration``, which a generator cannot pass on.

    Those by which this package, Hypothesis and pytest end a run are meant; and Ctrl-C is, which Python raises as a plain ``KeyboardInterrupt``
    in the main thread unless somebody took the signal.
    """
    if isinstance(error, Exception):
        return isinstance(error, StopIteration)
    if type(error) is KeyboardInterrupt:
        return not is_main() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    return type(error).__module__.partition(".")[0] not in _FRAMEWORKS


def require(condition: object) -> None:
    """Go on only if the condition is true; otherwise the action is not enabled.

    >>> require(1 < 2)
    """
    if not condition:
        raise Disabled


def bound(condition: object) -> None:
    """Look at the step only if the condition is true: where it is false, the protocol goes on and the search does not.

    It stands in an action, after its `require`s. A step that is cut is counted among those out of bounds, and a state in which one was cut is no
    deadlock.

    >>> bound(1 < 2)
    """
    if not condition:
        raise Cut


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
    if present.chooser is None:
        raise UsageError(
            "choose() was called outside of a run",
            remedy="Use spec.enabled(state) and spec.step(state, action, ...) to run actions by hand.",
        )
    picked: T = present.chooser.pick(options)
    return picked
