"""What consistency and availability come to when the network is cut: each protocol loses the one that it gives up."""

from modelcheck import action, fails, require
from specs.replication.cap import AvailableStore, ConsistentStore


@fails("deadlock", steps=3)
class ConsistentUnderPartition(ConsistentStore):
    """CP: the client of a site that cannot reach the other one waits for ever, a deadlock; linearizable holds."""

    @action
    def cut_network(self) -> None:
        """The sites cannot reach each other any more."""
        require(not self.cut)
        self.cut = True


@fails("history.linearizable", steps=5)
class AvailableUnderPartition(AvailableStore):
    """AP: every client gets an answer, and one reads what was overwritten at the other site: not linearizable."""

    @action
    def cut_network(self) -> None:
        """The sites cannot reach each other any more."""
        require(not self.cut)
        self.cut = True


@fails("deadlock", steps=6)
class PrimaryUnderPartition(AvailableUnderPartition):
    """CP with a primary: site 0 goes on alone, and only the clients of site 1 wait for ever, a deadlock still."""

    def prepare(self, s: int) -> None:
        """Site 0 needs to ask nobody."""
        require(s == 0 or not self.cut)
