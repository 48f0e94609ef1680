"""Logs of messages: what consumers poll is what producers sent, in the order of its offsets, and all of it.

As in Jepsen's ``kafka`` workload. ``send``, ``poll`` and ``txn`` have lists of steps: ``["send", key, [offset, message]]`` (only the
message if the offset is not known) and ``["poll", {key: [[offset, message], ...]}]``. ``assign`` and ``subscribe`` let a
client begin anywhere.

* ``inconsistent-offsets``: one offset of a key holds two messages.
* ``duplicate``: one message of a key is at two offsets; messages are sent once.
* ``aborted-read``, ``unexpected``: what was polled was sent by an operation that failed, or by none.
* ``lost``: a message that was acknowledged, or polled by somebody, has no offset that was polled though a later one was.
* ``nonmonotonic-poll``: the offsets that a client polls from a key do not grow.
* ``poll-skip``: a client polls past an offset that is known to hold a message.

*Choices.* A message that was acknowledged and lies behind all that was polled may still come: it is not lost. Offsets need not
follow each other. *Cost*: linear in what was sent and polled, but for sorting.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from modelcheck.consistency._equality import kept
from modelcheck.consistency.history import History, Operation
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.consistency.result import Anomaly
from modelcheck.errors import HistoryError

Place = tuple[Hashable, int]
"""A key and an offset."""


def kafka_anomalies(history: History) -> Iterator[Anomaly]:
    """What is wrong with what was polled."""
    logs = _Logs(history)
    yield from logs.found
    yield from logs.lost()
    yield from logs.out_of_order(history)


class _Logs:
    """What is known of the logs: who sent and who polled which message, and where it lies."""

    def __init__(self, history: History) -> None:
        self.found: list[Anomaly] = []
        self.at: dict[Place, tuple[Any, Operation]] = {}
        self.offsets: dict[tuple[Hashable, Hashable], int] = {}
        self.sent = {sent: o for o in history.operations for sent in _sent(o)}
        self.aborted = {sent: o for o in history.failed for sent in _sent(o)}
        self.polled: set[Place] = set()
        for operation in history.operations:
            if operation.finish is not None:
                self._take(operation)
        self.known: dict[Hashable, list[int]] = {}
        for key, offset in self.at:
            self.known.setdefault(key, []).append(offset)
        for offsets in self.known.values():
            offsets.sort()

    def _take(self, operation: Operation) -> None:
        for is_poll, key, offset, message in _seen(operation):
            self._put(operation, key, offset, message)
            if is_poll:
                self.polled.add((key, offset))
                self._check_origin(operation, key, message)

    def _put(self, operation: Operation, key: Hashable, offset: int, message: Any) -> None:
        value = kept(message)
        other, who = self.at.setdefault((key, offset), (value, operation))
        if other != value:
            self._report("inconsistent-offsets", (who, operation), f"the offset {offset} of {key!r} holds {other!r} and {message!r}")
        elsewhere = self.offsets.setdefault((key, value), offset)
        if elsewhere != offset:
            self._report("duplicate", (operation,), f"{message!r} is at the offsets {elsewhere} and {offset} of {key!r}")

    def _check_origin(self, operation: Operation, key: Hashable, message: Any) -> None:
        sent = (key, kept(message))
        if sent in self.sent:
            return
        if sent in self.aborted:
            self._report("aborted-read", (self.aborted[sent], operation), f"{message!r} was polled, and its sending failed")
        else:
            self._report("unexpected", (operation,), f"{message!r} was polled from {key!r}, and nobody sent it")

    def _report(self, name: str, operations: tuple[Operation, ...], message: str) -> None:
        self.found.append(Anomaly(name, operations, message=message))

    def lost(self) -> Iterator[Anomaly]:
        """Messages that lie before one that was polled, and were polled by nobody."""
        last: dict[Hashable, int] = {}
        for key, offset in self.polled:
            last[key] = max(last.get(key, offset), offset)
        for (key, offset), (message, operation) in self.at.items():
            if (key, offset) not in self.polled and offset < last.get(key, offset):
                text = f"{message!r} is at the offset {offset} of {key!r}, and nobody polled it, though {last[key]} was"
                yield Anomaly("lost", (operation,), message=text)

    def out_of_order(self, history: History) -> Iterator[Anomaly]:
        """Polls of one client that go back, or past what is there."""
        position: dict[tuple[Hashable, Hashable], tuple[int, Operation]] = {}
        for operation in sorted((o for o in history.operations if o.finish is not None), key=lambda o: o.call):
            if operation.name in ("assign", "subscribe"):
                position = {place: last for place, last in position.items() if place[0] != operation.process}
            for is_poll, key, offset, _ in _seen(operation):
                if not is_poll:
                    continue
                before, who = position.get((operation.process, key), (None, operation))
                if before is not None:
                    yield from self._compared(key, before, offset, (who, operation))
                position[operation.process, key] = (offset, operation)

    def _compared(self, key: Hashable, before: int, offset: int, where: tuple[Operation, ...]) -> Iterator[Anomaly]:
        if offset <= before:
            yield Anomaly("nonmonotonic-poll", where, message=f"the offset {offset} of {key!r} was polled after {before}")
            return
        offsets = self.known[key]
        between = offsets[bisect_right(offsets, before) : bisect_left(offsets, offset)]
        if between:
            text = f"the offset {offset} of {key!r} was polled after {before}, and {between[0]} between them was not"
            yield Anomaly("poll-skip", where, message=text)


def _steps(operation: Operation) -> Iterator[tuple[Any, ...]]:
    """The steps of an operation that sends and polls."""
    if operation.name not in ("send", "poll", "txn"):
        return
    steps = operation.result if isinstance(operation.result, tuple) else operation.argument
    for step in steps if isinstance(steps, tuple) else ():
        if not isinstance(step, tuple) or not step or str(step[0]).removeprefix(":") not in ("send", "poll"):
            raise _error(operation, step)
        yield (str(step[0]).removeprefix(":"), *step[1:])


def _sent(operation: Operation) -> Iterator[tuple[Hashable, Hashable]]:
    """The keys and messages that an operation sends."""
    for step in _steps(operation):
        if step[0] == "send":
            if len(step) != len(("send", "key", "message")):
                raise _error(operation, step)
            yield kept(step[1]), kept(_message(step[2])[1])


def _message(told: Any) -> tuple[int | None, Any]:
    """The offset, where it is known, and the message."""
    is_placed = isinstance(told, tuple) and len(told) == len(("offset", "message"))
    return told if is_placed and (told[0] is None or type(told[0]) is int) else (None, told)


def _seen(operation: Operation) -> Iterator[tuple[bool, Hashable, int, Any]]:
    """What an operation that returned tells of the logs: whether it was polled, the key, the offset and the message."""
    for step in _steps(operation):
        if step[0] == "send":
            offset, message = _message(step[2])
            if offset is not None and operation.result is not UNKNOWN:
                yield False, kept(step[1]), offset, message
            continue
        polled = step[1] if len(step) > 1 and step[1] is not None else frozenset()
        if not isinstance(polled, frozenset | Mapping):
            raise _error(operation, step)
        for key, messages in sorted(dict(polled).items(), key=repr):
            for entry in messages if isinstance(messages, tuple) else (None,):
                if not isinstance(entry, tuple) or len(entry) != len(("offset", "message")) or type(entry[0]) is not int:
                    raise _error(operation, step)
                yield True, kept(key), entry[0], entry[1]


def _error(operation: Operation, step: Any) -> HistoryError:
    return HistoryError(
        f"{operation.name} has the step {step!r}",
        place=operation.place,
        remedy='Steps are ["send", key, [offset, message]] and ["poll", {key: [[offset, message], ...]}].',
    )
