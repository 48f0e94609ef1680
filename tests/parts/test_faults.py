"""Faults beyond losses and crashes: cuts that work one way, corruption, links, connections that break, budgets without bound."""

from __future__ import annotations

import pytest
from attrs import frozen

from modelcheck import (
    Crashes,
    FifoNetwork,
    Network,
    Process,
    Spec,
    SpecError,
    action,
    check,
    invariant,
    reachable,
    require,
    terminal,
)
from modelcheck.parts import Damage, Disk
from modelcheck.spec import machine_of

NODES = ("a", "b", "c")


@frozen
class Message:
    """A message that a fault can make into one with another number."""

    src: str
    dst: str
    number: int = 0

    def corrupted(self):
        return [Message(self.src, self.dst, number) for number in range(3)]


class Talk(Spec):
    """Each node sends each other one message; what arrives is kept."""

    fifo: bool = False
    losses: int | None = 0
    duplications: int | None = 0
    corruptions: int | None = 0
    partitions: int | None = 0
    one_way: bool = False
    crashes: int | None = 0
    at_once: int | None = None
    breaks: bool = False

    def init(self):
        kind = FifoNetwork if self.fifo else Network
        self.network = kind(
            nodes=NODES,
            losses=self.losses,
            duplications=self.duplications,
            corruptions=self.corruptions,
            partitions=self.partitions,
            one_way=self.one_way,
            **({} if self.fifo else {"copies": 1}),
        )
        self.process = {node: Process() for node in NODES}
        self.faults = Crashes(
            processes=self.process, crashes=self.crashes, at_once=self.at_once, connections=self.network if self.breaks else None
        )
        self.sent = frozenset()
        self.heard = frozenset()

    @action(("a", "b"), ("b", "c"))
    def send(self, src, dst):
        require(src != dst and (src, dst) not in self.sent and self.process[src].up and self.process[dst].up)
        self.sent = self.sent | {(src, dst)}
        self.network.send(Message(src, dst))

    def arriving(self):
        return self.network.deliverable()

    @action(arriving)
    def hear(self, m):
        require(self.process[m.dst].up)
        self.network.receive(m)
        self.heard = self.heard | {m}

    @terminal
    def anywhere(self):
        return True

    def in_flight(self):
        return [m for queue in self.network.channels.values() for m in queue] if self.fifo else list(self.network.in_flight())

    @invariant
    def as_sent(self):
        return all(m.number == 0 for m in self.heard)

    @invariant
    def from_the_living(self):
        return all(self.process[m.src].up and self.process[m.dst].up for m in self.in_flight())

    @invariant
    def one_down(self):
        return sum(not process.up for process in self.process.values()) < 2

    @invariant
    def nothing_hangs(self):
        """What was sent is on its way or has arrived."""
        return len(self.sent) == len(self.in_flight()) + len({(m.src, m.dst) for m in self.heard})

    @reachable
    def cut_one_way(self):
        """a is heard by nobody, and hears."""
        return self.network.isolated == {"a"} and self.network.connected("b", "a") and not self.network.connected("a", "b")


def verdicts(spec):
    return {found.name: found.verdict.value for found in check(spec, keep_going=True).properties}


def names(spec):
    return {action.name for action in machine_of(spec).actions}


@pytest.mark.parametrize("fifo", [False, True])
def test_a_cut_that_works_one_way_lets_through_what_the_side_is_sent(fifo):
    assert verdicts(Talk(partitions=1, one_way=True, fifo=fifo))["cut_one_way"] == "holds"
    assert verdicts(Talk(partitions=1, fifo=fifo))["cut_one_way"] == "violated"


def test_each_side_of_a_cut_that_works_one_way_is_a_cut_of_its_own():
    """Three nodes can be cut in two in three ways, and in six if it matters who is not heard."""
    assert len(list(Network(nodes=NODES, partitions=1).cuts())) == 3
    assert len(list(Network(nodes=NODES, partitions=1, one_way=True).cuts())) == 6


@pytest.mark.parametrize("fifo", [False, True])
def test_a_corrupted_message_is_one_that_it_can_become(fifo):
    assert verdicts(Talk(corruptions=1, fifo=fifo))["as_sent"] == "violated"
    assert verdicts(Talk(fifo=fifo))["as_sent"] == "holds"
    assert "network.corrupt" not in names(Talk(fifo=fifo))


def test_a_message_that_does_not_say_what_it_can_become_is_an_error():
    class Silent(Spec):
        def init(self):
            self.network = Network(corruptions=1)
            self.network.send("hello")

        @terminal
        def anywhere(self):
            return True

    with pytest.raises(SpecError, match="'hello' does not say what it can become when it is corrupted"):
        check(Silent())


