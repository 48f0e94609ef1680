"""Why two-phase commit is consistent, for any number of resource managers that z3 can be given: the invariant and its lemmas."""

from collections.abc import Iterable
from typing import Any

from modelcheck import lemma
from specs.commit.two_phase_commit import RM, TM, Decision, Manager, Prepared, TwoPhaseCommit


class NumberedTwoPhaseCommit(TwoPhaseCommit):
    """Two-phase commit whose resource managers are numbers, which is what a proof for every size takes for names."""

    def managers(self) -> Iterable[Any]:
        """The resource managers."""
        return range(self.rms)


class ProvedTwoPhaseCommit(NumberedTwoPhaseCommit):
    """Two-phase commit, with what makes its consistency inductive."""

    def everybody(self) -> Iterable[Manager]:
        """The resource managers."""
        return self.managers()

    @lemma(everybody)
    def heard_of_what_was_said(self, r: Manager) -> bool:
        """The transaction manager counts as prepared only who said so."""
        return r not in self.prepared or Prepared(r) in self.messages

    @lemma(everybody)
    def bound_by_its_word(self, r: Manager) -> bool:
        """Who said that it is prepared works no longer, and aborts only when told to."""
        if Prepared(r) not in self.messages:
            return True
        return self.rm[r] is not RM.WORKING and (self.rm[r] is not RM.ABORTED or Decision.ABORT in self.messages)

    @lemma
    def one_decision(self) -> bool:
        """A decision is made once: before, none is in flight, and after, one."""
        decided = Decision.COMMIT in self.messages or Decision.ABORT in self.messages
        both = Decision.COMMIT in self.messages and Decision.ABORT in self.messages
        return decided == (self.tm is TM.DONE) and not both

    @lemma(everybody)
    def commit_needs_everybody(self, r: Manager) -> bool:
        """The decision to commit is made only when everybody is prepared."""
        return Decision.COMMIT not in self.messages or r in self.prepared

    @lemma(everybody)
    def commits_when_told(self, r: Manager) -> bool:
        """Nobody commits before the decision to."""
        return self.rm[r] is not RM.COMMITTED or Decision.COMMIT in self.messages
