"""Two-phase commit: what must happen, as long as nobody fails.

Gray and Lamport, "Consensus on Transaction Commit", 2006, section 3. No resource manager has to prepare, and none has
to abort by itself; but the transaction manager decides at last, and decisions arrive. Then everybody decides. Without
the transaction manager's patience coming to an end, nobody has to.
"""

from collections.abc import Iterable

from modelcheck import eventually, fair, leads_to
from specs.commit.two_phase_commit import RM, Manager, TwoPhaseCommit


class TwoPhaseCommitProgress(TwoPhaseCommit):
    """The protocol with a transaction manager that works, and messages that arrive."""

    tm_receive_prepared = fair(TwoPhaseCommit.tm_receive_prepared)
    tm_commit = fair(TwoPhaseCommit.tm_commit)
    tm_abort = fair(TwoPhaseCommit.tm_abort)
    rm_receive_commit = fair(TwoPhaseCommit.rm_receive_commit)
    rm_receive_abort = fair(TwoPhaseCommit.rm_receive_abort)

    def everybody(self) -> Iterable[Manager]:
        """The resource managers."""
        return self.managers()

    def has_decided(self, r: Manager) -> bool:
        """Whether a resource manager knows its end."""
        return self.rm[r] in (RM.COMMITTED, RM.ABORTED)

    @eventually
    def all_decide(self) -> bool:
        """The transaction comes to an end everywhere."""
        return all(self.has_decided(r) for r in self.managers())

    @leads_to(everybody)
    def nobody_stays_prepared(self, r: Manager) -> tuple[bool, bool]:
        """Whoever is bound to the decision learns of it."""
        return self.rm[r] is RM.PREPARED, self.has_decided(r)
