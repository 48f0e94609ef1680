"""A timing diagram in text: one lane for each client, time from left to right.

Only the order of calls and returns is drawn, in equal steps. ``|--2--|`` is operation 2 of the list; ``|--2- -`` has no
return.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.sequential import UNKNOWN

COLUMNS = 96
"""Columns of a drawing, beside its margin on a terminal of a hundred."""

LONGEST = 64
"""Letters of a value."""

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


def fitting(operations: Sequence[Operation]) -> Sequence[Operation]:
    """As many of the last operations as a drawing of :data:`COLUMNS` columns takes; one at least."""
    count = 1
    while count < len(operations):
        last = operations[-count - 1 :]
        times = {(o.call, 0) for o in last} | {(o.finish, 1) for o in last if o.finish is not None}
        if max(len(str(o.process)) for o in last) + 2 + _STEP * len(times) + 1 > COLUMNS:
            break
        count += 1
    return operations[-count:]


def shown(value: Any) -> str:
    """A value in text; of a long one, the beginning and the end."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


def sentence(operation: Operation) -> str:
    """An operation without its client."""
    argument = "" if operation.argument is None else shown(operation.argument)
    if operation.finish is None and operation.result is UNKNOWN:
        return f"{operation.name}({argument}) did not return"
    result = "?" if operation.result is UNKNOWN else shown(operation.result)
    return f"{operation.name}({argument})" + ("" if operation.result is None else f" -> {result}")


def _draw(lane: list[str], start: int, end: int, label: str, *, is_open: bool) -> None:
    for at in range(start + 1, end):
        lane[at] = " " if is_open and at > start + _STEP and at % 2 else "-"
    lane[start] = "|"
    lane[end] = " " if is_open else "|"
    middle = start + (_STEP // 2 if is_open else (end - start) // 2) - (len(label) - 1) // 2
    for offset, letter in enumerate(label):
        if middle + offset < len(lane):
            lane[middle + offset] = letter
