"""The parts treat names alike: each state is compared under all renamings, and the counts are those without symmetry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from attrs import frozen

from modelcheck import (
    Crashes,
    Durable,
    FifoNetwork,
    History,
    Interchangeable,
    Limits,
    Network,
    Process,
    Spec,
    action,
    check,
    eventually,
    fair,
    require,
    terminal,
)
from modelcheck.consistency.objects import Register
from modelcheck.parts import Byzantine, Timers
from specs.consensus.raft import Raft


class Node(Interchangeable):
    """A node."""


class Client(Interchangeable):
    """A client."""


@frozen
class Ping:
    """A message."""

    src: Node
    dst: Node


class Server(Process):
    """A server."""

    heard: frozenset[Node] = frozenset()
    known: Durable[Node | None] = None


class Pinging(Spec):
    """Nodes send one another a message."""

    count: int = 3
    left: int = 2
    kind: str = "unordered"
    losses: int = 0
    duplications: int = 0
    partitions: int = 0
    one_way: bool = False
    duplicating: bool = False
    crashes: int | None = 0
    at_once: int | None = None
    breaks: bool = False
    byzantine: int = 0

    def init(self) -> None:
        faults: dict[str, Any] = {
            "losses": self.losses, "duplications": self.duplications, "partitions": self.partitions, "one_way": self.one_way,
        }  # fmt: skip
        nodes = tuple(self.nodes())
        self.network: Any = (
            FifoNetwork(nodes=nodes, **faults) if self.kind == "fifo" else Network(nodes=nodes, duplicating=self.duplicating, **faults)
        )
        self.server = {i: Server() for i in self.nodes()}
        connections = self.network if self.breaks else None
        self.faults = Crashes(processes=self.server, crashes=self.crashes, at_once=self.at_once, connections=connections)
        pings = frozenset(Ping(i, j) for i in nodes for j in nodes if i is not j)
        self.liars: Byzantine[Ping] = Byzantine(network=self.network, nodes=nodes, most=self.byzantine, messages=pings, lies=1)
        self.to_send = self.left

    def nodes(self) -> Iterable[Node]:
        return Node.several(self.count)

    def deliverable(self) -> Iterable[Ping]:
        return self.network.deliverable()  # type: ignore[no-any-return]

    @action(nodes, nodes)
    def send(self, i: Node, j: Node) -> None:
        require(i is not j and self.to_send > 0 and self.server[i].up)
        self.to_send -= 1
        self.network.send(Ping(i, j))

    @action(deliverable)
    def receive(self, m: Ping) -> None:
        require(self.server[m.dst].up)
        self.network.receive(m)
        self.server[m.dst].heard |= {m.src}
        self.server[m.dst].known = m.src

    @terminal
    def done(self) -> bool:
        return True


CONFIGURATIONS: list[dict[str, Any]] = [
    {}, {"duplicating": True}, {"losses": 1}, {"duplications": 1}, {"partitions": 1}, {"crashes": 1}, {"count": 4, "left": 1, "partitions": 1},
    {"partitions": 1, "one_way": True}, {"crashes": None, "at_once": 1, "breaks": True, "left": 1}, {"byzantine": 1, "left": 1},
    {"kind": "fifo", "crashes": 1, "breaks": True, "byzantine": 1, "left": 1}, {"kind": "fifo"},
    {"kind": "fifo", "losses": 1, "duplications": 1, "left": 1}, {"kind": "fifo", "partitions": 1, "left": 1},
]  # fmt: skip


def same_counts(spec: Spec) -> None:
    """Compare all counts of a search with all renamings compared with those of one without symmetry."""
    reduced, whole = check(spec, symmetry="exact", keep_going=True), check(spec, symmetry="off", keep_going=True)
    assert (reduced.states, reduced.generated, reduced.depth, reduced.out_of_bounds) == (
        whole.states, whole.generated, whole.depth, whole.out_of_bounds,
    )  # fmt: skip
    of_actions = [[(each.name, each.enabled, each.dropped) for each in report.actions] for report in (reduced, whole)]
    assert of_actions[0] == of_actions[1]
    assert [each.verdict for each in reduced.properties] == [each.verdict for each in whole.properties]
    assert reduced.orbits is not None
    assert reduced.orbits < whole.states


@pytest.mark.parametrize("constants", CONFIGURATIONS, ids=str)
def test_networks_and_crashes_treat_names_alike(constants):
    same_counts(Pinging(**constants))


class Clients(Spec):
    """Clients of a register, and of timers."""

    def init(self) -> None:
        self.value: Client | None = None
        self.begun: set[Client] = set()
        self.history = History.of(Register())
        self.timers = Timers(names=Client.several(3), drift=1)

    def clients(self) -> Iterable[Client]:
        return Client.several(3)

    @action(clients)
    def begin(self, c: Client) -> None:
        require(c not in self.begun and len(self.begun) < 2)
        self.begun.add(c)
        self.history.invoke(c, "write", c)
        self.timers.start(c, 1)

    @action(clients)
    def end(self, c: Client) -> None:
        require(self.timers.runs(c))
        self.timers.stop(c)
        self.value = c
        self.history.complete(c)

    @terminal
    def done(self) -> bool:
        return True


def test_histories_and_timers_treat_clients_alike():
    same_counts(Clients())


@frozen
class Alarm:
    """What a timer of a client is called."""

    client: Client


class Alarms(Spec):
    """Timers whose names have names in them."""

    def init(self) -> None:
        self.timers = Timers(names=tuple(map(Alarm, self.clients())))

    def clients(self) -> Iterable[Client]:
        return Client.several(3)

    @action(clients)
    def begin(self, c: Client) -> None:
        require(not self.timers.runs(Alarm(c)))
        self.timers.start(Alarm(c), 1)

    @action(clients)
    def end(self, c: Client) -> None:
        self.timers.end(Alarm(c))


def test_the_order_in_which_a_part_lists_what_has_names_in_it_tells_none_apart():
    same_counts(Alarms())


@pytest.mark.parametrize(
    ("constants", "states", "orbits"),
    [
        ({"servers": 3, "max_term": 2, "max_log": 0}, 79_320, 13_264),
        ({"servers": 3, "max_term": 1, "max_log": 1, "crashes": 1}, 34_948, 5_863),
        pytest.param({"servers": 4, "max_term": 1, "max_log": 1}, 311_320, 13_480, marks=pytest.mark.slow),
        ({"servers": 5, "max_term": 1, "max_log": 0}, 9_497, 158),
    ],
)
def test_raft_has_as_many_states_and_few_orbits(constants, states, orbits):
    """The prototype found the orbits of the first row by brute force."""
    report = check(Raft(candidates=(), **constants), symmetry="on", keep_going=True)
    assert (report.states, report.orbits) == (states, orbits)


# With other options -------------------------------------------------------------------------------------------------------------------------------


class Passing(Spec):
    """Two processes pass a turn; whoever has it may work."""

    def init(self) -> None:
        self.turn = Node.several(2)[0]
        self.worked: set[Node] = set()

    def nodes(self) -> Iterable[Node]:
        return Node.several(2)

    @fair
    @action(nodes)
    def hand_over(self, i: Node) -> None:
        require(self.turn is i)
        self.turn = next(j for j in self.nodes() if j is not i)

    @fair
    @action(nodes)
    def work(self, i: Node) -> None:
        require(self.turn is i)
        self.worked.add(i)

    @eventually(nodes)
    def everybody_works(self, i: Node) -> bool:
        return i in self.worked


class Anybody(Passing):
    """Anybody may have the turn first."""

    def init(self) -> None:
        from modelcheck import choose  # noqa: PLC0415 - beside its only use.

        super().init()
        self.turn = choose(self.nodes())


def test_what_must_happen_is_asked_of_all_states():
    """The turn goes round without anybody working; on orbits the one state that is left would look as if `work` were passed over for ever."""
    for spec in (Passing(), Anybody()):
        reduced, whole = check(spec), check(spec, symmetry="off")
        assert [(each.name, each.verdict) for each in reduced.properties] == [(each.name, each.verdict) for each in whole.properties]
        assert reduced.verdict is whole.verdict
    assert check(Anybody()).symmetry == "4 states explored, since n0, n1 are interchangeable; what must happen was asked of all states"


OPTIONS: list[dict[str, Any]] = [
    {"workers": 2}, {"order": "depth"}, {"keep_going": True}, {"limits": Limits(states=50)}, {"limits": Limits(depth=3)},
    {"order": "random", "limits": Limits(states=20)}, {"engine": "sets"}, {"properties": ["deadlock"]},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("symmetry", ["auto", "off"])
def test_symmetry_goes_with_other_options(options, symmetry):
    report = check(Pinging(), symmetry=symmetry, **options)
    complete = check(Pinging(), symmetry="off")
    if "limits" in options:
        assert report.verdict.value == "unknown"
    else:
        assert (report.states, report.verdict) == (complete.states, complete.verdict)
    unreduced = symmetry == "off" or options.get("order") == "random" or options.get("engine") == "sets"
    assert (report.orbits is None) == unreduced
