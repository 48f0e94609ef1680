"""Kafka's replicated log: in-sync replicas, the high watermark, and leader epochs.

The documentation of Apache Kafka, section "Replication"; Kafka Improvement Proposals 101 ("Alter Replication Protocol
to use Leader Epoch rather than High Watermark for Truncation"), 279 ("Fix log divergence between leader and follower
after fast leader fail over") and 320 ("Allow fetchers to detect and handle log truncation"). A record is committed
when all in-sync replicas have it; the leader tells so by its high watermark, up to which consumers read. Any in-sync
replica can be the next leader; a replica that becomes a follower first truncates what its leader does not have. How
it finds out what that is, is the history of these proposals: the earlier versions are the mutants.

*Choices.* A fetch, request and answer, is one step, with one record at most. The controller is one state that is
always right; brokers learn of it any time later, or never, so an old leader may go on for a while. It elects among
the in-sync replicas that are up, whenever it likes. Producers wait for all in-sync replicas (``acks=all``). The log
survives a crash, the high watermark does as far as it was known.

*Bounds.* ``records`` in all, ``epochs``, ``crashes``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Record, Spec, action, bound, invariant, reachable, require, terminal


class Role(Enum):
    """What a broker is to the partition."""

    DOWN = "down"
    LEADER = "leader"
    FOLLOWER = "follower"


@frozen
class Entry:
    """A record, and the epoch of the leader that appended it."""

    epoch: int
    record: int


Log = tuple[Entry, ...]


class Broker(Record):
    """A broker; the last two fields are those of leaders: how far followers are, and the in-sync replicas as it knows them."""

    role: Role = Role.FOLLOWER
    epoch: int = 0
    leader: int = 0
    log: Log = ()
    hw: int = 0
    ends: dict[int, int] = {}
    isr: frozenset[int] = frozenset()


class Controller(Record):
    """What the controller has decided: leader, epoch, in-sync replicas."""

    leader: int = 0
    epoch: int = 1
    isr: frozenset[int] = frozenset()


class ReplicatedLog(Spec):
    """A partition on a number of brokers."""

    brokers: int = 2
    records: int = 3
    epochs: int = 3
    crashes: int = 1

    def init(self) -> None:
        """Broker 0 leads, and everybody knows."""
        everyone = frozenset(self.everybody())
        self.controller = Controller(isr=everyone)
        self.broker = {b: Broker(epoch=1, ends=dict.fromkeys(self.everybody(), 0), isr=everyone) for b in self.everybody()}
        self.broker[0].role = Role.LEADER
        self.committed: dict[int, Entry | None] = dict.fromkeys(self.offsets())
        self.produced = 0
        self.crashes_left = self.crashes

    def everybody(self) -> Iterable[int]:
        """The brokers."""
        return range(self.brokers)

    def others(self, b: int) -> Iterable[int]:
        """The brokers but one."""
        return [c for c in range(self.brokers) if c != b]

    def offsets(self) -> Iterable[int]:
        """The offsets that there may be."""
        return range(self.records)

    # The controller ---------------------------------------------------------------------------------------------------

    @action(everybody)
    def elect(self, b: int) -> None:
        """The controller makes an in-sync replica that is up the leader of a new epoch."""
        controller = self.controller
        require(b != controller.leader)
        require(b in controller.isr)
        require(self.broker[b].role is not Role.DOWN)
        bound(controller.epoch < self.epochs)
        controller.leader = b
        controller.epoch += 1
        controller.isr = frozenset(c for c in controller.isr if self.broker[c].role is not Role.DOWN)

    @action(everybody)
    def become_leader(self, b: int) -> None:
        """A broker learns that it leads, and starts with its log as it is."""
        broker = self.broker[b]
        require(broker.role is not Role.DOWN)
        require(self.controller.leader == b)
        require(broker.epoch < self.controller.epoch)
        broker.role = Role.LEADER
        broker.epoch = self.controller.epoch
        broker.isr = self.controller.isr
        for c in broker.ends:
            broker.ends[c] = 0

    @action(everybody)
    def become_follower(self, b: int) -> None:
        """A broker that learns of another leader, or comes back, asks that leader how far their logs agree, and truncates its own."""
        broker, leader = self.broker[b], self.broker[self.controller.leader]
        require(self.controller.leader != b)
        require(broker.epoch < self.controller.epoch or broker.role is Role.DOWN)
        require(leader.role is Role.LEADER)
        require(self.is_current(self.controller.epoch, leader))
        broker.role = Role.FOLLOWER
        broker.epoch = self.controller.epoch
        broker.leader = self.controller.leader
        broker.log = self.truncated(broker, leader)
        broker.hw = min(broker.hw, len(broker.log))
        for c in broker.ends:
            broker.ends[c] = 0
        broker.isr = frozenset()

    def is_current(self, epoch: int, leader: Broker) -> bool:
        """KIP-320: a leader answers those of its own epoch only."""
        return leader.epoch == epoch

    def truncated(self, follower: Broker, leader: Broker) -> Log:
        """KIP-279: epoch by epoch, from the latest one that both have, up to where the shorter log of that epoch ends."""
        log = follower.log
        while log:
            epoch, end = self.end_of_epoch(leader.log, log[-1].epoch)
            mine = sum(entry.epoch <= epoch for entry in log)
            if mine == len(log):
                return log[:end]
            log = log[:mine]
        return log

    def end_of_epoch(self, log: Log, epoch: int) -> tuple[int, int]:
        """OffsetsForLeaderEpoch: the latest epoch up to the one asked for that a log has, and the offset where it ends."""
        entries = [entry for entry in log if entry.epoch <= epoch]
        return (entries[-1].epoch if entries else 0), len(entries)

    # Replication --------------------------------------------------------------------------------------------------------

    @action(everybody)
    def produce(self, b: int) -> None:
        """A producer sends a record to a broker that believes to lead."""
        broker = self.broker[b]
        require(broker.role is Role.LEADER)
        bound(self.produced < self.records)
        broker.log = (*broker.log, Entry(broker.epoch, self.produced))
        self.produced += 1
        self.advance(b)

    @action(everybody)
    def fetch(self, b: int) -> None:
        """A follower asks for what comes after its log, and for the high watermark; only then does the leader note how far it is."""
        broker = self.broker[b]
        leader = self.broker[broker.leader]
        require(broker.role is Role.FOLLOWER)
        require(broker.leader != b)
        require(leader.role is Role.LEADER)
        require(self.is_current(broker.epoch, leader))
        offset = len(broker.log)
        require(offset <= len(leader.log))
        broker.log += leader.log[offset : offset + 1]
        broker.hw = max(broker.hw, min(leader.hw, len(broker.log)))
        leader.ends[b] = offset
        self.advance(broker.leader)

    def advance(self, b: int) -> None:
        """The high watermark of a leader is the least end of its in-sync replicas; what lies below is committed, and answered."""
        leader = self.broker[b]
        end = min([len(leader.log), *(leader.ends[c] for c in leader.isr if c != b)])
        for offset in range(leader.hw, end):
            if self.committed[offset] is None:
                self.committed[offset] = leader.log[offset]
        leader.hw = max(leader.hw, end)

    @action(everybody, others)
    def shrink(self, b: int, c: int) -> None:
        """A leader takes a replica that is slow out of the in-sync replicas; the controller must agree."""
        leader = self.broker[b]
        require(self.may_change(b))
        require(c in leader.isr)
        self.controller.isr = leader.isr = leader.isr - {c}
        self.advance(b)

    @action(everybody, others)
    def expand(self, b: int, c: int) -> None:
        """A leader takes a replica in that has come up to its high watermark."""
        leader = self.broker[b]
        require(self.may_change(b))
        require(c not in leader.isr)
        require(self.is_in_sync(leader, c))
        self.controller.isr = leader.isr = leader.isr | {c}

    def may_change(self, b: int) -> bool:
        """The controller listens to the leader of the present epoch only."""
        broker = self.broker[b]
        return broker.role is Role.LEADER and broker.epoch == self.controller.epoch and self.controller.leader == b

    def is_in_sync(self, leader: Broker, c: int) -> bool:
        """The replica has all that is committed."""
        return leader.ends[c] >= leader.hw and leader.hw > 0

    @action(everybody)
    def crash(self, b: int) -> None:
        """A broker crashes; it may come back as a follower before anybody notices."""
        require(self.crashes_left > 0)
        require(self.broker[b].role is not Role.DOWN)
        self.crashes_left -= 1
        self.broker[b].role = Role.DOWN

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody, offsets)
    def committed_is_kept(self, b: int, offset: int) -> bool:
        """A record that was committed is in the log of every leader of a later epoch."""
        broker, entry = self.broker[b], self.committed[offset]
        is_leader = broker.role is Role.LEADER and broker.epoch == self.controller.epoch
        return entry is None or not is_leader or broker.log[offset : offset + 1] == (entry,)

    @invariant(everybody, offsets)
    def consumers_agree(self, b: int, offset: int) -> bool:
        """Below their high watermarks all replicas have the same records."""
        broker = self.broker[b]
        return offset >= broker.hw or broker.log[offset] == self.committed[offset]

    @reachable
    def commits_in_later_epoch(self) -> bool:
        """A record can be committed after one of another leader."""
        return len({entry.epoch for entry in self.committed.values() if entry is not None}) > 1

    @reachable(everybody)
    def truncates(self, b: int) -> bool:
        """A record that was never committed can be lost."""
        return self.produced > 1 and len(self.broker[b].log) < self.produced and self.broker[b].hw == self.produced - 1

    @terminal
    def at_rest(self) -> bool:
        """Whoever is down may stay down."""
        return True
