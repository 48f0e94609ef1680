"""Containers with two names in one run.

In Python an assignment makes two names one object, and a change under one name is seen under the other. Here the
variables of the state keep views of their own, and what is assigned is copied into them. That is the same as long as
neither is changed in place while the other can still be looked at, and what goes beyond is refused.

*Choices.* Whether an action can still look at a container that it has assigned is told by CPython's count of
references: none but ours, and it cannot. A count that is too high refuses a change that nobody would have seen; it is
never too low.
"""

from __future__ import annotations

import copy
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from attrs import define

from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, alternatives_of, is_symbolic

_REMEDY = "Assign a copy: set(...), dict(...) or tuple(...)."
# A list is copied when it becomes the value of a queue; what is immutable is never changed in place.
_CONTAINERS = (list, set, dict, deque, SymSet, GuardedList)
_OURS = 2  # References to a container that was lent: that of `_Lent`, and the argument of the function that counts.


@define(eq=False)
class _Lent:
    """A container that was assigned to a variable.

    Attributes:
        value: The container.
        before: What it contained then.
    """

    value: Any
    before: Any


class Sharing:
    """The containers with two names. A place is a cell, the elements of a collection, or the shape of a dict with fixed keys."""

    def __init__(self) -> None:
        self._shared: set[Any] = set()
        self._lent: list[_Lent] = []
        self._lent_to: dict[Any, list[_Lent]] = {}

    def share(self, *places: Any) -> None:
        """Say that an assignment made two variables one object; neither may be changed in place any more in this run."""
        self._shared.update(places)

    def lend(self, value: Any, *places: Any) -> None:
        """Say that a variable was assigned a container of the action's; as long as the action has it, neither may be changed in place."""
        for _, each in alternatives_of(value):
            if isinstance(each, _CONTAINERS):
                lent = _Lent(each, copy.copy(each) if isinstance(each, (list, set, dict, deque)) else None)
                self._lent.append(lent)
                for place in places:
                    self._lent_to.setdefault(place, []).append(lent)

    def replaced(self, *places: Any) -> None:
        """Say that places get another container, whatever they had."""
        for place in places:
            self._lent_to.pop(place, None)

    def check_change(self, place: Any) -> None:
        """Make sure that a change in place is seen under one name only.

        Raises:
            UnsupportedError: if it may be seen under another one.
        """
        if place in self._shared:
            raise UnsupportedError(
                f"{place.path} was assigned to another variable and then changed in place", remedy=_REMEDY, about=place.path
            )
        for lent in self._lent_to.get(place, ()):
            if sys.getrefcount(lent.value) > _OURS + sum(each is lent.value for each in self._held()):
                raise UnsupportedError(
                    f"{place.path} was assigned a container that has another name too, and then changed in place",
                    remedy=_REMEDY,
                    about=place.path,
                )

    def _held(self) -> Iterator[Any]:
        """The containers in the dicts that were lent, and in the copies of these."""
        for lent in self._lent:
            for each in (lent.value, lent.before):
                if isinstance(each, dict):
                    yield from each.values()

    def check_lent(self) -> None:
        """Make sure that no container was changed after it was assigned.

        Raises:
            UnsupportedError: if one was.
        """
        for lent in self._lent:
            if lent.before is not None and not _same_items(lent.value, lent.before):
                raise UnsupportedError(
                    "a container was changed after it was assigned to a variable",
                    remedy="Assign it when it is complete.",
                )


def _same_items(value: Any, before: Any) -> bool:
    now, then = (list(each.items()) if isinstance(each, dict) else list(each) for each in (value, before))
    return len(now) == len(then) and all(_same(one, other) for one, other in zip(now, then, strict=True))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    return one is other or (not is_symbolic(one) and not is_symbolic(other) and bool(one == other))
