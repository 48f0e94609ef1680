"""How far proofs get: the depth that bounded model checking reaches in a time, and how long proofs take, against the enumerator.

Run as ``python benchmarks/prove.py [--seconds 60]`` from the root of the repository.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from modelcheck import Limits, Spec, check
from modelcheck.symbolic.prove import prove
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.raft_election import UnboundedElections
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit
from specs.token_ring import TokenRing

PROOFS: list[tuple[str, Callable[[], Spec], str, list[str] | None]] = [
    ("two-phase commit, 3 managers", lambda: ProvedTwoPhaseCommit(rms=3), "induction", None),
    ("two-phase commit, 10 managers", lambda: ProvedTwoPhaseCommit(rms=10), "induction", None),
    ("two-phase commit, 20 managers", lambda: ProvedTwoPhaseCommit(rms=20), "induction", None),
    ("quorum intersection, all numbers", QuorumIntersection, "induction", None),
    ("token ring, 3 nodes", lambda: TokenRing(nodes=3), "ic3", None),
    ("token ring, 5 nodes", lambda: TokenRing(nodes=5), "ic3", None),
    (
        "Raft elections, 2 servers, all terms",
        lambda: UnboundedElections(servers=2),
        "induction",
        ["one_leader_per_term"],
    ),
    ("Raft elections, 3 servers, all terms", UnboundedElections, "induction", ["one_leader_per_term"]),
]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    print(f"{'spec':40} {'proof':>22} {'bmc depth':>10} {'enumeration':>28}")
    for name, make, method, properties in PROOFS:
        report = prove(make(), properties=properties, method=method, time_limit=seconds)
        proof = f"{report.verdict.value} {report.seconds:.2f} s"
        depth = prove(make(), properties=properties, method="bmc", depth=1000, time_limit=seconds).properties[0].depth
        started = time.monotonic()
        found = check(make(), properties=properties, limits=Limits(time_s=seconds))
        states = f"{found.verdict.value} {found.states:,} in {time.monotonic() - started:.1f} s"
        print(f"{name:40} {proof:>22} {depth:>10} {states:>28}", flush=True)


if __name__ == "__main__":
    main()
