"""The report of a search through states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelcheck.limits.memory import peak_bytes
from modelcheck.limits.watch import Overrun
from modelcheck.search.effort import cells, efforts, predicate_calls
from modelcheck.search.endless import Endless
from modelcheck.search.evidence import evidence
from modelcheck.search.exploration import Exploration
from modelcheck.search.options import DEADLOCK
from modelcheck.search.promises import Promises
from modelcheck.search.report import PropertyReport, Report
from modelcheck.search.suspicions import action_reports, suspicions
from modelcheck.search.symmetric import Asked, missed, said
from modelcheck.spec import Machine, Role
from modelcheck.spec.loading import source_file
from modelcheck.verdict import Verdict

_DEADLOCK_TREE = -1


def source_of(machine: Machine) -> str:
    """The file that a machine's spec is written in, relative to the working directory where that is shorter; the module of one that is in no file."""
    source = source_file(machine.cls)
    try:
        return str(Path(source).resolve().relative_to(Path.cwd())) if Path(source).is_file() else source
    except ValueError:
        return source


def report_by_states(asked: Asked, exploration: Exploration, endless: Endless, promises: Promises, symmetry: str | None) -> Report:
    """What a search has found.

    Args:
        asked: What it was asked.
        exploration: The search, at rest.
        endless: What it says of what must happen.
        promises: What it says of what a refined spec takes for fair.
        symmetry: What came of symmetry, where the search was not reduced; None if there is nothing to say.
    """
    machine, recorder, stats = asked.machine, exploration.recorder, exploration.explorer.stats()
    properties = _properties(asked, exploration, endless, promises)
    verdict = _verdict_on_all(exploration, properties)
    reduction, orbits = exploration.reduction, stats["orbits"]
    return Report(
        spec=machine.cls.__name__,
        source=source_of(machine),
        constants=machine.constants,
        verdict=verdict,
        reason=_why_unknown(exploration, properties) if verdict is Verdict.UNKNOWN else None,
        states=stats["states"],
        generated=stats["generated"],
        depth=stats["depth"],
        python_calls=recorder.calls,
        seconds=exploration.seconds,
        peak_memory_bytes=peak_bytes(),
        collision_probability=missed(orbits, 1 if reduction is None else reduction.choices),
        out_of_bounds=stats["out_of_bounds"],
        properties=properties,
        actions=action_reports(exploration),
        predicate_calls=predicate_calls(machine, recorder),
        cells=cells(recorder),
        efforts=efforts(recorder),
        python_seconds=recorder.seconds,
        table_load=orbits / max(stats["table_slots"], 1),
        bytes_per_state=(stats["table_bytes"] + stats["log_bytes"]) / max(orbits, 1),
        orbits=None if reduction is None else orbits,
        symmetry=symmetry or None if reduction is None else said(reduction, orbits, uncountable=exploration.explorer.uncountable()),
        warnings=(*suspicions(machine, exploration), *endless.warnings(), *exploration.troubles()),
        fair=endless.assumed,
        analysis_seconds=endless.seconds,
        seed=asked.options.walk_seed,
        walk_length=exploration.walk_length,
    )


def _properties(asked: Asked, exploration: Exploration, endless: Endless, promises: Promises) -> tuple[PropertyReport, ...]:
    source = source_of(asked.machine)
    whole = exploration.explorer.stats()["states"] if exploration.complete else None
    return (*_property_reports(asked, exploration, source), *endless.reports(source), *promises.reports(source, whole))


def _verdict_on_all(exploration: Exploration, properties: Sequence[PropertyReport]) -> Verdict:
    verdict = Verdict.all_of(report.verdict for report in properties) if properties else Verdict.HOLDS
    return Verdict.UNKNOWN if verdict is Verdict.HOLDS and not exploration.complete else verdict


def _why_unknown(exploration: Exploration, properties: Sequence[PropertyReport]) -> str:
    notes = (report.note for report in properties if report.note is not None)
    return exploration.stopped or next(notes, "the search was not complete")


def _property_reports(asked: Asked, exploration: Exploration, source: str) -> tuple[PropertyReport, ...]:
    findings = {tree: (parent, ordinal) for tree, _, parent, ordinal in exploration.explorer.findings()}
    index_of = {tree.declared.name: index for index, tree in exploration.recorder.trees.items() if tree.declared}
    trees: list[tuple[str, str, Role | None, int]] = [
        (declared.name, declared.role.value, declared.role, index_of[declared.name]) for declared in asked.chosen
    ]
    if asked.check_deadlock:
        trees.append((DEADLOCK, DEADLOCK, None, _DEADLOCK_TREE))
    reports = []
    for name, kind, role, tree in trees:
        found = findings.get(tree)
        verdict = _verdict(role, found, exploration)
        trace = None
        if found is not None:
            try:
                trace = evidence(asked.machine, exploration, found, name, kind, source)
            except Overrun as overrun:
                # What the search found and the spec's own code has not confirmed is no verdict.
                verdict = Verdict.UNKNOWN
                exploration.cut_short(overrun, f"while the run that decides {name} was rebuilt")
        reports.append(PropertyReport(name, kind, verdict, trace))
    return tuple(reports)


def _verdict(role: Role | None, found: tuple[int, int] | None, exploration: Exploration) -> Verdict:
    if role is Role.REACHABLE:
        if found:
            return Verdict.HOLDS
        return Verdict.VIOLATED if exploration.complete else Verdict.UNKNOWN
    if found:
        return Verdict.VIOLATED
    return Verdict.HOLDS if exploration.complete else Verdict.UNKNOWN
