"""Two-phase commit, whose resource managers may trade places."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import (
    Interchangeable,
    Spec,
    action,
    invariant,
    reachable,
    require,
    terminal,
)


class Manager(Interchangeable):
    """A resource manager."""


class RM(Enum):
    """Its state."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


@frozen
class Prepared:
    """A message."""

    rm: Manager


class TwoPhaseCommit(Spec):
    """Two-phase commit, with interchangeable managers."""

    rms: int = 3

    def init(self) -> None:
        self.rm = dict.fromkeys(self.managers(), RM.WORKING)
        self.decided = False
        self.prepared: set[Manager] = set()
        self.messages: set[Prepared | str] = set()

    def managers(self) -> Iterable[Manager]:
        return Manager.several(self.rms)

    @action(managers)
    def tm_receive_prepared(self, r: Manager) -> None:
        require(not self.decided)
        require(Prepared(r) in self.messages)
        self.prepared.add(r)

    @action
    def tm_commit(self) -> None:
        require(not self.decided)
        require(all(r in self.prepared for r in self.managers()))
        self.decided = True
        self.messages.add("commit")

    @action
    def tm_abort(self) -> None:
        require(not self.decided)
        self.decided = True
        self.messages.add("abort")

    @action(managers)
    def rm_prepare(self, r: Manager) -> None:
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.PREPARED
        self.messages.add(Prepared(r))

    @action(managers)
    def rm_choose_to_abort(self, r: Manager) -> None:
        require(self.rm[r] is RM.WORKING)
        self.rm[r] = RM.ABORTED

    @action(managers)
    def rm_receive_commit(self, r: Manager) -> None:
        require("commit" in self.messages)
        self.rm[r] = RM.COMMITTED

    @action(managers)
    def rm_receive_abort(self, r: Manager) -> None:
        require("abort" in self.messages)
        self.rm[r] = RM.ABORTED

    @invariant
    def consistent(self) -> bool:
        states = set(self.rm.values())
        return not (RM.COMMITTED in states and RM.ABORTED in states)

    @reachable
    def all_commit(self) -> bool:
        return all(state is RM.COMMITTED for state in self.rm.values())

    @terminal
    def all_know(self) -> bool:
        return all(state in (RM.COMMITTED, RM.ABORTED) for state in self.rm.values())
