"""Feasibility: whether a condition can be true together with those of the present path.

z3 is asked only if no model that it gave before answers. A model of some of the path's conditions that happens to make the others
true, and the condition too, is proof enough, and evaluating is quicker than solving. What was found to be impossible stays so on
every continuation of the path. The solver is told the path's conditions when there is something to ask, and keeps those that the
next path begins with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3
from attrs import define

from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.terms import is_false, is_true

_MOST_MS = 2000
_MOST_MODELS = 6


@define(eq=False)
class _Witness:
    """A model, and how many of the path's conditions it is known to make true; it does not make the next one true if it is `stuck`."""

    model: z3.ModelRef
    upto: int
    stuck: bool = False

    def satisfies(self, term: z3.BoolRef) -> bool:
        return is_true(self.model.eval(term, model_completion=True))

    def follows(self, conditions: list[z3.BoolRef]) -> bool:
        """Whether it makes all of the conditions true."""
        while not self.stuck and self.upto < len(conditions):
            self.stuck = not self.satisfies(conditions[self.upto])
            self.upto += not self.stuck
        return not self.stuck

    def shorten(self, length: int) -> None:
        """The path has only so many conditions any more."""
        if self.upto >= length:
            self.upto, self.stuck = length, False


class Feasibility:
    """The conditions of the present path.

    Args:
        axioms: What is true of the variables.

    Attributes:
        checks: How often z3 was asked.
    """

    def __init__(self, axioms: list[z3.BoolRef]) -> None:
        self.checks = 0
        self._solver = z3.Solver()
        self._solver.add(*axioms)
        self._conditions: list[z3.BoolRef] = []
        self._told: list[z3.BoolRef] = []
        self._witnesses: list[_Witness] = []
        # By their addresses, with how many conditions there were; in the order in which they were found.
        self._impossible: dict[int, tuple[int, z3.BoolRef]] = {}

    def mark(self) -> int:
        """How many conditions there are, for `forget`."""
        return len(self._conditions)

    def add(self, term: z3.BoolRef) -> None:
        """Add a condition."""
        self._conditions.append(term)

    def forget(self, mark: int) -> None:
        """Drop the conditions after a mark."""
        del self._conditions[mark:]
        for witness in self._witnesses:
            witness.shorten(mark)
        while self._impossible and next(reversed(self._impossible.values()))[0] > mark:
            self._impossible.popitem()

    def possible(self, term: z3.BoolRef) -> bool:
        """Whether a condition can be true on this path; true if z3 does not know."""
        if is_true(term):
            return True
        if is_false(term) or term.ast.value in self._impossible:
            return False
        for at, witness in enumerate(self._witnesses):
            if witness.follows(self._conditions) and witness.satisfies(term):
                self._witnesses.insert(0, self._witnesses.pop(at))
                return True
        return self._asked(term)

    def _asked(self, term: z3.BoolRef) -> bool:
        self.checks += 1
        self._tell()
        self._solver.push()
        self._solver.add(term)
        answer: Any = ask(self._solver, most_ms=_MOST_MS)
        if answer == z3.sat:
            self._witnesses.insert(0, _Witness(self._solver.model(), len(self._conditions)))
            del self._witnesses[_MOST_MODELS:]
        self._solver.pop()
        if answer == z3.unsat:
            self._impossible[term.ast.value] = (len(self._conditions), term)
        return bool(answer != z3.unsat)

    def model(self, term: z3.BoolRef) -> Callable[[Any], Any] | None:
        """What constants are where a condition is true on this path: a function of a constant; None if z3 finds no such place."""
        self._tell()
        self._solver.push()
        self._solver.add(term)
        answer: Any = ask(self._solver, most_ms=_MOST_MS)
        model = self._solver.model() if answer == z3.sat else None
        self._solver.pop()
        if model is None:
            return None

        def read(constant: Any) -> Any:
            value = model.eval(constant, model_completion=True)
            return value.as_long() if z3.is_int_value(value) else is_true(value)

        return read

    def integers(self, term: z3.ArithRef, most: int) -> list[int] | None:
        """What an integer can be on this path, in order; None if there are more than so many, or z3 does not know."""
        found: list[int] = []
        self._tell()
        self._solver.push()
        while len(found) <= most:
            self.checks += 1
            answer = ask(self._solver, most_ms=_MOST_MS)
            if answer != z3.sat:
                break
            found.append(self._solver.model().eval(term, model_completion=True).as_long())
            self._solver.add(term != found[-1])
        self._solver.pop()
        return sorted(found) if answer == z3.unsat else None

    def _tell(self) -> None:
        """Let the solver have the conditions of the path, each on a level of its own."""
        same = 0
        while same < min(len(self._told), len(self._conditions)) and self._told[same].eq(self._conditions[same]):
            same += 1
        if same < len(self._told):
            self._solver.pop(len(self._told) - same)
        for term in self._conditions[same:]:
            self._solver.push()
            self._solver.add(term)
        self._told = list(self._conditions)
