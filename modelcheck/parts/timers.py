"""Timers on clocks that drift, kept as what remains of them.

A timer of so many ticks, on a clock that may be ahead or behind, ends after so many ticks of true time, give or take the drift. Nobody reads true
time: a timer is kept as the ticks that must pass before it can end and those that can pass until it must. So nothing grows, and states that differ in
the hour alone are one state. This is a timed automaton whose clocks count down (Alur and Dill, "A Theory of Timed Automata", 1994), in whole ticks.

*Urgency.* Time does not pass a deadline: ``tick`` is not enabled while a timer must end. A timer without a deadline is that of a process which may be
paused: it ends any time after the clock says so, or never.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from modelcheck.errors import SpecError
from modelcheck.spec.choice import require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part
from modelcheck.values import show


@frozen
class Remaining:
    """What remains of a timer.

    Attributes:
        least: Ticks of true time that must pass before it can end.
        most: Ticks that can pass until it must; None without a deadline.
    """

    least: int
    most: int | None

    def later(self) -> Remaining:
        """The same a tick later."""
        return Remaining(max(self.least - 1, 0), None if self.most is None else self.most - 1)


class Timers(Part):
    """Timers by name; any value is a name.

    >>> timers = Timers(names=("lease",), drift=1)
    >>> timers.start("lease", 3)
    >>> timers.running["lease"]
    Remaining(least=2, most=4)

    Attributes:
        names: Of all timers that there are.
        drift: By how many ticks of true time a timer may end early or late, unless `start` says otherwise.
        running: What remains of each; None if it does not run.
    """

    names: Fixed[tuple[Any, ...]] = ()
    drift: Fixed[int] = 0
    running: dict[Any, Remaining | None] = {}  # noqa: RUF012 - a record copies its defaults.

    def __attrs_post_init__(self) -> None:
        self.running = dict.fromkeys(self.names)

    def start(self, name: Any, ticks: int, *, drift: int | None = None, deadline: bool = True) -> None:
        """Start a timer, or start it anew.

        Args:
            name: Of the timer.
            ticks: How long it is on its own clock.
            drift: By how many ticks of true time it may end early or late; by default that of all timers.
            deadline: Whether it must end, so that no time passes before it does. Without, whoever waits for it may be paused.

        Raises:
            SpecError: if that is no number of ticks, or there is no such timer.
        """
        if name not in self.running:
            raise SpecError(f"there is no timer {show(name)}", remedy="Name all timers when they are made: Timers(names=(...)).")
        off = self.drift if drift is None else drift
        for what, number in (("is started for", ticks), ("drifts by", off)):
            if type(number) is not int or number < 0:
                raise SpecError(f"the timer {show(name)} {what} {show(number)} ticks", remedy="Ticks are a whole number from 0.")
        self.running[name] = Remaining(max(ticks - off, 0), ticks + off if deadline else None)

    def stop(self, name: Any) -> None:
        """Stop a timer, whether it runs or not."""
        self.running[name] = None

    def runs(self, name: Any) -> bool:
        """Whether a timer was started and has not ended."""
        return self.running[name] is not None

    def ended(self) -> Iterable[Any]:
        """The timers that can end now: a domain for an action that does what is then to do, if that is the same for all of them."""
        return [name for name, left in self.running.items() if left is not None and left.least == 0]

    def end(self, name: Any) -> None:
        """A timer ends; where it cannot yet, the action is not enabled."""
        left = self.running[name]
        require(left is not None and left.least == 0)
        self.running[name] = None

    @action
    def tick(self) -> None:
        """A tick of true time passes, unless a timer must end first, or none would notice."""
        waiting = [(name, left) for name, left in self.running.items() if left is not None]
        require(all(left.most != 0 for _, left in waiting))
        require(any(left != left.later() for _, left in waiting))
        for name, left in waiting:
            self.running[name] = left.later()
