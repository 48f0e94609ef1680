"""A watch over runs of a spec's code: it ends those that do not end by themselves.

A run of an action takes microseconds, unless there is a loop in it that never ends. A thread looks at the runs under way
a few times a second. When a limit was reached, or a run has used too much processor time, it raises `Overrun` in the
run's thread, at the line that the run has come to, as Ctrl-C would.

*Limits.* Python cannot interrupt a function written in C before it returns: ``sum(itertools.count())`` runs for ever.
"""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import define

from modelcheck.errors import SpecError
from modelcheck.spec.choice import Overrun, choosing, present
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import user_frame

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


class Watch:
    """Ends the runs that outlive a limit, on the threads that it watches.

    Args:
        limit: Asked at every look: why everything is to end now, or None.
        most_cpu_s: A run that needs more processor time is taken for endless.

    Attributes:
        why: What the last run was ended for; None if it was its own processor time.
        takes_signals: Whether the main thread's handler of SIGINT calls `interrupt`, so that a run that sleeps can be woken.
    """

    def __init__(self, limit: Callable[[], str | None], most_cpu_s: float | None = None) -> None:
        self.why: str | None = None
        self.takes_signals = False
        self._limit = limit
        self._most_cpu_s = MOST_CPU_S if most_cpu_s is None else most_cpu_s
        self._runs: dict[choosing, _Run] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Look at the runs as long as the block lasts, those of the present thread among them."""
        looking = threading.Thread(target=self._look_on, name="modelcheck-watch", daemon=True)
        looking.start()
        try:
            with self.watching():
                yield
        finally:
            self._closed.set()
            looking.join()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the runs of the present thread within the block."""
        before = present.watch
        present.watch = self
        try:
            yield
        finally:
            present.watch = before

    def begin(self, run: choosing) -> None:
        """See `modelcheck.spec.choice.Watcher`."""
        self._runs[run] = _Run(threading.get_ident())

    def end(self, run: choosing) -> None:
        """See `modelcheck.spec.choice.Watcher`."""
        with self._lock:
            found = self._runs.pop(run, None)
        if found is not None and found.told_s is not None:
            take_back()

    def interrupt(self) -> None:
        """End a run of the present thread that has lasted a while; for a signal handler, since a signal wakes a run that sleeps.

        Raises:
            Overrun: if there is one, and everything is to end.
        """
        here, why = threading.get_ident(), self._limit()
        for run in list(self._runs.values()):
            lasted_s = 0.0 if run.seen_s is None else time.monotonic() - run.seen_s
            if why is not None and run.thread == here and lasted_s > _SHORT_S:
                self.why = why
                raise Overrun

    def told(self, overrun: Overrun) -> str:
        """Why and where a run was ended.

        Raises:
            SpecError: if it was ended for its own processor time.
        """
        error = self.error(overrun)
        if self.why is None:
            raise error from None
        file, _, line = (error.place or "").rpartition(":")
        return f"{error.message}{f' ({shown_path(file)}:{line})' if file else ''}"

    def error(self, overrun: Overrun) -> SpecError:
        """The same as an error."""
        name, place = user_frame(overrun) or ("the spec's code", None)
        why = self.why or f"{self._most_cpu_s:g} s of processor time were used"
        remedy = "A loop in it must end: each run is one step of the system."
        return SpecError(f"{why}, in a run of {name} that had not ended", place=place, remedy=remedy)

    def _look_on(self) -> None:
        while not self._closed.wait(_LOOKS_EVERY_S):
            why = self._limit()
            for key, run in list(self._runs.items()):
                self._look_at(key, run, why)

    def _look_at(self, key: choosing, run: _Run, why: str | None) -> None:
        now, cpu_s = time.monotonic(), _cpu_s(run.thread)
        if run.seen_s is None:
            run.seen_s, run.cpu_s = now, cpu_s
        elif now - run.seen_s > _SHORT_S and (why is not None or cpu_s - run.cpu_s > self._most_cpu_s):
            with self._lock:
                if key in self._runs and (run.told_s is None or now - run.told_s > _AGAIN_S):
                    self._tell(run, why)

    def _tell(self, run: _Run, why: str | None) -> None:
        self.why = why
        sleeps = run.told_s is not None and self.takes_signals and run.thread == threading.main_thread().ident
        run.told_s = time.monotonic()
        if sleeps:
            signal.pthread_kill(run.thread, signal.SIGINT)
        else:
            raise_in(run.thread, Overrun)


def raise_in(thread: int, exception: type[BaseException]) -> None:
    """Let a thread raise an exception at its next instruction, in place of one that it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


class _Nothing(BaseException):
    """Takes the place of an exception that is no longer wanted."""


def take_back() -> None:
    """Take back what `raise_in` sent to the present thread, if it was not raised yet; it may still be raised by this call itself.

    CPython can forget an exception that was sent, but 3.11 then looks for it at every instruction, and never gets past the
    first instruction of a function that is profiled. So another one is sent in its place, and received.
    """
    try:
        raise_in(threading.get_ident(), _Nothing)
        while True:
            pass
    except _Nothing:
        return


def _cpu_s(thread: int) -> float:
    """The processor time that a thread has used; where the system does not tell, wall-clock time."""
    clock = getattr(time, "pthread_getcpuclockid", None)
    try:
        return time.monotonic() if clock is None else time.clock_gettime(clock(thread))
    except OSError:
        return 0.0
