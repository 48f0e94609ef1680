"""Calls of an adapter: on a thread and an event loop of their own, so that one that never returns can be given up."""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import SimpleQueue
from types import FrameType
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.spec.loading import shown_path
from modelcheck.spec.run import is_users, user_place

_ENDING_S = 0.5


class AdapterError(ModelcheckError):
    """An adapter that raises, hangs, or says something that cannot be meant."""


class Caller:
    """Calls functions and coroutines, one after another, all on one thread.

    A call that takes too long is cancelled: a coroutine where it awaits, other Python code where it runs. What blocks outside of Python cannot be
    stopped; its thread is left behind, and ends with the process at the latest.

    Args:
        time_s: How long a call may take.
    """

    def __init__(self, time_s: float) -> None:
        self._time_s = time_s
        self._worker: _Worker | None = None

    def call(self, what: str, function: Callable[[], Any]) -> Any:
        """Call a function, and await what it returns if that can be awaited.

        Raises:
            AdapterError: if it raises or takes too long, with its place.
        """
        __tracebackhide__ = True
        if self._worker is None:
            self._worker = _Worker()
        outcome = self._worker.take(function)
        if not wait([outcome], self._time_s).done:
            place = self._worker.place()
            self._worker.end(stop=True)
            self._worker = None
            raise AdapterError(
                f"{what} of the adapter took longer than {self._time_s:g} s",
                place=place,
                remedy="Give the system's own calls a shorter time-out, or raise `time_s` of the `limits`.",
            )
        error = outcome.exception()
        if error is None:
            return outcome.result()
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise AdapterError(f"{what} of the adapter raised {text}", place=user_place(error)) from error

    def close(self) -> None:
        """End the thread; tasks that the adapter has left in the event loop are cancelled."""
        if self._worker is not None:
            self._worker.end(stop=False)
            self._worker = None


class _Worker:
    """A thread that calls what it is given."""

    def __init__(self) -> None:
        self._work: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awaited: Any = None
        self._thread = threading.Thread(target=self._serve, name="modelcheck-adapter", daemon=True)
        self._thread.start()

    def take(self, function: Callable[[], Any]) -> Future[Any]:
        """Call a function; its outcome is in the future."""
        outcome: Future[Any] = Future()
        self._work.put((function, outcome))
        return outcome

    def end(self, *, stop: bool) -> None:
        """End the thread when its work is done; with ``stop`` what it does now is cancelled."""
        self._work.put(None)
        if stop and self._awaited is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(_ENDING_S)
        if stop and self._thread.is_alive() and self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident), ctypes.py_object(SystemExit))
        self._thread.join(_ENDING_S)

    def place(self) -> str | None:
        """Where the user's code is that it calls now, as ``file:line``."""
        awaited = list(_awaiting(self._awaited))
        running = sys._current_frames().get(self._thread.ident or 0)
        frames = [frame for frame in [*awaited, *_stack(running)] if is_users(frame.f_code.co_filename)]
        return f"{shown_path(frames[0].f_code.co_filename)}:{frames[0].f_lineno}" if frames else None

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            function, outcome = item
            try:
                result = function()
                outcome.set_result(self._result(result) if inspect.isawaitable(result) else result)
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is told by the one who waits.
                outcome.set_exception(error)
        if self._loop is not None:
            with suppress(asyncio.CancelledError):  # Of a call that was given up, and met only now.
                self._cancel()
                self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def _result(self, awaited: Any) -> Any:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._awaited = awaited
        try:
            return self._loop.run_until_complete(awaited)
        finally:
            self._awaited = None

    def _cancel(self) -> None:
        assert self._loop is not None
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks and not self._loop.is_running():
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=_ENDING_S))


def _awaiting(awaited: Any) -> Iterator[FrameType]:
    """The frames of the coroutines that await each other, the innermost first."""
    frames = []
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "ag_frame", None)
        if frame is not None:
            frames.append(frame)
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "ag_await", None)
    yield from reversed(frames)


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames of a thread, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back
