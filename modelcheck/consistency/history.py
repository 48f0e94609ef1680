"""Histories: what clients asked of a store, when, and what they saw.

Times are integers in any unit, and only their order counts. An operation that returned before another was called comes
before it; operations with equal times overlap. An operation without a return may have taken effect at any time after
its call, or never.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from attrs import evolve, field, frozen

from modelcheck.consistency._equality import kept, plain
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.errors import HistoryError

_PLAIN = frozenset({int, str, bool, float})

DEEPEST = 200
"""How deep lists and maps may be nested."""

LONGEST_BITS = 10_000
"""How long a whole number may be; longer ones cannot be written down again."""

EARLIEST, LATEST = -(1 << 63) + 8, (1 << 63) - 8
"""The times that operations may have lie between; a few more are needed to move operations in explanations."""


def hashable(value: Any, depth: int = 0) -> Any:
    """A value with its lists, sets and maps made hashable, so that equal ones are found again.

    >>> hashable({"k": [1, 2]})
    frozenset({('k', (1, 2))})

    Raises:
        HistoryError: It is nested too deep, or holds a number that is too long.
    """
    if type(value) is int and value.bit_length() > LONGEST_BITS:
        raise HistoryError(
            f"a whole number of {value.bit_length():,} bits is too long",
            remedy=f"Numbers may have {LONGEST_BITS:,} bits; write longer ones as texts.",
        )
    if value is None or type(value) in _PLAIN:
        return value
    if depth > DEEPEST:
        raise HistoryError(f"a value is nested more than {DEEPEST} deep", remedy="Is the file what it should be?")
    if isinstance(value, list | tuple):
        return tuple([hashable(part, depth + 1) for part in value])
    if isinstance(value, dict):
        if value.keys() == {"#set"} and isinstance(value["#set"], list | tuple):
            return frozenset([kept(hashable(part, depth + 1)) for part in value["#set"]])
        return frozenset([(key, hashable(part, depth + 1)) for key, part in value.items()])
    if isinstance(value, set | frozenset):
        return frozenset([kept(hashable(plain(part), depth + 1)) for part in value])
    return value


@frozen(slots=True)
class Operation:
    """One operation of one client.

    Args:
        process: The client, a number or a name.
        name: What it did, such as ``"write"``.
        argument: With what, hashable; several arguments are a tuple.
        result: What it saw, or ``UNKNOWN``.
        call: When it began.
        finish: When it returned, or ``None`` if it did not.
        place: Where it was recorded, such as ``history.edn:7``.
    """

    process: Hashable
    name: str
    argument: Any = None
    result: Any = None
    call: int = 0
    finish: int | None = None
    place: str | None = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        argument = "" if self.argument is None else repr(self.argument)
        if self.finish is None and self.result is UNKNOWN:
            return f"{self.process}: {self.name}({argument}) did not return"
        result = "?" if self.result is UNKNOWN else repr(self.result)
        return f"{self.process}: {self.name}({argument}) -> {result}"

    def optional(self) -> Operation:
        """The same operation when nobody knows whether or when it took effect, nor what it gave."""
        return evolve(self, finish=None, result=UNKNOWN)


def in_order(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Operations in the order of their calls."""
    return tuple(sorted(operations, key=lambda operation: operation.call))


@frozen
class History:
    """Operations in the order of their calls.

    Args:
        operations: Those that took effect, or may have; given in any order.
        failed: Those that surely took no effect; only the transactional models ask for them (an aborted read).
        source: The file that it was read from.
    """

    operations: tuple[Operation, ...] = field(converter=in_order)
    failed: tuple[Operation, ...] = field(default=(), converter=in_order)
    source: str | None = None

    def __attrs_post_init__(self) -> None:
        has_lost = False
        for operation in self.operations:
            finish = operation.finish
            if finish is None:
                finish = operation.call
                has_lost = has_lost or operation.result is not UNKNOWN
            if not EARLIEST < operation.call <= finish < LATEST:
                raise self._badly_timed(operation)
        if has_lost:
            known = tuple(o.optional() if o.finish is None else o for o in self.operations)
            object.__setattr__(self, "operations", known)

    def _badly_timed(self, operation: Operation) -> HistoryError:
        place = operation.place or self.source
        if operation.finish is not None and operation.finish < operation.call:
            return HistoryError(
                f"the operation {operation} returns at {operation.finish}, before its call at {operation.call}",
                place=place,
                remedy="Give both times from one clock.",
            )
        return HistoryError(
            f"the operation {operation} has a time of more than 64 bits",
            place=place,
            remedy="Give times as nanoseconds at the finest, counted from a day of this century.",
        )

    def __len__(self) -> int:
        return len(self.operations)

    @property
    def processes(self) -> tuple[Hashable, ...]:
        """The clients, in the order of their first calls."""
        return tuple(dict.fromkeys(operation.process for operation in self.operations))


