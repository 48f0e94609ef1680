"""`check`: explore the states of a spec and give a verdict on its properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from modelcheck.errors import SpecError, UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.given import NO_LIMITS, callback, limits_given, names, whole
from modelcheck.limits.memory import peak_bytes
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.effort import efforts
from modelcheck.search.endless import Endless
from modelcheck.search.evidence import evidence, failing_run
from modelcheck.search.exploration import ORDERS, Exploration
from modelcheck.search.promises import Promises
from modelcheck.search.refinement import beginnings, refined
from modelcheck.search.report import CellReport, Progress, PropertyReport, Report
from modelcheck.search.suspicions import action_reports, suspicions
from modelcheck.search.symmetric import (
    Asked,
    begun_again,
    check_symmetry,
    left_out,
    missed,
    plan_for,
    said,
    together,
    told_apart,
    unasked,
)
from modelcheck.search.unfinished import unfinished
from modelcheck.spec import LIVENESS, RUNS, Declaration, Machine, Role, Spec, Strength, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.fairness import assumed
from modelcheck.spec.loading import source_file
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.spec.refinement import Promise
from modelcheck.symmetry.reduction import Plan, PlanChanged
from modelcheck.verdict import Verdict

if TYPE_CHECKING:
    from modelcheck.search.checkpoints import Checkpoints

DEADLOCK = "deadlock"
ENGINES = ("enumerate", "sets", "both")
MOST_WORKERS = 63
_MOST_SEED = 2**64 - 1
_DEADLOCK_TREE = -1
_SOUGHT_FOR_ERRORS = 100_000


def check(
    spec: Spec,
    *,
    properties: Sequence[str] | None = None,
    limits: Limits = NO_LIMITS,
    workers: int = 1,
    order: str = "breadth",
    seed: int = 0,
    keep_going: bool = False,
    fair: Mapping[str, Strength | str] | None = None,
    engine: str = "enumerate",
    symmetry: str = "auto",
    checkpoint: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Explore every reachable state of a spec.

    Args:
        spec: The spec, with its constants.
        properties: The names of those to check, ``deadlock`` among them; by default all.
        limits: When to give up.
        workers: Threads, at most 63.
        order: ``breadth`` (shortest counterexamples), ``depth``, or ``random`` (a seeded random walk, which needs a limit and never
            says ``holds``; the limit of depth says where it begins again).
        seed: Of the random walk, and of the renamings that states are compared under; below 2**64.
        keep_going: Search on after a violation, until every property has a verdict.
        fair: How fair actions are assumed to be, by name, in place of what the spec says: a `Strength`, or the word for it.
        engine: ``enumerate`` looks at one state after another; ``sets`` at sets of states, kept as decision diagrams; ``both`` asks one after
            the other, and makes sure that they say the same.
        symmetry: Whether states that differ in the names of interchangeable things alone are explored once: ``auto``, where the spec
            allows it; ``on``, or else an error; ``off``; ``exact``, with each state compared under all renamings and not under one.
        checkpoint: A folder for checkpoints, from which `modelcheck.search.resume` goes on; for breadth-first searches, of what must not happen.
        progress: Called a few times a second.

    Raises:
        SpecError: if the spec cannot be run, or symmetry is on and the spec tells names apart.
        UsageError: if a property has an unknown name, or an argument cannot be meant.
    """
    _check_arguments(spec, limits, workers, order, seed)
    check_symmetry(symmetry, order, engine)
    properties = names("properties", properties)
    callback("progress", progress)
    if engine not in ENGINES:
        raise UsageError(unknown(str(engine), list(ENGINES), f"there is no engine {engine!r}"))
    checking = _Check(spec, properties, limits, seed if order == "random" else None, dict(fair or {}))
    options = {"workers": workers, "order": order, "seed": seed, "keep_going": keep_going}
    if engine == "both" and checkpoint is None:
        from modelcheck.search.both import agreed  # noqa: PLC0415 - few searches need it, and all would wait for it.

        asked: dict[str, Any] = {"properties": properties, "fair": fair, "symmetry": symmetry, "progress": progress, **options}
        return agreed(lambda engine, limits: check(spec, engine=engine, limits=limits, **asked), limits)
    if checkpoint is None:
        return checking.report(engine, limits=limits, symmetry=symmetry, progress=progress, **options)
    if order != "breadth" or engine != ENGINES[0]:
        raise UsageError("only a breadth-first search has checkpoints", remedy="Leave the order and the engine out, or the checkpoints.")
    if symmetry in {"on", "exact"}:
        raise UsageError("checkpoints are of states, and not of orbits", remedy="Leave symmetry out, or the checkpoints.")
    from modelcheck.search.checkpoints import begin  # noqa: PLC0415 - few searches need it, and all would wait for it.

    with closing(begin(Path(checkpoint), spec, {**options, "properties": properties})) as checkpoints:
        return checking.report(engine, limits=limits, symmetry=symmetry, progress=progress, checkpoints=checkpoints, **options)


