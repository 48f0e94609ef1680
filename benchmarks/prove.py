"""How far proofs get: how long they take, the depth that bounded model checking reaches in a time, and what the enumerator does.

Run as ``python benchmarks/prove.py [--seconds 60] [NAME ...]`` from the root of the repository. Times are those of the
processor, not of the clock. Bounded model checking stops at 100 steps, the enumerator at a million states.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from attrs import frozen

from modelcheck import Limits, ModelcheckError, Spec, Verdict, check
from modelcheck.symbolic.prove import prove
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.quorum_read import OneWriteOneRead
from specs.proofs.raft_election import UnboundedElections
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit
from specs.quorum import Quorum
from specs.raft import Raft
from specs.token_ring import TokenRing
from specs.two_phase_commit import TwoPhaseCommit
from specs.two_phase_commit_blocking import Recovering

MOST_STEPS = 100
MOST_STATES = 1_000_000


@frozen
class Work:
    """A spec, and how its properties are proved."""

    name: str
    spec: Callable[[], Spec]
    method: str = "induction"
    properties: list[str] | None = None


WORK = [
    Work("two-phase commit, 3 managers, no lemmas", lambda: TwoPhaseCommit(rms=3), "auto"),
    Work("two-phase commit, 3 managers", lambda: ProvedTwoPhaseCommit(rms=3)),
    Work("two-phase commit, 10 managers", lambda: ProvedTwoPhaseCommit(rms=10)),
    Work("two-phase commit, 20 managers", lambda: ProvedTwoPhaseCommit(rms=20)),
    Work("recovering two-phase commit", Recovering, "auto"),
    Work("token ring, 3 nodes, no lemmas", lambda: TokenRing(nodes=3), "auto"),
    Work("token ring, 8 nodes, no lemmas", lambda: TokenRing(nodes=8), "auto"),
    Work("quorum intersection, all numbers", QuorumIntersection),
    Work("one write and one read, 3 replicas", OneWriteOneRead),
    Work("one write and one read, 7 replicas", lambda: OneWriteOneRead(replicas=7, read_quorum=4, write_quorum=4)),
    Work("replicated register, 3 replicas", Quorum, "auto"),
    Work("Raft elections, 3 servers, all terms", UnboundedElections, properties=["election_safety"]),
    Work("Raft, 3 servers, 2 terms, 1 entry", Raft, "auto"),
]


class _OutOfTimeError(Exception):
    pass


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="parts of the names of what to run; by default all")
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    print(f"{'':40}  {'proof':24}  {'bmc':24}  enumeration")
    for work in WORK:
        if not arguments.names or any(name in work.name for name in arguments.names):
            columns = (_proof(work, arguments.seconds), _depth(work, arguments.seconds), _states(work))
            print(f"{work.name:40}  {columns[0]:24}  {columns[1]:24}  {columns[2]}", flush=True)


def _proof(work: Work, seconds: float) -> str:
    started = time.process_time()
    try:
        report = prove(
            work.spec(), method=work.method, properties=work.properties, progress=_until(started + seconds, [])
        )
    except _OutOfTimeError:
        return f"not in {seconds:.0f} s"
    except ModelcheckError:
        return "cannot be followed"
    how = next((each.method for each in report.properties), work.method)
    said = f"holds by {how}" if report.verdict is Verdict.HOLDS else report.verdict.value
    return f"{said}, {time.process_time() - started:.1f} s"


def _depth(work: Work, seconds: float) -> str:
    reached: list[str] = []
    started = time.process_time()
    try:
        prove(
            work.spec(),
            method="bmc",
            properties=work.properties,
            depth=MOST_STEPS,
            progress=_until(started + seconds, reached),
        )
    except _OutOfTimeError:
        steps = [int(text.split()[1]) for text in reached if text.startswith("bmc")]
        return f"{max(steps, default=0) - 1} in {seconds:.0f} s" if steps else f"none in {seconds:.0f} s"
    except ModelcheckError:
        return "cannot be followed"
    return f"{MOST_STEPS} in {time.process_time() - started:.1f} s"


def _until(end: float, told: list[str]) -> Callable[[str], None]:
    """A progress function that notes what it is told, and stops when the processor has worked for so long."""

    def progress(text: str) -> None:
        told.append(text)
        if time.process_time() > end:
            raise _OutOfTimeError

    return progress


def _states(work: Work) -> str:
    started = time.process_time()
    found = check(work.spec(), properties=work.properties, limits=Limits(states=MOST_STATES))
    took = time.process_time() - started
    more = "" if found.verdict is Verdict.HOLDS else " and more"
    return f"{found.states:,} states{more}, {took:.1f} s"


if __name__ == "__main__":
    main()
