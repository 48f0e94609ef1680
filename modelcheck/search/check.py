"""`check`: explore the states of a spec and give a verdict on its properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from modelcheck.errors import SpecError, UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.given import NO_LIMITS, callback, limits_given, names, whole
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.endless import Endless
from modelcheck.search.evidence import failing_run
from modelcheck.search.exploration import Exploration
from modelcheck.search.options import DEADLOCK, ENGINES, ORDERS, Options
from modelcheck.search.promises import Promises
from modelcheck.search.refinement import beginnings, refined
from modelcheck.search.report import Progress, Report
from modelcheck.search.state_report import report_by_states, source_of
from modelcheck.search.symmetric import (
    Asked,
    begun_again,
    check_symmetry,
    left_out,
    plan_for,
    together,
    told_apart,
    unasked,
)
from modelcheck.search.unfinished import unfinished
from modelcheck.spec import LIVENESS, RUNS, Declaration, Machine, Spec, Strength, machine_of
from modelcheck.spec.constants.declared import unknown
from modelcheck.spec.fairness import assumed
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.spec.refinement import Promise
from modelcheck.symmetry.reduction import Plan, PlanChanged
from modelcheck.verdict import Verdict

if TYPE_CHECKING:
    from modelcheck.search.checkpoints import Checkpoints

MOST_WORKERS = 63
_MOST_SEED = 2**64 - 1
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
    options = Options(limits=limits, workers=workers, order=order, seed=seed, keep_going=keep_going, progress=progress)
    _check_arguments(spec, options)
    check_symmetry(symmetry, order, engine)
    if engine not in ENGINES:
        raise UsageError(unknown(str(engine), list(ENGINES), f"there is no engine {engine!r}"))
    properties = names("properties", properties)
    question = partial(_Check, spec, properties, dict(fair or {}), symmetry)
    if checkpoint is not None:
        _check_checkpoints(options, engine, symmetry)
        return _checkpointed(Path(checkpoint), spec, properties, options, question)
    if engine == "both":
        from modelcheck.search.both import agreed  # noqa: PLC0415 - few searches need it, and all would wait for it.

        return agreed(lambda engine, limits: question(evolve(options, limits=limits)).report(engine), limits)
    return question(options).report(engine)


def _checkpointed(
    path: Path, spec: Spec, properties: Sequence[str] | None, options: Options, question: Callable[[Options], _Check]
) -> Report:
    from modelcheck.search.checkpoints import begin  # noqa: PLC0415 - few searches need it, and all would wait for it.

    with closing(begin(path, spec, {**options.kept(), "properties": properties})) as checkpoints:
        return question(evolve(options, checkpoints=checkpoints)).report(ENGINES[0])


def resumed(
    spec: Spec, checkpoints: Checkpoints, options: Mapping[str, Any], *, limits: Limits, progress: Callable[[Progress], None] | None
) -> Report:
    """Go on with a search from its checkpoint; see `modelcheck.search.restart.resume`."""
    with closing(checkpoints):
        limits_given(limits)
        callback("progress", progress)
        kept = dict(options)
        checking = _Check(
            spec, kept.pop("properties"), {}, "auto", Options(limits=limits, progress=progress, checkpoints=checkpoints, **kept)
        )
        return checking.report(ENGINES[0], again=True)


def _check_arguments(spec: Spec, options: Options) -> None:
    limits, workers, order = options.limits, options.workers, options.order
    if not isinstance(spec, Spec):
        hint = f"Make one: {spec.__name__}()." if isinstance(spec, type) else "Derive a class from modelcheck.Spec."
        raise UsageError(f"a spec is checked, and not {spec!r}", remedy=hint)
    limits_given(limits)
    if order not in ORDERS:
        raise UsageError(unknown(str(order), list(ORDERS), f"there is no search order {order!r}"))
    whole("workers", workers, 1, MOST_WORKERS)
    whole("seed", options.seed, 0, _MOST_SEED)
    if workers > 1 and order == "depth":
        raise UsageError(f"a depth-first search has one worker, not {workers}", remedy="Leave workers out.")
    if order == "random" and limits.time_s is None and limits.states is None:
        raise UsageError("a random walk never ends by itself", remedy="Give a time limit or a limit of states.")
    callback("progress", options.progress)


def _check_checkpoints(options: Options, engine: str, symmetry: str) -> None:
    if options.order != "breadth" or engine != ENGINES[0]:
        raise UsageError("only a breadth-first search has checkpoints", remedy="Leave the order and the engine out, or the checkpoints.")
    if symmetry in {"on", "exact"}:
        raise UsageError("checkpoints are of states, and not of orbits", remedy="Leave symmetry out, or the checkpoints.")


class _Check:
    """One call of `check`, within its limits from the first run of ``init`` to the last step of a counterexample."""

    def __init__(
        self, spec: Spec, names: Sequence[str] | None, fair: Mapping[str, Strength | str], symmetry: str, options: Options
    ) -> None:
        self._spec = spec
        self._names = names
        self._fair = fair
        self._symmetry = symmetry
        self._options = options
        self._again = False
        self._budget = Budget(options.limits)
        self._watch = Watch(self._budget.over)

    def report(self, engine: str, *, again: bool = False) -> Report:
        """The report of an engine; of a search that goes on from a checkpoint if it is run again."""
        self._again = again
        try:
            with self._watch.open(), self._watch.heeding(self._budget):
                return self._by_sets() if engine == "sets" else self._by_states()
        except Overrun as overrun:
            return self._unfinished(told(self._watch, overrun))
        except MemoryError as error:
            return self._unfinished(out_of_memory(error))

    def _by_states(self) -> Report:
        asked = self._asked(machine_of(self._spec))
        plan = plan_for(self._symmetry, self._options.order, self._options.seed)
        if plan is not None and self._options.checkpoints is not None:
            plan = evolve(plan, refused="not used: checkpoints are of states, and not of orbits")
        while True:
            try:
                return self._explored(asked, plan)
            except PlanChanged as changed:
                plan = begun_again(asked.machine, self._symmetry, changed)

    def _asked(self, machine: Machine) -> Asked:
        """The properties by what decides them."""
        chosen, check_deadlock = _chosen(machine, self._names)
        fair = assumed(machine, self._fair)
        liveness = tuple(each for each in chosen if each.role in LIVENESS)
        promised = tuple(each for each in chosen if isinstance(each, Promise))
        if (liveness or promised) and self._options.checkpoints is not None:
            raise _not_kept([*liveness, *promised])
        safe = tuple(each for each in chosen if each.role not in RUNS)
        return Asked(machine, safe, liveness, promised, check_deadlock, fair, self._symmetry, self._options)

    def _explored(self, asked: Asked, plan: Plan | None) -> Report:
        """The report of a search by a plan. With symmetry, what must happen is asked of all states, after what must not."""
        if plan is None or plan.refused is not None:
            return self._searched(asked, None, line=plan.refused if plan is not None else None)
        if not asked.liveness and not asked.promised:
            return self._searched(asked, plan)
        safe = self._searched(evolve(asked, liveness=(), promised=()), plan)
        if (safe.verdict is Verdict.VIOLATED and not asked.options.keep_going) or self._budget.over():
            return unasked(safe, (*asked.liveness, *asked.promised))
        return together(safe, self._searched(evolve(asked, chosen=(), check_deadlock=False), None))

    def _searched(self, asked: Asked, plan: Plan | None, *, line: str | None = None) -> Report:
        machine, options = asked.machine, asked.options
        exploration = Exploration(
            machine, asked.declared, options, check_deadlock=asked.check_deadlock, budget=self._budget, watch=self._watch,
            liveness=asked.liveness, plan=plan,
        )  # fmt: skip
        try:
            begun = beginnings(machine, asked.chosen, self._budget, options.limits.states)
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
            report = report_by_states(asked, exploration, endless, promises, line)
            return refined(machine, report, asked.chosen, begun)
        except SpecError as error:
            error.trace = failing_run(machine, exploration, source_of(machine))
            raise
        finally:
            exploration.close()

    def _by_sets(self) -> Report:
        from modelcheck.search.sets.report import report_by_sets  # noqa: PLC0415 - few searches need it, and all would wait for it.
        from modelcheck.search.sets.search import SetSearch, refuse  # noqa: PLC0415 - few searches need it, and all would wait for it.

        machine, options = machine_of(self._spec), self._options
        chosen, check_deadlock = _chosen(machine, self._names)
        refuse(chosen, workers=options.workers, order=options.order, fair=bool(self._fair))
        begun = beginnings(machine, chosen, self._budget, options.limits.states)
        search = SetSearch(
            machine, chosen, check_deadlock=check_deadlock, limits=options.limits, keep_going=options.keep_going, progress=options.progress,
            budget=self._budget, watch=self._watch,
        )  # fmt: skip
        try:
            report = report_by_sets(machine, search, source_of(machine), self._budget, self._watch, self._symmetry)
        except SpecError:
            # Sets of states know no run to the state in which it was raised; the enumerator comes by the error with one, if it is not far away.
            self._seek_error(machine)
            raise
        return refined(machine, report, chosen, begun)

    def _seek_error(self, machine: Machine) -> None:
        options = evolve(self._options, limits=Limits(states=_SOUGHT_FOR_ERRORS))
        self._searched(evolve(self._asked(machine), symmetry="off", options=options), None)

    def _unfinished(self, reason: str) -> Report:
        return unfinished(self._spec, self._names, reason, self._budget, self._options.walk_seed)


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
