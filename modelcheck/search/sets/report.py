"""The report of a search by sets of states."""

from __future__ import annotations

from attrs import evolve

from modelcheck.limits.budget import Budget
from modelcheck.limits.memory import peak_bytes
from modelcheck.limits.watch import Watch
from modelcheck.search.effort import cells, efforts, predicate_calls
from modelcheck.search.report import Report
from modelcheck.search.sets.search import SetSearch
from modelcheck.search.suspicions import action_reports, suspicions
from modelcheck.search.symmetric import left_out
from modelcheck.spec import Machine
from modelcheck.verdict import Verdict


def report_by_sets(machine: Machine, search: SetSearch, source: str, budget: Budget, watch: Watch, symmetry: str) -> Report:
    """Search by sets of states, and report.

    Args:
        machine: The machine explored.
        search: Its search, which was not begun; it is closed.
        source: The file of the spec.
        budget: The time and memory that there are.
        watch: Ends the runs of the spec's code that outlive the budget.
        symmetry: What was said of symmetry.
    """
    try:
        search.run()
        budget.extend()
        watch.resume()
        report = _report(machine, search, source, budget)
        return evolve(report, symmetry=left_out(symmetry, search.recorder.layout, "sets are of states, and not of orbits"))
    finally:
        search.close()


def _report(machine: Machine, search: SetSearch, source: str, budget: Budget) -> Report:
    properties = search.reports(source)
    verdict = Verdict.all_of(report.verdict for report in properties) if properties else Verdict.HOLDS
    if verdict is Verdict.HOLDS and not search.complete:
        verdict = Verdict.UNKNOWN
    recorder, counts = search.recorder, search.counts
    return Report(
        spec=machine.cls.__name__,
        source=source,
        constants=machine.constants,
        verdict=verdict,
        reason=search.stopped or "the search was not complete" if verdict is Verdict.UNKNOWN else None,
        states=counts.states,
        generated=counts.generated,
        depth=counts.depth,
        python_calls=recorder.calls,
        seconds=budget.seconds,
        peak_memory_bytes=peak_bytes(),
        collision_probability=0.0,
        out_of_bounds=counts.out_of_bounds,
        properties=properties,
        actions=tuple(evolve(each, new=None) for each in action_reports(search)),
        predicate_calls=predicate_calls(machine, recorder),
        cells=cells(recorder),
        efforts=efforts(recorder),
        python_seconds=recorder.seconds,
        warnings=suspicions(machine, search),
        engine="sets",
        nodes=search.family.diagrams.stats()["peak"],
        diagram_bytes=search.family.diagrams.stats()["peak_bytes"],
    )
