"""Bags, which are Counter variables, and dict variables whose keys come and go."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from functools import partial
from typing import Any

import z3

from modelcheck.errors import SpecError
from modelcheck.spec.shapes.stored import check_count
from modelcheck.statespace.cells import ABSENT
from modelcheck.symbolic import operators
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.terms import TRUE, Guarded, conj, disj, neg
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import (
    GuardedList,
    Symbolic,
    alternatives_of,
    describe,
    has_own_equality,
    is_symbolic,
)
from modelcheck.symbolic.values.merging import merge, settled
from modelcheck.symbolic.values.scalars import boolean, truth
from modelcheck.symbolic.views.collection import Collection
from modelcheck.values import identity


def is_no_dict(value: Any) -> bool:
    """Whether a value is certain to equal no dict."""
    return not isinstance(value, (Symbolic, Mapping, Collection)) and not has_own_equality(value)


class SymbolicBag(Collection):
    """A Counter variable."""

    __stands_for__ = Counter

    def __symbolic_concrete__(self) -> Any:
        return Counter(dict(settled(pair) for pair in operators.iterated(self.items())))
    __symbolic_keyed__ = True

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(self._session.look_up(self._elements, value) > 0)

    def __getitem__(self, element: Any) -> Any:
        return self._session.look_up(self._elements, element)

    def __setitem__(self, element: Any, count: Any) -> None:
        if not is_symbolic(count):
            check_count(self._shape.path, element, count)
        if is_symbolic(count) and decide(truth(count < 0)):
            raise SpecError(
                f"{self._shape.path} holds an element a negative number of times", remedy="Guard with require(...)."
            )
        self._session.keep(self._elements, self._check(element), count)

    def __delitem__(self, element: Any) -> None:
        self._session.keep(self._elements, element, 0)

    def get(self, element: Any, default: Any = None) -> Any:
        """As `Counter.get`."""
        return operators.conditional(boolean(self.__symbolic_member__(element)), lambda: self[element], lambda: default)

    def update(self, other: Any = (), /, **counts: Any) -> None:
        """As `Counter.update`."""
        if isinstance(other, Mapping):
            pairs = list(other.items())
        else:
            pairs = [
                (value, operators.conditional(boolean(guard), lambda: 1, lambda: 0))
                for guard, value in operators.listed(other)
            ]
        for element, count in [*pairs, *counts.items()]:
            self[element] = self[element] + count

    def subtract(self, other: Any = ()) -> None:
        """As `Counter.subtract`."""
        for guard, value in operators.listed(other):
            self[value] = self[value] - operators.conditional(boolean(guard), lambda: 1, lambda: 0)

    def pop(self, element: Any, *default: Any) -> Any:
        """As `Counter.pop`."""
        if not decide(self.__symbolic_member__(element)):
            if default:
                return default[0]
            raise KeyError(describe(element))
        count = self[element]
        self[element] = 0
        return count

    def clear(self) -> None:
        """As `Counter.clear`."""
        self._assign(Counter())

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, (Counter, SymbolicBag)):
            return False if is_no_dict(other) else super().__eq__(other)
        return boolean(conj(*(equality(self[element], other[element]) for element in self._elements_of(other))))

    __hash__ = None

    def _elements_of(self, *others: Any) -> list[Any]:
        """All elements that this bag and others can have, at least once each."""
        found = [value for bag in (self, *others) for _, value in operators.listed(bag)]
        return list({identity(value): value for value in found if not is_symbolic(value)}.values()) + [
            value for value in found if is_symbolic(value)
        ]

    def _combine(self, other: Any, function: Callable[[Any, Any], Any]) -> SymbolicBag:
        if not isinstance(other, (Counter, SymbolicBag)):
            return NotImplemented  # type: ignore[no-any-return]
        counts = [(element, function(self[element], other[element])) for element in self._elements_of(other)]
        for element, count in counts:
            self[element] = operators.call(max, 0, count)
        return self

    def __iadd__(self, other: Any) -> SymbolicBag:  # noqa: PYI034 - the class is final in effect.
        return self._combine(other, operator.add)

    def __isub__(self, other: Any) -> SymbolicBag:  # noqa: PYI034 - the class is final in effect.
        return self._combine(other, operator.sub)

    def __ior__(self, other: Any) -> SymbolicBag:  # noqa: PYI034 - the class is final in effect.
        return self._combine(other, partial(operators.call, max))

    def __iand__(self, other: Any) -> SymbolicBag:  # noqa: PYI034 - the class is final in effect.
        return self._combine(other, partial(operators.call, min))

    def total(self) -> Any:
        """As `Counter.total`."""
        GuardedList(*self.__symbolic_items__()).finite()
        return operators.total(
            [self._session.look_up(self._elements, element.skeleton) for element in self._session.listed(self._elements)]
        )

    def items(self) -> Any:
        """As `Counter.items`."""
        items, bound = self.__symbolic_items__()
        return GuardedList([(guard, (element, self[element])) for guard, element in items], bound, ItemsView)

    def values(self) -> Any:
        """As `Counter.values`."""
        items, bound = self.__symbolic_items__()
        return GuardedList([(guard, self[element]) for guard, element in items], bound, ValuesView)

    def keys(self) -> Any:
        """As `Counter.keys`."""
        return GuardedList(*self.__symbolic_items__(), KeysView)

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        for _, element in GuardedList(*self.__symbolic_items__()).finite():
            self[element] = 0
        for element, count in operators.dict_of(value).items():
            self[element] = count
        self._assigned_from(value)


class SymbolicTable(Collection):
    """A dict variable whose keys come and go."""

    __stands_for__ = dict
    __symbolic_keyed__ = True

    def __symbolic_concrete__(self) -> Any:
        return dict(settled(pair) for pair in operators.iterated(self.items()))

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return neg(truth(operators.identical(self._session.look_up(self._elements, value), ABSENT)))

    def _present_value(self, found: Any) -> Any:
        options = [(guard, value) for guard, value in alternatives_of(found) if value is not ABSENT]
        return merge(options)

    def __getitem__(self, key: Any) -> Any:
        found = self._session.look_up(self._elements, key)
        if decide(truth(operators.identical(found, ABSENT))):
            raise KeyError(describe(key))
        return self._present_value(found) if found is not ABSENT else found

    def __setitem__(self, key: Any, value: Any) -> None:
        self._session.keep(self._elements, self._check(key), value)

    def __delitem__(self, key: Any) -> None:
        if not decide(self.__symbolic_member__(key)):
            raise KeyError(describe(key))
        self._session.keep(self._elements, key, ABSENT)

    def get(self, key: Any, default: Any = None) -> Any:
        """As `dict.get`."""
        return operators.conditional(
            boolean(self.__symbolic_member__(key)),
            lambda: self._present_value(self._session.look_up(self._elements, key)),
            lambda: default,
        )

    def pop(self, key: Any, *default: Any) -> Any:
        """As `dict.pop`."""
        if default and not decide(self.__symbolic_member__(key)):
            return default[0]
        value = self[key]
        del self[key]
        return value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if not decide(self.__symbolic_member__(key)):
            self[key] = default
        return self[key]

    def items(self) -> Any:
        """As `dict.items`."""
        items = GuardedList(*self.__symbolic_items__()).finite()
        return GuardedList(
            [(guard, (key, self._present_value(self._session.look_up(self._elements, key)))) for guard, key in items], kind=ItemsView
        )

    def keys(self) -> Any:
        """As `dict.keys`."""
        return GuardedList(*self.__symbolic_items__(), KeysView)

    def values(self) -> Any:
        """As `dict.values`."""
        return GuardedList([(guard, pair[1]) for guard, pair in self.items().items], kind=ValuesView)

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, (dict, SymbolicTable)):
            return False if is_no_dict(other) else super().__eq__(other)
        own, theirs = self.items().items, self._pairs_of(other)
        return boolean(conj(self._contains_all(own, theirs), self._contains_all(theirs, own)))

    __hash__ = None

    def _pairs_of(self, other: Any) -> list[Guarded]:
        if isinstance(other, SymbolicTable):
            return other.items().items  # type: ignore[no-any-return]
        return [(TRUE, pair) for pair in other.items()]

    def _contains_all(self, pairs: list[Guarded], other: list[Guarded]) -> z3.BoolRef:
        found = GuardedList(other)
        return conj(*(disj(neg(guard), truth(operators.contains(found, pair))) for guard, pair in pairs))

    def __ior__(self, other: Any) -> SymbolicTable:  # noqa: PYI034 - the class is final in effect.
        self.update(other)
        return self

    def update(self, other: Any = (), /, **more: Any) -> None:
        """As `dict.update`."""
        for key, value in dict(other, **more).items():
            self[key] = value

    def clear(self) -> None:
        """As `dict.clear`."""
        for _, key in GuardedList(*self.__symbolic_items__()).finite():
            self._session.keep(self._elements, key, ABSENT)

    def _assign(self, value: Any) -> None:
        if value is self:
            return
        pairs = [*value.items()]
        self.clear()
        for key, each in pairs:
            self[key] = each
        self._assigned_from(value)
