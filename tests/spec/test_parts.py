"""What the settings of a part rule out, and what they do not."""

from __future__ import annotations

import pytest

from modelcheck import Crashes, Network, Process, Spec, Verdict, action, check, choose, invariant, require
from modelcheck.errors import SpecError
from modelcheck.spec import machine_of


class Base(Spec):
    """A client that sends once, and two servers; what is done late is for others to say."""

    def init(self):
        self.network = Network[str]()
        self.servers = {name: Process() for name in "ab"}
        self.faults = Crashes(processes=self.servers, crashes=0)
        self.phase = 0

    @action
    def go(self):
        require(self.phase < 2)
        self.phase += 1
        self.network.send("hello")
        self.late()

    def late(self):
        """What an action does besides."""


def test_a_budget_of_zero_is_no_part_of_the_state():
    """Neither the budget nor its fault shows up."""
    spec = Base()
    assert [declared.name for declared in machine_of(spec).actions] == ["go"]
    assert list(spec.initial_states()[0].network) == ["messages"]
    assert list(spec.initial_states()[0].faults) == []


@pytest.mark.parametrize(
    ("part", "budget"),
    [("network", "losses"), ("network", "duplications"), ("network", "partitions"), ("faults", "crashes")],
)
def test_a_budget_that_is_raised_later_is_refused(part, budget):
    """Its actions were left out, and without them a verdict would be wrong."""

    class Raised(Base):
        def late(self):
            setattr(getattr(self, part), budget, 1)

    with pytest.raises(SpecError, match=rf"{part}\.{budget} is 0 in all initial states") as raised:
        check(Raised())
    assert raised.value.place.startswith(__file__)
    spec = Raised()
    with pytest.raises(SpecError, match=rf"{part}\.{budget} is 0 in all initial states"):
        spec.step(spec.initial_states()[0], "go")


def test_a_budget_that_is_set_to_what_it_is_is_fine():
    """A spec may end the faults of any configuration, that without faults among them."""

    class Ended(Base):
        losses: int = 0

        def init(self):
            super().init()
            self.network = Network[str](losses=self.losses)

        def late(self):
            self.network.losses = 0

    assert [check(Ended(losses=losses), properties=[]).states for losses in (0, 1)] == [3, 3]


def test_a_budget_that_may_be_zero_stays_a_part_of_the_state():
    """If one initial state has a budget, an action may change it in all."""

    class Sometimes(Base):
        def init(self):
            super().init()
            self.network = Network[str](losses=choose([0, 1]))

        def late(self):
            self.network.losses = 2

    assert "network.lose" in [each.name for each in check(Sometimes()).actions]


def test_two_networks_may_have_different_budgets():
    """What is part of the state is asked of each by itself."""

    class Two(Base):
        def init(self):
            super().init()
            self.other = Network[str](losses=1)

        def late(self):
            self.other.send("hello")

    report = check(Two(), properties=[])
    assert [each.name for each in report.actions] == ["go", "other.lose"]


def test_a_network_that_is_cut_from_the_start_heals():
    """No budget is needed for the first cut."""

    class Cut(Base):
        def init(self):
            super().init()
            self.network = Network(nodes=(0, 1), isolated=frozenset({1}))

        def late(self):
            require(not self.network.isolated)

        @action
        def go(self):
            require(self.phase == 0)
            self.late()
            self.phase = 1

        @invariant
        def cut(self):
            return self.phase == 0

    assert check(Cut(), properties=["cut"]).verdict is Verdict.VIOLATED


def test_a_process_that_is_down_from_the_start_can_run_again():
    """A restart needs no budget."""

    class Down(Base):
        def init(self):
            super().init()
            self.servers = {0: Process(up=False)}
            self.faults = Crashes(processes=self.servers, crashes=0)

        @invariant
        def down(self):
            return not self.servers[0].up

    assert check(Down(), properties=["down"]).verdict is Verdict.VIOLATED


def test_a_process_that_the_spec_does_not_hold_is_refused():
    """Its crash would change nothing."""

    class Phantom(Base):
        def init(self):
            super().init()
            self.faults = Crashes(processes={name: Process() for name in "ab"}, crashes=1)

    with pytest.raises(SpecError, match=r"nothing else in the state refers to faults\.processes\['a'\]") as raised:
        check(Phantom())
    assert raised.value.place.startswith(__file__)


@pytest.mark.parametrize("before", [False, True])
def test_some_of_the_processes_may_crash(before):
    """The part may be given a dict of its own, with processes of the spec, and be set before them."""

    class Some(Base):
        def init(self):
            processes = {name: Process() for name in "abc"}
            if before:
                self.faults = Crashes(processes=processes, crashes=1)
            super().init()
            self.servers = processes
            if not before:
                self.faults = Crashes(processes={name: processes[name] for name in "ab"}, crashes=1)
            else:
                self.faults = Crashes(processes=processes, crashes=1)

    crashes = {each.name: each.enabled for each in check(Some(), properties=[]).actions}["faults.crash"]
    assert crashes == (9 if before else 6)


@pytest.mark.parametrize("network", [{"copies": 1}, {"copies": 2}, {"duplicating": True}])
def test_a_duplicate_is_bounded_as_what_is_sent(network):
    """A network that holds at most so many copies of a message does not hold more of them after a duplication."""

    class Bounded(Base):
        def init(self):
            super().init()
            self.network = Network[str](duplications=3, **network)

        @invariant
        def few(self):
            return self.network.messages["hello"] <= network.get("copies", 1)

    report = check(Bounded(), properties=["few"])
    assert {each.name: each.verdict for each in report.properties}["few"] is Verdict.HOLDS
    assert {each.name: bool(each.enabled) for each in report.actions}["network.duplicate"] == (network == {"copies": 2})
