"""PBFT with one bug each; ``agreement`` catches them all."""

from modelcheck import fails
from specs.consensus.pbft import Certificate, Pbft, Replica


@fails("agreement", steps=6)
class ThreeReplicas(Pbft):
    """Three replicas, one of them Byzantine: any two are a majority, and that is not enough; caught by agreement."""

    replicas = 3
    views = 1

    def is_enough(self, count: int) -> bool:
        """Wrong: two quorums have only the Byzantine replica in common."""
        return 2 * count > self.replicas


@fails("agreement", steps=7)
class AcceptsTwice(Pbft):
    """A backup accepts a second PRE-PREPARE in a view, of a primary that sends two: caught by agreement."""

    views = 1

    def may_accept(self, replica: Replica) -> bool:
        """Wrong: what was accepted before is not looked at."""
        return replica.executed is None


@fails("agreement", steps=11)
class NoCommitPhase(Pbft):
    """A replica executes when it is prepared, as if one round were enough, and the next view does not know: caught by agreement."""

    def is_committed(self, c: Certificate) -> bool:
        """Wrong: others may not be prepared."""
        return True


@fails("agreement", steps=13)
class IgnoresCertificates(Pbft):
    """The primary of a new view proposes what it likes, and backups let it: caught by agreement."""

    def justifies(self, showing: list[list[Certificate | None]], request: int) -> bool:
        """Wrong: certificates are not looked at."""
        return True


@fails("agreement", steps=13)
class BelievesCertificates(Pbft):
    """Certificates are taken on trust, and a Byzantine replica shows one that never was: caught by agreement."""

    def is_valid(self, c: Certificate) -> bool:
        """Wrong: nobody looks at the messages in it."""
        return True
