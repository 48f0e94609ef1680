"""Two-phase commit: a transaction manager and its resource managers agree to commit or to abort.

Gray and Lamport, "Consensus on Transaction Commit", section 3. Messages are never consumed and never lost.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Interchangeable, Spec, action, invariant, reachable, require, terminal


class Manager(Interchangeable):
    """A resource manager's name."""


class RM(Enum):
    """A resource manager's state."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


class TM(Enum):
    """The transaction manager's state."""

    INIT = "init"
    DONE = "done"


@frozen
class Prepared:
    """A resource manager tells that it is prepared."""

    rm: Manager


class Decision(Enum):
    """The transaction manager tells its decision."""

    COMMIT = "commit"
    ABORT = "abort"


class TwoPhaseCommit(Spec):
    """The protocol, for a number of resource managers."""

    rms: int = 3

    def init(self) -> None:
        """Everybody works; nothing was sent."""
        self.rm = dict.fromkeys(self.managers(), RM.WORKING)
        self.tm = TM.INIT
        self.prepared: set[Manager] = set()
        self.messages: set[Prepared | Decision] = set()

    def managers(self) -> Iterable[Manager]:
        """The resource managers."""
        return Manager.several(self.rms)

    @action(managers)
    def tm_receive_prepared(self, r: Manager) -> None:
        """The transaction manager learns that r is prepared."""
        require(self.tm is TM.INIT)
        require(Prepared(r) in self.messages)
        self.prepared.add(r)

    @action
    def tm_commit(self) -> None:
        """All are prepared: the transaction manager decides to commit."""
        require(self.tm is TM.INIT)
        require(all(r in self.prepared for r in self.managers()))
        self.tm = TM.DONE
        self.messages.add(Decision.COMMIT)

    @action
    def tm_abort(self) -> None:
        """The transaction manager decides to abort, for whatever reason."""
        require(self.tm is TM.INIT)
        self.tm = TM.DONE
        self.messages.add(Decision.ABORT)

    @action(managers)
    def rm_prepare(self, r: Manager) -> None:
        """R is ready to commit, and from now on bound to the decision."""
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.PREPARED
        self.messages.add(Prepared(r))

    @action(managers)
    def rm_choose_to_abort(self, r: Manager) -> None:
        """R aborts on its own."""
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.ABORTED

    @action(managers)
    def rm_receive_commit(self, r: Manager) -> None:
        """R learns that the decision is to commit."""
        require(Decision.COMMIT in self.messages)
        self.rm[r] = RM.COMMITTED

    @action(managers)
    def rm_receive_abort(self, r: Manager) -> None:
        """R learns that the decision is to abort."""
        require(Decision.ABORT in self.messages)
        self.rm[r] = RM.ABORTED

    @invariant
    def consistent(self) -> bool:
        """No two resource managers decide differently."""
        states = set(self.rm.values())
        return not (RM.COMMITTED in states and RM.ABORTED in states)

    @reachable
    def all_commit(self) -> bool:
        """The transaction can be committed everywhere."""
        return all(state is RM.COMMITTED for state in self.rm.values())

    @reachable
    def all_abort(self) -> bool:
        """The transaction can be aborted everywhere."""
        return all(state is RM.ABORTED for state in self.rm.values())

    @terminal
    def decided(self) -> bool:
        """Everybody knows the decision: it can be delivered again, and changes nothing any more."""
        return all(state in (RM.COMMITTED, RM.ABORTED) for state in self.rm.values())
