"""Byzantine processes: who may turn, what they may say, and to whom; state by state."""

from __future__ import annotations

import pytest
from attrs import frozen

from modelcheck import FifoNetwork, Network, Spec, SpecError, action, check, invariant, reachable, require, terminal
from modelcheck.parts import Byzantine
from modelcheck.spec import machine_of

NODES = ("a", "b", "c")


@frozen
class Vote:
    """A vote."""

    src: str
    dst: str
    yes: bool


def everything():
    return tuple(Vote(src, dst, yes) for src in NODES for dst in NODES if src != dst for yes in (False, True))


class Votes(Spec):
    """The honest vote yes, once, to everybody; what arrives is kept."""

    most: int = 1
    forging: bool = False
    lies: int | None = None
    fifo: bool = False

    def init(self):
        self.network = FifoNetwork(nodes=NODES) if self.fifo else Network(copies=1)
        self.byzantine = Byzantine(
            network=self.network, nodes=NODES, most=self.most, messages=frozenset(self.sayable()), forging=self.forging, lies=self.lies
        )
        self.heard = {node: frozenset() for node in NODES}
        self.voted = dict.fromkeys(NODES, False)

    def sayable(self):
        return everything()

    def honest(self):
        return self.byzantine.honest()

    @action(honest)
    def vote(self, p):
        require(not self.voted[p])
        self.voted[p] = True
        self.network.broadcast(Vote(p, q, True) for q in NODES if q != p)

    def arriving(self):
        return self.network.deliverable()

    @action(arriving)
    def hear(self, m):
        require(m.dst not in self.byzantine.faulty)
        self.network.receive(m)
        self.heard[m.dst] = self.heard[m.dst] | {(m.src, m.yes)}

    @terminal
    def anywhere(self):
        return True

    @invariant
    def few(self):
        return len(self.byzantine.faulty) <= self.most

    @invariant
    def the_honest_say_yes(self):
        return all(yes or src in self.byzantine.faulty for said in self.heard.values() for src, yes in said)

    @reachable
    def says_both(self):
        """One process says no to one and yes to another."""
        return ("a", True) in self.heard["b"] and ("a", False) in self.heard["c"]

    @reachable
    def says_nothing(self):
        return self.byzantine.faulty == {"a"} and not self.voted["a"] and all(("a", yes) not in self.heard["b"] for yes in (False, True))


def verdicts(spec):
    return {found.name: found.verdict.value for found in check(spec, keep_going=True).properties}


def test_one_says_different_things_to_different_processes_or_nothing():
    found = verdicts(Votes(lies=2))
    assert found["few"] == found["the_honest_say_yes"] == found["says_both"] == found["says_nothing"] == "holds"


def test_a_sender_is_who_he_says_unless_he_may_forge():
    assert verdicts(Votes(lies=1, forging=True))["the_honest_say_yes"] == "violated"


def test_nobody_turns_where_nobody_may():
    """The part then has no actions and no variables."""
    machine = machine_of(Votes(most=0))
    assert [action.name for action in machine.actions] == ["vote", "hear"]
    assert not any(name.startswith("byzantine.") for name in str(machine.first_state).split())
    assert verdicts(Votes(most=0))["says_both"] == "violated"


def test_without_a_bound_on_lies_a_network_with_one_copy_stays_finite():
    """What is checked without a budget includes what is checked with one."""

    class ToOne(Votes):
        def sayable(self):
            return tuple(vote for vote in everything() if (vote.src, vote.dst) == ("a", "b"))

    bounded, unbounded = (check(ToOne(lies=lies), keep_going=True) for lies in (1, None))
    assert bounded.verdict is unbounded.verdict
    assert unbounded.states > 0
    assert verdicts(ToOne())["the_honest_say_yes"] == "holds"


def test_the_messages_of_a_fifo_network_keep_their_order():
    assert verdicts(Votes(lies=2, fifo=True))["says_both"] == "holds"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"most": 4}, "most=4 of 3 nodes are to be Byzantine"),
        ({"most": 1, "messages": frozenset({"yes"})}, "'yes' says neither whom it is from nor whom it is for"),
        ({"most": 1, "lies": -1}, "Byzantine has the budget lies=-1"),
        ({"most": True}, "most=True"),
        ({"most": 1, "messages": ("yes",)}, "the messages are ('yes',), and no frozenset"),
    ],
)
def test_mistakes(given, message):
    class Mistaken(Votes):
        def init(self):
            super().init()
            self.byzantine = Byzantine(network=self.network, nodes=NODES, **given)

    with pytest.raises(SpecError) as raised:
        check(Mistaken())
    assert message in str(raised.value)
    assert raised.value.place


def test_a_network_of_its_own_is_refused():
    """What is sent on a network that nobody else has would change nothing."""

    class Alone(Votes):
        def init(self):
            super().init()
            self.byzantine = Byzantine(network=Network(), nodes=NODES, most=1, messages=frozenset(everything()))

    with pytest.raises(SpecError, match="nothing else in the state refers to"):
        check(Alone())
