"""What `prove` says of every size: that a property holds, what is wrong at the smallest size, or what it cannot follow."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from protocols import Election, HalfElection, LockServer, Named

from modelcheck import Interchangeable, Spec, Verdict, action, invariant, require, step_property
from modelcheck.errors import InternalError, SpecError, UsageError
from modelcheck.symbolic.names.sizes import Sizes
from modelcheck.symbolic.proof.prove import prove
from specs.proofs.ticket_lock import ProvedTicketLock
from specs.proofs.two_phase_commit import NumberedTwoPhaseCommit, ProvedTwoPhaseCommit


@pytest.mark.parametrize(
    ("spec", "name"), [(ProvedTwoPhaseCommit, "rms"), (ProvedTicketLock, "threads"), (LockServer, "nodes"), (Election, "nodes")]
)
def test_given_lemmas_prove_it_for_every_size(spec: type[Spec], name: str) -> None:
    """With their lemmas these protocols are proved at once for all sizes."""
    report = prove(spec(), every=[name])
    assert report.verdict is Verdict.HOLDS, report.reason
    assert report.properties[0].every == (name,)


def test_half_is_no_majority_and_two_nodes_show_it() -> None:
    """Taking half of the votes for a majority is wrong at size 2 first, and the run there is reported."""
    proof = prove(HalfElection(), every=["nodes"]).properties[0]
    assert proof.verdict is Verdict.VIOLATED
    assert proof.sizes == {"nodes": 2}
    assert proof.trace is not None
    assert proof.trace.constants == {"nodes": 2}


def test_a_missing_lemma_shows_in_the_smallest_counterexample() -> None:
    """Without lemmas two-phase commit is not inductive, which two managers show."""
    proof = prove(NumberedTwoPhaseCommit(), every=["rms"], method="induction").properties[0]
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.sizes == {"rms": 2}
    assert proof.counterexample is not None
    assert proof.counterexample.reachable is False


class First(Named):
    """What is true of one node, and of no more."""

    def init(self) -> None:
        self.on = {n: n == 0 for n in self.everybody()}

    @action(Named.everybody)
    def switch(self, n: int) -> None:
        self.on[n] = not self.on[n]

    @invariant
    def at_most_one(self) -> bool:
        return sum(self.on[n] for n in self.everybody()) <= 1

    @invariant
    def there_are_nodes(self) -> bool:
        return len(self.on) >= 1


def test_what_is_true_of_one_name_only_is_violated_with_two() -> None:
    """One node is no proof for two."""
    proof = prove(First(), every=["nodes"], properties=["at_most_one"]).properties[0]
    assert proof.verdict is Verdict.VIOLATED
    assert proof.sizes == {"nodes": 2}


def test_there_is_at_least_one_name() -> None:
    """Every size means from 1 on."""
    assert prove(First(), every=["nodes"], properties=["there_are_nodes"]).verdict is Verdict.HOLDS


class Raises(First):
    """A name that need not exist."""

    @action
    def second(self) -> None:
        self.on[1] = True

    @invariant
    def some(self) -> bool:
        return all(value in (True, False) for value in self.on.values())


def test_a_key_that_one_size_does_not_have_is_no_proof() -> None:
    """That the name 1 exists is not true with one node; the action raises there."""
    with pytest.raises(SpecError, match="starts with the keys"):
        prove(Raises(), every=["nodes"], properties=["some"])


class Loop(First):
    """A loop that writes."""

    @action
    def reset(self) -> None:
        for n in self.everybody():
            self.on[n] = False


class Ring(First):
    """A ring."""

    def neighbour(self, n: int) -> int:
        return (n + 1) % self.nodes

    @action(Named.everybody)
    def hand_on(self, n: int) -> None:
        require(self.on[n])
        self.on[self.neighbour(n)] = True


class Lists(Named):
    """A list for each node."""

    def init(self) -> None:
        self.log: dict[int, list[int]] = {n: [] for n in self.everybody()}

    @action(Named.everybody)
    def append(self, n: int) -> None:
        self.log[n].append(1)

    @invariant
    def short(self) -> bool:
        return all(len(each) <= 1 for each in self.log.values())


class Node(Interchangeable):
    """A node's name."""


class Opaque(Spec):
    """Names of which there is nothing to compute."""

    nodes: int = 2

    def init(self) -> None:
        self.on = dict.fromkeys(self.everybody(), False)

    def everybody(self) -> Iterable[Node]:
        return Node.several(self.nodes)

    @action(everybody)
    def switch(self, n: Node) -> None:
        self.on[n] = True

    @invariant
    def any_way(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("spec", "message"), [(Loop, "one by one"), (Ring, "divided"), (Lists, "a list for each name"), (Opaque, "takes numbers for names")]
)
def test_what_has_no_form_is_refused_at_its_line(spec: type[Spec], message: str) -> None:
    """Loops that write, rings, lists and names that are no numbers are refused, with the place."""
    with pytest.raises(SpecError, match=message) as refused:
        prove(spec(), every=["nodes"])
    assert refused.value.place is not None
    assert refused.value.remedy is not None


class Steps(First):
    """A property of steps."""

    @step_property
    def changes(self, after: Steps) -> bool:
        return len(after.on) == len(self.on)


def test_options_that_cannot_be_meant_are_refused() -> None:
    """A size is a constant of type int, the method is induction, and what is proved an invariant."""
    with pytest.raises(UsageError, match="did you mean 'nodes'"):
        prove(First(), every=["node"])
    with pytest.raises(UsageError, match="only induction"):
        prove(First(), every=["nodes"], method="ic3")
    with pytest.raises(UsageError, match="only invariants"):
        prove(Steps(), every=["nodes"], properties=["changes"])


def test_a_wrong_axiom_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """If sets of half of the names were said to meet, the wrong election would be proved; the first states say that it is not the code."""
    monkeypatch.setattr(Sizes, "_meet", lambda *_: True)
    with pytest.raises(InternalError, match="formulas that are not the code"):
        prove(HalfElection(), every=["nodes"])


class Unused(Spec):
    """A number of which nothing is made."""

    most: int = 3

    def init(self) -> None:
        self.count = 0

    def numbers(self) -> Iterable[int]:
        return range(self.most)

    @action(numbers)
    def put(self, n: int) -> None:
        self.count = n

    @invariant
    def below(self) -> bool:
        return 0 <= self.count < self.most


def test_a_bound_is_a_size_too() -> None:
    """A number that is chosen below a size stays below it."""
    assert prove(Unused(), every=["most"]).verdict is Verdict.HOLDS
