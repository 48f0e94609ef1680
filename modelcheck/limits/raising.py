"""Exceptions raised in a thread from outside, and the signals that mean the same to the main thread.

CPython raises such an exception at the thread's next instruction, so that a call of C that blocks (``time.sleep``, a socket) goes on. A signal
wakes the main thread from most of them: its handler raises instead. On other threads nothing does.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Interrupted(KeyboardInterrupt):
    """Somebody wants an end: Ctrl-C, or a signal that means the same. Told from a ``KeyboardInterrupt`` that a spec raises by its class."""


def interrupt(number: int = signal.SIGINT, frame: FrameType | None = None) -> NoReturn:
    """A handler of signals.

    Raises:
        Interrupted: always.
    """
    del number, frame
    raise Interrupted


def pause() -> None:
    """Do nothing, in Python: where a long piece of C code calls it, an exception from outside is raised, if one waits."""


@contextmanager
def taking_signals() -> Iterator[None]:
    """Let SIGINT, and SIGTERM and SIGHUP like it, raise `Interrupted` in the block, or do what takes SIGINT at the time; for a program.

    A SIGHUP that is ignored, as under ``nohup``, stays so.
    """
    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: _as_interrupt, signal.SIGHUP: _as_interrupt}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        del handlers[signal.SIGHUP]
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()} if is_main() else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    del number
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)


def is_main() -> bool:
    """Whether the present thread is the one that signals are handled in."""
    return threading.current_thread() is threading.main_thread()


def started(thread: threading.Thread) -> threading.Thread:
    """Start a thread.

    Raises:
        MemoryError: if the system has no room for one.
    """
    try:
        thread.start()
    except RuntimeError as error:
        raise MemoryError(str(error)) from error
    return thread


@contextmanager
def on_interrupt(handler: Callable[[], None]) -> Iterator[None]:
    """Call a handler on SIGINT as long as the block lasts, if this is the main thread."""
    if not is_main():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: handler())
    try:
        yield
    finally:
        # None: C code had installed what was there before.
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


def wake(thread: int) -> None:
    """Send the main thread the signal that its handler of SIGINT is to answer."""
    signal.pthread_kill(thread, signal.SIGINT)


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
