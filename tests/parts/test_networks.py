"""What networks and faults do, state by state: each scenario with the states that it can and cannot reach."""

from __future__ import annotations

from itertools import combinations

import pytest
from attrs import frozen

from modelcheck import (
    Crashes,
    Durable,
    FifoNetwork,
    Network,
    Process,
    Spec,
    action,
    check,
    reachable,
    require,
    terminal,
)


@frozen
class Message:
    """A message."""

    src: int
    dst: int
    number: int = 0


def reached(spec: Spec) -> set:
    """All states of a spec that are reached by its own steps."""
    found, todo = set(), list(spec.initial_states())
    while todo:
        state = todo.pop()
        if state not in found:
            found.add(state)
            todo += [spec.step(state, step) for step in spec.enabled(state)]
    return found


class Cut(Spec):
    """Three nodes, one cut."""

    nodes: int = 3

    def init(self):
        self.network = Network(nodes=tuple(range(self.nodes)), partitions=1)

    @terminal
    def anywhere(self):
        return True

    @action
    def nothing(self):
        require(False)


@pytest.mark.parametrize("nodes", [2, 3, 4])
def test_every_cut_of_the_nodes_is_made_once(nodes):
    """A cut is a side without the first node, and each such side is one."""
    sides = {state.network.isolated for state in reached(Cut(nodes=nodes))}
    assert sides == {frozenset(side) for size in range(nodes) for side in combinations(range(1, nodes), size)}


def test_a_cut_is_mended_before_the_next_and_costs_its_budget():
    """With a budget of 2: whole, cut, whole, cut, whole."""

    class Twice(Cut):
        def init(self):
            self.network = Network(nodes=(0, 1), partitions=2)

    states = {(s.network.partitions, bool(s.network.isolated)) for s in reached(Twice())}
    assert states == {(2, False), (1, True), (1, False), (0, True), (0, False)}
    [start] = Twice().initial_states()
    assert [step.action for step in Twice().enabled(start)] == ["network.partition"]
    cut = Twice().step(start, "network.partition")
    assert [step.action for step in Twice().enabled(cut)] == ["network.heal"]


def test_messages_pass_within_a_side_only():
    """Of each pair of nodes the two ways are open or closed together."""

    class Sides(Cut):
        def init(self):
            self.network = Network(nodes=(0, 1, 2), partitions=1)
            self.open = ()

        @action
        def look(self):
            require(self.network.isolated == {1, 2})
            self.open = tuple((a, b) for a in range(3) for b in range(3) if self.network.connected(a, b))

    assert {s.open for s in reached(Sides())} == {(), ((0, 0), (1, 1), (1, 2), (2, 1), (2, 2))}


class Sending(Spec):
    """Messages that are sent once each, and received."""

    kind: str = "bag"
    losses: int = 0
    duplications: int = 0
    copies: int = 0
    duplicating: bool = False
    partitions: int = 0

    def init(self):
        faults = {"nodes": (0, 1), "losses": self.losses, "duplications": self.duplications, "partitions": self.partitions}
        bag = {"copies": self.copies or None, "duplicating": self.duplicating}
        self.network = FifoNetwork(**faults) if self.kind == "fifo" else Network(**faults, **bag)
        self.sent = 0
        self.got = ()

    @action
    def send(self):
        require(self.sent < 2)
        self.network.send(Message(0, 1, self.sent))
        self.sent += 1

    def arriving(self):
        return self.network.deliverable()

    @action(arriving)
    def get(self, message):
        require(len(self.got) < 3)
        self.network.receive(message)
        self.got += (message.number,)

    @terminal
    def anywhere(self):
        return True


def received(**constants) -> set:
    """What may have been received."""
    return {state.got for state in reached(Sending(**constants))}


ALL = {(), (0,), (1,), (0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("constants", "expected"),
    [
        ({}, ALL),
        ({"losses": 1}, ALL),
        ({"duplications": 1}, ALL | {(0, 0), (1, 1), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)}),
        ({"duplications": 1, "copies": 1}, ALL),
        ({"kind": "fifo"}, {(), (0,), (0, 1)}),
        ({"kind": "fifo", "losses": 1}, {(), (0,), (1,), (0, 1)}),
        ({"kind": "fifo", "duplications": 1}, {(), (0,), (0, 0), (0, 1), (0, 0, 1), (0, 1, 0), (0, 1, 1)}),
    ],
)
def test_what_may_arrive(constants, expected):
    """In which order, how often, and whether at all; a FIFO channel sends its oldest message once more, at its end."""
    assert received(**constants) == expected


def test_a_duplicating_network_keeps_what_was_received():
    """One copy is in flight for ever, and any number is received."""
    states = reached(Sending(duplicating=True))
    assert {(0, 0, 0), (1, 0, 1)} <= {state.got for state in states}
    assert {count for state in states for count in state.network.messages.values()} == {1}


