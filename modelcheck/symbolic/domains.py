"""Domains: what a cell can hold, found out by running the actions until nothing new is written.

Nobody declares a domain. It starts with the initial values, every value that an action can write to a cell from any
state within the domains is added, and so on until there is none: then the domains contain every reachable state, and
are closed. Integers that keep growing become unbounded integers, and so does whatever is computed from them; what nothing
written has ever gone below, or above, stays their bound. A tuple or record has a domain per part.

A cell is laid out over *leaves*, z3 constants of type bool, int or array. Every state has exactly one layout: leaves
without meaning are at their default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import z3
from attrs import define, field

from modelcheck.symbolic.expansion import expand
from modelcheck.symbolic.terms import FALSE, TRUE, Guarded, UnsupportedError, conj, disj, is_false, is_true, neg, pick
from modelcheck.symbolic.values.equality import member
from modelcheck.symbolic.values.kinds import (
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    as_set,
    describe,
    is_compared_by_fields,
    is_symbolic,
    rebuilt,
)
from modelcheck.symbolic.values.scalars import boolean
from modelcheck.values import identity, order_key, show

Outside = tuple[z3.BoolRef, str]
GROWING_ROUNDS = 4
_MOST_ALTERNATIVES = 400


@define
class Discovery:
    """The search for domains, at one moment.

    Attributes:
        round: How often all actions have been run.
        possible: Whether a condition can be true on the present path.
        changed: The paths of cells that got something new in this round.
    """

    round: int
    possible: Callable[[z3.BoolRef], bool]
    changed: list[str] = field(factory=list)


@define(eq=False)
class Leaf:
    """A z3 constant that is part of the state.

    Attributes:
        name: Its name.
        constant: The constant.
        default: What it is where it has no meaning.
        text: What it says when it is true, or the expression that it is the value of.
    """

    name: str
    constant: Any
    default: Any
    text: str


class Leaves:
    """All leaves of a state, in order."""

    def __init__(self) -> None:
        self.all: dict[str, Leaf] = {}
        self.axioms: list[z3.BoolRef] = []

    def boolean(self, name: str, text: str) -> Any:
        """A leaf of type bool."""
        return self._leaf(name, z3.Bool(name), FALSE, text)

    def integer(self, name: str, text: str) -> Any:
        """A leaf of type int."""
        return self._leaf(name, z3.Int(name), z3.IntVal(0), text)

    def array(self, name: str, dimensions: int, default: Any, text: str) -> Any:
        """A leaf that is a function of integers."""
        sort = default.sort()
        empty = default
        for _ in range(dimensions):
            empty = z3.K(z3.IntSort(), empty)
            sort = z3.ArraySort(z3.IntSort(), sort)
        return self._leaf(name, z3.Const(name, sort), empty, text)

    def _leaf(self, name: str, constant: Any, default: Any, text: str) -> Any:
        known = self.all.get(name)
        if known is None:
            known = self.all[name] = Leaf(name, constant, default, text)
        return known.constant


def _key(value: Any) -> Any:
    return identity(value)


class Domain:
    """What one place can hold."""

    def __init__(self) -> None:
        self.atoms: dict[Any, Any] = {}
        self.wide = False
        self.least: int | None = None
        self.greatest: int | None = None
        self.lengths: set[int] = set()
        self.positions: list[Domain] = []
        self.records: dict[type, dict[str, Domain]] = {}
        self.universe: dict[Any, Any] | None = None
        self._grown: set[int] = set()

    # Growing ----------------------------------------------------------------------------------------------------------------------------------

    def join(self, options: list[Guarded], search: Discovery, path: str) -> None:
        """Add what the options can be."""
        for guard, value in _expanded(options):
            if is_false(guard):
                continue
            self._join_one(guard, value, search, path)
        if len(self.atoms) > _MOST_ALTERNATIVES:
            raise UnsupportedError(
                f"{path} holds more than {_MOST_ALTERNATIVES} different values",
                remedy="Split it into variables of its parts, or bound it by a constraint.",
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
            )
        else:
            self._join_atom(guard, value, search, path)

    def _join_atom(self, guard: z3.BoolRef, value: Any, search: Discovery, path: str) -> None:
        if _key(value) in self.atoms or not search.possible(guard):
            return
        if type(value) is int:
            self._grown.add(search.round)
            if self.wide or len(self._grown) > GROWING_ROUNDS:
                self._widen(guard, z3.IntVal(value), search, path)
                return
        self.atoms[_key(value)] = value
        search.changed.append(path)

    def _widen(self, guard: z3.BoolRef, term: Any, search: Discovery, path: str) -> None:
        """Make the integers unbounded, but for bounds that the term keeps."""
        if not self.wide:
            self.wide = True
            numbers = [value for value in self.atoms.values() if type(value) is int]
            self.least, self.greatest = min(numbers, default=0), max(numbers, default=None)
            self.atoms = {key: value for key, value in self.atoms.items() if type(value) is not int}
            search.changed.append(path)
        if self.least is not None and search.possible(conj(guard, term < self.least)):
            self.least = None
            search.changed.append(path)
        if self.greatest is not None and search.possible(conj(guard, term > self.greatest)):
            self.greatest = None
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
        for condition, one in _members(value, path):
            if _key(one) not in self.universe and search.possible(conj(guard, condition)):
                self.universe[_key(one)] = one
                search.changed.append(path)

    # Layout -----------------------------------------------------------------------------------------------------------------------------------

    def _kinds(self) -> list[tuple[Any, ...]]:
        truths = [key for key, value in self.atoms.items() if type(value) is bool]
        found: list[tuple[Any, ...]] = [("atom", key) for key in self.atoms if len(truths) < 2 or key not in truths]  # noqa: PLR2004 - both.
        if len(truths) == 2:  # noqa: PLR2004 - both.
            found.append(("truth",))
        if self.wide:
            found.append(("integer",))
        found += [("tuple", length) for length in sorted(self.lengths)]
        found += [("record", cls) for cls in self.records]
        return [*found, ("set",)] if self.universe is not None else found

    def _kind(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, SymBool):
            return ("truth",)
        if isinstance(value, SymInt) or (type(value) is int and self.wide):
            return ("integer",)
        if type(value) is tuple:
            return ("tuple", len(value))
        if is_compared_by_fields(value):
            return ("record", type(value))
        if isinstance(value, (frozenset, SymSet)):
            return ("set",)
        if type(value) is bool and sum(type(each) is bool for each in self.atoms.values()) == 2:  # noqa: PLR2004 - both.
            return ("truth",)
        return ("atom", _key(value))

    def _tags(self, path: str, leaves: Leaves) -> list[Any]:
        """The condition of each kind: the first is what is left when no other is."""
        kinds = self._kinds()
        rest = [leaves.boolean(f"{path}#{at}", self._tag_text(kind, path)) for at, kind in enumerate(kinds) if at]
        return [conj(*(neg(each) for each in rest)), *rest] if kinds else []

    def _tag_text(self, kind: tuple[Any, ...], path: str) -> str:
        if kind[0] == "atom":
            value = self.atoms[kind[1]]
            return (
                f"{path} is {show(value)}"
                if value is None or not isinstance(value, (int, str, float))
                else f"{path} == {show(value)}"
            )
        if kind[0] == "tuple":
            return f"len({path}) == {kind[1]}"
        name = kind[1].__name__ if kind[0] == "record" else kind[0]
        return f"{path} is {'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"

    def first_text(self, path: str) -> str | None:
        """What is the case when no tag is true."""
        kinds = self._kinds()
        return self._tag_text(kinds[0], path) if kinds else None

    def value(self, path: str, leaves: Leaves, used: z3.BoolRef = TRUE) -> Any:
        """The symbolic value that the leaves stand for; where it is not used, they are at their defaults."""
        kinds = self._kinds()
        tags = self._tags(path, leaves)
        self._tag_axioms(tags[1:], used, leaves)
        conditions = dict(zip(kinds, tags, strict=True))
        positions = [
            domain.value(
                f"{path}[{at}]",
                leaves,
                conj(used, disj(*(tag for kind, tag in conditions.items() if kind[0] == "tuple" and kind[1] > at))),
            )
            for at, domain in enumerate(self.positions)
        ]
        options = [
            (tag, self._value(kind, path, leaves, conj(used, tag), positions)) for kind, tag in conditions.items()
        ]
        return options[0][1] if len(options) == 1 else SymUnion(_together(options))

    def _tag_axioms(self, tags: list[Any], used: z3.BoolRef, leaves: Leaves) -> None:
        leaves.axioms += [z3.Or(neg(one), neg(other)) for at, one in enumerate(tags) for other in tags[:at]]
        if not is_true(used):
            leaves.axioms += [z3.Or(used, neg(tag)) for tag in tags]

    def _value(self, kind: tuple[Any, ...], path: str, leaves: Leaves, used: z3.BoolRef, positions: list[Any]) -> Any:
        if kind[0] == "atom":
            return self.atoms[kind[1]]
        if kind[0] == "tuple":
            return tuple(positions[: kind[1]])
        if kind[0] == "record":
            fields = self.records[kind[1]]
            return rebuilt(
                object.__new__(kind[1]),
                {name: domain.value(f"{path}.{name}", leaves, used) for name, domain in fields.items()},
            )
        if kind[0] == "set":
            assert self.universe is not None
            items = [
                (leaves.boolean(f"{path}<{show(member)}>", f"{show(member)} in {path}"), member)
                for member in self._ordered_universe()
            ]
            found: Any = SymSet(items)
            constants = [guard for guard, _ in items]
        else:
            constant = leaves.boolean(f"{path}?", path) if kind[0] == "truth" else leaves.integer(f"{path}=", path)
            found = boolean(constant) if kind[0] == "truth" else SymInt(constant)
            constants = [constant]
            if kind[0] == "integer":
                leaves.axioms += [z3.Or(neg(used), each) for each in self._bounds(constant)]
        if not is_true(used):
            leaves.axioms += [z3.Or(used, each == (FALSE if z3.is_bool(each) else 0)) for each in constants]
        return found

    def _bounds(self, constant: Any) -> list[z3.BoolRef]:
        lower = [] if self.least is None else [constant >= self.least]
        return lower if self.greatest is None else [*lower, constant <= self.greatest]

    def _ordered_universe(self) -> list[Any]:
        assert self.universe is not None
        return sorted(self.universe.values(), key=order_key)

    def encode(self, options: list[Guarded], path: str, out: dict[str, Any], outside: list[Outside]) -> None:
        """The leaves of a value that is one of the options, or not used where none of the conditions is true.

        Args:
            options: The options, each with its condition.
            path: Where the value is.
            out: Gets the leaves.
            outside: Gets the conditions under which the value is none that the domain knows, with the place.
        """
        kinds = self._kinds()
        both = ("truth",) in kinds
        flat = [(guard, value) for guard, value in _expanded(options, both) if not is_false(guard)]
        by_kind: dict[tuple[Any, ...], list[Guarded]] = {}
        for guard, value in flat:
            by_kind.setdefault(self._kind(value), []).append((guard, value))
        outside += [(guard, path) for kind in by_kind.keys() - set(kinds) for guard, _ in by_kind[kind]]
        for at, kind in enumerate(kinds):
            group = by_kind.get(kind, [])
            if at:
                out[f"{path}#{at}"] = disj(*(guard for guard, _ in group))
            self._encode(kind, group, path, out, outside)
        for at, domain in enumerate(self.positions):
            domain.encode(
                [(guard, value[at]) for guard, value in flat if type(value) is tuple and len(value) > at],
                f"{path}[{at}]",
                out,
                outside,
            )

    def _encode(
        self, kind: tuple[Any, ...], group: list[Guarded], path: str, out: dict[str, Any], outside: list[Outside]
    ) -> None:
        if kind[0] == "truth":
            out[f"{path}?"] = disj(
                *(
                    conj(guard, value.term if isinstance(value, SymBool) else z3.BoolVal(value))
                    for guard, value in group
                )
            )
        elif kind[0] == "integer":
            term: Any = z3.IntVal(0)
            for guard, value in reversed(group):
                term = pick(guard, value.term if isinstance(value, SymInt) else z3.IntVal(value), term)
            out[f"{path}="] = term
        elif kind[0] == "record":
            for name, domain in self.records[kind[1]].items():
                domain.encode([(guard, getattr(value, name)) for guard, value in group], f"{path}.{name}", out, outside)
        elif kind[0] == "set":
            assert self.universe is not None
            sets = [(guard, SymSet(_members(value, path))) for guard, value in group]
            outside += [
                (conj(guard, condition), path)
                for guard, each in sets
                for condition, one in each.items
                if _key(one) not in self.universe
            ]
            for one in self._ordered_universe():
                out[f"{path}<{show(one)}>"] = disj(*(conj(guard, member(each, one)) for guard, each in sets))

    def decode(self, path: str, read: Callable[[str], Any]) -> Any:
        """The value that the leaves have in a model."""
        kinds = self._kinds()
        kind = next((kinds[at] for at in range(1, len(kinds)) if read(f"{path}#{at}")), kinds[0])
        if kind[0] == "atom":
            return self.atoms[kind[1]]
        if kind[0] == "tuple":
            return tuple(domain.decode(f"{path}[{at}]", read) for at, domain in enumerate(self.positions[: kind[1]]))
        if kind[0] == "record":
            fields = {name: domain.decode(f"{path}.{name}", read) for name, domain in self.records[kind[1]].items()}
            return rebuilt(object.__new__(kind[1]), fields)
        if kind[0] == "set":
            return frozenset(member for member in self._ordered_universe() if read(f"{path}<{show(member)}>"))
        return read(f"{path}?" if kind[0] == "truth" else f"{path}=")

    def size(self) -> int | None:
        """How many values there are; None: unboundedly many."""
        if self.wide:
            return None
        total = len(self.atoms) + (2 ** len(self.universe) if self.universe is not None else 0)
        parts = [[each.size() for each in self.positions[:length]] for length in self.lengths]
        parts += [[each.size() for each in fields.values()] for fields in self.records.values()]
        for sizes in parts:
            product = 1
            for each in sizes:
                if each is None:
                    return None
                product *= each
            total += product
        return total


def _together(options: list[Guarded]) -> list[Guarded]:
    found: list[Guarded] = []
    for guard, value in options:
        if isinstance(value, SymUnion):
            found += [(conj(guard, g), v) for g, v in value.alternatives]
        else:
            found.append((guard, value))
    return found


def _expanded(options: list[Guarded], both: bool = True) -> Iterator[Guarded]:
    """The options without unions; a truth value is two where a place is not known to hold both."""
    for guard, value in options:
        if isinstance(value, SymUnion):
            yield from _expanded([(conj(guard, each), v) for each, v in value.alternatives], both)
        elif isinstance(value, SymBool) and not both:
            yield from ((conj(guard, value.term), True), (conj(guard, neg(value.term)), False))
        else:
            yield guard, value


def _members(value: Any, path: str) -> list[Guarded]:
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
                )
            found.append((conj(guard, condition), skeleton))
    return found
