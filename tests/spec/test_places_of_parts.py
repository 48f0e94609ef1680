"""A part works wherever it stands: its actions and properties are the spec's, named by its place."""

from __future__ import annotations

from enum import Enum

import attrs
import pytest

from modelcheck import (
    Crashes,
    FifoNetwork,
    Fixed,
    History,
    Network,
    Part,
    Process,
    Record,
    Spec,
    Verdict,
    action,
    check,
    invariant,
    require,
    terminal,
)
from modelcheck.consistency.objects import Register
from modelcheck.errors import SpecError, UsageError
from modelcheck.spec import machine_of


class Colour(Enum):
    """Keys that are members of an enum."""

    RED = 1
    BLUE = 2


class Holder(Record):
    """A record with a network in it."""

    inbox: Network[str]


@attrs.define(eq=False)
class Plain:
    """A mutable class that is no `Record`."""

    inbox: Network[str]


class Node(Process):
    """A process with a network in it."""

    inbox: Network[str]


class Outer(Part):
    """A part with a part in it, and an action and a property of its own."""

    inner: Network[str]
    tries: int = 1

    @action
    def retry(self):
        """Send once more."""
        require(self.tries)
        self.tries -= 1
        self.inner.send("again")

    @invariant
    def few(self):
        """Of its own and of what is in it."""
        return self.inner.messages.total() < 3


PLACES = {
    "box": lambda net: net,
    "box[0]": lambda net: {0: net, 1: 5},
    "box['a.b']": lambda net: {"a.b": net},
    "box[RED]": lambda net: {Colour.BLUE: 0, Colour.RED: net},
    "box[(0, 1)]": lambda net: {(0, 1): net},
    "box[True]": lambda net: {True: net},
    "box[None]": lambda net: {None: net},
    "box.inbox": lambda net: Holder(inbox=net),
    "box.inbox ": lambda net: Plain(inbox=net),
    "box.inbox  ": lambda net: Node(inbox=net),
    "box[0]['x']": lambda net: {0: {"x": net}},
    "box[0].inbox": lambda net: {0: Node(inbox=net)},
    "box.inner": lambda net: Outer(inner=net, tries=0),
    "box['p'].inner": lambda net: {"p": Outer(inner=net, tries=0)},
}


class Lossy(Spec):
    """A network with two messages, one of which may be lost and one come twice, at one of the places."""

    place: str = "box"

    def init(self):
        net = Network[str](losses=1, duplications=1)
        net.broadcast("ab")
        self.box = PLACES[self.place](net)
        self.got = 0

    def net(self):
        """The network."""
        return machine_of(Lossy(place=self.place)).actions[-1].subject(self)

    def arriving(self):
        return self.net().deliverable()

    @action(arriving)
    def take(self, m):
        self.net().receive(m)
        self.got += 1

    @invariant
    def two(self):
        """False once a message came twice."""
        return self.got <= 2

    @terminal
    def end(self):
        return True


@pytest.mark.parametrize("place", PLACES)
def test_what_a_network_does_is_named_by_its_place(place):
    """The names begin with the place, as Python text."""
    names = [declared.name for declared in machine_of(Lossy(place=place)).actions]
    assert {f"{place.strip()}.lose", f"{place.strip()}.duplicate"} <= set(names)


@pytest.mark.parametrize("place", PLACES)
def test_a_network_does_the_same_wherever_it_stands(place):
    """As many states, and the same shortest violation, as where it is an attribute."""
    flat, report = (check(Lossy(place=each), keep_going=True) for each in ("box", place))
    assert (report.states, report.generated) == (flat.states, flat.generated)
    assert [(each.name, each.enabled) for each in report.actions if each.name == "take"] == [("take", flat.actions[0].enabled)]
    assert [len(each.trace.steps) for each in report.properties if each.name == "two"] == [4]


@pytest.mark.parametrize("place", PLACES)
def test_plain_objects_agree(place):
    """Stepping by hand knows the same steps as the search."""
    spec = Lossy(place=place)
    [state] = spec.initial_states()
    assert len(spec.enabled(state)) == 6
    lost = spec.step(state, f"{place.strip()}.lose", m="a")
    assert [step.arguments for step in spec.enabled(lost) if step.action == "take"] == [{"m": "b"}]


class Keys(Spec):
    """A history for each key of a store that always answers 5."""

    def init(self):
        self.history = {key: History.of(Register(0)) for key in "xy"}
        self.reads = 0

    @action(("x", "y"))
    def read(self, k):
        require(self.reads < 2)
        self.reads += 1
        self.history[k].invoke("c", "read")
        self.history[k].complete("c", 5 if k == "x" else 0)

    @terminal
    def end(self):
        return True


def test_a_history_for_each_key_is_judged_by_itself():
    """The one is violated, the other holds."""
    report = check(Keys(), keep_going=True)
    assert [(each.name, each.verdict.value) for each in report.properties[:2]] == [
        ("history['x'].linearizable", "violated"),
        ("history['y'].linearizable", "holds"),
    ]


def test_a_property_of_a_part_can_be_asked_for():
    """By its name, and a wrong one is told with the nearest."""
    assert check(Keys(), properties=["history['y'].linearizable"]).verdict is Verdict.HOLDS
    assert check(Keys(), properties=['history["y"].linearizable']).verdict is Verdict.HOLDS
    with pytest.raises(UsageError, match=r"did you mean .history\["):
        check(Keys(), properties=["history[x].linearizable"])


