"""What a message is in a diagram, and whose it is."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from modelcheck.spec import State, Step
from modelcheck.trace import Trace
from modelcheck.trace.export import diagram
from modelcheck.values import Bag, FrozenDict, FrozenRecord

# What a message is, and whose it is -------------------------------------------------------------------------------------------------------------


def state(**variables):
    """A state of frozen values."""
    return State(variables)


def run_of(states, steps):
    return Trace("Some", "some.py", {}, "p", "invariant", tuple(states), tuple(steps))


@frozen
class Ask:
    client: int
    replica: int


@frozen
class Named:
    ends: ClassVar = ("by", "at")
    by: int
    at: int


@frozen
class Nowhere:
    number: int


@frozen
class Sent:
    src: int
    dst: int


def two_kinds(*messages, **others):
    """Two clients and two replicas, and what is on its way."""
    kinds = {kind: FrozenDict({0: FrozenRecord(kind.title(), {"n": 0}), 1: FrozenRecord(kind.title(), {"n": 0})}) for kind in ("client", "replica")}
    return state(**kinds, network=FrozenRecord("Network", {"messages": Bag(dict.fromkeys(messages, 1))}), **others)


def test_fields_named_like_kinds_of_processes_are_the_ends_of_a_message():
    """A client 0 is not the replica 0; the one whose state the step changes is the sender."""
    after = two_kinds(Ask(0, 0), Ask(0, 1))
    changed = State({**after, "replica": FrozenDict({**after["replica"], 0: FrozenRecord("Replica", {"n": 1})})})
    found = diagram(run_of([two_kinds(), after], [Step("ask", {"c": 0})]))
    assert found.processes == ("client 0", "client 1", "replica 0", "replica 1")
    assert [(m.src, m.dst) for m in found.messages] == [("client 0", "replica 0"), ("client 0", "replica 1")]
    assert found.events[0].process == "client 0"
    answered = diagram(run_of([two_kinds(), changed], [Step("answer", {"r": 0})]))
    assert ("replica 0", "client 0") in [(m.src, m.dst) for m in answered.messages]
    assert answered.events[0].process == "replica 0"


def test_a_class_may_name_the_ends_of_its_messages():
    """``ends`` says which field is the sender's and which the receiver's."""
    found = diagram(run_of([two_kinds(), two_kinds(Named(7, 8))], [Step("go", {})]))
    assert [(m.src, m.dst, m.text) for m in found.messages] == [("7", "8", "Named()")]


def test_a_message_without_known_ends_is_told_of():
    """It is not drawn, and the diagram says why and what helps."""
    found = diagram(run_of([two_kinds(), two_kinds(Nowhere(1))], [Step("go", {})]))
    assert found.messages == ()
    assert "Nowhere is not drawn" in found.notes[0]
    assert "ends" in found.notes[0]


def test_only_what_the_network_carries_is_a_message():
    """What an observer has noted is no message, though it has two ends; without a network it is taken for one."""
    noted = diagram(run_of([two_kinds(log=()), two_kinds(log=(Sent(0, 1),))], [Step("go", {})]))
    assert noted.messages == ()
    alone = diagram(run_of([state(log=frozenset()), state(log=frozenset({Sent(0, 1)}))], [Step("go", {})]))
    assert [(m.src, m.dst) for m in alone.messages] == [("0", "1")]


def test_who_takes_no_part_is_there_too():
    """A process that does nothing has a lane."""
    node = FrozenDict({name: FrozenRecord("Node", {"n": 0}) for name in "abc"})
    assert diagram(run_of([state(node=node), state(node=node)], [Step("go", {"who": "b"})])).processes == ("a", "b", "c")