def resumed(
    spec: Spec, checkpoints: Checkpoints, options: Mapping[str, Any], *, limits: Limits, progress: Callable[[Progress], None] | None
) -> Report:
    """Go on with a search from its checkpoint; see `modelcheck.search.restart.resume`."""
    with closing(checkpoints):
        limits_given(limits)
        callback("progress", progress)
        rest = dict(options)
        checking = _Check(spec, rest.pop("properties"), limits, None, {})
        return checking.report(
            ENGINES[0], limits=limits, symmetry="auto", progress=progress, checkpoints=checkpoints, again=True, **rest
        )


def _check_arguments(spec: Spec, limits: Limits, workers: int, order: str, seed: int) -> None:
    if not isinstance(spec, Spec):
        hint = f"Make one: {spec.__name__}()." if isinstance(spec, type) else "Derive a class from modelcheck.Spec."
        raise UsageError(f"a spec is checked, and not {spec!r}", remedy=hint)
    limits_given(limits)
    if order not in ORDERS:
        raise UsageError(unknown(str(order), list(ORDERS), f"there is no search order {order!r}"))
    whole("workers", workers, 1, MOST_WORKERS)
    whole("seed", seed, 0, _MOST_SEED)
    if workers > 1 and order == "depth":
        raise UsageError(f"a depth-first search has one worker, not {workers}", remedy="Leave workers out.")
    if order == "random" and limits.time_s is None and limits.states is None:
        raise UsageError("a random walk never ends by itself", remedy="Give a time limit or a limit of states.")


