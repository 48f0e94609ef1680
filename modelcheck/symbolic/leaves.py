"""Leaves: the z3 constants that a state is laid out over.

Each is of type bool, int or array. Every state has exactly one layout: leaves without meaning are at their default.
"""

from __future__ import annotations

from typing import Any

import z3
from attrs import define

from modelcheck.symbolic.terms import FALSE


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
