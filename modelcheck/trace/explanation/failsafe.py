"""What an explanation does when it fails: nothing, since it must not stand in the way of the answer.

A spec's code can be anything, and raise anything when parts of it are run on their own. Our own mistakes would be hidden as well, so the tests set
`is_loud`, and meet those that arise in this package.

An explanation also evaluates parts that the spec does not: both branches of a condition, the elements after the one that
decides. These may never end. So it has a budget, `EXPLANATION_S`, and what takes longer is left out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType

from attrs import define

from modelcheck.errors import ModelcheckError
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.spec.choice import Disabled, choosing

EXPLANATION_S = 3.0
"""The processor time that an explanation may take; by the clock, which goes on while something waits, it is ten times as much."""
_WAITS = 10

is_loud = False
_PACKAGE = str(Path(__file__).resolve().parent.parent)


@define
class Attempt:
    """What became of a block that may fail.

    Attributes:
        took_long: Whether it was ended because it used up its budget.
    """

    took_long: bool = False


class _Present(threading.local):
    within = False


_present = _Present()


@contextmanager
def left_out() -> Iterator[Attempt]:
    """Leave out what fails, or takes too long; what is within has the budget of the whole."""
    attempt = Attempt()
    try:
        with nullcontext() if _present.within else _budget():
            yield attempt
    except Overrun:
        if _present.within:
            raise
        attempt.took_long = True
    except (Exception, Disabled) as error:
        if is_loud and _is_ours(error):
            raise


@contextmanager
def _budget() -> Iterator[None]:
    latest = time.monotonic() + _WAITS * EXPLANATION_S
    watch = Watch(lambda: "it waits" if time.monotonic() > latest else None, EXPLANATION_S)
    _present.within = True
    try:
        with watch.open(), choosing(None):
            yield
    finally:
        _present.within = False


def took_long() -> str:
    """What is said in place of an explanation that used up its budget."""
    return f"not explained: its parts, taken by themselves, take more than {EXPLANATION_S:g} s to evaluate"


def _is_ours(error: BaseException) -> bool:
    """Whether an exception arose in this package, and not in what it called."""
    if isinstance(error, (ModelcheckError, Disabled, AssertionError)):
        return False
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_code.co_filename.startswith(_PACKAGE)
