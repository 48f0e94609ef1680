"""Active replication: replicas that execute the same commands in the same order stay the same.

Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978, and Schneider, "Implementing
Fault-Tolerant Services Using the State Machine Approach: A Tutorial", 1990: agreement and order, and commands that
are deterministic. A sequencer numbers the commands of clients; each replica executes them by number. So t+1 replicas
answer as one although t of them crash, and a client takes the first answer.

*Choices.* The service is a number to which one is added, or which is doubled: the order matters. The network delivers
what the sequencer sends in any order, and to some replicas later than to others. The sequencer does not crash; it may
restart, with its last number on disk.

*Bounds.* So many commands, ``restarts`` of the sequencer.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Durable, Process, Record, Spec, action, invariant, reachable, require, terminal
from modelcheck.parts import Crashes


class Command(Enum):
    """What a client asks for."""

    ADD = "add"
    DOUBLE = "double"


@frozen
class Ordered:
    """A command with its number."""

    number: int
    command: Command


class Sequencer(Process):
    """The sequencer: the last number that it gave."""

    last: Durable[int] = 0


class Replica(Record):
    """A replica: which commands it has executed, in order, and the number that has come of it."""

    executed: tuple[Ordered, ...] = ()
    value: int = 3


class ActiveReplication(Spec):
    """The service, on a number of replicas."""

    replicas: int = 2
    commands: int = 3
    restarts: int = 1

    def init(self) -> None:
        """All replicas are the same."""
        self.sequencers = {"sequencer": self.booted()}
        self.faults = Crashes(processes=self.sequencers, crashes=self.restarts)
        self.replica = {r: Replica() for r in self.everybody()}
        self.ordered: set[Ordered] = set()
        self.left = self.commands

    def booted(self) -> Sequencer:
        """A sequencer that has given no number."""
        return Sequencer()

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(self.replicas)

    def numbers(self) -> Iterable[int]:
        """The numbers of commands."""
        return range(1, self.commands + 1)

    @action(Command)
    def order(self, command: Command) -> None:
        """The sequencer gives a client's command the next number, and sends it to all replicas."""
        sequencer = self.sequencers["sequencer"]
        require(sequencer.up)
        require(self.left > 0)
        self.left -= 1
        sequencer.last += 1
        self.ordered.add(Ordered(sequencer.last, command))

    @action(everybody, numbers, Command)
    def execute(self, r: int, number: int, command: Command) -> None:
        """A replica executes the next command."""
        ordered = Ordered(number, command)
        replica = self.replica[r]
        require(ordered in self.ordered)
        require(ordered not in replica.executed)
        require(self.is_next(replica, number))
        replica.executed = (*replica.executed, ordered)
        replica.value = self.result(r, replica.value, command)

    def is_next(self, replica: Replica, number: int) -> bool:
        """Commands are executed by number, without gaps."""
        return number == len(replica.executed) + 1

    def result(self, r: int, value: int, command: Command) -> int:
        """What a command makes of the number: the same on every replica."""
        return value + 1 if command is Command.ADD else 2 * value

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, r: int) -> Iterable[int]:
        """The replicas before one."""
        return range(r)

    @invariant(everybody, before)
    def same_state(self, r: int, s: int) -> bool:
        """Replicas that have executed equally many commands are the same."""
        one, other = self.replica[r], self.replica[s]
        return len(one.executed) != len(other.executed) or one.value == other.value

    @reachable(everybody)
    def runs_ahead(self, r: int) -> bool:
        """A replica can have executed everything before another one begins."""
        lengths = [len(self.replica[s].executed) for s in self.everybody() if s != r]
        return len(self.replica[r].executed) == self.commands and not any(lengths)

    @terminal
    def all_is_executed(self) -> bool:
        """Every replica has executed every command."""
        return all(len(replica.executed) == self.commands for replica in self.replica.values())
