"""A timing diagram in text: one lane for each client, time from left to right.

Only the order of calls and returns is drawn, in equal steps. ``|--2--|`` is operation 2 of the list; ``|--2- -`` has no
return.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.consistency.history import Operation

_STEP = 4
"""Columns from one event to the next, so that a number fits between a call and the return after it."""


def diagram(operations: Sequence[Operation]) -> str:
    """Draw operations, numbered from 1 in the order given, with a list of what they are.

    >>> print(diagram([Operation("a", "write", 1, None, 0, 2), Operation("b", "read", None, 0, 3, 5)]))
    a  |-1-|
    b          |-2-|
    <BLANKLINE>
    1  a  write(1)
    2  b  read() -> 0
    """
    times = sorted({(o.call, 0) for o in operations} | {(o.finish, 1) for o in operations if o.finish is not None})
    column = {time: _STEP * at for at, time in enumerate(times)}
    width = _STEP * len(times) + 1
    processes = list(dict.fromkeys(str(o.process) for o in operations))
    margin = max(map(len, processes), default=0)
    lanes = {process: [" "] * width for process in processes}
    for number, operation in enumerate(operations, 1):
        start = column[operation.call, 0]
        end = width - 1 if operation.finish is None else column[operation.finish, 1]
        _draw(lanes[str(operation.process)], start, end, str(number), is_open=operation.finish is None)
    drawn = [f"{process:<{margin}}  {''.join(lane).rstrip()}" for process, lane in lanes.items()]
    digits = len(str(len(operations)))
    listed = [f"{number:>{digits}}  {o.process!s:<{margin}}  {sentence(o)}" for number, o in enumerate(operations, 1)]
    return "\n".join([*drawn, "", *listed])


def sentence(operation: Operation) -> str:
    """An operation without its client."""
    return str(operation).split(": ", 1)[1].removesuffix(" -> None")


def _draw(lane: list[str], start: int, end: int, label: str, *, is_open: bool) -> None:
    for at in range(start + 1, end):
        lane[at] = " " if is_open and at > start + _STEP and at % 2 else "-"
    lane[start] = "|"
    lane[end] = " " if is_open else "|"
    middle = start + (_STEP // 2 if is_open else (end - start) // 2) - (len(label) - 1) // 2
    for offset, letter in enumerate(label):
        if middle + offset < len(lane):
            lane[middle + offset] = letter
