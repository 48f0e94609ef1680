"""The texts of a key-value map as a search sees them: those that nobody will ever read are one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum
from typing import Any, ClassVar, Final

from attrs import frozen

from modelcheck.consistency.history import Operation
from modelcheck.consistency.objects.maps import KeyValue
from modelcheck.consistency.objects.sequential import UNKNOWN, Family, SequentialObject


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
    if object_.family is not Family.KEY_VALUE:
        return object_
    assert isinstance(object_, KeyValue)
    if object_.absent != "" or object_.initial:
        return object_
    seen = {o.result for o in operations if o.name == "get" and o.result is not UNKNOWN}
    written = {o.argument[1] for o in operations if o.name != "get"}
    if not all(type(text) is str for text in (*seen, *written)):
        return object_
    return ObservedTexts(object_, tuple(sorted(seen)))
