"""Values that are listed: all that some variables hold in reachable states, variable by variable and together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.symbolic.terms import conj, disj
from modelcheck.symbolic.values.equality import same
from modelcheck.values import identity


@frozen
class Listing:
    """All that some variables hold in reachable states.

    Attributes:
        paths: The places of the variables.
        rows: What they hold together, in the order of the places.
    """

    paths: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()

    def values(self, path: str) -> list[Any] | None:
        """The values of one of the variables; None if they are not listed."""
        if path not in self.paths:
            return None
        at = self.paths.index(path)
        return list({identity(row[at]): row[at] for row in self.rows}.values())

    def counts(self) -> dict[str, int]:
        """How many values each variable has."""
        return {path: len(self.values(path) or ()) for path in self.paths}

    def holds(self, values: Sequence[Any]) -> z3.BoolRef:
        """The condition under which values, one per variable, are what the variables hold together."""
        cases = [{identity(row[at]): same(value, row[at]) for row in self.rows} for at, value in enumerate(values)]
        return disj(*(conj(*(case[identity(each)] for case, each in zip(cases, row, strict=True))) for row in self.rows))


NOTHING_LISTED = Listing()
