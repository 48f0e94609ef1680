"""Transaction commit, and that two-phase commit implements it.

Gray and Lamport, "Consensus on Transaction Commit", 2006: section 2 is the problem, without messages and without a
transaction manager; section 3 says that two-phase commit implements it. The map is the obvious one, since the problem
is stated in the states of the resource managers.
"""

from collections.abc import Iterable

from modelcheck import Spec, action, invariant, refines, require, terminal
from specs.commit.two_phase_commit import RM, Manager, TwoPhaseCommit


class TransactionCommit(Spec):
    """What resource managers may do, as somebody sees who sees them all."""

    rms: int = 3

    def init(self) -> None:
        """Everybody works."""
        self.rm = dict.fromkeys(self.managers(), RM.WORKING)

    def managers(self) -> Iterable[Manager]:
        """The resource managers."""
        return Manager.several(self.rms)

    @action(managers)
    def prepare(self, r: Manager) -> None:
        """R is ready to commit."""
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.PREPARED

    @action(managers)
    def decide_to_commit(self, r: Manager) -> None:
        """R commits, which it may once all are prepared or have committed."""
        require(self.rm[r] is RM.PREPARED)
        require(all(state in (RM.PREPARED, RM.COMMITTED) for state in self.rm.values()))
        self.rm[r] = RM.COMMITTED

    @action(managers)
    def decide_to_abort(self, r: Manager) -> None:
        """R aborts, which it may unless somebody has committed."""
        require(self.rm[r] in (RM.WORKING, RM.PREPARED))
        require(RM.COMMITTED not in self.rm.values())
        self.rm[r] = RM.ABORTED

    @invariant
    def consistent(self) -> bool:
        """No two resource managers decide differently."""
        return not (RM.COMMITTED in self.rm.values() and RM.ABORTED in self.rm.values())

    @terminal
    def decided(self) -> bool:
        """Everybody has decided."""
        return all(state in (RM.COMMITTED, RM.ABORTED) for state in self.rm.values())


class TwoPhaseCommitRefines(TwoPhaseCommit):
    """Two-phase commit, with the map to what it implements."""

    @refines
    def transaction(self) -> TransactionCommit:
        """The resource managers, and nothing of how they agree."""
        spec = TransactionCommit(rms=self.rms)
        spec.rm = dict(self.rm)
        return spec