@pytest.mark.parametrize("fifo", [False, True])
def test_connections_break_with_the_process_only_where_that_is_said(fifo):
    assert verdicts(Talk(crashes=1, breaks=True, fifo=fifo))["from_the_living"] == "holds"
    assert verdicts(Talk(crashes=1, fifo=fifo))["from_the_living"] == "violated"
    assert verdicts(Talk(crashes=1, fifo=fifo))["nothing_hangs"] == "holds"


def test_so_many_are_down_at_once():
    assert verdicts(Talk(crashes=2, at_once=1))["one_down"] == "holds"
    assert verdicts(Talk(crashes=2))["one_down"] == "violated"


@pytest.mark.parametrize("fault", ["losses", "partitions", "crashes"])
def test_a_budget_without_bound_is_more_than_any_number(fault):
    """It is no part of the state, which stays finite; what is reached with a number is reached without."""
    some, all_ = (check(Talk(**{fault: budget}), keep_going=True) for budget in (1, None))
    assert {p.name for p in some.properties if p.verdict.value == "violated"} <= {p.name for p in all_.properties if p.verdict.value == "violated"}
    assert "None" not in str(machine_of(Talk(**{fault: None})).first_state)
    assert names(Talk(**{fault: None})) == names(Talk(**{fault: 1}))


def test_duplications_without_bound_stay_within_the_copies():
    assert check(Talk(duplications=None), keep_going=True).states == check(Talk(), keep_going=True).states


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"losses": -1}, "a network has the budget losses=-1"),
        ({"corruptions": -2}, "a network has the budget corruptions=-2"),
        ({"crashes": -1}, "Crashes has the budget crashes=-1"),
        ({"crashes": 1, "at_once": -1}, "Crashes has the budget at_once=-1"),
    ],
)
def test_budgets_that_are_none(given, message):
    with pytest.raises(SpecError) as raised:
        check(Talk(**given))
    assert message in str(raised.value)


def test_connections_are_those_of_the_processes():
    class Strangers(Talk):
        def init(self):
            super().init()
            self.network = Network(nodes=("a", "b"))
            self.faults = Crashes(processes=self.process, crashes=1, connections=self.network)

    with pytest.raises(SpecError, match="the process 'c' is none of the nodes"):
        check(Strangers())

    class Nobodys(Talk):
        def init(self):
            super().init()
            self.faults = Crashes(processes=self.process, crashes=1, connections=Network(nodes=NODES))

    with pytest.raises(SpecError, match="nothing else in the state refers to"):
        check(Nobodys())


# Links --------------------------------------------------------------------------------------------------------------------------------------------


def test_a_network_has_the_links_that_it_is_given():
    ring = FifoNetwork(nodes=NODES, links=(("a", "b"), ("b", "c"), ("c", "a")))
    assert list(ring.channels) == [("a", "b"), ("b", "c"), ("c", "a")]
    ring.send(Message("a", "b"))
    with pytest.raises(SpecError, match=r"there is no channel for Message\(src='a', dst='c', number=0\) among the links"):
        ring.send(Message("a", "c"))
    with pytest.raises(SpecError, match="has the end 'd', which is none of the nodes"):
        FifoNetwork(nodes=NODES, links=(("a", "d"),))


# Disks --------------------------------------------------------------------------------------------------------------------------------------------


class Stored(Spec):
    """A record is written after another, and both are safe."""

    corruptions: int | None = 0

    def init(self):
        self.disk = Disk(corruptions=self.corruptions)

    @action
    def write(self):
        require(len(self.disk.records) < 2)
        self.disk.append(len(self.disk.records))
        self.disk.sync()

    @terminal
    def full(self):
        return len(self.disk.records) == 2

    @invariant
    def what_is_read_was_written(self):
        return self.disk.read() in ((), (0,), (0, 1))

    @reachable
    def the_first_is_damaged(self):
        return self.disk.records[:1] == (Damage.CORRUPT,) and self.disk.safe == 2 and self.disk.read() == ()


def test_a_checksum_finds_a_record_that_was_damaged_where_it_stands():
    assert verdicts(Stored())["the_first_is_damaged"] == "violated"
    for corruptions in (1, None):
        found = verdicts(Stored(corruptions=corruptions))
        assert found["the_first_is_damaged"] == found["what_is_read_was_written"] == "holds"


def test_a_corrupted_message_of_a_channel_stays_in_it():
    @frozen
    class Stray:
        src: str
        dst: str

        def corrupted(self):
            return [Stray("b", "c")]

    class Channel(Spec):
        def init(self):
            self.network = FifoNetwork(nodes=NODES, corruptions=1)
            self.network.send(Stray("a", "b"))

        @terminal
        def anywhere(self):
            return True

    with pytest.raises(SpecError, match="which is none of the same channel"):
        check(Channel())