class _Check:
    """One call of `check`, within its limits from the first run of ``init`` to the last step of a counterexample."""

    def __init__(
        self, spec: Spec, names: Sequence[str] | None, limits: Limits, seed: int | None, fair: Mapping[str, Strength | str]
    ) -> None:
        self._spec = spec
        self._fair = fair
        self._again = False
        self._names = names
        self._seed = seed
        self._budget = Budget(limits)
        self._watch = Watch(self._budget.over)

    def report(self, engine: str, **options: Any) -> Report:
        try:
            with self._watch.open(), self._watch.heeding(self._budget):
                return self._by_sets(options) if engine == "sets" else self._report(options)
        except Overrun as overrun:
            return self._unfinished(told(self._watch, overrun))
        except MemoryError as error:
            return self._unfinished(out_of_memory(error))

    def _report(self, options: dict[str, Any]) -> Report:
        machine = machine_of(self._spec)
        chosen, check_deadlock = _chosen(machine, self._names)
        fair = assumed(machine, self._fair)
        liveness = [each for each in chosen if each.role in LIVENESS]
        promised = [each for each in chosen if isinstance(each, Promise)]
        chosen = [each for each in chosen if each.role not in RUNS]
        symmetry = options.pop("symmetry")
        self._again = options.pop("again", False)
        if (liveness or promised) and options.get("checkpoints") is not None:
            raise _not_kept([*liveness, *promised])
        asked = Asked(
            machine, tuple(chosen), tuple(liveness), tuple(promised),
            check_deadlock=check_deadlock, fair=fair, symmetry=symmetry, options=options,
        )
        plan = plan_for(symmetry, options["order"], options["seed"])
        if plan is not None and options.get("checkpoints") is not None:
            plan = evolve(plan, refused="not used: checkpoints are of states, and not of orbits")
        while True:
            try:
                return self._explored(asked, plan)
            except PlanChanged as changed:
                plan = begun_again(machine, symmetry, changed)

    def _explored(self, asked: Asked, plan: Plan | None) -> Report:
        """The report of a search by a plan. With symmetry, what must happen is asked of all states, after what must not."""
        if plan is None or plan.refused is not None:
            return self._searched(asked, None, line=plan.refused if plan is not None else None)
        if not asked.liveness and not asked.promised:
            return self._searched(asked, plan)
        safe = self._searched(evolve(asked, liveness=(), promised=()), plan)
        if (safe.verdict is Verdict.VIOLATED and not asked.options["keep_going"]) or self._budget.over():
            return unasked(safe, (*asked.liveness, *asked.promised))
        return together(safe, self._searched(evolve(asked, chosen=(), check_deadlock=False), None))

    def _searched(self, asked: Asked, plan: Plan | None, *, line: str | None = None) -> Report:
        machine, options = asked.machine, asked.options
        exploration = Exploration(
            machine, asked.declared, check_deadlock=asked.check_deadlock, budget=self._budget, watch=self._watch,
            liveness=asked.liveness, plan=plan, **options,
        )  # fmt: skip
        try:
            begun = beginnings(machine, asked.chosen, self._budget, options["limits"].states)
            endless = Endless(machine, exploration, asked.liveness, asked.fair, self._budget)
            exploration.between_levels = endless.look
            if self._again:
                exploration.restore()
            exploration.run()
            if exploration.asymmetric:
                raise told_apart(exploration)
            self._budget.extend()
            self._watch.resume()
            exploration.put_by()
            endless.finish()
            promises = Promises(machine, asked.promised, asked.fair, self._budget)
            if exploration.walk_length is not None:
                line = left_out(asked.symmetry, exploration.recorder.layout, "a random walk goes through states, and not through orbits")
            report = _report(machine, exploration, asked.chosen, asked.check_deadlock, endless, promises, self._seed, line)
            return refined(machine, report, asked.chosen, begun)
        except SpecError as error:
            error.trace = failing_run(machine, exploration, source_of(machine))
            raise
        finally:
            exploration.close()

    def _by_sets(self, options: dict[str, Any]) -> Report:
        from modelcheck.search.set_report import report_by_sets  # noqa: PLC0415 - few searches need it, and all would wait for it.
        from modelcheck.search.sets import SetSearch, refuse  # noqa: PLC0415 - few searches need it, and all would wait for it.

        machine = machine_of(self._spec)
        chosen, check_deadlock = _chosen(machine, self._names)
        refuse(chosen, workers=options["workers"], order=options["order"], fair=bool(self._fair))
        begun = beginnings(machine, chosen, self._budget, options["limits"].states)
        asked = {name: options[name] for name in ("limits", "keep_going", "progress")}
        search = SetSearch(machine, chosen, check_deadlock=check_deadlock, budget=self._budget, watch=self._watch, **asked)
        try:
            report = report_by_sets(machine, search, source_of(machine), self._budget, self._watch, options["symmetry"])
        except SpecError:
            # Sets of states know no run to the state in which it was raised; the enumerator comes by the error with one, if it is not far away.
            self._report({**options, "symmetry": "off", "limits": Limits(states=_SOUGHT_FOR_ERRORS)})
            raise
        return refined(machine, report, chosen, begun)

    def _unfinished(self, reason: str) -> Report:
        return unfinished(self._spec, self._names, reason, self._budget, self._seed)


def _not_kept(liveness: Sequence[Declaration]) -> UsageError:
    names_of = ", ".join(each.name for each in liveness)
    return UsageError(
        f"the steps that {names_of} {'is' if len(liveness) == 1 else 'are'} decided by are not kept in checkpoints",
        remedy="Name the other properties with --property, and check these in a search without checkpoints.",
    )


def _chosen(machine: Machine, named: Sequence[str] | None) -> tuple[list[Declaration], bool]:
    if named is None:
        return machine.asked, True
    chosen = [machine.find(name, machine.asked) for name in named if name != DEADLOCK]
    return [declared for declared in machine.asked if declared in chosen], DEADLOCK in named


