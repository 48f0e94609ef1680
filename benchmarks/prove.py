"""How far proofs get: how long they take, the depth that bounded model checking reaches in a time, and what the enumerator does.

Run as ``python benchmarks/prove.py [--seconds 60] [NAME ...]`` from the root of the repository. Times are those of the
processor, not of the clock; a time "to formulas" is what the actions took to be run on symbolic values, and comes on top
of the seconds. Bounded model checking stops at 100 steps, the enumerator at a million states.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from modelcheck import Limits, ModelcheckError, Spec, Verdict, check
from modelcheck.symbolic.proof.prove import prove

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from specs.commit.two_phase_commit import TwoPhaseCommit
from specs.commit.two_phase_commit_blocking import Recovering
from specs.consensus.raft import Raft
from specs.coordination.token_ring import TokenRing
from specs.proofs.quorum_intersection import QuorumIntersection
from specs.proofs.quorum_read import OneWriteOneRead
from specs.proofs.raft_election import UnboundedElections
from specs.proofs.ticket_lock import ProvedTicketLock, TicketLock
from specs.proofs.two_phase_commit import ProvedTwoPhaseCommit
from specs.replication.quorum import Quorum

MOST_STEPS = 100
MOST_STATES = 1_000_000
MOST_ENUMERATING_S = 120
_SAFETY = ["election_safety"]


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
    Work("ticket lock, 3 threads, all numbers, no lemmas", lambda: TicketLock(threads=3), "auto"),
    Work("ticket lock, 10 threads, all numbers", lambda: ProvedTicketLock(threads=10)),
    Work("quorum intersection, all numbers", QuorumIntersection),
    Work("one write and one read, 3 replicas", OneWriteOneRead),
    Work("one write and one read, 5 replicas", lambda: OneWriteOneRead(replicas=5, read_quorum=3, write_quorum=3)),
    Work("one write and one read, 7 replicas", lambda: OneWriteOneRead(replicas=7, read_quorum=4, write_quorum=4)),
    Work("replicated register, 3 replicas", Quorum, "auto"),
    Work("Raft elections, 3 servers, all terms, no logs", lambda: UnboundedElections(max_log=0), properties=_SAFETY),
    Work("the same with logs of 1 entry", UnboundedElections, properties=_SAFETY),
    Work("the same, and Log Matching", UnboundedElections, properties=[*_SAFETY, "leader_append_only", "log_matching"]),
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
    print(f"{'':46}  {'proof':46}  {'bmc':40}  enumeration")
    for work in WORK:
        if not arguments.names or any(name in work.name for name in arguments.names):
            columns = (_proof(work, arguments.seconds), _depth(work, arguments.seconds), _states(work))
            print(f"{work.name:46}  {columns[0]:46}  {columns[1]:40}  {columns[2]}", flush=True)


class _Watch:
    """Notes what a proof tells of itself, and ends it when the processor has worked on z3's questions for so long.

    Attributes:
        told: What it told.
        formulas: The seconds until the actions were formulas; None before that.
        begun: When that was, or when it began.
    """

    def __init__(self, seconds: float) -> None:
        self.told: list[str] = []
        self.formulas: float | None = None
        self.begun = time.process_time()
        self._seconds = seconds

    def __call__(self, text: str) -> None:
        """See `modelcheck.symbolic.proof.prove.prove`."""
        self.told.append(text)
        if text.startswith("running"):
            return
        now = time.process_time()
        if self.formulas is None:
            self.formulas, self.begun = now - self.begun, now
        if now > self.begun + self._seconds:
            raise _OutOfTimeError

    def took(self) -> str:
        """How long the questions took, and what came before."""
        seconds = time.process_time() - self.begun
        return f"{seconds:.1f} s" + ("" if self.formulas is None else f" + {self.formulas:.1f} s to formulas")


def _proof(work: Work, seconds: float) -> str:
    watch = _Watch(seconds * 10)
    try:
        report = prove(work.spec(), method=work.method, properties=work.properties, progress=watch)
    except _OutOfTimeError:
        return f"none, {watch.took()}"
    except ModelcheckError:
        return "cannot be followed"
    how = next((each.method for each in report.properties), work.method)
    said = f"holds by {how}" if report.verdict is Verdict.HOLDS else report.verdict.value
    return f"{said}, {watch.took()}"


def _depth(work: Work, seconds: float) -> str:
    watch = _Watch(seconds)
    try:
        prove(work.spec(), method="bmc", properties=work.properties, depth=MOST_STEPS, progress=watch)
        reached = MOST_STEPS
    except _OutOfTimeError:
        # It tells that it looks at a depth, so the one before is done.
        reached = sum(text.startswith("bmc") for text in watch.told) - 2
    except ModelcheckError:
        return "cannot be followed"
    return f"{reached} steps, {watch.took()}"


def _states(work: Work) -> str:
    started = time.process_time()
    found = check(work.spec(), properties=work.properties, limits=Limits(states=MOST_STATES, time_s=MOST_ENUMERATING_S))
    took = time.process_time() - started
    more = "" if found.verdict is Verdict.HOLDS else " and more"
    return f"{found.states:,} states{more}, {took:.1f} s"


if __name__ == "__main__":
    main()
