"""The exploring loop: workers expand states in the kernel, and come up for Python, for memory and for air.

There is one loop. Breadth-first search, depth-first search and the random walk differ by the kernel's frontier only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modelcheck.errors import ModelcheckError, SpecError, UsageError
from modelcheck.limits import Limits
from modelcheck.limits.budget import Budget
from modelcheck.limits.raising import started
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.kernel import _explorer as native
from modelcheck.search.report import Progress
from modelcheck.spec import Declaration, Machine, Role
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.symmetry.reduction import Plan, PlanChanged, Reduction

if TYPE_CHECKING:
    from modelcheck.search.checkpoints import Checkpoints

_BATCH = 4096
_LOOKS_EVERY_S = 0.25
_GRACE_S = 2.0
_MODES = {"breadth": native.BREADTH, "depth": native.DEPTH, "random": native.WALK}
ORDERS = tuple(_MODES)
_WALK_LENGTH = 200
_WALKED_IN_VAIN = 100_000
_UNSETTLED = "no checkpoint could be written in the end, since what was under way did not come to its end"


class _Worker:
    """A thread that drives a worker. The process does not wait for it, should it never come back from the spec's code."""

    def __init__(self, drive: Callable[[int], int], worker: int) -> None:
        self.code = kernel.LEVEL_DONE
        self._thread = started(threading.Thread(target=self._run, args=(drive, worker), name=f"modelcheck-{worker}", daemon=True))

    def _run(self, drive: Callable[[int], int], worker: int) -> None:
        self.code = drive(worker)

    def ended(self, seconds: float) -> bool:
        """Whether it is at rest, or comes to it within some time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def _walk_length(limits: Limits) -> int:
    """After how many steps a random walk begins again: where it comes to the limit of depth.

    Raises:
        UsageError: if that leaves no step to take.
    """
    if limits.depth == 1:
        raise UsageError("a random walk to depth 1 takes no step", remedy="The initial states are the first level; give a depth from 2.")
    return _WALK_LENGTH if limits.depth is None else limits.depth - 1


class Exploration:
    """One search through the states of a machine.

    Args:
        machine: The machine.
        declared: The actions, constraints, properties and terminal predicates to evaluate.
        check_deadlock: Whether a state without an enabled action is a finding.
        limits: When to stop early; time and memory are the budget's.
        workers: Threads.
        order: One of `ORDERS`.
        seed: Of the random walk.
        keep_going: Whether to search on after a violation.
        progress: Called a few times a second.
        budget: The time and memory that there are.
        watch: Ends the runs of the spec's code that outlive the budget.
        plan: How symmetry is used; None if not at all.
        liveness: The properties of what must happen; where there are any, and the search is no random walk, it records the steps that it takes.
        checkpoints: Where what it has found is kept, for a breadth-first search that records no steps; None if it is not.

    Attributes:
        reduction: What symmetry does for it; None if it was not asked to.
        stopped: Why the search ended before it was complete, or None.
        walk_length: After how many steps a random walk begins again; None for the other orders.
        failed: What raised an error, and the state in which it did, as the kernel's findings name states; None if nothing did.
        asymmetric: Whether the search ended since the spec tells names apart that may trade places.
        complete: Whether every reachable state was expanded.
        between_levels: Called when a level is done and the next one is to begin; True if a violation was found.
    """

    def __init__(
        self,
        machine: Machine,
        declared: Sequence[Declaration],
        *,
        check_deadlock: bool,
        limits: Limits,
        workers: int,
        order: str,
        seed: int,
        keep_going: bool,
        progress: Callable[[Progress], None] | None,
        budget: Budget,
        watch: Watch,
        liveness: Sequence[Declaration] = (),
        plan: Plan | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        self.walk_length = _walk_length(limits) if order == "random" else None
        self.space = kernel.Space(check_deadlock=check_deadlock)
        records = bool(liveness) and order != "random"
        asked = [*declared, *liveness] if records else declared
        self.recorder = Recorder(machine, asked, self.space, split=True, labelled=records)
        if checkpoints is None:
            self.recorder.run_plainly()  # What is not recorded is in no log.
        try:
            self.reduction = None if plan is None else Reduction(machine, self.recorder, plan)
        except PlanChanged:
            self.recorder.close()
            raise
        self.explorer = native.Explorer(
            self.space, mode=_MODES[order], workers=workers, seed=seed, walk_length=self.walk_length or 0,
            memory_limit_bytes=budget.memory_bytes, records=records,
            skips_met=all(each.role is Role.EVENTUALLY for each in liveness),
            orbits=None if self.reduction is None else self.reduction.orbits,
        )  # fmt: skip
        self._checkpoints = checkpoints
        self._supplier = self.recorder if checkpoints is None else checkpoints.of(self.recorder)
        self._holds = self._left_behind = False
        self._begun = False  # Whether the initial states are all known.
        self._ended: int | None = None  # The worker whose run of the spec's code was ended from outside.
        self.between_levels: Callable[[], bool] = lambda: False
        self.stopped: str | None = None
        self.complete = False
        self.asymmetric = False
        self._limits = limits
        self._workers = workers
        self._breadth = order == "breadth"
        self._walks = order == "random"
        self._last_new = (0, 0)
        self._keep_going = keep_going
        self._progress = progress
        self._budget = budget
        self._watch = watch
        self._looked_s = self._reported_s = 0.0
        self._halt = threading.Event()
        self._failure: BaseException | None = None
        self.failed: tuple[Declaration, tuple[int, int]] | None = None

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return self._budget.seconds + (0.0 if self._checkpoints is None else self._checkpoints.earlier_s)

    def restore(self) -> None:
        """Begin where the checkpoint is."""
        assert self._checkpoints is not None
        self._checkpoints.restore(self)
        self._begun = True

    def run(self) -> None:
        """Search until everything is explored, a violation is found, or a limit is reached."""
        while not self._halt.is_set():
            if self._round() == kernel.GROW:
                if not self.explorer.grow():
                    self._stop(self._budget.memory_short())
            elif self._is_amid():
                continue
            elif self._violated() and not self._keep_going:
                break
            elif not self._next_level():
                self.complete = not self._halt.is_set()
                break
            elif self._limits.depth is not None and self.explorer.stats()["depth"] >= self._limits.depth and self._breadth:
                self._stop(f"the depth limit of {self._limits.depth} was reached")
            elif self._breadth and self._between() and not self._keep_going:
                break
        if self._failure is not None:
            raise self._failure
        self.recorder.check_values()

    def _between(self) -> bool:
        try:
            return self.between_levels()
        except Overrun:
            self._stop(self._budget.over() or "it was told to stop")
        except MemoryError as error:
            self._stop(out_of_memory(error))
        return False

    def _next_level(self) -> bool:
        self._begun = self.explorer.next_level()
        if self._begun and self._checkpoints is not None and self._checkpoints.due():
            self._checkpoints.write(self, self.seconds)
        return self._begun

    # Checkpoints ------------------------------------------------------------------------------------------------------------------------------

    def _is_amid(self) -> bool:
        """Whether workers have come to rest amid a level: since the search ends, or for a checkpoint, which is written."""
        if self._checkpoints is None or self._halt.is_set():
            return self._checkpoints is not None
        if not self._holds:
            return False
        self._checkpoints.write(self, self.seconds)
        self._hold(held=False)
        return True

    def _hold(self, *, held: bool) -> None:
        self._holds = held
        self.explorer.hold(held)

    def put_by(self) -> None:
        """Write a last checkpoint of a search that was cut short, so that it can go on from there."""
        if self._checkpoints is None or not self._begun or self.complete or (self._violated() and not self._keep_going):
            return
        from modelcheck.search.checkpoints import settle  # noqa: PLC0415 - few searches need it, and all would wait for it.

        began, workers = self._budget.seconds, sorted(range(self._workers), key=lambda worker: worker != self._ended)
        self._hold(held=True)
        try:
            rests = not self._left_behind and settle(self.explorer, self._supplier, workers)
        except (Overrun, MemoryError, ModelcheckError):
            rests = False
        if rests:
            self._checkpoints.write(self, self.seconds)
        else:
            self._checkpoints.trouble = _UNSETTLED
        self._budget.allow(self._budget.seconds - began)

    def troubles(self) -> tuple[str, ...]:
        """Why there is no checkpoint where there should be one."""
        trouble = None if self._checkpoints is None or self.complete else self._checkpoints.trouble
        return () if trouble is None else (trouble,)

    def cut_short(self, overrun: Overrun, doing: str) -> None:
        """Note that what is done after the search was ended too."""
        self.stopped = f"{told(self._watch, overrun)}, {doing}"

    def close(self) -> None:
        """Give the memory of the search back at once, whoever still refers to this object."""
        del self.explorer
        self.recorder.close()
        del self.recorder, self.space, self._supplier, self.reduction

    def _round(self) -> int:
        """Let all workers run until each is at rest; GROW if one of them asked for it."""
        others = [_Worker(self._drive, worker) for worker in range(1, self._workers)]
        codes = [self._drive(0)]
        for other in others:
            while not other.ended(_LOOKS_EVERY_S):
                self._look_around(report=True)
                if self._halt.is_set() and not other.ended(_GRACE_S):
                    self._leave_behind()
                    break
            codes.append(other.code)
        return kernel.GROW if kernel.GROW in codes else kernel.LEVEL_DONE

    def _leave_behind(self) -> None:
        """Go on without a worker that is in a call of C, and cannot be woken; it ends when the call does, or with the process."""
        self._left_behind = True
        self.stopped = self.stopped or self._budget.over() or "a call from the spec's code to C did not return"

    def _drive(self, worker: int) -> int:
        with self._watch.watching():
            return self._driven(worker)

    def _driven(self, worker: int) -> int:
        try:
            while not self._halt.is_set():
                code = self._run(worker)
                if code == kernel.MISS:
                    with self.recorder.lock:
                        self._supply(worker)
                elif code == kernel.ASYMMETRIC:
                    self.asymmetric = True
                    self._halt.set()
                elif code != kernel.MORE:
                    return code
                self._look_around(report=worker == 0)
        except MemoryError as error:
            self._stop(out_of_memory(error))
        except BaseException as error:  # noqa: BLE001 - it is raised again by run().
            self._failure = self._failure or error
            self._halt.set()
        return kernel.LEVEL_DONE

    def _run(self, worker: int) -> int:
        """Let a worker run in the kernel for a while, which may run the spec's code, too."""
        try:
            try:
                return self.explorer.run(worker, self._batch())
            finally:
                self.recorder.rest()
        except Overrun as overrun:
            self.stopped = told(self._watch, overrun)
            self._halt.set()
            return kernel.MORE

    def _supply(self, worker: int) -> None:
        kind, which, ident, _ = self.explorer.missing(worker)
        if kind == kernel.MISS_IMAGE:
            assert self.reduction is not None
            self.reduction.supply(which, ident)
            return
        if self._ended is not None:
            return  # What was ended is run again first.
        try:
            self._supplier.supply(self.explorer, worker)
            if self._walks and self._has_initial_states():
                self.explorer.set_enough_initial()
        except Overrun as overrun:
            self._ended = worker
            self.stopped = told(self._watch, overrun)  # Says more than why the others stop.
            self._halt.set()
        except SpecError as error:
            declared = self.recorder.trees[which].declared if kind == kernel.MISS_PATH else None
            if self.reduction is not None and self.explorer.missed_renamed(worker):
                raise self.reduction.failed(declared, error) from error
            if declared is not None and self.failed is None:
                self.failed = (declared, self.explorer.missed(worker))
            raise

    def _has_initial_states(self) -> bool:
        """Whether a random walk has enough of them to begin: as many as the limit of states, or what half of its time gave."""
        enough = self._limits.states is not None and self.recorder.initial_runs >= self._limits.states
        return enough or self._budget.seconds > self._budget.left_s

    def _batch(self) -> int:
        if self._limits.states is None:
            return _BATCH
        left = self._limits.states - self.explorer.stats()["states"]
        return max(1, min(_BATCH, left // (8 * self._workers)))

    def _look_around(self, *, report: bool) -> None:
        """Check the limits, and let one of the workers report progress; done between batches."""
        ended = self._budget.ended()
        if ended:
            self._stop(ended)
        if self._checkpoints is not None and self._begun and self._checkpoints.due():
            self._hold(held=True)
        seconds = self._budget.seconds
        if self._limits.states is not None or not self._breadth or seconds - self._looked_s > _LOOKS_EVERY_S:
            stats = self.explorer.stats()
            self._look_at(stats, seconds)
            if report and seconds - self._reported_s > _LOOKS_EVERY_S:
                self._reported_s = seconds
                self._report(stats)

    def _look_at(self, stats: dict[str, int], seconds: float) -> None:
        if seconds - self._looked_s > _LOOKS_EVERY_S:
            self._looked_s = seconds
            short = self._budget.memory_over(self._used(stats))
            if short:
                self._stop(short)
        if self._limits.states is not None and self._has_enough(stats["states"], self._limits.states):
            self._stop(f"the limit of {self._limits.states:,} states was reached")
        if not self._breadth:
            self._look_off_breadth(stats)

    def _has_enough(self, states: int, limit: int) -> bool:
        """Whether a limit of states is reached. One that is met exactly may be all that there are, except for a walk, which would never know."""
        return states >= limit if self._walks else states > limit

    def _report(self, stats: dict[str, int]) -> None:
        if self._progress is not None:
            load = stats["states"] / max(stats["table_slots"], 1)
            calls = self.recorder.calls
            self._progress(
                Progress(
                    stats["depth"],
                    stats["states"],
                    stats["generated"],
                    stats["frontier"],
                    calls,
                    load,
                    self._used(stats),
                    self.seconds,
                )
            )

    def _look_off_breadth(self, stats: dict[str, int]) -> None:
        if self._walks and self._limits.states is not None:
            states, walked = self._last_new
            if stats["states"] > states:
                self._last_new = (stats["states"], stats["expanded"])
            elif stats["expanded"] - walked > _WALKED_IN_VAIN:
                self._stop(f"the last {_WALKED_IN_VAIN:,} steps met no new state, in walks of at most {self.walk_length:,} steps")
        if self._violated() and not self._keep_going:
            self._halt.set()
        if self._limits.depth is not None and stats["depth"] > self._limits.depth and not self._walks:
            self._stop(f"the depth limit of {self._limits.depth} was reached")

    def _used(self, stats: dict[str, int]) -> int:
        return stats["table_bytes"] + stats["log_bytes"] + stats["frontier_bytes"] + self.space.node_bytes

    def _stop(self, reason: str) -> None:
        self.stopped = self.stopped or reason
        self._halt.set()

    def _violated(self) -> bool:
        reachable = {
            index
            for index, tree in self.recorder.trees.items()
            if tree.declared and tree.declared.role.name == "REACHABLE"
        }
        return any(tree not in reachable for tree, *_ in self.explorer.findings())
