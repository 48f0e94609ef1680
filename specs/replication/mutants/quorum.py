"""Quorum replication with one bug each; ``history.linearizable`` catches them all."""

from modelcheck import fails
from specs.replication.quorum import NOTHING, Node, Quorum, Replica, Stored, Version


@fails("history.linearizable", steps=10)
class ReturnsBeforeWriteBack(Quorum):
    """A reader tells the replicas what it read, and returns without their answer: a later read can be older, which linearizable catches."""

    crashes = 0

    def after_query(self, c: int) -> None:
        """Wrong: a read is complete when its write-back is sent."""
        super().after_query(c)
        if not self.is_writer(c):
            self.complete(c)


@fails("history.linearizable", steps=14)
class StoresOlder(Quorum):
    """A replica stores what it is told, even if it has something newer: a late request undoes a write, which linearizable catches."""

    crashes = 0

    def after_store(self, present: Stored, new: Stored) -> Stored:
        """Wrong: versions are not compared."""
        del present
        return new


@fails("history.linearizable", steps=15)
class IgnoresTimestamps(Quorum):
    """A writer counts its own writes only: its write can be lost behind another's, which linearizable catches."""

    writers = 2
    readers = 1
    crashes = 0

    def next_version(self, c: int) -> Version:
        """Wrong: what the replicas told is not used."""
        return Version(self.client[c].operation, c)


@fails("history.linearizable", steps=10)
class TakesLastAnswer(Quorum):
    """A client takes the answer that came last for the newest: a stale read, which linearizable catches."""

    crashes = 0

    def on_found(self, c: int, r: Node, stored: Stored) -> None:
        """Wrong: versions are not compared."""
        self.client[c].newest = stored
        super().on_found(c, r, stored)


class ForgetfulReplica(Replica):
    """A replica that stores in memory only."""

    stored: Stored = NOTHING


@fails("history.linearizable", steps=12)
class ForgetsInCrash(Quorum):
    """A crash loses what a replica has stored, and with it a complete write: caught by linearizable."""

    def booted(self) -> Replica:
        """Wrong: what is stored is volatile."""
        return ForgetfulReplica()


@fails("history.linearizable", steps=6)
class CountsItself(Quorum):
    """A client counts itself as one of the replicas that answered, so that quorums do not meet: caught by linearizable."""

    crashes = 0

    def is_enough(self, answers: int, quorum: int) -> bool:
        """Wrong: one answer too few."""
        return answers + 1 >= quorum
