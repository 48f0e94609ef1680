"""A set variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelcheck.spec.shapes.containers import OrderedSet
from modelcheck.symbolic import operators
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.terms import conj, disj, neg
from modelcheck.symbolic.values import sets
from modelcheck.symbolic.values.equality import member
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, as_set, describe, is_setlike
from modelcheck.symbolic.values.merging import settled
from modelcheck.symbolic.values.scalars import boolean
from modelcheck.symbolic.views.collection import Collection


def _with_a_set(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An operator, of which the other side must be a set too."""
    return lambda self, other: function(self, other) if is_setlike(other) else NotImplemented


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    """``self |= other``; ``name`` is that of the method."""

    def method(self: SymbolicSet, other: Any) -> Any:
        if not is_setlike(other):
            return NotImplemented
        getattr(self, name)(other)
        return self

    return method


class SymbolicSet(Collection):
    """A set variable."""

    __stands_for__ = set
    __hash__ = None

    def __symbolic_concrete__(self) -> OrderedSet:
        return OrderedSet(settled(self.__symbolic_set__()))

    def __symbolic_set__(self) -> SymSet:
        return SymSet(GuardedList(*self.__symbolic_items__()).finite(), set)

    def __eq__(self, other: object) -> Any:
        return operators.equal(self, other)

    def add(self, value: Any) -> None:
        """As `set.add`."""
        self._session.keep(self._elements, self._check(value), True)

    def discard(self, value: Any) -> None:
        """As `set.discard`."""
        self._session.keep(self._elements, self._check(value), False)

    def remove(self, value: Any) -> None:
        """As `set.remove`."""
        if not decide(self.__symbolic_member__(value)):
            raise KeyError(describe(value))
        self.discard(value)

    def pop(self) -> Any:
        """As `set.pop`: the first one present, as iteration gives them."""
        for guard, value in GuardedList(*self.__symbolic_items__()).finite():
            if decide(guard):
                self.discard(value)
                return value
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        """As `set.clear`."""
        self._assign(frozenset())

    def update(self, *others: Any) -> None:
        """As `set.update`."""
        for other in others:
            for guard, value in operators.listed(other):
                now = self.__symbolic_member__(value)
                self._session.keep(self._elements, self._check(value), boolean(disj(guard, now)))

    def difference_update(self, *others: Any) -> None:
        """As `set.difference_update`."""
        for other in others:
            for guard, value in operators.listed(other):
                now = self.__symbolic_member__(value)
                self._session.keep(self._elements, self._check(value), boolean(conj(neg(guard), now)))

    def intersection_update(self, *others: Any) -> None:
        """As `set.intersection_update`."""
        self._assign(sets.intersection(self, *others))

    def symmetric_difference_update(self, other: Any) -> None:
        """As `set.symmetric_difference_update`."""
        self._assign(sets.symmetric_difference(self, other))

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        wanted = as_set(value)
        for guard, element in GuardedList(*self.__symbolic_items__()).finite():
            self._session.keep(self._elements, element, boolean(conj(guard, member(wanted, element))))
        self.update(wanted)
        self._assigned_from(value)

    __ior__, __iand__ = _in_place("update"), _in_place("intersection_update")
    __isub__, __ixor__ = _in_place("difference_update"), _in_place("symmetric_difference_update")
    __or__, __ror__ = _with_a_set(sets.union), _with_a_set(lambda self, other: sets.union(other, self))
    __and__, __rand__ = _with_a_set(sets.intersection), _with_a_set(lambda self, other: sets.intersection(other, self))
    __sub__, __rsub__ = _with_a_set(sets.difference), _with_a_set(lambda self, other: sets.difference(other, self))
    __xor__, __rxor__ = _with_a_set(sets.symmetric_difference), _with_a_set(lambda self, other: sets.symmetric_difference(other, self))
    __le__, __lt__ = _with_a_set(sets.is_subset), _with_a_set(sets.is_proper_subset)
    __ge__ = _with_a_set(lambda self, other: self.issuperset(other))
    __gt__ = _with_a_set(lambda self, other: sets.is_proper_subset(other, self))

    def issubset(self, other: Any) -> Any:
        """As `set.issubset`."""
        return sets.is_subset(self, other)

    def issuperset(self, other: Any) -> Any:
        """As `set.issuperset`."""
        present = [disj(neg(guard), self.__symbolic_member__(value)) for guard, value in as_set(other).items]
        return boolean(conj(*present))

    def isdisjoint(self, other: Any) -> Any:
        """As `set.isdisjoint`."""
        return sets.is_disjoint(self, other)

    def union(self, *others: Any) -> Any:
        """As `set.union`."""
        return sets.union(self, *others)

    def intersection(self, *others: Any) -> Any:
        """As `set.intersection`."""
        return sets.intersection(self, *others)

    def difference(self, *others: Any) -> Any:
        """As `set.difference`."""
        return sets.difference(self, *others)

    def symmetric_difference(self, other: Any) -> Any:
        """As `set.symmetric_difference`."""
        return sets.symmetric_difference(self, other)

    def copy(self) -> Any:
        """As `set.copy`."""
        return self.__symbolic_set__()
