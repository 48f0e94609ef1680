"""What an explanation does when it fails: nothing, since it must not stand in the way of the answer.

A spec's code can be anything, and raise anything when parts of it are run on their own. Our own mistakes would be hidden as well, so the tests set
`is_loud`, and meet those that arise in this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from modelcheck.errors import ModelcheckError
from modelcheck.spec.choice import Disabled

is_loud = False
_PACKAGE = str(Path(__file__).resolve().parent)


@contextmanager
def left_out() -> Iterator[None]:
    """Leave out what fails."""
    try:
        yield
    except (Exception, Disabled) as error:
        if is_loud and _is_ours(error):
            raise


def _is_ours(error: BaseException) -> bool:
    """Whether an exception arose in this package, and not in what it called."""
    if isinstance(error, (ModelcheckError, Disabled, AssertionError)):
        return False
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_code.co_filename.startswith(_PACKAGE)
