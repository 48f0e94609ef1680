"""Ctrl-C while z3 is at work."""

from __future__ import annotations

import signal
import time

import pytest
import z3

from modelcheck.symbolic.asking import ask, stoppable


@pytest.fixture(autouse=True)
def _ordinary_interrupts():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupting:
    """Interrupts the program when z3's Python code looks at it."""

    @property
    def __class__(self):
        signal.raise_signal(signal.SIGINT)
        return int


def test_an_interrupt_in_the_middle_of_z3_is_raised_after_it():
    """Where ctypes would make an error of it, it waits until z3 has returned; a moment later the program ends."""
    returned = False
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), stoppable():  # noqa: PT012 - what is interrupted is the point.
        returned = not z3.is_expr(Interrupting())
        time.sleep(20)
    assert returned
    assert time.monotonic() - started < 10


def test_an_interrupt_is_raised_once():
    """The next question raises it, and nothing repeats it afterwards."""
    with pytest.raises(KeyboardInterrupt), stoppable():  # noqa: PT012
        z3.is_expr(Interrupting())
        ask(z3.Solver())
    time.sleep(0.1)
    assert ask(z3.Solver()) == z3.sat
