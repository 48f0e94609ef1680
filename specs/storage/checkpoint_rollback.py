"""Checkpoints and rollback: how far back a system must go when one of its processes fails.

Randell, "System Structure for Software Fault Tolerance", 1975, on the domino effect; Briatico, Ciuffoletti and
Simoncini, "A Distributed Domino-Effect Free Recovery Algorithm", 1984; Elnozahy et al., "A Survey of
Rollback-Recovery Protocols", 2002, sections 2 and 3. If a process goes back to a checkpoint, whoever has received
what it sent since then must go back, too, and so on. Here each message carries the index of its sender's last
checkpoint, and a process that gets a larger index than its own takes a checkpoint first. Then checkpoints of one
index are always a line to which all can go back.

*Choices.* A checkpoint is taken any time, and is the number of messages sent and received until then. What is under
way when processes go back is kept by the channel.

*Bounds.* ``messages``, and ``checkpoints`` that processes take by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Record, Spec, action, invariant, reachable, require, terminal


@frozen
class Message:
    """A message: who has sent it, as which event of its own, and the index of its last checkpoint."""

    src: int
    dst: int
    event: int
    index: int


@frozen
class Checkpoint:
    """A checkpoint: its index, how many events were before it, and the sendings of others that were received by then."""

    index: int
    events: int
    received: frozenset[tuple[int, int]]


class Process(Record):
    """A process: its events so far, what it has received, and its checkpoints."""

    events: int = 0
    received: frozenset[tuple[int, int]] = frozenset()
    checkpoints: tuple[Checkpoint, ...] = (Checkpoint(0, 0, frozenset()),)


class CheckpointRollback(Spec):
    """The protocol, for a number of processes."""

    processes: int = 2
    messages: int = 3
    checkpoints: int = 2

    def init(self) -> None:
        """Each process has a checkpoint of its start."""
        self.process = {p: Process() for p in self.everybody()}
        self.network: Network[Message] = Network()
        self.messages_left = self.messages
        self.checkpoints_left = self.checkpoints

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.processes)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.processes) if q != p]

    def arriving(self) -> Iterable[Message]:
        """The messages under way."""
        return self.network.deliverable()

    @action(everybody, others)
    def send(self, p: int, q: int) -> None:
        """A process sends a message, with the index of its last checkpoint."""
        require(self.messages_left > 0)
        self.messages_left -= 1
        process = self.process[p]
        process.events += 1
        self.network.send(Message(p, q, process.events, process.checkpoints[-1].index))

    @action(arriving)
    def receive(self, m: Message) -> None:
        """A process gets a message; if its index is larger, a checkpoint comes first."""
        self.network.receive(m)
        process = self.process[m.dst]
        if self.is_forced(process, m):
            self.take(process, m.index)
        process.events += 1
        process.received |= {(m.src, m.event)}

    def is_forced(self, process: Process, m: Message) -> bool:
        """The sender has a checkpoint that the receiver has not."""
        return m.index > process.checkpoints[-1].index

    @action(everybody)
    def checkpoint(self, p: int) -> None:
        """A process takes a checkpoint by itself."""
        require(self.checkpoints_left > 0)
        self.checkpoints_left -= 1
        process = self.process[p]
        self.take(process, process.checkpoints[-1].index + 1)

    def take(self, process: Process, index: int) -> None:
        """The state of a process is saved."""
        process.checkpoints = (*process.checkpoints, Checkpoint(index, process.events, process.received))

    # Recovery -----------------------------------------------------------------------------------------------------------

    def recovery_line(self) -> dict[int, int]:
        """Which checkpoint each process goes back to if all lose what they have in memory: rollback propagation, until nothing changes."""
        line = {p: len(self.process[p].checkpoints) - 1 for p in self.everybody()}
        while orphans := [p for p in self.everybody() if line[p] > 0 and self.is_orphaned(p, line)]:
            line[orphans[0]] -= 1
        return line

    def is_orphaned(self, p: int, line: dict[int, int]) -> bool:
        """The checkpoint of p has received what its sender, going back, has not sent."""
        checkpoint = self.process[p].checkpoints[line[p]]
        return any(event > self.process[q].checkpoints[line[q]].events for q, event in checkpoint.received)

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def no_domino(self) -> bool:
        """Nobody goes back before the latest index that all have reached."""
        common = min(process.checkpoints[-1].index for process in self.process.values())
        line = self.recovery_line()
        return all(self.process[p].checkpoints[line[p]].index >= common for p in self.everybody())

    @reachable
    def checkpoint_is_useless(self) -> bool:
        """A checkpoint can be one to which nobody will go back."""
        return any(line < len(self.process[p].checkpoints) - 1 for p, line in self.recovery_line().items())

    @terminal
    def all_has_arrived(self) -> bool:
        """Everything was sent and received."""
        return True
