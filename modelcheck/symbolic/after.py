"""The state after a step, as a property of steps sees it."""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.symbolic.elements import Elements
from modelcheck.symbolic.leaves import Leaves
from modelcheck.symbolic.session import Session
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymSet, SymUnion, field_values, is_symbolic, rebuilt
from modelcheck.symbolic.values.merging import merge
from modelcheck.symbolic.values.scalars import boolean, integer


class AfterSession(Session):
    """The state after a step, whose leaves have names of their own.

    Args:
        leaves: The leaves of a state.
        following: The constants of the leaves, each with what stands for it after the step.
    """

    def __init__(self, leaves: Leaves, following: list[tuple[Any, Any]]) -> None:
        super().__init__(leaves)
        self._substitution = following
        self._after: dict[Any, Any] = {}

    def before(self, cell: Any) -> Any:
        """See `Session.before`."""
        if cell not in self._after:
            self._after[cell] = _substituted(super().before(cell), self._substitution)
        return self._after[cell]

    def content(self, elements: Elements, key: Any) -> Any:
        """See `Session.content`."""
        if (elements, key) not in self._after:
            self._after[elements, key] = _substituted(super().content(elements, key), self._substitution)
        return self._after[elements, key]


def _substituted(value: Any, pairs: list[tuple[Any, Any]]) -> Any:
    if isinstance(value, z3.ExprRef):
        return z3.substitute(value, *pairs)
    if isinstance(value, SymBool):
        return boolean(z3.simplify(z3.substitute(value.term, *pairs)))
    if isinstance(value, SymInt):
        return integer(z3.substitute(value.term, *pairs))
    if isinstance(value, SymUnion):
        options = [
            (z3.simplify(z3.substitute(guard, *pairs)), _substituted(each, pairs)) for guard, each in value.alternatives
        ]
        return merge(options)
    if isinstance(value, SymSet):
        items = [(z3.simplify(z3.substitute(guard, *pairs)), _substituted(each, pairs)) for guard, each in value.items]
        return SymSet(items, value.kind)
    if isinstance(value, tuple):
        return tuple(_substituted(each, pairs) for each in value)
    if is_symbolic(value):
        return rebuilt(value, {name: _substituted(each, pairs) for name, each in field_values(value).items()})
    return value
