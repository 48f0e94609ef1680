"""A watch over runs of a user's code: it ends those that do not end by themselves.

A run of an action takes microseconds, unless there is a loop in it that never ends. A thread looks at the runs under way
a few times a second. When a limit was reached, or a run has used too much processor time, it raises `Overrun` in the
run's thread, at the line that the run has come to, as Ctrl-C would. From then on no run begins.

*Limits.* Python cannot interrupt a function written in C before it returns: ``sum(itertools.count())`` runs for ever. Of those that wait
(``time.sleep``) a signal wakes the main thread; on another thread the run is left behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from attrs import define

from modelcheck.limits.budget import Budget
from modelcheck.limits.raising import Interrupted, is_main, on_interrupt, raise_in, started, take_back, wake

_LOOKS_EVERY_S = 0.05
_SHORT_S = 0.1
_AGAIN_S = 0.3
MOST_CPU_S = 10.0
"""A run that needs more processor time is taken for endless."""


@define
class _Run:
    """A run under way.

    Attributes:
        thread: Where it runs.
        seen_s: When it was seen first, on the monotonic clock; None before the first look.
        cpu_s: What the clock of the thread's processor time said then.
        told_s: When it was told to end last, on the monotonic clock; None if it was not.
    """

    thread: int
    seen_s: float | None = None
    cpu_s: float = 0.0
    told_s: float | None = None


class Overrun(BaseException):
    """Ends a run from outside, wherever it is. Derived from BaseException so that ``except Exception`` in a run does not swallow it."""


class _Present(threading.local):
    watch: Watch | None = None


present = _Present()
"""What watches the runs of the present thread."""


class Watch:
    """Ends the runs that outlive a limit, on the threads that it watches.

    Args:
        limit: Asked at every look: why everything is to end now, or None.
        most_cpu_s: A run that needs more processor time is taken for endless.
        wake: Called at each look when everything is to end, to end what is not a run.

    Attributes:
        why: What the last run was ended for; None if it was its own processor time.
    """

    def __init__(
        self, limit: Callable[[], str | None], most_cpu_s: float | None = None, wake: Callable[[], None] | None = None
    ) -> None:
        self.why: str | None = None
        self.most_cpu_s = MOST_CPU_S if most_cpu_s is None else most_cpu_s
        self._limit = limit
        self._wake = wake
        self._over: str | None = None
        self._takes_signals = self._wakes = False  # Whether SIGINT is heeded, and whether it was sent from here.
        self._runs: dict[Hashable, _Run] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Look at the runs as long as the block lasts, those of the present thread among them."""
        looking = started(threading.Thread(target=self._look_on, name="modelcheck-watch", daemon=True))
        try:
            with self.watching():
                yield
        finally:
            self._closed.set()
            looking.join()
            if any(run.told_s is not None for run in list(self._runs.values())):
                take_back()  # A run was left behind, and what it was sent holds up every function that is traced, on every thread.

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the runs of the present thread within the block."""
        before = present.watch
        present.watch = self
        try:
            yield
        finally:
            present.watch = before

    @contextmanager
    def heeding(self, budget: Budget) -> Iterator[None]:
        """Let the first Ctrl-C end the work of the block, which goes on to its report; a second one ends the program.

        Args:
            budget: Of the work, which the watch looks at.
        """

        def heed() -> None:
            if not self._wakes:
                if budget.interrupted:
                    raise Interrupted
                budget.interrupted = True
            self._wakes = False
            self._interrupt()

        with on_interrupt(heed):
            self._takes_signals = is_main()
            try:
                yield
            finally:
                self._takes_signals = False

    def resume(self) -> None:
        """Let runs begin again, if what ended them is no longer so."""
        self._over = self.why = None

    def begin(self, run: Hashable) -> None:
        """A run begins on this thread.

        Raises:
            Overrun: if none is to begin any more.
        """
        if self._over is not None and self._limit() is not None:
            self.why = self._over
            raise Overrun
        self._runs[run] = _Run(threading.get_ident())

    def end(self, run: Hashable) -> None:
        """It is over. Called again if the call itself was interrupted."""
        with self._lock:
            found = self._runs.pop(run, None)
        if found is not None and found.told_s is not None:
            take_back()

    def _interrupt(self) -> None:
        """End a run of the main thread that has lasted a while, since a signal wakes a run that sleeps.

        Raises:
            Overrun: if there is one, and everything is to end.
        """
        here, why = threading.get_ident(), self._limit()
        for run in list(self._runs.values()):
            lasted_s = 0.0 if run.seen_s is None else time.monotonic() - run.seen_s
            if why is not None and run.thread == here and lasted_s > _SHORT_S:
                self.why = why
                raise Overrun

    def _look_on(self) -> None:
        while not self._closed.wait(_LOOKS_EVERY_S):
            why = self._over = self._limit()
            if why is not None and self._wake is not None:
                self.why = why
                self._wake()
            for key, run in list(self._runs.items()):
                self._look_at(key, run, why)

    def _look_at(self, key: Hashable, run: _Run, why: str | None) -> None:
        now, cpu_s = time.monotonic(), _cpu_s(run.thread)
        if run.seen_s is None:
            run.seen_s, run.cpu_s = now, cpu_s
        elif now - run.seen_s > _SHORT_S and (why is not None or cpu_s - run.cpu_s > self.most_cpu_s):
            with self._lock:
                if key in self._runs and (run.told_s is None or now - run.told_s > _AGAIN_S):
                    self._tell(run, why)

    def _tell(self, run: _Run, why: str | None) -> None:
        self.why = why
        sleeps = run.told_s is not None and self._takes_signals and run.thread == threading.main_thread().ident
        run.told_s = time.monotonic()
        if sleeps:
            self._wakes = True
            wake(run.thread)
        else:
            raise_in(run.thread, Overrun)


def _cpu_s(thread: int) -> float:
    """The processor time that a thread has used; where the system does not tell, wall-clock time."""
    clock = getattr(time, "pthread_getcpuclockid", None)
    try:
        return time.monotonic() if clock is None else time.clock_gettime(clock(thread))
    except OSError:
        return 0.0
