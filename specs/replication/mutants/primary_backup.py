"""Primary and backup where it breaks: answered too early, with a detector that errs, and with one bug each."""

from modelcheck import fails
from specs.replication.primary_backup import PrimaryBackup, Role, Server


@fails("history.linearizable", steps=4)
class Asynchronous(PrimaryBackup):
    """The client is answered before the backup knows, and a failover loses its write: caught by linearizable."""

    synchronous = False


@fails("one_acts_alone", steps=2)
class SplitBrain(PrimaryBackup):
    """Each server takes the other to be down, and both answer clients: caught by one_acts_alone."""

    crashes = 0
    suspicions = 2


@fails("history.linearizable", steps=3)
class ReadsFromOldPrimary(PrimaryBackup):
    """One wrong suspicion: no write is lost, since the old primary asks its backup, but it still answers reads; caught by linearizable."""

    crashes = 0
    suspicions = 1


@fails("history.linearizable", steps=7)
class ForgetsToStore(PrimaryBackup):
    """The backup acknowledges what it does not store: caught by linearizable."""

    def store(self, server: Server, value: int) -> None:
        """Wrong: the update is dropped."""


@fails("history.linearizable", steps=5)
class ReadsUnreplicated(PrimaryBackup):
    """The primary lets clients read a write that the backup may not have: after a failover they read the old value; caught by linearizable."""

    def answers_reads(self, server: Server) -> bool:
        """Wrong: also while a write is under way."""
        return server.role is not Role.BACKUP
