"""What an action sees instead of dicts over names and of sets with names in them."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, KeysView, ValuesView
from functools import partial
from typing import Any

import z3

from modelcheck.spec.shapes.shape import Shape
from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.names.families import Family, Index, NamesSession, at_index
from modelcheck.symbolic.names.functions import SymFunction
from modelcheck.symbolic.names.sizes import in_range
from modelcheck.symbolic.present import Present, decide
from modelcheck.symbolic.terms import FALSE, TRUE, Guarded, UnsupportedError, conj, disj, neg
from modelcheck.symbolic.values.kinds import GuardedList, SymInt, SymUnion, describe
from modelcheck.symbolic.values.merging import over, split
from modelcheck.symbolic.values.scalars import int_term, truth
from modelcheck.symbolic.values.sets import difference, union
from modelcheck.symbolic.views.sets import SymbolicSet

_COPY = "Assign a new dict with an item for each name: {n: ... for n in range(n)}."


class PlaceSlot:
    """One place of a family."""

    def __init__(self, session: NamesSession, family: Family, index: Index) -> None:
        self._session = session
        self._family = family
        self._index = index

    def get(self) -> Any:
        """The value in it."""
        return self._session.read_at(self._family, self._index)

    def assign(self, value: Any) -> None:
        """Put a value into it."""
        self._session.write_at(self._family, self._index, value)

    def replace(self, value: Any, variables: Index) -> None:
        """Put a value that speaks of variables into all places that begin with the index."""
        self._session.replace_at(self._family, self._index[: len(self._index) - len(variables)], variables, value)


class FixedSlot:
    """Where a view is found that stays; what is assigned is copied into it."""

    def __init__(self, view: Any) -> None:
        self.view = view

    def get(self) -> Any:
        """The view."""
        return self.view

    def assign(self, value: Any) -> None:
        """Give what is seen the content of something else."""
        if value is not self.view:
            self.view.take_over(value)

    def replace(self, value: Any, variables: Index) -> None:
        """Give what is seen, for all values of variables, the content of something else."""
        self.view.take_over_all(value, variables)


class RecordAt(FixedSlot):
    """Where the record of a name is found."""

    def __init__(self, view: Any, path: str) -> None:
        super().__init__(view)
        self._path = path

    def assign(self, value: Any) -> None:
        """Refuse another record."""
        if value is not self.view:
            self.replace(value, ())

    def replace(self, value: Any, variables: Index) -> None:
        """Refuse other records."""
        del value, variables
        raise UnsupportedError(f"{self._path} was given another record", remedy="Assign its fields one by one.", about=self._path)


class _LiveList(GuardedList):
    """The values or items of a dict over names, as they are when they are looked at: as in Python, what is written later is seen.

    Args:
        make: Makes the items.
        bound: The variables for all values of which they are meant.
        kind: What it stands for.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], list[Guarded]], bound: Index, kind: type) -> None:
        self._make = make
        self.bound = bound
        self.kind = kind
        self.used = False

    @property
    def items(self) -> list[Guarded]:  # type: ignore[override]
        """The items."""
        return self._make()


