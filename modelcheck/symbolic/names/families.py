"""Families of cells: the places of a dict that has one for each name, and the state as a run sees it that has such dicts.

Each leaf of what a place can hold is an array over names. A run reads from it at a name and makes a new array where it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3

from modelcheck.symbolic.domains import Discovery, Domain
from modelcheck.symbolic.elements import Element, Elements
from modelcheck.symbolic.encoding import encode, value_of
from modelcheck.symbolic.leaves import Leaves
from modelcheck.symbolic.names.sizes import in_range
from modelcheck.symbolic.present import Present
from modelcheck.symbolic.session import ONLY_ACTIONS, Cell, Session
from modelcheck.symbolic.storing import check_stored
from modelcheck.symbolic.terms import FALSE, TRUE, Guarded, UnsupportedError, conj, pick
from modelcheck.symbolic.values.equality import member, members_in
from modelcheck.symbolic.values.kinds import GuardedList, SymInt, is_symbolic

Index = tuple[Any, ...]


class Family(Cell):
    """The places of a dict over names, or of a dict over names of dicts over names.

    Attributes:
        sizes: How many names there are, for each of the indexes.
    """

    def __init__(self, path: str, domain: Domain, sizes: Index) -> None:
        super().__init__(path, domain)
        self.sizes = sizes

    def variables(self) -> Index:
        """Variables for an index."""
        return tuple(z3.Int(f"?name{at}") for at in range(len(self.sizes)))

    def within(self, index: Index) -> z3.BoolRef:
        """That integers are an index."""
        return conj(*(in_range(name, size) for name, size in zip(index, self.sizes, strict=True)))


class _Place(Leaves):
    """The leaves of one place of a family.

    Args:
        leaves: The leaves of the state, which get the arrays.
        index: Which place.
        written: What stands for the arrays by now.
    """

    def __init__(self, leaves: Leaves, index: Index, written: dict[str, Any]) -> None:
        super().__init__()
        self._leaves = leaves
        self._index = index
        self._written = written

    def boolean(self, name: str, text: str) -> Any:
        """See `Leaves.boolean`."""
        return self._selected(name, FALSE, text)

    def integer(self, name: str, text: str) -> Any:
        """See `Leaves.integer`."""
        return self._selected(name, z3.IntVal(0), text)

    def _selected(self, name: str, default: Any, text: str) -> Any:
        array = self._leaves.array(name, len(self._index), default, text)
        return selected(self._written.get(name, array), self._index)


def selected(array: Any, index: Index) -> Any:
    """What an array has at an index."""
    for name in index:
        array = z3.Select(array, name)
    return array


def stored(array: Any, index: Index, term: Any) -> Any:
    """An array with something else at an index."""
    if not index:
        return term
    return z3.Store(array, index[0], stored(z3.Select(array, index[0]), index[1:], term))


def at_index(index: Index, value: Any) -> Any:
    """A member of a set, or of a dict of sets the member of the set at an index."""
    return (*map(SymInt, index), value) if index else value


def everywhere(variables: Index, term: Any) -> Any:
    """An array with a term at each index."""
    for name in reversed(variables):
        term = z3.Lambda([name], term)
    return term


class NamesSession(Session):
    """The state as one run sees it, with families of cells.

    Attributes:
        arrays: What the run wrote to the leaves of families.
    """

    def __init__(self, leaves: Leaves) -> None:
        super().__init__(leaves)
        self.arrays: dict[Family, dict[str, Any]] = {}

    def begin(self) -> None:
        """See `Session.begin`."""
        super().begin()
        self.arrays = {}

    def prepare_family(self, family: Family) -> None:
        """Make the leaves of a family, and say what is true of them."""
        index = family.variables()
        place = _Place(self.leaves, index, {})
        value_of(family.domain, family.path, place)
        if place.axioms:
            self.leaves.axioms.append(z3.ForAll(list(index), z3.Implies(family.within(index), conj(*place.axioms))))

    def read_at(self, family: Family, index: Index) -> Any:
        """The value in a place by now."""
        self.used.add(family)
        return value_of(family.domain, family.path, _Place(self.leaves, index, self.arrays.get(family, {})))

    def write_at(self, family: Family, index: Index, value: Any) -> None:
        """Put a value into a place."""
        self._write(family, value, lambda array, term: stored(array, index, term))

    def replace_at(self, family: Family, index: Index, variables: Index, value: Any) -> None:
        """Put values into all places that begin with an index; the value speaks of variables for the rest."""

        def replaced(array: Any, term: Any) -> Any:
            return stored(array, index, everywhere(variables, term))

        self._write(family, value, replaced)

    def _write(self, family: Family, value: Any, made: Callable[[Any, Any], Any]) -> None:
        Present.paths.act(f"changes {family.path}", ONLY_ACTIONS)
        self.used.add(family)
        if isinstance(value, list) and is_symbolic(value):
            raise UnsupportedError(f"{family.path} was given a list", remedy="Store a tuple.")
        check_stored(value, family.path)
        if self.search is not None:
            self._join(family, value, self.search)
        out: dict[str, Any] = {}
        encode(family.domain, [(TRUE, value)], family.path, out, self._outside)
        arrays = self.arrays.setdefault(family, {})
        for name, term in out.items():
            arrays[name] = made(arrays.get(name, self.leaves.all[name].constant), term)

    def _join(self, family: Family, value: Any, search: Discovery) -> None:
        changes = len(search.changed)
        family.domain.join([(TRUE, value)], search, family.path)
        if len(search.changed) > changes:
            family.changed_in = search.round
            self.prepare_family(family)

    def replace_members(self, elements: Elements, index: Index, value: Any) -> None:
        """Give a set other members; of a dict of sets, the set at an index."""
        Present.paths.act(f"changes {elements.path}", ONLY_ACTIONS)
        self.sharing.check_change(elements)
        items, bound = members_in(value)
        for guard, each in items:
            check_stored(each, f"an element of {elements.path}")
            if self.search is not None:
                self._discover_member(elements, guard, at_index(index, each), self.search)
        for element in self.listed(elements):
            content = self.content(elements, element.key)
            self.kept.setdefault(elements, {})[element.key] = self._replaced(element, content, index, (items, bound))
        self._outside += [(conj(guard, absent), elements.path) for guard, each in items for absent in self._unknown(elements, at_index(index, each))]

    def _unknown(self, elements: Elements, value: Any) -> list[z3.BoolRef]:
        """The conditions under which a value is none that the collection can have."""
        return [guard for guard, key, _ in self._places(elements, value) if key is None]

    def _discover_member(self, elements: Elements, guard: z3.BoolRef, value: Any, search: Discovery) -> None:
        changes = len(search.changed)
        elements.join(value, True, guard, search)
        if len(search.changed) > changes:
            self.kept.pop(elements, None)
            self.prepare(elements)

    def _replaced(self, element: Element, content: Any, index: Index, members: tuple[list[Guarded], Index]) -> Any:
        holes = tuple(Present.paths.bound("hole") for _ in range(element.holes))
        value = self.element(element, list(holes))
        inside = member(GuardedList(*members, frozenset), value[-1] if index else value)
        if not holes:
            return inside
        here = conj(*(hole == name for hole, name in zip(holes, index, strict=False)))
        return everywhere(holes, pick(here, inside, selected(content, holes)) if index else inside)

    def effect(self) -> dict[str, Any]:
        """See `Session.effect`."""
        out = super().effect()
        for arrays in self.arrays.values():
            out |= arrays
        return {name: term for name, term in out.items() if name in self.leaves.all}

