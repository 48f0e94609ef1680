"""A search for runs of 0, 1, 2, ... steps, one unrolling for all: what is found first is shortest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import z3
from attrs import frozen

from modelcheck.symbolic.asking import ask
from modelcheck.symbolic.proof.unrolling import Unrolling

Result = TypeVar("Result")


class Hunt(Protocol[Result]):
    """What is looked for.

    Attributes:
        unrolling: The steps so far.
        results: What is known of each property.
        queries: How often z3 was asked.
    """

    unrolling: Unrolling
    results: dict[str, Result]
    queries: int

    def look(self) -> bool:
        """Look at the last state; False if there is no need, or no time, to go on."""

    def extend(self) -> None:
        """Add one step."""


@frozen
class Searched(Generic[Result]):
    """What was found out.

    Attributes:
        results: The result for each property.
        queries: How often z3 was asked.
    """

    results: dict[str, Result]
    queries: int


def searched(hunt: Hunt[Result], depth: int, progress: Callable[[int], None] | None) -> Searched[Result]:
    """Look, step by step.

    Args:
        hunt: What is looked for.
        depth: The greatest number of steps.
        progress: Called with each number of steps.
    """
    while True:
        if progress is not None:
            progress(hunt.unrolling.steps)
        if not hunt.look() or hunt.unrolling.steps >= depth:
            return Searched(hunt.results, hunt.queries)
        hunt.extend()


def answered(solver: z3.Solver, question: Any, deadline: float | None) -> tuple[Any, Any]:
    """What z3 answers to a question that is not kept, and the model if it is ``sat``."""
    solver.push()
    solver.add(question)
    answer = ask(solver, deadline=deadline)
    model = solver.model() if answer == z3.sat else None
    solver.pop()
    return answer, model