# The report --------------------------------------------------------------------------------------------------------------------------------------


def source_of(machine: Machine) -> str:
    """The file that a machine's spec is written in, relative to the working directory where that is shorter; the module of one that is in no file."""
    source = source_file(machine.cls)
    try:
        return str(Path(source).resolve().relative_to(Path.cwd())) if Path(source).is_file() else source
    except ValueError:
        return source


def _report(
    machine: Machine,
    exploration: Exploration,
    chosen: Sequence[Declaration],
    check_deadlock: bool,
    endless: Endless,
    promises: Promises,
    seed: int | None,
    line: str | None,
) -> Report:
    stats = exploration.explorer.stats()
    source, whole = source_of(machine), stats["states"] if exploration.complete else None
    properties = (
        *_property_reports(machine, exploration, chosen, check_deadlock),
        *endless.reports(source),
        *promises.reports(source, whole),
    )
    verdict = Verdict.all_of(report.verdict for report in properties) if properties else _on_the_rest(exploration)
    if verdict is Verdict.HOLDS and not exploration.complete:
        verdict = Verdict.UNKNOWN
    states, orbits = stats["states"], stats["orbits"]
    reduction = exploration.reduction
    recorder = exploration.recorder
    acting = {action.name for action in machine.actions}
    return Report(
        spec=machine.cls.__name__,
        source=source_of(machine),
        constants=machine.constants,
        verdict=verdict,
        reason=_why_unknown(exploration, properties) if verdict is Verdict.UNKNOWN else None,
        states=states,
        generated=stats["generated"],
        depth=stats["depth"],
        python_calls=recorder.calls,
        seconds=exploration.seconds,
        peak_memory_bytes=peak_bytes(),
        collision_probability=missed(orbits, 1 if reduction is None else reduction.choices),
        out_of_bounds=stats["out_of_bounds"],
        properties=properties,
        actions=action_reports(exploration),
        predicate_calls={name: calls for name, calls in recorder.calls_by_name().items() if name not in acting},
        cells=tuple(
            sorted(
                (CellReport(cell.path, len(cell.values)) for cell in recorder.layout.cells),
                key=lambda cell: (-cell.values, cell.path),
            )
        ),
        efforts=efforts(recorder),
        python_seconds=recorder.seconds,
        table_load=orbits / max(stats["table_slots"], 1),
        bytes_per_state=(stats["table_bytes"] + stats["log_bytes"]) / max(orbits, 1),
        orbits=None if reduction is None else orbits,
        symmetry=line or None if reduction is None else said(reduction, orbits),
        warnings=(*suspicions(machine, exploration), *endless.warnings(), *exploration.troubles()),
        fair=endless.assumed,
        analysis_seconds=endless.seconds,
        seed=seed,
        walk_length=exploration.walk_length,
    )


def _why_unknown(exploration: Exploration, properties: Sequence[PropertyReport]) -> str:
    notes = (report.note for report in properties if report.note is not None)
    return exploration.stopped or next(notes, "the search was not complete")


def _on_the_rest(exploration: Exploration) -> Verdict:
    return Verdict.HOLDS if exploration.complete else Verdict.UNKNOWN


def _property_reports(
    machine: Machine, exploration: Exploration, chosen: Sequence[Declaration], check_deadlock: bool
) -> tuple[PropertyReport, ...]:
    findings = {tree: (parent, ordinal) for tree, _, parent, ordinal in exploration.explorer.findings()}
    index_of = {tree.declared.name: index for index, tree in exploration.recorder.trees.items() if tree.declared}
    asked: list[tuple[str, str, Role | None, int]] = [
        (declared.name, declared.role.value, declared.role, index_of[declared.name]) for declared in chosen
    ]
    if check_deadlock:
        asked.append((DEADLOCK, DEADLOCK, None, _DEADLOCK_TREE))
    reports = []
    for name, kind, role, tree in asked:
        found = findings.get(tree)
        verdict = _verdict(role, found, exploration)
        trace = None
        if found is not None:
            try:
                trace = evidence(machine, exploration, found, name, kind, source_of(machine))
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
