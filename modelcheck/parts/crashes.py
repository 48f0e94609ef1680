"""Processes that crash, and run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from modelcheck.errors import SpecError
from modelcheck.parts.budget import check_budgets, left_out
from modelcheck.parts.network import FifoNetwork, Network
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
        crashes: How many crashes may still happen; None: as many as may be.
        restarts: Whether a crashed process may run again.
        at_once: How many processes may be down at the same time; None: all of them.
        connections: The spec's own network, if what is in flight from a process and to it is lost when it crashes. By default it is not.
    """

    ELSEWHERE: ClassVar[frozenset[str]] = frozenset({"processes", "connections"})
    FAULTS: ClassVar[frozenset[str]] = frozenset({"crash"})

    processes: Mapping[Any, Process]
    crashes: int | None = 0
    restarts: Fixed[bool] = True
    at_once: Fixed[int | None] = None
    connections: Network[Any] | FifoNetwork[Any] | None = None

    def unused(self) -> frozenset[str]:
        """Crashes and their budget if it is 0 from the start; restarts if they are ruled out, or no process can be down; connections that stay."""
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
        check_budgets(self, "Crashes", ("crashes", "at_once"))
        self._check_connections()
        down = any(not process.up for process in self.processes.values())
        restarts = self.restarts and (self.crashes != 0 or down)
        return frozenset(
            (
                *left_out(self.crashes, "crash", "crashes"),
                *(() if restarts else ("restart",)),
                *(("connections",) if self.connections is None else ()),
            )
        )

    def _check_connections(self) -> None:
        network = self.connections
        if network is None:
            return
        if not isinstance(network, (Network, FifoNetwork)) or not network.nodes:
            raise SpecError(
                f"the connections of Crashes are {show(network)}, and not those of a network that knows its nodes",
                remedy="Write self.network = Network(nodes=...) and Crashes(processes=self.servers, connections=self.network).",
            )
        stranger = next((name for name in self.processes if name not in network.nodes), None)
        if stranger is not None:
            raise SpecError(
                f"the process {show(stranger)} is none of the nodes {show(network.nodes)} of the network whose connections break",
                remedy="Give the processes the names that the network has for its nodes.",
            )

    def names(self) -> Iterable[Any]:
        """The names of the processes."""
        return self.processes

    @action(names)
    def crash(self, p: Any) -> None:
        """A process stops and loses what is not durable, and its connections if they break with it."""
        require(self.crashes is None or self.crashes > 0)
        if self.at_once is not None:
            require(sum(not process.up for process in self.processes.values()) < self.at_once)
        self.processes[p].crash()
        if self.crashes is not None:
            self.crashes -= 1
        if self.connections is not None:
            self.connections.disconnect(p)

    @action(names)
    def restart(self, p: Any) -> None:
        """A crashed process runs again."""
        self.processes[p].restart()
