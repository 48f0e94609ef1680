"""Active replication with one bug each; ``same_state`` catches most of them."""

from modelcheck import fails
from specs.replication.active_replication import ActiveReplication, Command, Replica, Sequencer


@fails("same_state", steps=4)
class ArrivalOrder(ActiveReplication):
    """A replica executes commands as they arrive: caught by same_state."""

    def is_next(self, replica: Replica, number: int) -> bool:
        """Wrong: numbers are not looked at."""
        return True


@fails("same_state", steps=3)
class LocalTime(ActiveReplication):
    """A command depends on something of the replica's own, its clock for example: caught by same_state."""

    def result(self, r: int, value: int, command: Command) -> int:
        """Wrong: not deterministic, as far as the others are concerned."""
        return value + 1 + r if command is Command.ADD else 2 * value


class ForgetfulSequencer(Sequencer):
    """A sequencer that keeps its number in memory."""

    last: int = 0


@fails("same_state", steps=6)
class NumbersAgain(ActiveReplication):
    """A sequencer that restarts gives a number a second time, and replicas execute one or the other: caught by same_state."""

    def booted(self) -> Sequencer:
        """Wrong: the last number is volatile."""
        return ForgetfulSequencer()
