"""Zab: a primary broadcasts changes in order, and a new primary first learns what the old ones have committed.

Junqueira, Reed and Serafini, "Zab: High-performance broadcast for primary-backup systems", 2011, section IV:
discovery, synchronization, broadcast. A transaction is named by its zxid: the epoch of the primary that broadcast it,
and a count. Followers accept an epoch, then the history of its primary, and only then transactions; who has accepted
an epoch takes nothing from earlier ones.

*Choices.* An exchange of the leader with one follower is one step. Who leads is up to an oracle that may name anybody
at any time, as phase 0 is in the paper. A follower's state is on disk, so that a crash is a pause; a leader that lost
its followers is a leader that nobody follows any more. Channels are FIFO, so a follower that has accepted a history
gets what comes after it, in order.

*Bounds.* ``epochs``, and ``transactions`` in all.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Record, Spec, action, bound, invariant, reachable, require, terminal


@frozen
class Transaction:
    """A transaction, named by its zxid."""

    epoch: int
    counter: int


History = tuple[Transaction, ...]


class Peer(Record):
    """A process: what it has accepted as a follower, and the last four fields what it does as a leader.

    ``accepted_epoch`` is f.p of the paper, ``current_epoch`` is f.a.
    """

    accepted_epoch: int = 0
    current_epoch: int = 0
    history: History = ()
    delivered: int = 0
    leads: int = 0
    promised: frozenset[int] = frozenset()
    synced: frozenset[int] = frozenset()
    is_established: bool = False


class Zab(Spec):
    """The protocol, for a number of processes."""

    peers: int = 3
    epochs: int = 2
    transactions: int = 2

    def init(self) -> None:
        """Nobody leads."""
        self.peer = {p: Peer() for p in self.everybody()}
        self.broadcast_so_far = 0

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.peers)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.peers) if q != p]

    def is_quorum(self, some: frozenset[int]) -> bool:
        """More than half."""
        return 2 * len(some) > self.peers

    # Phase 1: discovery -------------------------------------------------------------------------------------------------

    @action(everybody)
    def start_epoch(self, p: int) -> None:
        """A prospective leader, having heard the epochs that a quorum has accepted, proposes a later one, and accepts it itself."""
        epoch = 1 + max(peer.accepted_epoch for peer in self.peer.values())
        bound(epoch <= self.epochs)
        leader = self.peer[p]
        leader.leads = leader.accepted_epoch = epoch
        leader.promised = frozenset({p})
        leader.synced = frozenset()
        leader.is_established = False

    @action(everybody, others)
    def promise(self, p: int, q: int) -> None:
        """A follower accepts the epoch, if it has accepted none as late, and tells its current epoch and its history; the leader keeps the latest."""
        leader, follower = self.peer[p], self.peer[q]
        require(leader.leads > 0)
        require(not leader.synced)
        require(follower.accepted_epoch < leader.leads)
        self.step_back(follower, leader.leads)
        leader.promised |= {q}
        if self.is_later(follower, leader):
            leader.current_epoch = follower.current_epoch
            leader.history = follower.history

    def step_back(self, peer: Peer, epoch: int) -> None:
        """Whoever accepts an epoch leads no more in an earlier one."""
        peer.accepted_epoch = epoch
        peer.leads = 0
        peer.promised = peer.synced = frozenset()
        peer.is_established = False

    def is_later(self, follower: Peer, leader: Peer) -> bool:
        """The follower's history is of a later epoch, or longer in the same one."""
        return (follower.current_epoch, len(follower.history)) > (leader.current_epoch, len(leader.history))

    # Phase 2: synchronization -------------------------------------------------------------------------------------------

    @action(everybody)
    def start_synchronization(self, p: int) -> None:
        """With a quorum of promises, the leader proposes NEWLEADER with its history, and accepts that itself."""
        leader = self.peer[p]
        require(leader.leads > 0)
        require(leader.leads == leader.accepted_epoch)
        require(not leader.synced)
        require(self.is_quorum(leader.promised))
        leader.current_epoch = leader.leads
        leader.synced = frozenset({p})

    @action(everybody, others)
    def synchronize(self, p: int, q: int) -> None:
        """A follower that is still in the epoch accepts the leader's history for its own."""
        leader, follower = self.peer[p], self.peer[q]
        require(leader.synced)
        require(q in leader.promised)
        require(q not in leader.synced)
        require(self.is_still_in(follower, leader.leads))
        follower.current_epoch = leader.leads
        follower.history = leader.history
        leader.synced |= {q}

    def is_still_in(self, follower: Peer, epoch: int) -> bool:
        """The follower has accepted no later epoch."""
        return follower.accepted_epoch == epoch

    @action(everybody)
    def establish(self, p: int) -> None:
        """With a quorum of ACKNEWLEADER, the leader commits: what it has is delivered, and it may broadcast."""
        leader = self.peer[p]
        require(self.is_quorum(leader.synced))
        require(not leader.is_established)
        leader.is_established = True
        leader.delivered = len(leader.history)

    # Phase 3: broadcast -------------------------------------------------------------------------------------------------

    @action(everybody)
    def broadcast(self, p: int) -> None:
        """An established leader proposes a transaction, and accepts it itself."""
        leader = self.peer[p]
        require(leader.is_established)
        bound(self.broadcast_so_far < self.transactions)
        self.broadcast_so_far += 1
        leader.history = (*leader.history, Transaction(leader.leads, self.broadcast_so_far))

    @action(everybody, others)
    def accept(self, p: int, q: int) -> None:
        """A follower that has accepted the leader's history accepts the next transaction."""
        leader, follower = self.peer[p], self.peer[q]
        require(leader.is_established)
        require(q in leader.synced)
        require(self.is_still_in(follower, leader.leads))
        require(len(follower.history) < len(leader.history))
        follower.history = leader.history[: len(follower.history) + 1]

    @action(everybody)
    def commit(self, p: int) -> None:
        """A transaction that a quorum has accepted is committed, and delivered by the leader."""
        leader = self.peer[p]
        require(leader.is_established)
        require(leader.delivered < len(leader.history))
        next_one = leader.delivered + 1
        having = frozenset(q for q in leader.synced if self.peer[q].history[:next_one] == leader.history[:next_one])
        require(self.is_quorum(having))
        leader.delivered = next_one

    @action(everybody, others)
    def deliver(self, p: int, q: int) -> None:
        """A follower delivers what its leader has delivered."""
        leader, follower = self.peer[p], self.peer[q]
        require(leader.is_established)
        require(q in leader.synced)
        require(self.is_still_in(follower, leader.leads))
        require(follower.delivered < min(leader.delivered, len(follower.history)))
        follower.delivered += 1

    # Properties (section III) -------------------------------------------------------------------------------------------

    def before(self, p: int) -> Iterable[int]:
        """The processes before one."""
        return range(p)

    @invariant(everybody, before)
    def total_order(self, p: int, q: int) -> bool:
        """Total order and agreement: of what two processes have delivered, the one is the beginning of the other."""
        one, other = self.peer[p], self.peer[q]
        both = min(one.delivered, other.delivered)
        return one.history[:both] == other.history[:both]

    @invariant(everybody)
    def primary_order(self, p: int) -> bool:
        """Local and global primary order: what is delivered is in the order of epochs, and of broadcast in each."""
        history = self.peer[p].history[: self.peer[p].delivered]
        return list(history) == sorted(history, key=lambda t: (t.epoch, t.counter))

    @invariant(everybody, everybody)
    def primary_integrity(self, p: int, q: int) -> bool:
        """Before a primary broadcasts, it has delivered what was delivered of earlier epochs."""
        leader, other = self.peer[p], self.peer[q]
        if not leader.is_established or leader.leads < max(peer.leads for peer in self.peer.values()):
            return True
        earlier = [t for t in other.history[: other.delivered] if t.epoch < leader.leads]
        return all(t in leader.history for t in earlier)

    @reachable
    def keeps_uncommitted(self) -> bool:
        """A new primary can deliver what the old one did not live to commit."""
        return any(peer.is_established and peer.leads == self.epochs and peer.delivered for peer in self.peer.values())

    @reachable
    def drops_uncommitted(self) -> bool:
        """What only the old primary had can be lost."""
        return any(len(peer.history) < self.broadcast_so_far and peer.current_epoch == self.epochs for peer in self.peer.values())

    @terminal
    def may_stop(self) -> bool:
        """In the last epoch there may be nobody left to lead."""
        return True
