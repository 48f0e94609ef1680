"""Keys whose texts grow by unique pieces: put and append, and reads that tell all written since the last put.

No piece is the beginning of another, so a text falls into pieces in one way. A read names its *epoch* (the put that its
text begins with, or the beginning of the history) and every append since. All texts of one epoch are beginnings of its
longest one, which fixes the order of the epoch's appends and reads. An epoch then behaves as a value of a register does
with its write and its reads, and an append that nobody read as a write that nobody read: Gibbons and Korach's zones
decide (``unique_values.hpp``).

*Cost*: linear in the length of all texts, and O(n log n) in the operations.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import Any, ClassVar, Final

from attrs import frozen

from modelcheck.consistency._linearizability import NEVER
from modelcheck.consistency._unique_values import register_holds
from modelcheck.consistency.history import Operation
from modelcheck.consistency.limits import Deadline
from modelcheck.consistency.objects import UNKNOWN, KeyValue, SequentialObject
from modelcheck.consistency.ranking import ranks


def decide_texts(operations: Sequence[Operation], object_: KeyValue, deadline: Deadline) -> bool | None:
    """Whether the operations of one key are linearizable; ``None`` if their pieces are not unique texts."""
    if object_.absent != "" or object_.initial:
        return None
    pieces: dict[str, int] = {}
    for at, operation in enumerate(operations):
        if operation.name == "get":
            if operation.result is not UNKNOWN and not isinstance(operation.result, str):
                return None
            continue
        piece = operation.argument[1]
        if not isinstance(piece, str) or not piece or piece in pieces or operation.result not in (None, UNKNOWN):
            return None
        pieces[piece] = at
    if any(longer.startswith(shorter) for shorter, longer in pairwise(sorted(pieces))):
        return None
    return _Key(operations, pieces, deadline).holds()


class _Key:
    """The operations of one key with their ranks in time, and where each piece was written."""

    def __init__(self, operations: Sequence[Operation], pieces: Mapping[str, int], deadline: Deadline) -> None:
        self.operations, self.pieces, self.deadline = operations, pieces, deadline
        self.calls, self.returns = ranks(operations)
        self.lengths = sorted({len(piece) for piece in pieces})
        self.clusters = array("q")

    def holds(self) -> bool:
        """Whether each epoch is in order, and the zones of all lie well."""
        epochs = self._epochs()
        if epochs is None:
            return False
        seen: set[int] = set()
        for first, reads in epochs.items():
            self.deadline.check()
            chain = self._chain(reads)
            if chain is None or not self._add_epoch(first, chain, reads, seen):
                return False
        for at in set(self.pieces.values()) - seen:
            if self.returns[at] != NEVER:
                self._add_cluster(self.calls[at], self.returns[at])
        return register_holds(self.clusters)

    def _epochs(self) -> dict[int | None, dict[str, list[int]]] | None:
        """The reads of each epoch by their text; the epoch is that of a put, or ``None`` for the beginning."""
        epochs: dict[int | None, dict[str, list[int]]] = {None: {"": []}}
        for at, operation in enumerate(self.operations):
            if operation.name != "get" or operation.finish is None or operation.result is UNKNOWN:
                continue
            first: int | None = None
            if operation.result:
                found = self._piece_at(operation.result, 0)
                if found is None:
                    return None
                first = found if self.operations[found].name == "put" else None
            epochs.setdefault(first, {}).setdefault(operation.result, []).append(at)
        return epochs

    def _piece_at(self, text: str, start: int) -> int | None:
        for length in self.lengths:
            found = self.pieces.get(text[start : start + length])
            if found is not None:
                return found
        return None

    def _chain(self, reads: Iterable[str]) -> list[tuple[int, int]] | None:
        """The writes that the longest text consists of, each with the length of the text after it."""
        longest = max(reads, key=len)
        chain: list[tuple[int, int]] = []
        start = 0
        while start < len(longest):
            self.deadline.check()
            found = self._piece_at(longest, start)
            if found is None or (start > 0 and self.operations[found].name == "put"):
                return None
            start += len(self.operations[found].argument[1])
            chain.append((found, start))
        lengths = {0, *(end for _, end in chain)}
        if all(longest.startswith(text) and len(text) in lengths for text in reads):
            return chain
        return None

    def _add_epoch(
        self, first: int | None, chain: Sequence[tuple[int, int]], reads: Mapping[str, list[int]], seen: set[int]
    ) -> bool:
        """Whether the epoch's operations can happen in their order; adds its zone."""
        by_length = {len(text): group for text, group in reads.items()}
        latest_call, first_return = (-1, -1) if first is None else (-1, NEVER)
        for group in ([*by_length.get(0, ())], *([at, *by_length.get(end, ())] for at, end in chain)):
            for which, at in enumerate(group):
                if self.returns[at] < latest_call:
                    return False
                if which == 0 and self.operations[at].name != "get":
                    if at in seen:
                        return False
                    seen.add(at)
                    latest_call = max(latest_call, self.calls[at])
            latest_call = max((latest_call, *(self.calls[at] for at in group)))
            first_return = min((first_return, *(self.returns[at] for at in group)))
        self._add_cluster(latest_call, first_return)
        return True

    def _add_cluster(self, last_call: int, first_return: int) -> None:
        self.clusters.extend((last_call, first_return, -1, NEVER))


class _Beyond(Enum):
    """A type with the one value :data:`BEYOND`."""

    BEYOND = "beyond"


BEYOND: Final = _Beyond.BEYOND
"""Every text that no read of the history ever saw, nor any longer text that it begins."""


@frozen
class ObservedTexts(SequentialObject):
    """The one key of a part, with all texts that nobody will see made one.

    Nothing tells these texts apart until the next put, so a search need not either; the order of appends then matters
    only as far as reads tell it.

    Args:
        whole: The object meant.
        seen: The results of all reads in order.
    """

    name: ClassVar[str] = "kv"
    operations: ClassVar[tuple[str, ...]] = KeyValue.operations
    reads: ClassVar[frozenset[str]] = KeyValue.reads
    overwrites: ClassVar[frozenset[str]] = KeyValue.overwrites
    whole: KeyValue
    seen: tuple[str, ...]

    @property
    def initial(self) -> str:
        """The text of an absent key."""
        return str(self.whole.absent)

    def apply(self, state: Any, operation: str, argument: Any) -> tuple[Any, Any]:
        """As the whole object does on this key."""
        match operation:
            case "get":
                return state, state
            case "put":
                return self._known(argument[1]), None
            case "append":
                return (BEYOND if state is BEYOND else self._known(state + argument[1])), None
        raise self.unknown_operation(operation)

    def _known(self, text: str) -> Any:
        at = bisect_left(self.seen, text)
        return text if at < len(self.seen) and self.seen[at].startswith(text) else BEYOND


def observed_texts(operations: Sequence[Operation], object_: SequentialObject) -> SequentialObject:
    """The object to search with: simpler than the one given if that is a key-value map of texts and nothing else."""
    if type(object_) is not KeyValue or object_.absent != "" or object_.initial:
        return object_
    seen = {o.result for o in operations if o.name == "get" and o.result is not UNKNOWN}
    written = {o.argument[1] for o in operations if o.name != "get"}
    if not all(isinstance(text, str) for text in (*seen, *written)):
        return object_
    return ObservedTexts(object_, tuple(sorted(seen)))
