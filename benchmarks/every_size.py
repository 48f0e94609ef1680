"""Proofs for every size: which protocols are proved, with how many lemmas, and how long that takes.

Run as ``python benchmarks/every_size.py [NAME ...]`` from the root of the repository. Times are those of the processor, from
the spec's class to the report, so they contain making formulas, finding lemmas, minimising them, and proving it again from
their text. Published times are of the authors' machines: those of Endive (Schultz, Dardik and Tripakis, "Plain and Simple
Inductive Invariant Inference for Distributed Protocols in TLA+", 2022).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from attrs import frozen

from modelcheck import Limits, Spec
from modelcheck.symbolic.proof.prove import prove

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from specs.proofs import elections, locks, stores
from specs.proofs.ticket_lock import ProvedTicketLock, TicketLock
from specs.proofs.two_phase_commit import NumberedTwoPhaseCommit, ProvedTwoPhaseCommit


@frozen
class Row:
    """A protocol.

    Attributes:
        spec: Its class.
        sizes: The constants for all of whose values it is proved.
        published: How long Endive takes to find lemmas for it, in seconds.
    """

    spec: type[Spec]
    sizes: tuple[str, ...]
    published: float | None = None


ROWS = [
    Row(ProvedTwoPhaseCommit, ("rms",)),
    Row(NumberedTwoPhaseCommit, ("rms",), 41),
    Row(locks.LockServer, ("nodes",), 30),
    Row(locks.DecentralisedLock, ("nodes",)),
    Row(locks.RicartAgrawala, ("nodes",)),
    Row(locks.TokenHandedOn, ("nodes",)),
    Row(locks.ReadersAndWriters, ("nodes",)),
    Row(ProvedTicketLock, ("threads",)),
    Row(TicketLock, ("threads",)),
    Row(elections.NaiveConsensus, ("nodes", "values")),
    Row(elections.LeaderElection, ("nodes",)),
    Row(elections.ConsensusByLeader, ("nodes", "values")),
    Row(elections.TermElection, ("nodes",)),
    Row(elections.QuorumRegister, ("replicas",)),
    Row(stores.ShardedStore, ("nodes", "keys", "values"), 235),
    Row(stores.ClientServer, ("clients", "servers")),
    Row(stores.Broadcast, ("nodes",)),
    Row(stores.Firewall, ("nodes",)),
    Row(stores.Barrier, ("nodes",)),
]


def measured(row: Row, seconds: float) -> str:
    """One line about a protocol."""
    started = time.process_time()
    report = prove(row.spec(), every=row.sizes, limits=Limits(time_s=seconds))
    took = time.process_time() - started
    lemmas = report.properties[0].lemmas.count("@lemma")
    given = len(report.properties[0].needs) - lemmas
    how = f"{lemmas} found" if lemmas else f"{given} given" if given else "none"
    beside = "" if row.published is None else f"  (Endive: {row.published:g} s, {row.published / took:.0f} times as long)"
    return f"{row.spec.__name__:22} {', '.join(row.sizes):22} {report.verdict.value:8} {how:9} {took:7.1f} s{beside}"


def main() -> None:
    """Measure all protocols, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=300.0, help="the time limit of each proof")
    arguments = parser.parse_args()
    for row in ROWS:
        if not arguments.names or row.spec.__name__ in arguments.names:
            print(measured(row, arguments.seconds), flush=True)


if __name__ == "__main__":
    main()
