"""The report of a search that a limit ended before it began: while ``init`` was run for the first time, or the actions were looked at."""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.limits.budget import Budget
from modelcheck.limits.memory import peak_bytes
from modelcheck.search.report import PropertyReport, Report
from modelcheck.spec import LIVENESS, Role, Spec
from modelcheck.spec.declare import MARK
from modelcheck.spec.loading import shown_path, source_file
from modelcheck.spec.spec import machine_constants
from modelcheck.verdict import Verdict

_KINDS = (Role.INVARIANT, Role.STEP, Role.REACHABLE, Role.REFINES, *LIVENESS)


def unfinished(spec: Spec, names: Sequence[str] | None, reason: str, budget: Budget, seed: int | None) -> Report:
    """A report that knows of the spec what its class says, and no verdict.

    Args:
        spec: The spec.
        names: The properties that were to be checked; None: all.
        reason: Why it ended.
        budget: Tells the time.
        seed: Of the random walk.
    """
    found = dict(_declared(type(spec)))
    kinds = {**found, "deadlock": "deadlock"}
    chosen = list(kinds) if names is None else list(names)
    return Report(
        spec=type(spec).__name__,
        source=shown_path(source_file(type(spec))),
        constants=machine_constants(spec),
        verdict=Verdict.UNKNOWN,
        reason=reason,
        states=0,
        generated=0,
        depth=0,
        python_calls=0,
        seconds=budget.seconds,
        peak_memory_bytes=peak_bytes(),
        collision_probability=0.0,
        out_of_bounds=0,
        properties=tuple(PropertyReport(name, kinds.get(name, "property"), Verdict.UNKNOWN) for name in chosen),
        actions=(),
        seed=seed,
    )


def _declared(cls: type) -> list[tuple[str, str]]:
    """The properties that a class has itself, without those of its parts, which only ``init`` tells."""
    marks = ((name, getattr(getattr(cls, name, None), MARK, None)) for base in reversed(cls.__mro__) for name in base.__dict__)
    return [(name, mark.role.value) for name, mark in marks if mark is not None and mark.role in _KINDS]
