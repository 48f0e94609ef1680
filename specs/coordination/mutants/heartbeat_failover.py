"""Failover by heartbeats where it breaks: timeouts that are wrong, and no fencing."""

from modelcheck import fails
from specs.coordination.heartbeat_failover import HeartbeatFailover


@fails("detector_is_right", steps=4)
class ShortTimeout(HeartbeatFailover):
    """The timeout is longer than the interval, and does not allow for delay and drift: caught by detector_is_right."""

    timeout = 3


@fails("detector_is_right", steps=8)
class LosesHeartbeats(HeartbeatFailover):
    """The network loses heartbeats, and an epoch of silence is nobody's fault: caught by detector_is_right.

    With fencing no harm comes of it: no_stale_write holds.
    """

    def send(self) -> None:
        """Wrong: the heartbeat is gone."""


@fails("no_stale_write", steps=10)
class Unfenced(HeartbeatFailover):
    """The storage is not told of the failover, and a late write of the old primary undoes a newer one: caught by no_stale_write.

    The detector is right here: the primary is down when the backup takes over.
    """

    def fence(self) -> None:
        """Wrong: epochs are compared with the first one for ever."""
