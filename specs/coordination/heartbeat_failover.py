"""Failover by heartbeats: a backup that hears nothing takes over, and the storage fences the old primary off.

The failure detector of Chandra and Toueg, "Unreliable Failure Detectors for Reliable Distributed Systems", 1996, in
its simplest form; fencing as in Burrows, "The Chubby Lock Service", 2006. If the interval, the delay of a message and
the drift of clocks are bounded, a timeout that is longer than all of them together is never wrong. In a network
without such bounds it can be, so the storage takes nothing of an epoch before the latest.

*Choices.* One heartbeat is under way at a time; it takes up to ``delay`` ticks. A primary that crashes stays down.
The epoch of the backup is known to the storage before it acts.

*Bounds.* ``crashes``, and one write that is under way of each server.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, invariant, reachable, require, terminal
from modelcheck.parts import Timers

PRIMARY, BACKUP = 1, 2


@frozen
class Write:
    """A write that is on its way to the storage, with the epoch of its server."""

    epoch: int


class HeartbeatFailover(Spec):
    """A primary of epoch 1, and a backup that becomes the primary of epoch 2."""

    interval: int = 1
    delay: int = 1
    timeout: int = 5
    drift: int = 1
    crashes: int = 1

    def init(self) -> None:
        """The primary works, and a heartbeat is due."""
        self.primary_is_up = True
        self.backup_leads = False
        self.timers = Timers(names=("interval", "message", "timeout"), drift=self.drift)
        self.timers.start("interval", self.interval, drift=0)
        self.timers.start("timeout", self.timeout)
        self.network: Network[Write] = Network(copies=1)
        self.epoch = 1
        self.stored = 0
        self.overtaken = False

    def arriving(self) -> Iterable[Write]:
        """The writes under way."""
        return self.network.deliverable()

    # Heartbeats -------------------------------------------------------------------------------------------------------

    @action
    def beat(self) -> None:
        """The primary sends a heartbeat when its interval has passed."""
        require(self.primary_is_up)
        require(not self.timers.runs("message"))
        self.timers.end("interval")
        self.timers.start("interval", self.interval, drift=0)
        self.send()

    def send(self) -> None:
        """The heartbeat arrives within its delay."""
        self.timers.start("message", 0, drift=self.delay)

    @action
    def hear(self) -> None:
        """The backup gets a heartbeat, and waits anew."""
        self.timers.end("message")
        if not self.backup_leads:
            self.timers.start("timeout", self.timeout)

    @action
    def crash(self) -> None:
        """The primary crashes."""
        require(self.primary_is_up)
        self.primary_is_up = False
        self.timers.stop("interval")

    @action
    def take_over(self) -> None:
        """The backup has heard nothing for so long that the primary must be down."""
        self.timers.end("timeout")
        self.backup_leads = True
        self.fence()

    def fence(self) -> None:
        """The storage is told of the new epoch."""
        self.epoch = 2

    # Writes -----------------------------------------------------------------------------------------------------------

    @action
    def write_as_primary(self) -> None:
        """The primary writes."""
        require(self.primary_is_up)
        self.network.send(Write(PRIMARY))

    @action
    def write_as_backup(self) -> None:
        """The backup writes, in the primary's place."""
        require(self.backup_leads)
        self.network.send(Write(BACKUP))

    @action(arriving)
    def store(self, m: Write) -> None:
        """The storage takes a write, unless it knows of a later epoch."""
        self.network.receive(m)
        if m.epoch >= self.epoch:
            self.overtaken = m.epoch < self.stored
            self.stored = m.epoch

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def detector_is_right(self) -> bool:
        """Strong accuracy: nobody is suspected who is up."""
        return not (self.primary_is_up and self.backup_leads)

    @invariant
    def no_stale_write(self) -> bool:
        """No write of the old primary takes effect after one of the new primary."""
        return not self.overtaken

    @reachable
    def fails_over(self) -> bool:
        """The backup can take over, and write."""
        return self.stored == BACKUP

    @terminal
    def at_rest(self) -> bool:
        """Both may be idle."""
        return True
