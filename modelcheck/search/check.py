"""`check`: explore the states of a spec and give a verdict on its properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelcheck.search.report import Limits, Progress, Report
from modelcheck.spec import Spec


def check(
    spec: Spec,
    *,
    properties: Sequence[str] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable.
    workers: int = 1,
    order: str = "breadth",
    seed: int = 0,
    keep_going: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Explore every reachable state of a spec.

    Args:
        spec: The spec, with its constants.
        properties: The names of those to check, ``deadlock`` among them; by default all.
        limits: When to give up.
        workers: Threads.
        order: ``breadth`` (shortest counterexamples), ``depth``, or ``random`` (a seeded random walk, which needs a limit and never says ``holds``).
        seed: Of the random walk.
        keep_going: Search on after a violation, until every property has a verdict.
        progress: Called a few times a second.

    Raises:
        SpecError: if the spec cannot be run.
        UsageError: if a property has an unknown name.
    """
    raise NotImplementedError
