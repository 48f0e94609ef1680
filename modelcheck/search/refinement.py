"""What a search says of refinement beside what it finds at steps: initial states, and steps that could not be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from modelcheck.limits.budget import Budget
from modelcheck.search.evidence import unconfirmed
from modelcheck.search.report import PropertyReport, Report
from modelcheck.spec import Declaration, Machine, State
from modelcheck.spec.refinement import Refinement
from modelcheck.trace import Outcome, Trace, replay
from modelcheck.trace.diff import changes
from modelcheck.verdict import Verdict

_CUT = "a step needs one that the bound of {} cuts: {}"


@frozen
class Beginnings:
    """What initial states say of maps.

    Attributes:
        astray: For each map that an initial state violates: the first such state.
        complete: Whether all of them were looked at, or as many as were needed.
    """

    astray: Mapping[str, State]
    complete: bool


def beginnings(machine: Machine, chosen: Sequence[Declaration], budget: Budget, most: int | None) -> Beginnings:
    """Look at the initial states that the constraints allow, until each map is violated by one.

    Args:
        machine: The spec.
        chosen: What is asked.
        budget: Of the search.
        most: How many distinct states may be looked at; None for any number.
    """
    maps = [declared for declared in chosen if isinstance(declared, Refinement)]
    for declared in maps:
        declared.abstract.undecided = None
    found: dict[str, State] = {}
    seen: set[State] = set()
    for state in machine.each_initial_state() if maps else ():
        if len(found) == len(maps):
            break
        if budget.over() is not None or (most is not None and len(seen) >= most and state not in seen):
            return Beginnings(found, complete=False)
        if state in seen:
            continue
        seen.add(state)
        if any(machine.failing(constraint, state) is not None for constraint in machine.constraints):
            continue
        for declared in maps:
            if declared.name not in found and machine.failing(declared, state) is not None:
                found[declared.name] = state
    return Beginnings(found, complete=True)


def refined(machine: Machine, report: Report, chosen: Sequence[Declaration], begun: Beginnings) -> Report:
    """A report with what initial states and bounds of abstract specs say of maps.

    Args:
        machine: The spec.
        report: The report of the search.
        chosen: What was asked.
        begun: What `beginnings` found.

    Raises:
        ImpureError: if an initial state that violates a map does not do so again.
    """
    maps = {declared.name: declared for declared in chosen if isinstance(declared, Refinement)}
    if not maps:
        return report
    properties = tuple(_judged(machine, report, found, maps[found.name], begun) if found.name in maps else found for found in report.properties)
    verdict = Verdict.all_of(found.verdict for found in properties)
    reason = report.reason or next((found.note for found in properties if found.note), None)
    return evolve(report, properties=properties, verdict=verdict, reason=reason if verdict is Verdict.UNKNOWN else None)


def _judged(machine: Machine, report: Report, found: PropertyReport, declared: Refinement, begun: Beginnings) -> PropertyReport:
    astray = begun.astray.get(found.name)
    if astray is not None:
        trace = Trace(report.spec, report.source, report.constants, found.name, found.kind, (astray,), ())
        confirmed = replay(machine, trace)
        if confirmed.outcome is not Outcome.CONFIRMED:
            raise unconfirmed(confirmed, found.name, machine.place)
        return evolve(found, verdict=Verdict.VIOLATED, trace=confirmed.trace)
    if found.verdict is not Verdict.HOLDS:
        return found
    undecided = declared.abstract.undecided
    if undecided is not None:
        told = "; ".join(map(str, changes(*undecided)))
        return evolve(found, verdict=Verdict.UNKNOWN, note=_CUT.format(declared.abstract.machine.cls.__name__, told))
    return found if begun.complete else evolve(found, verdict=Verdict.UNKNOWN, note="not all initial states were looked at")
