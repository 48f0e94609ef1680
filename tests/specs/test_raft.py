"""Raft from the inside: what its own invariants do not say, and what makes it cheap to explore."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from modelcheck import Verdict, invariant
from modelcheck.search import check
from modelcheck.spec import machine_of
from modelcheck.spec.loading import load_spec
from specs.consensus.raft import Member

ROOT = Path(__file__).resolve().parents[2]
Raft: Any = load_spec(f"{ROOT}/specs/consensus/raft.py:Raft")
EXPECTED = tomllib.loads((ROOT / "specs" / "expected.toml").read_text())["explored"]
S0, S1, S2 = Member.several(3)


class RaftInside(Raft):  # type: ignore[misc]
    """With invariants on what servers keep to themselves."""

    @invariant(Raft.members, Raft.others)
    def indexes_fit(self, i: Member, j: Member) -> bool:
        """A leader sends entries that it has, beyond those that it knows to be stored; who does not lead keeps neither."""
        server = self.server[i]
        if server.role.value != "leader":
            return server.next_index[j] == 1 and server.match_index[j] == 0
        return 0 <= server.match_index[j] < server.next_index[j] <= len(server.log) + 1

    @invariant(Raft.members, Raft.others)
    def match_index_is_true(self, i: Member, j: Member) -> bool:
        """What a leader believes to be stored is stored, unless a later leader has had it deleted."""
        leader, follower = self.server[i], self.server[j]
        if leader.role.value != "leader" or follower.current_term > leader.current_term:
            return True
        known = leader.match_index[j]
        return leader.log[:known] == follower.log[:known]

    @invariant(Raft.members)
    def server_fits(self, i: Member) -> bool:
        """Only candidates count votes, their own among them; nobody commits what is not in the log."""
        server = self.server[i]
        if server.role.value == "candidate":
            return server.voted_for == i and i in server.votes
        return not server.votes and server.commit_index <= len(server.log)


@pytest.mark.parametrize(
    "constants",
    [
        {"servers": 1, "max_log": 2, "max_term": 3, "candidates": (), "crashes": 1},
        {"servers": 2, "max_log": 2, "candidates": (), "crashes": 1},
        {"servers": 2, "max_term": 3, "candidates": ()},
        {"candidates": ((S0,), (S1,))},
        {"max_term": 4, "candidates": ((), (), (S0,), (S2,)), "logs": ((1,), (), (2,))},
        {"servers": 5, "max_term": 1, "max_log": 0, "candidates": ((S0, S1),)},
        {"servers": 2, "duplicating": False, "losses": 1, "duplications": 1, "candidates": ((S0,), (S1,))},
    ],
    ids=repr,
)
def test_the_servers_state_is_sound(constants: dict[str, Any]) -> None:
    """In small configurations that between them use every constant."""
    report = check(RaftInside(**constants), keep_going=True)
    assert [p.name for p in report.properties if p.verdict is Verdict.VIOLATED and p.kind != "reachable"] == []


def test_two_workers_find_the_same() -> None:
    """Nothing of the report on the default configuration depends on the number of workers."""
    expected = next(entry for entry in EXPECTED if entry["spec"].endswith(":Raft") and "constants" not in entry)
    report = check(Raft(), workers=2)
    assert report.states == expected["states"]
    assert report.generated == expected["generated"]
    assert report.depth == expected["depth"]


def test_raft_needs_one_python_call_per_ten_thousand_states_generated() -> None:
    """Its handlers look at little, which is what the enumerator's speed rests on."""
    report = check(Raft())
    assert report.python_calls * 10_000 < report.generated


def test_the_invariants_of_raft_are_those_of_figure_3() -> None:
    """All five, and nothing under another name."""
    machine = machine_of(Raft())
    names = {p.name for p in machine.properties if p.role.value in {"invariant", "step property"}}
    figure_3 = ["election_safety", "leader_append_only", "log_matching", "leader_completeness", "state_machine_safety"]
    assert names == set(figure_3)
