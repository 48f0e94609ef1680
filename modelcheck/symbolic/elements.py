"""The elements that a set, bag or dict can have, found out together with the domains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3

from modelcheck.symbolic.domains import Discovery, Domain
from modelcheck.symbolic.expansion import Position, expand
from modelcheck.symbolic.terms import TRUE, UnsupportedError, conj, neg
from modelcheck.values import identity, order_key, show

ZERO = "at least 0"


class Element:
    """What elements of a collection look like apart from their unbounded integers.

    Attributes:
        skeleton: The element, with holes.
        key: Its identity.
        holes: How many.
        domain: What is kept for it, in a bag or dict; None in a set.
        changed_in: The last round in which it, or what is kept for it, was something new.
        bounds: For each hole the numbers that no term in it has ever been less than (0, where it is one), or as large as (symbolic sizes).
    """

    def __init__(self, skeleton: Any, holes: int, domain: Domain | None, changed_in: int) -> None:
        self.skeleton = skeleton
        self.key = identity(skeleton)
        self.changed_in = changed_in
        self.holes = holes
        self.domain = domain
        self.bounds: list[list[Any]] = [[] for _ in range(holes)]

    def within(self, terms: Sequence[Any]) -> z3.BoolRef:
        """That terms in the holes are within the bounds; no element is there with others."""
        return conj(*(_keeps(term, bound) for term, bounds in zip(terms, self.bounds, strict=True) for bound in bounds))

    def loosen(self, guard: z3.BoolRef, terms: Sequence[Any], search: Discovery) -> bool:
        """Drop the bounds that terms may not keep; whether there are any."""
        before = sum(map(len, self.bounds))
        self.bounds = [
            [bound for bound in bounds if not search.possible(conj(guard, neg(_keeps(term, bound))))]
            for term, bounds in zip(terms, self.bounds, strict=True)
        ]
        return sum(map(len, self.bounds)) < before


def _keeps(term: Any, bound: Any) -> z3.BoolRef:
    return term >= 0 if bound is ZERO else term < bound


class Elements:
    """The elements that a set, bag or dict can have.

    Attributes:
        path: Where the collection is.
        default: What is kept for an element that is absent: False in a set, 0 in a bag, a mark in a dict.
        known: The elements by the identity of their skeletons.
        wide: The positions at which integers are unbounded.
        changed_in: The last round in which an element was new.
        widened_in: The last round in which integers turned out to be unbounded.
    """

    def __init__(self, path: str, default: Any) -> None:
        self.path = path
        self.default = default
        self.known: dict[Any, Element] = {}
        self.wide: set[Position] = set()
        self._grown: dict[Position, set[int]] = {}
        self._ordered: list[Element] | None = None
        self._by_value: dict[Any, list[Any]] | None = None
        self.changed_in = 0
        self.widened_in = 0

    def join(self, value: Any, kept: Any, guard: z3.BoolRef, search: Discovery) -> None:
        """Add what an element can be, and what is kept for it.

        Raises:
            UnsupportedError: if it can be too much.
        """
        try:
            self._join(value, kept, guard, search)
        except UnsupportedError as error:
            error.about = error.about or self.path
            raise

    def _join(self, value: Any, kept: Any, guard: z3.BoolRef, search: Discovery) -> None:
        before = len(self.wide)
        found = expand(value, self.wide, ())
        if len(self.wide) > before:
            self._renormalise(search)
            found = expand(value, self.wide, ())
        for condition, skeleton, holes in found:
            both = conj(guard, condition)
            element = self.known.get(identity(skeleton))
            if element is None:
                if not search.possible(both):
                    continue
                element = self._new(skeleton, len(holes), search)
                search.changed.append(self.path)
            if holes and element.loosen(both, holes, search):
                element.changed_in = search.round
                search.changed.append(self.path)
            if element.domain is not None:
                changes = len(search.changed)
                element.domain.join([(both, kept)], search, f"{self.path}[{show(skeleton)}]")
                if len(search.changed) > changes:
                    element.changed_in = search.round

    def _new(self, skeleton: Any, holes: int, search: Discovery) -> Element:
        domain = None
        if self.default is not False:
            domain = Domain()
            domain.join([(TRUE, self.default)], search, self.path)
        element = Element(skeleton, holes, domain, search.round)
        if search.sizes and self.default is False:
            element.bounds = [[ZERO, *search.sizes] for _ in range(holes)]
        self.known[element.key] = element
        self.changed_in = search.round
        self._ordered = self._by_value = None
        return element

    def _renormalise(self, search: Discovery) -> None:
        """Forget the elements that differ only in integers that turned out to be unbounded."""
        before, self.known, self._ordered, self._by_value = self.known, {}, None, None
        for element in before.values():
            for _, skeleton, holes in expand(element.skeleton, self.wide, ()):
                made = self.known.get(identity(skeleton)) or self._new(skeleton, len(holes), search)
                if element.holes:
                    made.bounds = [[] for _ in holes]
                else:
                    made.loosen(TRUE, holes, search)
                if made.domain is not None and element.domain is not None:
                    for atom in element.domain.atoms.values():
                        made.domain.join([(TRUE, atom)], search, self.path)
                    if element.domain.wide:
                        made.domain.wide, made.domain.least, made.domain.greatest = True, None, None
        search.changed.append(self.path)
        self.widened_in = search.round

    def equal_to(self, skeleton: Any) -> list[Any]:
        """The keys of the elements that Python holds equal to a value, its own among them: 1.0 and True, of True."""
        if self._by_value is None:
            self._by_value = {}
            for element in self.known.values():
                self._by_value.setdefault(element.skeleton, []).append(element.key)
        return self._by_value.get(skeleton, [])

    def ordered(self) -> list[Element]:
        """All elements, in the total order."""
        if self._ordered is None:
            self._ordered = sorted(self.known.values(), key=lambda element: order_key(element.skeleton))
        return self._ordered
