"""Processes that crash, and run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from modelcheck.errors import SpecError
from modelcheck.spec.choice import require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part, Process
from modelcheck.values import show


class Crashes(Part):
    """Lets processes crash, and run again from what is durable.

    >>> Crashes(processes={}, crashes=1).crashes
    1

    Attributes:
        processes: The spec's own dict of processes, by name.
        crashes: How many crashes may still happen.
        restarts: Whether a crashed process may run again.
    """

    ELSEWHERE: ClassVar[frozenset[str]] = frozenset({"processes"})
    FAULTS: ClassVar[frozenset[str]] = frozenset({"crash"})

    processes: Mapping[Any, Process]
    crashes: int = 0
    restarts: Fixed[bool] = True

    def unused(self) -> frozenset[str]:
        """Crashes and their budget if it is 0 from the start; restarts if they are ruled out, or no process can be down."""
        if not isinstance(self.processes, Mapping):
            raise SpecError(
                f"Crashes takes a dict of processes by name, and was given {show(self.processes)}",
                remedy='Write self.servers = {"main": Server()} and Crashes(processes=self.servers).',
            )
        for process in self.processes.values():
            if not isinstance(process, Process):
                raise SpecError(
                    f"{show(process)} is no process and cannot crash",
                    remedy="Derive the class of its record from modelcheck.Process.",
                )
        down = any(not process.up for process in self.processes.values())
        restarts = self.restarts and (self.crashes or down)
        return frozenset(() if self.crashes else ("crash", "crashes")) | frozenset(() if restarts else ("restart",))

    def names(self) -> Iterable[Any]:
        """The names of the processes."""
        return self.processes

    @action(names)
    def crash(self, p: Any) -> None:
        """A process stops and loses what is not durable."""
        require(self.crashes > 0)
        self.processes[p].crash()
        self.crashes -= 1

    @action(names)
    def restart(self, p: Any) -> None:
        """A crashed process runs again."""
        self.processes[p].restart()