class Nested(Spec):
    """A part in a part in a dict."""

    def init(self):
        self.links = {side: Outer(inner=Network[str](losses=1, copies=None)) for side in "lr"}

    @action(("l", "r"))
    def send(self, side):
        require(self.links[side].inner.messages.total() < 2)
        self.links[side].inner.send("first")

    @terminal
    def end(self):
        return True


def test_parts_in_parts_bring_all_that_they_declare():
    """The outer part's action and property, and those of the part in it."""
    machine = machine_of(Nested())
    assert [each.name for each in machine.actions] == [
        "send", "links['l'].retry", "links['l'].inner.lose", "links['r'].retry", "links['r'].inner.lose",
    ]  # fmt: skip
    assert [each.name for each in machine.properties] == ["links['l'].few", "links['r'].few"]
    report = check(Nested(), keep_going=True)
    assert [(each.verdict, len(each.trace.steps)) for each in report.properties[:2]] == [(Verdict.VIOLATED, 3)] * 2


class CrashesByGroup(Spec):
    """A part per group of processes, each with a budget of its own."""

    def init(self):
        self.groups = {name: {i: Process() for i in range(2)} for name in "ab"}
        self.faults = {
            name: Crashes(processes=self.groups[name], crashes=int(name == "a"), restarts=False) for name in "ab"
        }

    @action
    def wait(self):
        require(not all(process.up for process in self.groups["a"].values()))

    @invariant
    def all_up(self):
        return all(process.up for process in self.groups["a"].values())

    @terminal
    def end(self):
        return True


def test_parts_of_one_class_have_settings_of_their_own():
    """What one part's budget rules out, another's may allow."""
    report = check(CrashesByGroup(), keep_going=True)
    assert [each.name for each in report.actions] == ["wait", "faults['a'].crash"]
    assert report.states == 3


def test_a_part_on_two_paths_is_one():
    """Its actions are named by the first."""

    class Shared(Spec):
        def init(self):
            self.network = FifoNetwork(nodes=(0, 1), losses=1)
            self.boxes = {0: self.network, 1: self.network}

        @action
        def go(self):
            require(False)

        @terminal
        def end(self):
            return True

    assert [each.name for each in machine_of(Shared()).actions] == ["go", "network.lose"]


class Fixes(Record):
    """A record that says that its network never changes."""

    inbox: Fixed[Network[str]]


@attrs.frozen
class Frozen:
    """A value with a network in it."""

    inbox: Network[str]


@pytest.mark.parametrize(
    "make",
    [
        lambda: (Network[str](losses=1),),
        lambda: [Network[str](losses=1)],
        lambda: ((0, Network[str](losses=1)),),
        lambda: Frozen(Network[str](losses=1)),
        lambda: {0: Frozen(Network[str](losses=1))},
        lambda: frozenset({Network[str](losses=1)}),
        lambda: {Network[str](losses=1): 0},
        lambda: Fixes(inbox=Network[str](losses=1)),
    ],
)
def test_a_part_where_it_cannot_be_followed_is_refused(make):
    """The message names the place and says where records may stand."""

    class Odd(Spec):
        def init(self):
            self.net = make()

        @action
        def go(self):
            pass

    with pytest.raises(SpecError, match="net") as raised:
        check(Odd())
    assert "Attributes, dicts with fixed keys" in raised.value.remedy or "Remove Fixed" in raised.value.remedy


def test_a_part_that_is_an_attribute_of_the_class_is_refused():
    """All states would share it."""

    class Odd(Spec):
        net = Network(losses=1)

        def init(self):
            self.n = 0

        @action
        def go(self):
            self.net.send(1)

    with pytest.raises(SpecError, match="net is an attribute of the class Odd") as raised:
        check(Odd())
    assert raised.value.remedy == "Set self.net in init."


@pytest.mark.parametrize("code", ["self.box[0] = Network(losses=2)", "self.box[0] = 5", "self.box[2] = Network()", "del self.box[0]"])
def test_an_action_does_not_put_other_parts_in_place(code):
    """Settings that init gave stay, and so do the keys."""

    class Replacing(Spec):
        def init(self):
            self.box = {0: Network(), 1: Network()}

        @action
        def go(self):
            exec(code)

    with pytest.raises(SpecError, match=r"box"):
        check(Replacing())


def test_crashes_of_what_is_no_dict_are_the_specs_mistake():
    """A single process has no name to crash under."""

    class Odd(Spec):
        def init(self):
            self.server = Process()
            self.faults = Crashes(processes=self.server, crashes=1)

        @action
        def go(self):
            pass

    with pytest.raises(SpecError, match="takes a dict of processes by name"):
        check(Odd())


def test_an_operation_that_begins_in_init_is_refused():
    """Its client would have to stay."""

    class Odd(Spec):
        def init(self):
            self.history = History.of(Register(0))
            self.history.invoke("c", "write", 1)

        @action
        def go(self):
            self.history.complete("c")

    with pytest.raises(SpecError, match="client 'c' invoked write in init"):
        check(Odd())


@pytest.mark.parametrize("budget", ["none", -1, float("inf"), 1.0, True])
def test_a_budget_is_a_whole_number(budget):
    """Nothing else bounds how often a fault may happen, and None says that nothing does."""

    class Odd(Spec):
        def init(self):
            self.network = Network(losses=budget)

        @action
        def go(self):
            pass

    with pytest.raises(SpecError, match="a network has the budget losses="):
        check(Odd())
