"""Lemmas that are found: from the property alone, as Python text that proves it again, and true of every state that can be enumerated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from protocols import Election, HalfElection, LockServer, Named

from modelcheck import Limits, Spec, Verdict, action, check, invariant, require
from modelcheck.symbolic.names.system import NamesSystem
from modelcheck.symbolic.present import alone
from modelcheck.symbolic.proof.every_size.candidates import Pool, listed_states
from modelcheck.symbolic.proof.every_size.text import Clause, compiled, negated
from modelcheck.symbolic.proof.every_size.vocabulary import Variable, variables_of
from modelcheck.symbolic.proof.prove import prove
from modelcheck.symbolic.proof.report import Proof
from specs.proofs.ticket_lock import TicketLock
from specs.proofs.two_phase_commit import NumberedTwoPhaseCommit


class BareLockServer(LockServer):
    """Without lemmas."""

    free_or_taken = in_one_place = by_one = None  # type: ignore[assignment]


class BareElection(Election):
    """Without lemmas."""

    leads_by_majority = None  # type: ignore[assignment]


def proved(spec: Spec, name: str) -> Proof:
    report = prove(spec, every=[name])
    assert report.verdict is Verdict.HOLDS, report.reason
    return report.properties[0]


def with_lemmas(cls: type[Spec], text: str) -> type[Spec]:
    """The class that the text of lemmas defines, as somebody would paste it."""
    found: type[Spec] = compiled(cls, {}, text)[f"{cls.__name__}WithLemmas"]
    return found


@pytest.mark.parametrize(("spec", "size"), [(NumberedTwoPhaseCommit, "rms"), (BareLockServer, "nodes"), (BareElection, "nodes")])
def test_lemmas_are_found_and_prove_it_from_their_text(spec: type[Spec], size: str) -> None:
    """The property alone is enough, the text that is printed is a spec that is proved, and its lemmas are true at sizes up to 3."""
    proof = proved(spec(), size)
    pasted = with_lemmas(spec, proof.lemmas)
    assert prove(pasted(), every=[size], method="induction").verdict is Verdict.HOLDS
    for number in (1, 2, 3):
        report = check(pasted(**{size: number}), limits=Limits(states=5_000), keep_going=True)
        assert not [each.name for each in report.properties if each.name in proof.needs and each.verdict is Verdict.VIOLATED]


@pytest.mark.slow
def test_lemmas_on_numbers_are_found() -> None:
    """The ticket lock, whose numbers have no end."""
    assert "self.next_ticket" in proved(TicketLock(), "threads").lemmas


def test_no_lemmas_prove_what_is_false() -> None:
    """Where the property is false at a small size, that is the answer."""
    proof = prove(HalfElection(), every=["nodes"], properties=["one_leader"]).properties[0]
    assert proof.verdict is Verdict.VIOLATED
    assert not proof.lemmas


class Counted(Named):
    """A property that no clause of three conditions makes inductive: as many hands are up as were raised."""

    def init(self) -> None:
        self.up = dict.fromkeys(self.everybody(), False)
        self.raised = 0

    @action(Named.everybody)
    def lift(self, n: int) -> None:
        require(not self.up[n])
        self.up[n] = True
        self.raised += 1

    @invariant
    def some_are_up(self) -> bool:
        return self.raised == 0 or any(self.up.values())

    @invariant
    def no_more_than_there_are(self) -> bool:
        return self.raised <= self.nodes


def test_unknown_says_why() -> None:
    """Where nothing is found, the report says what was tried and shows the smallest counterexample."""
    proof = prove(Counted(), every=["nodes"], properties=["no_more_than_there_are"], limits=Limits(time_s=8)).properties[0]
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.reason is not None


def test_candidates_are_true_of_what_was_enumerated_and_minimal() -> None:
    """Every candidate holds in every state of the sample, and no part of one is a candidate."""
    with alone:
        system = NamesSystem(BareLockServer(), ["nodes"])
        listed = listed_states(system, [{"nodes": 2}])
        pool = Pool(system, variables_of({"nodes": 2}), listed)
        assert pool.candidates
        for candidate in pool.candidates:
            lemma = compiled(BareLockServer, {}, f"def f(self, node, node2):\n    return {candidate.clause.text}\n")["f"]
            for sizes, machine, states in listed:
                names = range(sizes["nodes"])
                assert all(lemma(machine.thaw(state), one, other) for state in states for one in names for other in names)
        masks = [(each.true, each.false) for each in pool.candidates]
        assert not [1 for a in masks for b in masks if a != b and a[0] & b[0] == a[0] and a[1] & b[1] == a[1]]


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("x in self.a", "x not in self.a"), ("self.b[x] is None", "self.b[x] is not None"), ("self.up[x]", "not self.up[x]"),
        ("(a and b)", "not (a and b)"), ("(a) and (b)", "not ((a) and (b))"), ("a < b", "not (a < b)"),
    ],
)  # fmt: skip
def test_opposites_are_written_as_one_would(text: str, opposite: str) -> None:
    """A negated comparison is the other comparison."""
    assert negated(text) == opposite


def test_a_clause_says_what_follows_from_what() -> None:
    """What is excluded, or what is true instead."""
    node = (Variable("node", "nodes"),)
    assert Clause((("self.a", False), ("self.b", False)), node).text == "not (self.a and self.b)"
    assert Clause((("node in self.a", False), ("self.b", True)), node).text == "node not in self.a or self.b"