class HistoryBuilder:
    """Builds a history from calls and returns in the order of the log, as most recordings have them.

    >>> builder = HistoryBuilder()
    >>> builder.call("a", "write", 1)
    >>> builder.finish("a", result=None)
    >>> builder.history().operations
    (Operation(process='a', name='write', argument=1, result=None, call=0, finish=1),)
    """

    def __init__(self, source: str | None = None) -> None:
        self.source = source
        self._time = 0
        self._open: dict[Hashable, tuple[int, str, Any, int, str | None]] = {}
        self._done: list[Operation] = []
        self._failed: list[Operation] = []

    def call(self, process: Hashable, name: str, argument: Any = None, *, line: int | None = None) -> None:
        """A client calls an operation."""
        place = f"{self.source}:{line}" if line is not None else self.source
        if process in self._open:
            raise HistoryError(
                f"client {process} calls {name} while its {self._open[process][1]} is still open",
                place=place,
                remedy="A client does one thing at a time; give concurrent operations different clients.",
            )
        self._open[process] = (self._time, name, argument, len(self._done) + len(self._open), place)
        self._time += 1

    def finish(
        self,
        process: Hashable,
        *,
        result: Any = None,
        argument: Any = None,
        name: str | None = None,
        line: int | None = None,
    ) -> None:
        """A client's operation returns; an ``argument`` here replaces that of the call."""
        call, called, first, _, place = self._take(process, name, line)
        self._done.append(
            Operation(process, called, first if argument is None else argument, result, call, self._time, place)
        )
        self._time += 1

    def fail(
        self, process: Hashable, *, argument: Any = None, name: str | None = None, line: int | None = None
    ) -> None:
        """A client's operation surely had no effect."""
        call, called, first, _, place = self._take(process, name, line)
        argument = first if argument is None else argument
        self._failed.append(Operation(process, called, argument, UNKNOWN, call, self._time, place))
        self._time += 1

    def lose(self, process: Hashable, *, argument: Any = None) -> None:
        """A client will never know what its operation did. A client that does nothing may say so too."""
        if process in self._open:
            call, name, first, _, place = self._open.pop(process)
            argument = first if argument is None else argument
            self._done.append(Operation(process, name, argument, UNKNOWN, call, None, place))

    def is_open(self, process: Hashable) -> bool:
        """Whether a client has an operation open."""
        return process in self._open

    def _take(self, process: Hashable, name: str | None, line: int | None) -> tuple[int, str, Any, int, str | None]:
        taken = self._open.pop(process, None)
        if taken is None:
            raise HistoryError(
                f"client {process} completes an operation that it did not call",
                place=f"{self.source}:{line}" if line is not None else self.source,
                remedy="Every completion needs a call before it; is the beginning of the file missing?",
            )
        if name is not None and name != taken[1]:
            raise HistoryError(
                f"client {process} called {taken[1]} and completes {name}",
                place=f"{self.source}:{line}" if line is not None else self.source,
                remedy="A client does one thing at a time; give concurrent operations different clients.",
            )
        return taken

    def history(self) -> History:
        """All that was recorded; operations still open are lost."""
        for process in list(self._open):
            self.lose(process)
        return History(in_order(self._done), in_order(self._failed), self.source)


def no_overlap(operations: Iterable[Operation]) -> None:
    """Check that no client calls while an operation of its own is open. Lost operations do not count.

    Args:
        operations: In the order of their calls.

    Raises:
        HistoryError: One does.
    """
    last: dict[Hashable, Operation] = {}
    for operation in operations:
        if operation.finish is None:
            continue
        before = last.get(operation.process)
        if before is not None and before.finish is not None and operation.call < before.finish:
            raise HistoryError(
                f"client {operation.process} calls {operation.name} at {operation.call} while its {before.name} is open "
                f"until {before.finish}",
                place=operation.place,
                remedy="A client does one thing at a time; give concurrent operations different clients.",
            )
        last[operation.process] = operation


Progress = Callable[[int, int], None]
"""Called with the number of operations decided and of all."""
