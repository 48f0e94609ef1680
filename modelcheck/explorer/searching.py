"""Searches in the background: the check of the whole spec, and the shortest run from a state to one where something is true."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.explorer.expressions import Expression
from modelcheck.limits import Limits
from modelcheck.limits.raising import started
from modelcheck.search import Progress, Report, check
from modelcheck.spec import Machine, Spec, State, reachable

FOUND = "found_by_expression"
_FIND_S = 120.0


class Stopped(BaseException):
    """The user wants no answer any more."""


class Search:
    """A search that runs on its own thread.

    Args:
        spec: The spec to search.
        options: What `modelcheck.check` is given.

    Attributes:
        progress: How far it is; None before the first look.
        report: What it found, once it is over.
        error: Why there is no report.
    """

    def __init__(self, spec: Spec, **options: Any) -> None:
        self.progress: Progress | None = None
        self.report: Report | None = None
        self.error: str | None = None
        self._spec = spec
        self._options = options
        self._stop = threading.Event()
        self._thread = started(threading.Thread(target=self._run, name="modelcheck-explorer-search", daemon=True))

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Give it up."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is over."""
        self._thread.join(seconds)

    def _note(self, progress: Progress) -> None:
        self.progress = progress
        if self._stop.is_set():
            raise Stopped

    def _run(self) -> None:
        try:
            self.report = check(self._spec, progress=self._note, **self._options)
        except Stopped:
            self.error = "it was stopped"
        except ModelcheckError as error:
            self.error = str(error)
        except BaseException as error:  # noqa: BLE001 - told to the user, who waits for an answer.
            self.error = f"{type(error).__name__}: {error}"


def checking(spec: Spec) -> Search:
    """The check of a spec, with a verdict on every property."""
    return Search(spec, keep_going=True)


def finding(machine: Machine, start: State, expression: Expression) -> Search:
    """The search for the nearest state in which an expression is true.

    Args:
        machine: The spec.
        start: Where to begin.
        expression: What is to be true.
    """
    machine_at: list[_Resumed] = []

    def init(self: Any) -> None:
        if machine_at:
            machine_at[0].resume(self)
        else:
            machine.cls.init(self)

    members = {
        FOUND: reachable(expression.function(FOUND)),
        "init": init,
        "__module__": machine.cls.__module__,
        "__qualname__": machine.cls.__qualname__,
    }
    cls = type(machine.cls.__name__, (machine.cls,), members)
    spec = cls(**machine.constants)
    machine_at.append(_Resumed(spec, start))
    spec.__dict__["_machine"] = machine_at[0]
    return Search(spec, properties=[FOUND], limits=Limits(time_s=_FIND_S))


class _Resumed(Machine):
    """A machine that has come to a state already. What it was at the start, which restarted processes come back to, stays as it is."""

    _at: State | None = None

    def __init__(self, spec: Spec, start: State) -> None:
        super().__init__(spec)
        self._at = start

    def resume(self, live: Any) -> None:
        """Give a live object the variables of the state."""
        assert self._at is not None
        live.__dict__.update({name: value for name, value in vars(self.thaw(self._at)).items() if name in self.shape.fields})

    def initial_state(self) -> State:
        """The state; it need not be like those at the start in what a restart brings back."""
        return super().initial_state() if self._at is None else self._at

    def each_initial_state(self) -> Iterator[State]:
        if self._at is None:
            yield from super().each_initial_state()
        else:
            yield self._at
