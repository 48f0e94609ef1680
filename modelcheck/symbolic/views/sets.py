"""A set variable."""

from __future__ import annotations

from typing import Any

from modelcheck.symbolic import operators
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.terms import conj, disj, neg
from modelcheck.symbolic.values import sets
from modelcheck.symbolic.values.equality import member
from modelcheck.symbolic.values.kinds import GuardedList, SymSet, as_set, describe
from modelcheck.symbolic.values.scalars import boolean
from modelcheck.symbolic.views.collection import Collection


class SymbolicSet(Collection):
    """A set variable."""

    __stands_for__ = set
    __hash__ = None

    def __symbolic_set__(self) -> SymSet:
        return SymSet(GuardedList(*self.__symbolic_items__()).finite())

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

    def __ior__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.update(other)
        return self

    def __iand__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.intersection_update(other)
        return self

    def __isub__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.difference_update(other)
        return self

    def __ixor__(self, other: Any) -> SymbolicSet:  # noqa: PYI034 - the class is final in effect.
        self.symmetric_difference_update(other)
        return self

    def __or__(self, other: Any) -> Any:
        return sets.union(self, other)

    def __and__(self, other: Any) -> Any:
        return sets.intersection(self, other)

    def __sub__(self, other: Any) -> Any:
        return sets.difference(self, other)

    def __rsub__(self, other: Any) -> Any:
        return sets.difference(other, self)

    def __xor__(self, other: Any) -> Any:
        return sets.symmetric_difference(self, other)

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def __le__(self, other: Any) -> Any:
        return sets.is_subset(self, other)

    def __ge__(self, other: Any) -> Any:
        present = [disj(neg(guard), self.__symbolic_member__(value)) for guard, value in as_set(other).items]
        return boolean(conj(*present))

    def __lt__(self, other: Any) -> Any:
        return sets.is_proper_subset(self, other)

    def __gt__(self, other: Any) -> Any:
        return sets.is_proper_subset(other, self)

    def issubset(self, other: Any) -> Any:
        """As `set.issubset`."""
        return self <= other

    def issuperset(self, other: Any) -> Any:
        """As `set.issuperset`."""
        return self >= other

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
