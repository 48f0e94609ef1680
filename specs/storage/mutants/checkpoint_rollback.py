"""Checkpoints without coordination, and half of it; ``no_domino`` catches them all."""

from modelcheck import fails
from specs.storage.checkpoint_rollback import CheckpointRollback, Message, Process


@fails("no_domino", steps=4)
class Uncoordinated(CheckpointRollback):
    """Processes take checkpoints when they like, and one that goes back takes all back to the start, the domino effect: caught by no_domino."""

    def is_forced(self, process: Process, m: Message) -> bool:
        """Wrong: indexes are not looked at."""
        return False


@fails("no_domino", steps=3)
class TakesAfterwards(CheckpointRollback):
    """The checkpoint that a message forces is taken after the message is received: caught by no_domino."""

    def receive(self, m: Message) -> None:
        """Wrong: what was sent after the sender's checkpoint is in the receiver's."""
        self.network.receive(m)
        process = self.process[m.dst]
        process.events += 1
        process.received |= {(m.src, m.event)}
        if self.is_forced(process, m):
            self.take(process, m.index)


@fails("no_domino", steps=4)
class OnlyWhenFarBehind(CheckpointRollback):
    """A process that is one checkpoint behind the sender takes none, to save the trouble: caught by no_domino."""

    def is_forced(self, process: Process, m: Message) -> bool:
        """Wrong: one is enough for an orphan."""
        return m.index > process.checkpoints[-1].index + 1
