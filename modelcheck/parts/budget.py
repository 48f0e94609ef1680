"""Budgets: how often a fault may happen in one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from modelcheck.errors import SpecError
from modelcheck.values import show


def check_budgets(part: Any, what: str, names: Iterable[str]) -> None:
    """Make sure that budgets are whole numbers from 0, or None: without bound.

    Raises:
        SpecError: if one is not.
    """
    for name in names:
        budget = getattr(part, name)
        if budget is not None and (type(budget) is not int or budget < 0):
            raise SpecError(
                f"{what} has the budget {name}={show(budget)}",
                remedy="A budget is a whole number from 0, so many in one run, or None: as often as may be.",
            )


def left_out(budget: int | None, fault: str, name: str) -> Iterator[str]:
    """What a budget rules out from the start: the fault and the budget at 0, the budget alone where it is None and so never spent."""
    if budget == 0:
        yield fault
    if not budget:
        yield name
