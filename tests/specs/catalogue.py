"""The tables of docs/protocols.md, computed: what holds under which faults, and how the mutants fail.

``python -m tests.specs.catalogue`` writes them into the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from modelcheck import Verdict
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.spec.failing import meant_failures
from modelcheck.spec.loading import load_file, load_spec, specs_in

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "protocols.md"
REACHABLE = "reachable"


@frozen
class Case:
    """A protocol under some faults."""

    name: str
    faults: str
    spec: str
    constants: dict[str, Any] = field(factory=dict)
    shown: str | None = None

    def row(self) -> str:
        """The line of the table."""
        report = check(load_spec(ROOT / "specs" / self.spec)(**self.constants), keep_going=True)
        told = {p.name: p for p in report.properties if p.kind != REACHABLE}
        assert all(p.verdict is not Verdict.UNKNOWN for p in told.values()), self
        holds = [named(name) for name, p in told.items() if p.verdict is Verdict.HOLDS]
        fails = [f"{named(name)} ({len(p.trace.steps) if p.trace else 0})" for name, p in told.items() if p.verdict is Verdict.VIOLATED]
        return f"| {self.name} | {self.faults} | {', '.join(holds)} | {', '.join(fails)} |"


def named(name: str) -> str:
    """A property as the tables show it."""
    return "no deadlock" if name == "deadlock" else f"`{name.rsplit('.', 1)[-1]}`"


CASES = [
    Case("Two-phase commit", "a lossy network", "commit/two_phase_commit_blocking.py:Recovering", {"crashes": 0, "losses": 1}),
    Case("", "the coordinator crashes, and comes back", "commit/two_phase_commit_blocking.py:Recovering"),
    Case("", "the coordinator crashes for good", "commit/two_phase_commit_blocking.py:Blocking"),
    Case("Three-phase commit", "two crashes for good", "commit/three_phase_commit.py:ThreePhaseCommit"),
    Case("", "a partition", "commit/three_phase_commit.py:ThreePhaseCommit", {"crashes": 0, "partitions": 1}),
    Case("Paxos Commit", "messages lost, repeated, out of order; leaders that compete", "commit/paxos_commit.py:PaxosCommit", {"rms": 1}),
    Case("Paxos", "messages lost, repeated, out of order; leaders that compete", "consensus/paxos.py:Paxos"),
    Case("Raft", "the same, and a crash", "consensus/raft.py:Raft", {"servers": 2, "candidates": (), "crashes": 1}),
    Case("Viewstamped Replication", "the same, and a crash without a disk but for the view", "consensus/viewstamped_replication.py"),
    Case("", "two crashes, as published: without any disk", "consensus/mutants/viewstamped_replication.py:Revisited"),
    Case("Zab", "leaders that nobody follows any more", "consensus/zab.py:Zab"),
    Case("PBFT", "one of four replicas is Byzantine", "consensus/pbft.py:Pbft"),
    Case("", "one of three", "consensus/mutants/pbft.py:ThreeReplicas"),
    Case("Byzantine generals", "one traitor of four", "consensus/byzantine_generals.py:ByzantineGenerals"),
    Case("", "one of three", "consensus/mutants/byzantine_generals.py:ThreeGenerals"),
    Case("Primary and backup", "a crash", "replication/primary_backup.py:PrimaryBackup"),
    Case("", "a crash, and answers before the backup knows", "replication/primary_backup.py:PrimaryBackup", {"synchronous": False}),
    Case("", "the failure detector errs once", "replication/primary_backup.py:PrimaryBackup", {"crashes": 0, "suspicions": 1}),
    Case("", "the failure detector errs twice", "replication/primary_backup.py:PrimaryBackup", {"crashes": 0, "suspicions": 2}),
    Case("Chain replication", "two of three servers fail, known to the master", "replication/chain_replication.py:ChainReplication"),
    Case("Quorum register", "a crash of a replica", "replication/quorum.py:Quorum"),
    Case("", "no write-back", "replication/quorum.py:Quorum", {"write_back": False, "crashes": 0}),
    Case("Consistent store (CP)", "none", "replication/cap.py:ConsistentStore"),
    Case("", "the network is cut", "replication/mutants/cap.py:ConsistentUnderPartition"),
    Case("Available store (AP)", "none", "replication/cap.py:AvailableStore"),
    Case("", "the network is cut", "replication/mutants/cap.py:AvailableUnderPartition"),
    Case("Sloppy quorum", "two nodes down at a time; hints, anti-entropy", "replication/sloppy_quorum.py:SloppyQuorum"),
    Case("", "hints that are given away early", "replication/mutants/sloppy_quorum.py:HandsOverToNobody"),
    Case("Several primaries", "writes at the same time; dotted version vectors", "replication/multi_primary.py:MultiPrimary"),
    Case("", "the last writer wins", "replication/mutants/multi_primary.py:LastWriterWins"),
    Case("Lease", "clocks that drift, messages that are late", "coordination/lease.py:Lease"),
    Case("", "a client is paused", "coordination/lease.py:Lease", {"pauses": True}),
    Case("", "a client is paused, and no fencing", "coordination/lease.py:Lease", {"pauses": True, "fencing": False}),
    Case("Redlock", "clients that go away", "coordination/redlock.py:Redlock"),
    Case("", "a client is paused", "coordination/redlock.py:Redlock", {"pauses": True}),
    Case("", "a clock jumps", "coordination/mutants/redlock.py:ClockJumps"),
    Case("Kafka's replicated log", "a crash, old leaders", "messaging/replicated_log.py:ReplicatedLog"),
    Case("", "truncation to the high watermark (before KIP-101)", "messaging/mutants/replicated_log.py:TruncatesToHighWatermark"),
    Case("", "truncation by one epoch (KIP-101)", "messaging/mutants/replicated_log.py:AsksForItsEpoch"),
    Case("Failover by heartbeats", "a crash, delays and drift within bounds", "coordination/heartbeat_failover.py:HeartbeatFailover"),
    Case("", "heartbeats are lost", "coordination/mutants/heartbeat_failover.py:LosesHeartbeats"),
    Case("", "no fencing", "coordination/mutants/heartbeat_failover.py:Unfenced"),
    Case("Commit wait", "clocks that are off by what TrueTime says", "clocks/commit_wait.py:CommitWait"),
    Case("", "by more than that", "clocks/mutants/commit_wait.py:BoundIsWrong"),
    Case("Write-ahead log", "a crash that tears the last record", "storage/write_ahead_log.py:WriteAheadLog"),
    Case("", "no sync before the answer", "storage/mutants/write_ahead_log.py:NoSync"),
    Case("GFS record append", "a write that fails at one replica", "storage/gfs.py:Gfs"),
    Case("MapReduce", "a worker and its disk are lost", "storage/mapreduce.py:MapReduce"),
    Case("Checkpoints", "no coordination", "storage/mutants/checkpoint_rollback.py:Uncoordinated"),
    Case("", "checkpoints that messages force", "storage/checkpoint_rollback.py:CheckpointRollback", {"messages": 2}),
    Case("Scrubbing", "two corruptions between two scrubs, three replicas", "storage/scrubbing.py:Scrubbing"),
    Case("", "three", "storage/mutants/scrubbing.py:ScrubsTooSeldom"),
    Case("Saga", "messages lost, repeated, out of order; steps that are refused", "commit/saga.py:Saga"),
    Case("Transactional outbox", "a crash", "commit/transactional_outbox.py:TransactionalOutbox"),
    Case("Idempotency key", "a crash, a message lost, retries", "resilience/idempotency_key.py:IdempotencyKey"),
    Case("Consumer offsets", "rebalances; offset and result together", "messaging/consumer_offsets.py:ConsumerOffsets"),
    Case("", "the offset first", "messaging/mutants/consumer_offsets.py:CommitsFirst"),
    Case("", "the result first", "messaging/mutants/consumer_offsets.py:CommitsLast"),
    Case("Chord", "nodes that come and go", "convergence/chord.py:Chord", {"changes": 4}),
    Case("Gossip", "rumours that die out, and anti-entropy", "convergence/gossip.py:Gossip"),
    Case("", "rumours alone", "convergence/mutants/gossip.py:NoAntiEntropy"),
]


def faults_table() -> str:
    """What holds under which faults."""
    return "\n".join(["| protocol | faults | holds | does not hold (steps) |", "|---|---|---|---|", *(case.row() for case in CASES)])


def mutants_table() -> str:
    """How the specs that are meant to fail do so."""
    return "\n".join(["| spec | fails | steps | what is wrong |", "|---|---|---|---|", *_mutants()])


def _mutants() -> Iterator[str]:
    for path in sorted((ROOT / "specs").rglob("*.py"), key=lambda path: (path.parent.parts, path.name)):
        for cls in specs_in(load_file(path)):
            claims = meant_failures(cls)
            if claims:
                assert {claim.property for claim in claims} <= {"deadlock", *(p.name for p in machine_of(cls()).asked)}
                fails = ", ".join(named(claim.property) for claim in claims)
                steps = ", ".join(dict.fromkeys(str(claim.steps) for claim in claims if claim.steps is not None))
                yield f"| `{path.stem}.{cls.__name__}` | {fails} | {steps} | {_said(cls)} |"


def _said(cls: type) -> str:
    """What a mutant says of itself, without the property, which has a column of its own."""
    first = " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split()).replace("``", "`")
    return re.sub(r"[,:;]? *(which [\w.]+ catches|caught by .*|a deadlock[^:;,]*|which is a deadlock[^:;,]*)\.?$", "", first).rstrip(".,:; ") + "."


def table(name: str) -> str:
    """The table of that name."""
    return {"faults": faults_table, "mutants": mutants_table}[name]()


def in_document(name: str) -> str:
    """The table as it stands in the document."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def write() -> None:
    """Write both tables into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in ("faults", "mutants"):
        made = table(name)
        text = re.sub(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", lambda m, made=made: m[1] + made + m[2], text, flags=re.DOTALL)
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