@pytest.mark.parametrize("kind", ["bag", "fifo"])
def test_a_budget_of_losses_is_spent(kind):
    """One of two messages may be lost, not both; it is the oldest of a channel."""
    states = reached(Sending(kind=kind, losses=1))
    left = {(state.sent, state.got, state.network.losses, in_flight(state)) for state in states}
    assert {losses for _, _, losses, _ in left} == {0, 1}
    assert all(sent == len(got) + held + (1 - losses) for sent, got, losses, held in left)


def test_a_channel_loses_its_oldest():
    """What was sent after it is still in flight, in its order."""
    spec = Sending(kind="fifo", losses=1)
    [state] = spec.initial_states()
    after = spec.step(spec.step(spec.step(state, "send"), "send"), "network.lose", channel=(0, 1))
    assert [message.number for message in after.network.channels[0, 1]] == [1]


def in_flight(state) -> int:
    """How many messages there are in flight."""
    network = state.network
    return sum(map(len, network.channels.values())) if "channels" in network else sum(network.messages.values())


@pytest.mark.parametrize("kind", ["bag", "fifo"])
def test_a_message_waits_at_a_cut(kind):
    """Nothing passes while the nodes are apart."""
    spec = Sending(kind=kind, partitions=1)
    for state in reached(spec):
        steps = {step.action for step in spec.enabled(state)}
        assert ("get" in steps) == (in_flight(state) > 0 and not state.network.isolated)
        assert ("network.heal" in steps) == bool(state.network.isolated)


@pytest.mark.parametrize("copies", [1, 2])
def test_more_copies_than_the_bound_are_as_good_as_lost(copies):
    """So many are in flight at most, by sending and by duplication."""

    class Many(Spec):
        def init(self):
            self.network = Network(copies=copies, duplications=1)

        @action
        def send(self):
            self.network.send("m")

    assert {state.network.messages["m"] for state in reached(Many())} == set(range(copies + 1))


def test_a_channel_leads_to_others_only():
    """There is a channel for each ordered pair of different nodes."""
    [state] = Sending(kind="fifo").initial_states()
    assert set(state.network.channels) == {(0, 1), (1, 0)}


class Server(Process):
    """A process with something of each kind."""

    saved: Durable[int] = 0
    count: int = 0
    seen: set[int] = set()  # noqa: RUF012 - copied for each process.
    table: dict[int, int] = {}  # noqa: RUF012


class Crashing(Spec):
    """A server that counts, and may crash."""

    crashes: int = 1
    restarts: bool = True

    def init(self):
        self.server = {0: Server(table={7: 1}), 1: Server(table={7: 2})}
        self.faults = Crashes(processes=self.server, crashes=self.crashes, restarts=self.restarts)

    @action
    def work(self):
        server = self.server[0]
        require(server.up)
        require(server.saved == 0)
        server.saved = server.count = server.table[7] = 5
        server.seen.add(5)

    @terminal
    def anywhere(self):
        return True

    @reachable
    def back(self):
        return self.server[0].up and self.server[0].saved == 5 and self.server[0].count == 0


def test_a_crash_loses_what_is_not_durable():
    """Each field goes back to its default, a dict with fixed keys to what ``init`` gave it."""
    down = [s.server[0] for s in reached(Crashing()) if not s.server[0].up]
    assert {(s.saved, s.count, s.seen, s.table[7]) for s in down} == {(0, 0, frozenset(), 1), (5, 0, frozenset(), 1)}


def test_crashes_have_a_budget_in_all():
    """One crash of either process."""
    assert {s.faults.crashes for s in reached(Crashing())} == {0, 1}
    assert {(s.server[0].up, s.server[1].up) for s in reached(Crashing())} == {(True, True), (True, False), (False, True)}
    assert {s.faults.crashes for s in reached(Crashing(crashes=2))} == {0, 1, 2}


def test_only_who_is_up_crashes_and_only_who_is_down_restarts():
    """A process is not stopped twice."""
    spec = Crashing(crashes=2)
    for state in reached(spec):
        steps = [(step.action, step.arguments["p"]) for step in spec.enabled(state) if step.arguments]
        ups = [p for p in (0, 1) if state.server[p].up]
        assert {p for action, p in steps if action == "faults.crash"} == (set(ups) if state.faults.crashes else set())
        assert {p for action, p in steps if action == "faults.restart"} == {0, 1} - set(ups)


@pytest.mark.parametrize("restarts", [True, False])
def test_restarts_can_be_ruled_out(restarts):
    """The search says the same as the states."""
    back = {p.name: p.verdict.value for p in check(Crashing(restarts=restarts)).properties}["back"]
    assert back == ("holds" if restarts else "violated")
