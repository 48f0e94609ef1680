"""The order of calls and returns in time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from modelcheck.consistency.history import Operation
from modelcheck.consistency.linearizability.kernel._linearizability import NEVER


def ranks(operations: Sequence[Operation]) -> tuple[array[int], array[int]]:
    """The ranks of all calls and returns in time, ``NEVER`` for returns that did not happen."""
    events = [(operation.call, 0, at) for at, operation in enumerate(operations)]
    events += [(operation.finish, 1, at) for at, operation in enumerate(operations) if operation.finish is not None]
    events.sort()
    calls = array("q", [0]) * len(operations)
    returns = array("q", [NEVER]) * len(operations)
    for rank, (_, is_return, at) in enumerate(events):
        (returns if is_return else calls)[at] = rank
    return calls, returns
