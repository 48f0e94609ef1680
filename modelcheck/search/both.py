"""Both engines, one after the other: each is the other's witness."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import evolve

from modelcheck.errors import InternalError
from modelcheck.limits import Limits
from modelcheck.search.report import Report


def agreed(check: Callable[[str, Limits], Report], limits: Limits) -> Report:
    """The report of both engines, or of the one that was not ended by a limit.

    Args:
        check: Gives the report of an engine within some limits.
        limits: Of both together.

    Raises:
        InternalError: if they disagree on a verdict, a count or a length.
    """
    began = time.monotonic()
    sets = check("sets", limits)
    left = None if limits.time_s is None else max(limits.time_s - (time.monotonic() - began), 0.0)
    enumerated = check("enumerate", evolve(limits, time_s=left))
    if enumerated.reason is not None or enumerated.generated is None:
        return sets if sets.reason is None else enumerated
    if sets.reason is not None:
        return enumerated
    mine, other = _said(enumerated), _said(sets)
    differences = [f"{name}: {mine[name]} and {other[name]}" for name in mine if mine[name] != other[name]]
    if differences:
        raise InternalError(f"the engines disagree, enumerate and sets: {'; '.join(differences)}")
    return evolve(enumerated, engine="both", seconds=time.monotonic() - began)


def _said(report: Report) -> dict[str, object]:
    """What does not depend on the engine."""
    counts = {"states": report.states, "generated": report.generated, "out of bounds": report.out_of_bounds}
    enabled = {f"steps of {each.name}": (each.enabled, each.dropped) for each in report.actions if each.enabled or each.dropped}
    lengths = {each.name: (each.verdict.value, None if each.trace is None else len(each.trace.steps)) for each in report.properties}
    return {**counts, **enabled, **lengths}
