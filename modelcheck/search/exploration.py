"""The exploring loop: workers expand states in the kernel, and come up for Python, for memory and for air.

There is one loop. Breadth-first search, depth-first search and the random walk differ by the kernel's frontier only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from modelcheck.errors import ModelcheckError, SpecError
from modelcheck.limits.budget import Budget
from modelcheck.limits.raising import started
from modelcheck.limits.watch import Overrun, Watch
from modelcheck.search.kernel import _explorer as native
from modelcheck.search.lookout import LOOKS_EVERY_S, Lookout
from modelcheck.search.options import Options
from modelcheck.spec import Declaration, Machine, Role
from modelcheck.spec.overrun import out_of_memory, told
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.symmetry.reduction import Plan, PlanChanged, Reduction

_GRACE_S = 2.0
_MODES = {"breadth": native.BREADTH, "depth": native.DEPTH, "random": native.WALK}
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


class Exploration:
    """One search through the states of a machine.

    Args:
        machine: The machine.
        declared: The actions, constraints, properties and terminal predicates to evaluate.
        options: How to search, and when to stop early; time and memory are the budget's. With checkpoints it is breadth-first, and records no steps.
        check_deadlock: Whether a state without an enabled action is a finding.
        budget: The time and memory that there are.
        watch: Ends the runs of the spec's code that outlive the budget.
        plan: How symmetry is used; None if not at all.
        liveness: The properties of what must happen; where there are any, and the search is no random walk, it records the steps that it takes.

    Attributes:
        reduction: What symmetry does for it; None if it was not asked to.
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
        options: Options,
        *,
        check_deadlock: bool,
        budget: Budget,
        watch: Watch,
        liveness: Sequence[Declaration] = (),
        plan: Plan | None = None,
    ) -> None:
        self._options, self._budget, self._watch = options, budget, watch
        self.walk_length = options.walk_length()
        self.space = kernel.Space(check_deadlock=check_deadlock)
        self._record(machine, declared, liveness if self.walk_length is None else (), plan)
        self._lookout = Lookout(options, self.explorer, self.recorder, self.space, budget)
        self._halt = self._lookout.halt
        self._checkpoints = options.checkpoints
        self._supplier = self.recorder if self._checkpoints is None else self._checkpoints.of(self.recorder)
        self._holds = self._left_behind = False
        self._begun = False  # Whether the initial states are all known.
        self._ended: int | None = None  # The worker whose run of the spec's code was ended from outside.
        self.between_levels: Callable[[], bool] = lambda: False
        self.complete = False
        self.asymmetric = False
        self._failure: BaseException | None = None
        self.failed: tuple[Declaration, tuple[int, int]] | None = None

    def _record(self, machine: Machine, declared: Sequence[Declaration], liveness: Sequence[Declaration], plan: Plan | None) -> None:
        """Make what runs the spec's code where a path is missing, and the explorer that asks it to."""
        options, records = self._options, bool(liveness)
        self.recorder = Recorder(machine, [*declared, *liveness], self.space, split=True, labelled=records)
        if options.checkpoints is None:
            self.recorder.run_plainly()  # What is not recorded is in no log.
        try:
            self.reduction = None if plan is None else Reduction(machine, self.recorder, plan)
        except PlanChanged:
            self.recorder.close()
            raise
        self.explorer = native.Explorer(
            self.space, mode=_MODES[options.order], workers=options.workers, seed=options.seed, walk_length=self.walk_length or 0,
            memory_limit_bytes=self._budget.memory_bytes, records=records,
            skips_met=all(each.role is Role.EVENTUALLY for each in liveness),
            orbits=None if self.reduction is None else self.reduction.orbits,
        )  # fmt: skip

    @property
    def stopped(self) -> str | None:
        """Why the search ended before it was complete, or None."""
        return self._lookout.stopped

    @stopped.setter
    def stopped(self, reason: str | None) -> None:
        self._lookout.stopped = reason

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return self._lookout.seconds

    def restore(self) -> None:
        """Begin where the checkpoint is."""
        assert self._checkpoints is not None
        self._checkpoints.restore(self)
        self._begun = True

    def run(self) -> None:
        """Search until everything is explored, a violation is found, or a limit is reached."""
        breadth, depth = self._options.order == "breadth", self._options.limits.depth
        while not self._halt.is_set():
            if self._round() == kernel.GROW:
                if not self.explorer.grow():
                    self._lookout.stop(self._budget.memory_short())
            elif self._is_amid():
                continue
            elif self._lookout.violated() and not self._options.keep_going:
                break
            elif not self._next_level():
                self.complete = not self._halt.is_set()
                break
            elif breadth and depth is not None and self.explorer.stats()["depth"] >= depth:
                self._lookout.stop(f"the depth limit of {depth} was reached")
            elif breadth and self._between() and not self._options.keep_going:
                break
        if self._failure is not None:
            raise self._failure
        self.recorder.check_values()

    def _between(self) -> bool:
        try:
            return self.between_levels()
        except Overrun:
            self._lookout.stop(self._budget.over() or "it was told to stop")
        except MemoryError as error:
            self._lookout.stop(out_of_memory(error))
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
        if self._checkpoints is None or not self._begun or self.complete or (self._lookout.violated() and not self._options.keep_going):
            return
        from modelcheck.search.checkpoints import settle  # noqa: PLC0415 - few searches need it, and all would wait for it.

        began, workers = self._budget.seconds, sorted(range(self._options.workers), key=lambda worker: worker != self._ended)
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
        self._lookout.close()
        del self.recorder, self.space, self._supplier, self.reduction

    def _round(self) -> int:
        """Let all workers run until each is at rest; GROW if one of them asked for it."""
        others = [_Worker(self._drive, worker) for worker in range(1, self._options.workers)]
        codes = [self._drive(0)]
        for other in others:
            while not other.ended(LOOKS_EVERY_S):
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
            self._lookout.stop(out_of_memory(error))
        except BaseException as error:  # noqa: BLE001 - it is raised again by run().
            self._failure = self._failure or error
            self._halt.set()
        return kernel.LEVEL_DONE

    def _run(self, worker: int) -> int:
        """Let a worker run in the kernel for a while, which may run the spec's code, too."""
        try:
            try:
                return self.explorer.run(worker, self._lookout.batch())
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
            if self.walk_length is not None and self._lookout.has_initial_states():
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

    def _look_around(self, *, report: bool) -> None:
        """What is done between batches; one of the workers reports progress."""
        self._lookout.look(report=report)
        if self._checkpoints is not None and self._begun and self._checkpoints.due():
            self._hold(held=True)
