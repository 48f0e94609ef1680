"""Viewstamped Replication: a primary orders operations, views follow each other, and replicas recover without a disk.

Liskov and Cowling, "Viewstamped Replication Revisited", 2012: section 4.1 normal operation, 4.2 view changes, 4.3
recovery. The recovery as published can lose an operation: a replica that has asked for a view change, crashes and
recovers finds itself in the old view, and forgets what it has told the new primary (Michael, Ports, Sharma and
Szekeres, "Recovering Shared Objects Without Stable Storage", 2017). What mends it here is a view number on disk: no
replica goes back to a view before one that it has announced. The mutant ``Revisited`` is the protocol as published.

*Choices.* Everything that was ever sent can be received at any later time, any number of times, or never; a message
that is broadcast is one message. A Prepare carries the whole log, so state transfer is part of it. Clients and commit
messages are left out: an operation is committed when the primary has f PrepareOks. The nonce of a recovery is a
count.

*Bounds.* ``views``, ``operations`` and ``crashes``; no more than f replicas are recovering at once, as the protocol
assumes.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Record, Spec, action, bound, invariant, reachable, require, terminal


class Status(Enum):
    """What a replica is doing."""

    NORMAL = "normal"
    VIEW_CHANGE = "view-change"
    RECOVERING = "recovering"


@frozen
class Operation:
    """An operation, named by the view in which a primary first took it and by its number there."""

    view: int
    number: int


Log = tuple[Operation, ...]


@frozen
class Committed:
    """An operation, and the view in which a primary committed it."""

    operation: Operation
    view: int


@frozen
class Prepare:
    """The primary sends its log."""

    view: int
    log: Log


@frozen
class PrepareOk:
    """A backup has so many operations."""

    view: int
    src: int
    length: int


@frozen
class StartViewChange:
    """A replica wants a view, or has heard that another one does."""

    view: int
    src: int


@frozen
class DoViewChange:
    """A replica tells the primary of a new view what it has, and from which view."""

    view: int
    src: int
    log: Log
    last_normal: int


@frozen
class StartView:
    """The primary of a new view sends the log with which it starts."""

    view: int
    log: Log


@frozen
class Recovery:
    """A replica that has crashed asks for everything."""

    src: int
    nonce: int


@frozen
class RecoveryResponse:
    """What a replica in normal status answers; only the primary sends its log."""

    src: int
    dst: int
    nonce: int
    view: int
    log: Log | None


Message = Prepare | PrepareOk | StartViewChange | DoViewChange | StartView | Recovery | RecoveryResponse


class Replica(Record):
    """A replica; ``announced`` is on disk."""

    status: Status = Status.NORMAL
    view: int = 0
    last_normal: int = 0
    log: Log = ()
    nonce: int = 0
    announced: int = 0


class ViewstampedReplication(Spec):
    """The protocol, for 2f+1 replicas."""

    f: int = 1
    views: int = 2
    operations: int = 1
    crashes: int = 1

    def init(self) -> None:
        """Replica 0 is the primary of view 0."""
        self.replica = {i: Replica() for i in self.everybody()}
        self.messages: set[Message] = set()
        self.committed: dict[int, Committed | None] = dict.fromkeys(range(self.operations))
        self.crashes_left = self.crashes

    def everybody(self) -> Iterable[int]:
        """The replicas."""
        return range(2 * self.f + 1)

    def all_views(self) -> Iterable[int]:
        """The views."""
        return range(self.views)

    def primary(self, view: int) -> int:
        """The primary of a view, round robin."""
        return view % (2 * self.f + 1)

    # Normal operation (section 4.1) -------------------------------------------------------------------------------------

    @action(everybody)
    def request(self, i: int) -> None:
        """The primary adds a client's request to its log, and sends a Prepare."""
        replica = self.replica[i]
        require(replica.status is Status.NORMAL)
        require(i == self.primary(replica.view))
        bound(len(replica.log) < self.operations)
        replica.log = (*replica.log, Operation(replica.view, len(replica.log)))
        self.messages.add(Prepare(replica.view, replica.log))

    def prepares(self) -> Iterable[Prepare]:
        """The Prepares that were sent."""
        return [m for m in self.messages if isinstance(m, Prepare)]

    @action(everybody, prepares)
    def prepare(self, i: int, m: Prepare) -> None:
        """A backup adds what it does not have, and answers PrepareOk."""
        replica = self.replica[i]
        require(replica.status is Status.NORMAL)
        require(replica.view == m.view)
        require(i != self.primary(m.view))
        require(len(replica.log) < len(m.log))
        replica.log = m.log
        self.messages.add(PrepareOk(m.view, i, len(m.log)))

    @action(everybody)
    def commit(self, i: int) -> None:
        """With f PrepareOks the primary commits, and answers the client."""
        replica = self.replica[i]
        require(replica.status is Status.NORMAL)
        require(i == self.primary(replica.view))
        length = len(replica.log)
        require(length > 0)
        require(self.committed[length - 1] is None)
        oks = {m.src for m in self.messages if isinstance(m, PrepareOk) and m.view == replica.view and m.length >= length}
        require(len(oks - {i}) >= self.f)
        for number, operation in enumerate(replica.log):
            if self.committed[number] is None:
                self.committed[number] = Committed(operation, replica.view)

    # View changes (section 4.2) -----------------------------------------------------------------------------------------

    @action(everybody, all_views)
    def start_view_change(self, i: int, view: int) -> None:
        """A replica that suspects the primary, or hears that another one does, goes to the next view."""
        replica = self.replica[i]
        require(replica.status is not Status.RECOVERING)
        require(replica.view < view)
        require(view == replica.view + 1 or any(StartViewChange(view, j) in self.messages for j in self.everybody()))
        replica.status = Status.VIEW_CHANGE
        self.announce(replica, view)
        self.messages.add(StartViewChange(view, i))

    def announce(self, replica: Replica, view: int) -> None:
        """A view is on disk before anybody hears of it."""
        replica.view = view
        replica.announced = view

    @action(everybody)
    def do_view_change(self, i: int) -> None:
        """With f StartViewChanges of others, a replica tells the new primary what it has."""
        replica = self.replica[i]
        require(replica.status is Status.VIEW_CHANGE)
        others = [j for j in self.everybody() if j != i and StartViewChange(replica.view, j) in self.messages]
        require(len(others) >= self.f)
        self.messages.add(DoViewChange(replica.view, i, replica.log, replica.last_normal))

    @action(everybody)
    def start_view(self, i: int) -> None:
        """With f+1 DoViewChanges, its own among them, the new primary takes the log of the latest normal view, the longest of those."""
        replica = self.replica[i]
        require(replica.status is Status.VIEW_CHANGE)
        require(i == self.primary(replica.view))
        told = [m for m in self.messages if isinstance(m, DoViewChange) and m.view == replica.view]
        require(i in {m.src for m in told})
        require(len({m.src for m in told}) > self.f)
        self.become_normal(replica, replica.view, self.best(told))
        self.messages.add(StartView(replica.view, replica.log))

    def best(self, told: list[DoViewChange]) -> Log:
        """The log with the largest viewstamp: of the latest normal view, and there the longest."""
        return max(told, key=lambda m: (m.last_normal, len(m.log))).log

    def become_normal(self, replica: Replica, view: int, log: Log) -> None:
        """A replica works in a view."""
        replica.status = Status.NORMAL
        self.announce(replica, view)
        replica.last_normal = view
        replica.log = log

    def starts(self) -> Iterable[StartView]:
        """The StartViews that were sent."""
        return [m for m in self.messages if isinstance(m, StartView)]

    @action(everybody, starts)
    def enter_view(self, i: int, m: StartView) -> None:
        """A replica that hears of the new view takes its log, and answers PrepareOk."""
        replica = self.replica[i]
        require(replica.status is not Status.RECOVERING)
        require(replica.view < m.view or (replica.view == m.view and replica.status is Status.VIEW_CHANGE))
        require(i != self.primary(m.view))
        self.become_normal(replica, m.view, m.log)
        if m.log:
            self.messages.add(PrepareOk(m.view, i, len(m.log)))

    # Recovery (section 4.3) ---------------------------------------------------------------------------------------------

    @action(everybody)
    def crash(self, i: int) -> None:
        """A replica loses everything but its disk, comes back, and asks the others."""
        require(self.crashes_left > 0)
        require(self.replica[i].status is not Status.RECOVERING)
        require(sum(r.status is Status.RECOVERING for r in self.replica.values()) < self.f)
        self.crashes_left -= 1
        nonce = self.replica[i].nonce + 1
        self.replica[i] = Replica(status=Status.RECOVERING, nonce=nonce, announced=self.replica[i].announced)
        self.messages.add(Recovery(i, nonce))

    def recoveries(self) -> Iterable[Recovery]:
        """The Recovery messages that were sent."""
        return [m for m in self.messages if isinstance(m, Recovery)]

    @action(everybody, recoveries)
    def respond(self, i: int, m: Recovery) -> None:
        """A replica in normal status answers with its view, the primary with its log."""
        replica = self.replica[i]
        require(replica.status is Status.NORMAL)
        require(i != m.src)
        log = replica.log if i == self.primary(replica.view) else None
        self.messages.add(RecoveryResponse(i, m.src, m.nonce, replica.view, log))

    @action(everybody)
    def recover(self, i: int) -> None:
        """With f+1 responses, that of the primary of the latest view among them, a replica is back."""
        replica = self.replica[i]
        require(replica.status is Status.RECOVERING)
        told = [m for m in self.messages if isinstance(m, RecoveryResponse) and (m.dst, m.nonce) == (i, replica.nonce)]
        require(len({m.src for m in told}) > self.f)
        latest = max(m.view for m in told)
        require(self.may_recover(replica, latest))
        logs = [m.log for m in told if m.view == latest and m.log is not None]
        require(logs)
        self.become_normal(replica, latest, max(logs, key=len))

    def may_recover(self, replica: Replica, view: int) -> bool:
        """Not into a view before one that the replica has announced."""
        return view >= replica.announced

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody)
    def committed_survives(self, i: int) -> bool:
        """What is committed is in the log of the primary of every later view."""
        replica = self.replica[i]
        if replica.status is not Status.NORMAL or i != self.primary(replica.view):
            return True
        return all(
            committed is None or committed.view > replica.view or replica.log[number : number + 1] == (committed.operation,)
            for number, committed in self.committed.items()
        )

    @reachable
    def commits_in_next_view(self) -> bool:
        """An operation of one primary can be committed by the next."""
        return any(committed is not None and committed.operation.view < committed.view for committed in self.committed.values())

    @reachable
    def recovers_log(self) -> bool:
        """A replica can come back with what it had."""
        return any(r.nonce > 0 and r.status is Status.NORMAL and r.log for r in self.replica.values())

    @terminal
    def may_stop(self) -> bool:
        """In the last view nothing needs to follow."""
        return True
