"""What a search says of refinement beside what it finds at steps: initial states, and steps that could not be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from attrs import evolve

from modelcheck.limits.budget import Budget
from modelcheck.search.report import PropertyReport, Report
from modelcheck.spec import Declaration, Machine, State
from modelcheck.spec.refinement import Refinement
from modelcheck.trace import Trace
from modelcheck.trace.diff import changes
from modelcheck.verdict import Verdict

_CUT = "a step needs one that the bound of {} cuts: {}"


def first_astray(machine: Machine, chosen: Sequence[Declaration], budget: Budget, most: int | None) -> dict[str, State]:
    """For each map that an initial state violates: the first such state.

    Args:
        machine: The spec.
        chosen: What is asked.
        budget: Where it ends, the search that comes after it says so.
        most: How many states may be looked at; None for any number.
    """
    maps = [declared for declared in chosen if isinstance(declared, Refinement)]
    for declared in maps:
        declared.abstract.undecided = None
    found: dict[str, State] = {}
    for state in islice(machine.each_initial_state(), most) if maps else ():
        if len(found) == len(maps) or budget.over() is not None:
            break
        for declared in maps:
            if declared.name not in found and machine.failing(declared, state) is not None:
                found[declared.name] = state
    return found


def refined(report: Report, chosen: Sequence[Declaration], astray: Mapping[str, State]) -> Report:
    """A report with what initial states and bounds of abstract specs say of maps.

    Args:
        report: The report of the search.
        chosen: What was asked.
        astray: What `first_astray` found.
    """
    maps = {declared.name: declared for declared in chosen if isinstance(declared, Refinement)}
    if not maps:
        return report
    properties = tuple(
        _judged(report, found, maps[found.name], astray.get(found.name)) if found.name in maps else found for found in report.properties
    )
    verdict = Verdict.all_of(found.verdict for found in properties)
    reason = report.reason or next((found.note for found in properties if found.note), None)
    return evolve(report, properties=properties, verdict=verdict, reason=reason if verdict is Verdict.UNKNOWN else None)


def _judged(report: Report, found: PropertyReport, declared: Refinement, astray: State | None) -> PropertyReport:
    if astray is not None:
        trace = Trace(report.spec, report.source, report.constants, found.name, found.kind, (astray,), ())
        return evolve(found, verdict=Verdict.VIOLATED, trace=trace)
    undecided = declared.abstract.undecided
    if undecided is not None and found.verdict is Verdict.HOLDS:
        told = "; ".join(map(str, changes(*undecided)))
        return evolve(found, verdict=Verdict.UNKNOWN, note=_CUT.format(declared.abstract.machine.cls.__name__, told))
    return found
