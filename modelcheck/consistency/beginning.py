"""What an object may have held at first, where a history is violated for no other reason.

A recording seldom says what a store held before it began. The object has an opinion, such as nothing in a register;
where another beginning would explain everything, the answer says so. *Cost*: a few more checks, within a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from modelcheck.consistency._equality import exact
from modelcheck.consistency.history import History
from modelcheck.consistency.objects.sequential import UNKNOWN, SequentialObject
from modelcheck.consistency.report.text import plain
from modelcheck.errors import ModelcheckError
from modelcheck.limits.deadline import Deadline, LimitReached

MOST_TRIED: Final = 4
"""Beginnings that are tried."""

MOST_S: Final = 1.0
"""Seconds for all of them."""

Holds = Callable[[SequentialObject, float], bool]
"""Whether the history holds for an object, within some seconds."""


def beginning_hint(history: History, object_: SequentialObject, holds: Holds, seconds: float) -> str | None:
    """A sentence that names a beginning with which the history holds, if one is found."""
    deadline = Deadline(min(MOST_S, seconds))
    known = [o for o in history.operations if o.finish is not None and o.result is not UNKNOWN]
    tried = {exact(object_.initial), exact(getattr(object_, "absent", object_.initial))}
    for value in islice(object_.starts(known), 1000):
        if exact(value) in tried or len(tried) > MOST_TRIED + 1 or deadline.left_s <= 0:
            continue
        tried.add(exact(value))
        try:
            other = object_.starting_with(value)
            if holds(other, deadline.left_s):
                return f"it would hold if it began with {value!r}: --initial {_argument(value)}"
        except (ModelcheckError, LimitReached, TypeError):
            continue
    return None


def _argument(value: Any) -> str:
    """The value on a command line."""
    text = json.dumps(plain(value))
    return text if text.replace(".", "").replace("-", "").isalnum() else f"'{text}'"
