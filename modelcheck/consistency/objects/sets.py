"""Sets of elements."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, ClassVar

from attrs import field, frozen

from modelcheck.consistency._equality import kept
from modelcheck.consistency.objects.forms import Gives, Takes
from modelcheck.consistency.objects.methods import ObjectOfMethods, operation


def elements(found: Iterable[Any]) -> frozenset[Any]:
    """A set in which elements are told apart by their types too."""
    return frozenset(map(kept, found))


@frozen
class SetObject(ObjectOfMethods):
    """A set with ``add(x) -> None``, ``remove(x) -> None``, ``contains(x) -> bool`` and ``read() -> frozenset``.

    A history without ``read`` is split by element.
    """

    name: ClassVar[str] = "set"
    initial: frozenset[Any] = field(factory=frozenset, converter=elements)

    @operation(overwrites=True, gives=Gives.DONE)
    def add(self, state: frozenset[Any], element: Any) -> tuple[frozenset[Any], None]:
        """Put an element in."""
        return state | {kept(element)}, None

    @operation(overwrites=True, gives=Gives.DONE)
    def remove(self, state: frozenset[Any], element: Any) -> tuple[frozenset[Any], None]:
        """Take an element out, if it is there."""
        return state - {kept(element)}, None

    @operation(reads=True, gives=Gives.TRUTH)
    def contains(self, state: frozenset[Any], element: Any) -> tuple[frozenset[Any], bool]:
        """Whether an element is there."""
        return state, kept(element) in state

    @operation(reads=True, takes=Takes.NOTHING)
    def read(self, state: frozenset[Any], _: Any) -> tuple[frozenset[Any], frozenset[Any]]:
        """All elements."""
        return state, state

    def key_of(self, operation: str, argument: Any) -> Hashable | None:
        """The element; all of them for ``read``."""
        return None if operation == "read" else (argument,)
