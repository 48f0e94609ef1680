"""Sizes: how many names there are, as symbolic integers; and thresholds, which sets of names meet.

*Thresholds.* That at least so many names make a condition true is: there is a set of so many names, each of which does. A set of sets is more than
z3 is to reason about, so these sets are members of a sort of their own, of which two things are said: which names are in one, and that two of them
meet, where two sets of so many names always do. Majorities are the usual case (Padon et al., "Paxos Made EPR", 2017, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import z3
from attrs import define, frozen

from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.terms import UnsupportedError, conj

COUNT = z3.Int("?count")
"""How many names make a condition true, in the predicate of a threshold."""
_MOST_MS = 2000


@frozen(eq=False)
class Threshold:
    """The sets of names that are large enough.

    Attributes:
        size: How many names there are.
        enough: Whether `COUNT` names are enough; if so many are, so are more, and all of them are.
        sort: z3's sort of these sets.
        has: Whether a name is in such a set.
    """

    size: z3.ArithRef
    enough: z3.BoolRef
    sort: z3.SortRef
    has: z3.FuncDeclRef


@define
class Sizes:
    """The sizes of a system.

    Attributes:
        all: The sizes by their names.
        thresholds: The thresholds that counts were compared with.
    """

    all: dict[str, z3.ArithRef]
    thresholds: list[Threshold]
    _ranges: dict[tuple[int, int], tuple[Any, z3.ArithRef | None]]

    @classmethod
    def of(cls, names: Iterable[str]) -> Sizes:
        """Sizes of these names."""
        return cls({name: z3.Int(name) for name in names}, [], {})

    @property
    def positive(self) -> z3.BoolRef:
        """That there is at least one name of each kind."""
        return conj(*(size >= 1 for size in self.all.values()))

    def is_valid(self, term: z3.BoolRef) -> bool:
        """Whether a term is true whatever the sizes are; false if z3 does not know."""
        solver = z3.Solver()
        solver.add(self.positive, z3.Not(term))
        return bool(ask(solver, most_ms=_MOST_MS) == z3.unsat)

    def of_range(self, guard: z3.BoolRef, name: z3.ArithRef) -> z3.ArithRef | None:
        """The size of the set of names that a variable is in on a condition; None if it is none."""
        key = guard.get_id(), name.get_id()
        if key not in self._ranges:
            within = (size for size in self.all.values() if self.is_valid(z3.Implies(guard, in_range(name, size))))
            self._ranges[key] = ((guard, name), next(within, None))
        return self._ranges[key][1]

    def threshold(self, size: z3.ArithRef, enough: z3.BoolRef) -> Threshold:
        """The threshold of a predicate on `COUNT`, which is true of all names, and of more than it is true of.

        Raises:
            UnsupportedError: if it is not, or depends on something else than sizes.
        """
        if not self._speaks_of_sizes(enough):
            raise _refused(enough)
        possible = z3.And(COUNT >= 0, size >= COUNT)
        for each in self.thresholds:
            if each.size.eq(size) and self.is_valid(z3.Implies(possible, each.enough == enough)):
                return each
        more = z3.Int("?more")
        rises = z3.Implies(z3.And(possible, enough, more > COUNT, more <= size), z3.substitute(enough, (COUNT, more)))
        if not self.is_valid(z3.substitute(enough, (COUNT, size))) or not self.is_valid(rises):
            raise _refused(enough)
        number = len(self.thresholds)
        sort = z3.DeclareSort(f"quorum{number} of {size}")
        self.thresholds.append(Threshold(size, enough, sort, z3.Function(f"in quorum{number} of {size}", z3.IntSort(), sort, z3.BoolSort())))
        return self.thresholds[-1]

    def _speaks_of_sizes(self, term: z3.BoolRef) -> bool:
        """Whether a term speaks of sizes and of the count only, and so means the same in every state."""
        known = {str(each) for each in (*self.all.values(), COUNT)}
        todo, seen = [term], set()
        while todo:
            each = todo.pop()
            if z3.is_quantifier(each) or (z3.is_app(each) and each.decl().kind() == z3.Z3_OP_UNINTERPRETED and str(each) not in known):
                return False
            seen.add(each.get_id())
            todo += [child for child in each.children() if child.get_id() not in seen]
        return True

    def axioms(self) -> list[z3.BoolRef]:
        """What is true of all large enough sets: which of them meet."""
        return [
            meeting(one, other)
            for at, one in enumerate(self.thresholds)
            for other in self.thresholds[at:]
            if one.size.eq(other.size) and self._meet(one, other)
        ]

    def _meet(self, one: Threshold, other: Threshold) -> bool:
        """Whether a large enough set and another one always have a name in common: together they have more than there are."""
        count = z3.Int("?other")
        both = z3.And(one.enough, z3.substitute(other.enough, (COUNT, count)), COUNT >= 0, count >= 0)
        return self.is_valid(z3.Implies(both, COUNT + count > one.size))


def in_range(name: z3.ArithRef, size: z3.ArithRef) -> z3.BoolRef:
    """That an integer is a name."""
    return z3.And(name >= 0, name < size)


def meeting(one: Threshold, other: Threshold) -> z3.BoolRef:
    """That each two sets of two thresholds have a name in common."""
    left, right, name = z3.Const("?left", one.sort), z3.Const("?right", other.sort), z3.Int("?common")
    return z3.ForAll([left, right], z3.Exists([name], z3.And(in_range(name, one.size), one.has(name, left), other.has(name, right))))


def _refused(enough: z3.BoolRef) -> UnsupportedError:
    return UnsupportedError(
        f"a count of names was compared so: {_shown(enough)}",
        remedy="Compare it with 0, 1, the size itself, or a number that depends on sizes only, such as n // 2, and is at most the size.",
    )


def _shown(term: z3.BoolRef) -> str:
    return " ".join(str(z3.substitute(term, (COUNT, z3.Int("count")))).split())
