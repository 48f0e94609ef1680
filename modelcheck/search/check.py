"""`check`: explore the states of a spec and give a verdict on its properties."""

from __future__ import annotations

import dis
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

from modelcheck.errors import UsageError
from modelcheck.search.budget import Budget
from modelcheck.search.evidence import evidence
from modelcheck.search.exploration import ORDERS, Exploration
from modelcheck.search.memory import peak_bytes
from modelcheck.search.report import ActionReport, CellReport, Limits, Progress, PropertyReport, Report
from modelcheck.spec import Declaration, Machine, Role, Spec, machine_of
from modelcheck.spec.choice import Overrun
from modelcheck.spec.constants import unknown
from modelcheck.spec.loading import shown_path
from modelcheck.spec.purity import varying_calls
from modelcheck.spec.watch import Watch
from modelcheck.verdict import Verdict

DEADLOCK = "deadlock"
NO_LIMITS = Limits()
_DEADLOCK_TREE = -1


def check(
    spec: Spec,
    *,
    properties: Sequence[str] | None = None,
    limits: Limits = NO_LIMITS,
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
        UsageError: if a property has an unknown name, or an option cannot be meant.
    """
    budget = Budget(limits)
    watch = Watch(budget.over)
    _check_options(limits, workers, order)
    with watch.open():
        try:
            machine = machine_of(spec)
            chosen, check_deadlock = _chosen(machine, properties)
            exploration = Exploration(
                machine, [*machine.actions, *machine.constraints, *chosen, *(machine.terminals if check_deadlock else [])],
                check_deadlock=check_deadlock, limits=limits, workers=workers, order=order, seed=seed, keep_going=keep_going,
                progress=progress, budget=budget, watch=watch,
            )  # fmt: skip
        except Overrun as overrun:
            raise watch.error(overrun) from overrun
        exploration.run()
    return _report(machine, exploration, chosen, check_deadlock, seed if order == "random" else None)


def _check_options(limits: Limits, workers: int, order: str) -> None:
    if order not in ORDERS:
        raise UsageError(unknown(order, list(ORDERS), f"there is no search order {order!r}"))
    if workers < 1 or (workers > 1 and order == "depth"):
        raise UsageError(
            f"a search with {workers} workers is not possible",
            remedy="Use at least one worker, and one only for depth-first search.",
        )
    if order == "random" and limits.time_s is None and limits.states is None:
        raise UsageError("a random walk never ends by itself", remedy="Give a time limit or a limit of states.")


def _chosen(machine: Machine, names: Sequence[str] | None) -> tuple[list[Declaration], bool]:
    if names is None:
        return machine.properties, True
    chosen = [machine.find(name, machine.properties) for name in names if name != DEADLOCK]
    return [declared for declared in machine.properties if declared in chosen], DEADLOCK in names


# The report --------------------------------------------------------------------------------------------------------------------------------------


def source_of(machine: Machine) -> str:
    """The file that a machine's spec is written in, relative to the working directory where that is shorter."""
    try:
        path = Path(inspect.getsourcefile(machine.cls) or machine.cls.__module__)
    except TypeError:
        return machine.cls.__module__
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _report(
    machine: Machine, exploration: Exploration, chosen: Sequence[Declaration], check_deadlock: bool, seed: int | None
) -> Report:
    stats = exploration.explorer.stats()
    properties = _property_reports(machine, exploration, chosen, check_deadlock)
    verdict = Verdict.all_of(report.verdict for report in properties) if properties else _on_the_rest(exploration)
    if verdict is Verdict.HOLDS and not exploration.complete:
        verdict = Verdict.UNKNOWN
    states = stats["states"]
    recorder = exploration.recorder
    trees = [tree for tree in recorder.trees.values() if tree.declared]
    return Report(
        spec=machine.cls.__name__,
        source=source_of(machine),
        constants=machine.constants,
        verdict=verdict,
        reason=exploration.stopped or "the search was not complete" if verdict is Verdict.UNKNOWN else None,
        states=states,
        generated=stats["generated"],
        depth=stats["depth"],
        python_calls=recorder.calls,
        seconds=exploration.seconds,
        peak_memory_bytes=peak_bytes(),
        collision_probability=-math.expm1(-states * (states - 1) / 2 / 2**64),
        out_of_bounds=stats["out_of_bounds"],
        properties=properties,
        actions=_action_reports(exploration),
        predicate_calls={t.declared.name: t.calls for t in trees if t.declared and t.declared.role is not Role.ACTION},
        cells=tuple(
            sorted(
                (CellReport(cell.path, len(cell.values)) for cell in recorder.layout.cells),
                key=lambda cell: (-cell.values, cell.path),
            )
        ),
        table_load=states / max(stats["table_slots"], 1),
        bytes_per_state=(stats["table_bytes"] + stats["log_bytes"]) / max(states, 1),
        warnings=(*_varying(machine), *_warnings(exploration)),
        seed=seed,
    )


def _on_the_rest(exploration: Exploration) -> Verdict:
    return Verdict.HOLDS if exploration.complete else Verdict.UNKNOWN


def _property_reports(
    machine: Machine, exploration: Exploration, chosen: Sequence[Declaration], check_deadlock: bool
) -> tuple[PropertyReport, ...]:
    findings = {tree: (parent, ordinal) for tree, _, parent, ordinal in exploration.explorer.findings()}
    index_of = {tree.declared.name: index for index, tree in exploration.recorder.trees.items() if tree.declared}
    source = source_of(machine)
    reports = []
    for declared in chosen:
        found = findings.get(index_of[declared.name])
        trace = evidence(machine, exploration, found, declared.name, declared.role.value, source) if found else None
        reports.append(
            PropertyReport(declared.name, declared.role.value, _verdict(declared.role, found, exploration), trace)
        )
    if check_deadlock:
        found = findings.get(_DEADLOCK_TREE)
        trace = evidence(machine, exploration, found, DEADLOCK, DEADLOCK, source) if found else None
        reports.append(PropertyReport(DEADLOCK, DEADLOCK, _verdict(None, found, exploration), trace))
    return tuple(reports)


def _verdict(role: Role | None, found: tuple[int, int] | None, exploration: Exploration) -> Verdict:
    if role is Role.REACHABLE:
        if found:
            return Verdict.HOLDS
        return Verdict.VIOLATED if exploration.complete else Verdict.UNKNOWN
    if found:
        return Verdict.VIOLATED
    return Verdict.HOLDS if exploration.complete else Verdict.UNKNOWN


def _action_reports(exploration: Exploration) -> tuple[ActionReport, ...]:
    recorder = exploration.recorder
    calls = recorder.calls_by_name()
    counts: dict[str, tuple[int, int]] = {}
    for tree, enabled, new in exploration.explorer.action_counts():
        declared = recorder.trees[tree].declared
        if declared is not None:
            before = counts.get(declared.name, (0, 0))
            counts[declared.name] = (before[0] + enabled, before[1] + new)
    return tuple(ActionReport(name, enabled, new, calls[name]) for name, (enabled, new) in counts.items())


def _warnings(exploration: Exploration) -> tuple[str, ...]:
    trees = exploration.recorder.trees
    if not (exploration.complete or exploration.stopped):
        return ()  # A search that ended with a violation was too short to say what never happens.
    part = "" if exploration.complete else " in the part that was explored"
    never = [
        f"the action {action.name} was never enabled{part}"
        for action in _action_reports(exploration)
        if not action.enabled
    ]
    idle = [
        f"the {declared.role.value} {declared.name} was evaluated on nothing but initial states"
        for tree, evaluations in exploration.explorer.evaluations()
        if not evaluations and (declared := trees[tree].declared) and declared.role is Role.INVARIANT
    ]
    return (*never, *idle, *_forgetting_self(exploration))


def _varying(machine: Machine) -> Iterator[str]:
    """What is used that may be another in the next run of Python, so that counts and traces would be, too."""
    written: list[tuple[str, Any]] = [("init", machine.cls.init)]
    for declared in (*machine.actions, *machine.properties, *machine.constraints, *machine.terminals):
        written += [(declared.title, function) for function in (declared.function, *declared.domains)]
    told: set[str] = set()
    for title, function in written:
        for what, place in varying_calls(function, machine.cls) if isinstance(function, FunctionType) else ():
            if place not in told:
                told.add(place)
                yield f"{title} uses {what}, which may give something else in the next run of Python  {shown_path(place)}"


def _forgetting_self(exploration: Exploration) -> Iterator[str]:
    """Actions that were taken and wrote to local variables only, which is nearly always a forgotten ``self``."""
    recorder = exploration.recorder
    declared = {tree.declared.name: tree.declared for tree in recorder.trees.values() if tree.declared}
    for report in _action_reports(exploration):
        code = declared[report.name].function.__code__
        written = [step.argval for step in dis.get_instructions(code) if step.opname == "STORE_FAST"]
        if report.enabled and written and report.name not in recorder.writers:
            yield f"the action {report.name} never changes the state; it assigns to {written[0]}, a local variable"
