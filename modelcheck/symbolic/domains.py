"""Domains: what a cell can hold, found out by running the actions until nothing new is written.

Nobody declares a domain. It starts with the initial values, every value that an action can write to a cell from any
state within the domains is added, and so on until there is none: then the domains contain every reachable state, and
are closed. Integers that keep growing become unbounded integers, and so does whatever is computed from them; what nothing
written has ever gone below, or above, stays their bound. A tuple or record has a domain per part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import z3
from attrs import define, field

from modelcheck.symbolic.expansion import expand
from modelcheck.symbolic.terms import Guarded, UnsupportedError, conj, is_false, neg
from modelcheck.symbolic.values.kinds import (
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    as_set,
    describe,
    is_compared_by_fields,
    is_symbolic,
)
from modelcheck.values import identity

GROWING_ROUNDS = 4
_MOST_ALTERNATIVES = 400


@define
class Discovery:
    """The search for domains, at one moment.

    Attributes:
        round: How often all actions have been run.
        possible: Whether a condition can be true on the present path.
        sizes: The symbolic sizes; an integer that nothing written makes as large as one of them is below it.
        changed: The paths of cells that got something new in this round.
    """

    round: int
    possible: Callable[[z3.BoolRef], bool]
    sizes: tuple[Any, ...] = ()
    changed: list[str] = field(factory=list)


class Domain:
    """What one place can hold.

    Args:
        listed: All that it can hold, if that is known beforehand; these values, whatever they are, are not taken apart.

    Attributes:
        closed: Whether all values are listed.
        atoms: The values without parts, by identity; all values, if they are listed.
        wide: Whether integers are unbounded, but for
        least: the least one, and
        greatest: the greatest, and
        below: symbolic sizes that all integers are less than.
        lengths: The lengths of tuples.
        positions: What their items can be.
        records: What the fields of frozen attrs objects can be, by class.
        universe: The members that sets can have, by identity; None if there are no sets.
    """

    def __init__(self, listed: Iterable[Any] | None = None) -> None:
        self.closed = listed is not None
        self.atoms: dict[Any, Any] = {identity(value): value for value in listed or ()}
        self.wide = False
        self.least: int | None = None
        self.greatest: int | None = None
        self.below: list[Any] = []
        self.lengths: set[int] = set()
        self.positions: list[Domain] = []
        self.records: dict[type, dict[str, Domain]] = {}
        self.universe: dict[Any, Any] | None = None
        self._grown: set[int] = set()

    def join(self, options: list[Guarded], search: Discovery, path: str) -> None:
        """Add what the options can be."""
        if self.closed:
            return
        for guard, value in expanded(options):
            if is_false(guard):
                continue
            self._join_one(guard, value, search, path)
        if len(self.atoms) > _MOST_ALTERNATIVES:
            raise UnsupportedError(
                f"{path} holds more than {_MOST_ALTERNATIVES} different values",
                remedy="Split it into variables of its parts, or bound it by a constraint.",
                about=path,
            )

    def _join_one(self, guard: z3.BoolRef, value: Any, search: Discovery, path: str) -> None:
        if isinstance(value, SymInt):
            if search.possible(guard):
                self._widen(guard, value.term, search, path)
        elif isinstance(value, SymBool):
            for each, term in ((True, value.term), (False, neg(value.term))):
                self._join_atom(conj(guard, term), each, search, path)
        elif type(value) is tuple:
            self._join_tuple(guard, value, search, path)
        elif is_compared_by_fields(value):
            self._join_record(guard, value, search, path)
        elif isinstance(value, (frozenset, SymSet)):
            self._join_set(guard, value, search, path)
        elif is_symbolic(value):
            raise UnsupportedError(
                f"{path} was given {describe(value)}",
                remedy="Store tuples, frozensets or frozen attrs objects.",
                about=path,
            )
        else:
            self._join_atom(guard, value, search, path)

    def _join_atom(self, guard: z3.BoolRef, value: Any, search: Discovery, path: str) -> None:
        if identity(value) in self.atoms or not search.possible(guard):
            return
        if type(value) is int:
            self._grown.add(search.round)
            if self.wide or len(self._grown) > GROWING_ROUNDS:
                self._widen(guard, z3.IntVal(value), search, path)
                return
        self.atoms[identity(value)] = value
        search.changed.append(path)

    def _widen(self, guard: z3.BoolRef, term: Any, search: Discovery, path: str) -> None:
        """Make the integers unbounded, but for bounds that the term keeps."""
        if not self.wide:
            self.wide = True
            numbers = [value for value in self.atoms.values() if type(value) is int]
            self.least, self.greatest = min(numbers, default=0), max(numbers, default=None)
            self.below = list(search.sizes) if self.greatest is None or self.greatest <= 0 else []
            self.atoms = {key: value for key, value in self.atoms.items() if type(value) is not int}
            search.changed.append(path)
        if self.least is not None and search.possible(conj(guard, term < self.least)):
            self.least = None
            search.changed.append(path)
        if self.greatest is not None and search.possible(conj(guard, term > self.greatest)):
            self.greatest = None
            search.changed.append(path)
        for size in [each for each in self.below if search.possible(conj(guard, term >= each))]:
            self.below = [each for each in self.below if each is not size]
            search.changed.append(path)

    def _join_tuple(self, guard: z3.BoolRef, value: tuple[Any, ...], search: Discovery, path: str) -> None:
        if len(value) not in self.lengths:
            if not search.possible(guard):
                return
            self.lengths.add(len(value))
            search.changed.append(path)
        while len(self.positions) < len(value):
            self.positions.append(Domain())
        for at, each in enumerate(value):
            self.positions[at].join([(guard, each)], search, f"{path}[{at}]")

    def _join_record(self, guard: z3.BoolRef, value: Any, search: Discovery, path: str) -> None:
        fields = self.records.get(type(value))
        if fields is None:
            if not search.possible(guard):
                return
            fields = self.records[type(value)] = {f.name: Domain() for f in attrs.fields(type(value))}
            search.changed.append(path)
        for name, domain in fields.items():
            domain.join([(guard, getattr(value, name))], search, f"{path}.{name}")

    def _join_set(self, guard: z3.BoolRef, value: Any, search: Discovery, path: str) -> None:
        if self.universe is None:
            if not search.possible(guard):
                return
            self.universe = {}
            search.changed.append(path)
        for condition, one in members_of(value, path):
            if identity(one) not in self.universe and search.possible(conj(guard, condition)):
                self.universe[identity(one)] = one
                search.changed.append(path)


def expanded(options: list[Guarded], both: bool = True) -> Iterator[Guarded]:
    """The options without unions; a truth value is two where a place is not known to hold both."""
    for guard, value in options:
        if isinstance(value, SymUnion):
            yield from expanded([(conj(guard, each), v) for each, v in value.alternatives], both)
        elif isinstance(value, SymBool) and not both:
            yield from ((conj(guard, value.term), True), (conj(guard, neg(value.term)), False))
        else:
            yield guard, value


def members_of(value: Any, path: str) -> list[Guarded]:
    """The members of a set value, each concrete."""
    found: list[Guarded] = []
    for guard, one in as_set(value).items:
        if not is_symbolic(one):
            found.append((guard, one))
            continue
        for condition, skeleton, holes in expand(one, None, ()):
            if holes:
                raise UnsupportedError(
                    f"the set in {path} holds an unbounded integer",
                    remedy="Keep it in a set variable of its own: self.x: set[...] = set(), or bound the integer.",
                    about=path,
                )
            found.append((conj(guard, condition), skeleton))
    return found