class FunctionView:
    """A dict over names.

    Args:
        path: Where it is.
        size: How many names there are.
        place: The slot of what it has for a name.
    """

    __stands_for__ = dict
    __symbolic_keyed__ = True
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, path: str, size: z3.ArithRef, place: Callable[[z3.ArithRef], Any]) -> None:
        self._path = path
        self._size = size
        self._place = place

    def _name(self, key: Any) -> z3.ArithRef:
        term = int_term(key)
        if term is None or decide(neg(in_range(term, self._size))):
            raise KeyError(describe(key))
        return term

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, SymUnion):
            return over(key, self.__getitem__)
        return self._place(self._name(key)).get()

    def __setitem__(self, key: Any, value: Any) -> None:
        self._place(self._name(split(key))).assign(value)

    def get(self, key: Any, default: Any = None) -> Any:
        """As `dict.get`."""
        return self[key] if decide(self.__symbolic_member__(key)) else default

    def __symbolic_items__(self) -> tuple[list[Guarded], Index]:
        name = Present.paths.bound("name")
        return [(in_range(name, self._size), SymInt(name))], (name,)

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        if isinstance(value, SymUnion):
            return disj(*(conj(guard, self.__symbolic_member__(each)) for guard, each in value.alternatives))
        term = int_term(value)
        return FALSE if term is None else in_range(term, self._size)

    def __symbolic_len__(self) -> Any:
        return SymInt(self._size)

    def __symbolic_truth__(self) -> z3.BoolRef:
        return TRUE

    def __bool__(self) -> bool:
        return True

    def keys(self) -> Any:
        """As `dict.keys`."""
        return GuardedList(*self.__symbolic_items__(), KeysView)

    def values(self) -> Any:
        """As `dict.values`."""
        items, bound = self.__symbolic_items__()
        return _LiveList(lambda: [(guard, self._under(guard, name, bound)) for guard, name in items], bound, ValuesView)

    def items(self) -> Any:
        """As `dict.items`."""
        items, bound = self.__symbolic_items__()
        return _LiveList(lambda: [(guard, (name, self._under(guard, name, bound))) for guard, name in items], bound, ItemsView)

    def _under(self, guard: z3.BoolRef, name: Any, bound: Index) -> Any:
        return Present.paths.under(guard, partial(self.__getitem__, name), bound)

    def take_over(self, value: Any) -> None:
        """Get the items of another dict."""
        self.take_over_all(split(value), ())

    def take_over_all(self, value: Any, variables: Index) -> None:
        """Get the items of another dict, for all values of variables."""
        if not isinstance(value, SymFunction) or not value.size.eq(self._size):
            raise UnsupportedError(f"{self._path} was given another dict", remedy=_COPY, about=self._path)
        name = Present.paths.bound("name")
        self._place(name).replace(value.at(name), (*variables, name))

    def __symbolic_equal__(self, other: Any) -> Any:
        raise UnsupportedError(
            f"{self._path} was compared with {describe(other)}", remedy="Compare its items: all(a[n] == b[n] for n in ...).", about=self._path
        )

    def __eq__(self, other: object) -> Any:
        return self.__symbolic_equal__(other)

    def __iter__(self) -> Any:
        raise UnsupportedError(f"{self._path} was gone through name by name", remedy="Write all(...), any(...) or a comprehension.", about=self._path)

    def __repr__(self) -> str:
        return self._path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"{self._path}.{name} cannot be followed for every size", remedy="Use items by their keys, values() or items().", about=self._path
        )


class SetOfNames(SymbolicSet):
    """A set variable, or the set that a dict has for a name.

    Args:
        session: The session.
        shape: The shape of the set.
        elements: Its elements; of a dict of sets, pairs of a name and an element.
        index: The name, or names.
    """

    def __init__(self, session: NamesSession, shape: Shape, elements: Elements, index: Index = ()) -> None:
        super().__init__(session, shape, elements)
        self._index = index

    def __symbolic_items__(self) -> tuple[list[Guarded], Index]:
        if not self._index:
            return super().__symbolic_items__()
        found: list[Guarded] = []
        bound: list[Any] = []
        for element in self._session.listed(self._elements):
            holes = [Present.paths.bound("n") for _ in range(element.holes - len(self._index))]
            bound += holes
            every = [*self._index, *holes]
            found.append((self._session.present(self._elements, element, every), self._session.element(element, every)[-1]))
        return found, tuple(bound)

    def __symbolic_member__(self, value: Any) -> z3.BoolRef:
        return truth(self._session.look_up(self._elements, at_index(self._index, value)))

    def __symbolic_pick__(self, paths: Any) -> Any:
        if self._index:
            raise UnsupportedError(
                f"something was chosen from {self._shape.path}", remedy="Choose from all that there can be, and require that it is in the set."
            )
        return super().__symbolic_pick__(paths)

    def add(self, value: Any) -> None:
        """As `set.add`."""
        self._session.keep(self._elements, at_index(self._index, self._check(value)), True)

    def discard(self, value: Any) -> None:
        """As `set.discard`."""
        self._session.keep(self._elements, at_index(self._index, self._check(value)), False)

    def update(self, *others: Any) -> None:
        """As `set.update`."""
        self.take_over(union(self, *others))

    def difference_update(self, *others: Any) -> None:
        """As `set.difference_update`."""
        self.take_over(difference(self, *others))

    def _assign(self, value: Any) -> None:
        self.take_over(value)

    def take_over(self, value: Any) -> None:
        """Get the members of another set."""
        self.replace_members(value)
        self._assigned_from(value)

    def replace_members(self, value: Any) -> None:
        """Get the members of another set, which is no object that changes."""
        session: Any = self._session
        session.replace_members(self._elements, self._index, split(value))

    def take_over_all(self, value: Any, variables: Index) -> None:
        """Refuse another set for each name at once."""
        del value, variables
        raise UnsupportedError(f"{self._shape.path} was given another set for each name", remedy="Let an action change the set of one name.")


class FrozenSetSlot:
    """Where a frozenset with names in it is found, which is a value: what was read stays as it is when another one is assigned."""

    def __init__(self, view: SetOfNames) -> None:
        self._view = view

    def get(self) -> Any:
        """The set as it is now."""
        items, bound = self._view.__symbolic_items__()
        return GuardedList(items, bound, frozenset)

    def assign(self, value: Any) -> None:
        """Put another set in its place."""
        self._view.replace_members(value)

