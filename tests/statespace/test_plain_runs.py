"""Runs that are not recorded, where recording would not pay, come to what recorded ones come to."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import pytest
from attrs import frozen

from modelcheck import (
    FifoNetwork,
    History,
    ModelcheckError,
    Network,
    Process,
    Record,
    Spec,
    Verdict,
    action,
    choose,
    invariant,
    require,
    step_property,
    terminal,
)
from modelcheck.consistency.objects import Register
from modelcheck.search import Limits, check
from modelcheck.statespace.recording import recorder

ALWAYS, NEVER = 1, 10**9


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """How many runs of each action and property were recorded, and how many were not."""
    found: dict[str, tuple[int, int]] = {}
    close = recorder.Recorder.close

    def closing(self: recorder.Recorder) -> None:
        for tree in self.trees.values():
            name = tree.declared.name if tree.declared else "init"
            recorded, plain = found.get(name, (0, 0))
            found[name] = (recorded + tree.calls, plain + tree.plain)
        close(self)

    monkeypatch.setattr(recorder.Recorder, "close", closing)
    return found


class Whole(Spec):
    """Each step reads all counters."""

    members: int = 5
    limit: int = 4

    def init(self):
        self.c = dict.fromkeys(range(self.members), 0)

    @action(lambda self: range(self.members))
    def step(self, i):
        self.c[i] = min(self.c[i] + 1, self.limit)
        low = min(self.c.values())
        for j in self.c:
            self.c[j] -= low

    @invariant
    def few(self):
        return sum(self.c.values()) <= self.members * self.limit


def test_what_reads_the_whole_state_is_recorded_a_few_times(runs) -> None:
    """And run in each state all the same."""
    report = check(Whole())
    recorded, plain = runs["step"]
    assert recorded <= recorder.GENEROUS + 10
    assert recorded + plain >= report.generated - 1 > 10_000
    assert runs["few"][0] <= recorder.GENEROUS + 10


def test_what_is_met_again_is_recorded(runs) -> None:
    """An action that reads one counter runs once for each value, however small the number of recorded runs to begin with."""

    class Narrow(Whole):
        def step(self, i):
            self.c[i] = (self.c[i] + 1) % self.limit

        few = None

    check(Narrow(members=6))
    assert runs["step"] == (24, 0)


class Server(Process):
    term: int = 0
    votes: set = set()  # noqa: RUF012 - Record copies it.
    log: list = []  # noqa: RUF012 - Record copies it.


class Pair(Record):
    left: int = 0
    right: Any = None


class Everything(Spec):
    """Changes what it reads whole, in all kinds of variables."""

    def init(self):
        self.server = {i: Server() for i in range(2)}
        self.pair = Pair(right=0)
        self.seen = set()
        self.bag = Counter()
        self.table = {}
        self.queue = deque()
        self.same = self.queue
        self.n = 0

    @action
    def vote(self):
        for server in self.server.values():
            if server.up and len(server.votes) < 2:
                server.votes = server.votes | {len(server.votes)}
                server.log = [*server.log, server.term][-2:]

    @action(range(2))
    def crash(self, i):
        self.server[i].term = min(self.server[i].term + 1, 1)
        self.server[i].crash()

    @action(range(2))
    def restart(self, i):
        self.server[i].restart()

    @action
    def swap(self):
        self.pair.left, self.pair.right = self.pair.right, self.pair.left
        self.n = (self.n + 1) % 2

    @action
    def put(self):
        require(self.bag.total() < 2)
        x = choose(("a", "b"))
        self.bag[x] += 1
        self.table = {**self.table, x: self.bag[x]}
        self.queue.append(x)
        require(len(self.queue) < 3)

    @action
    def last(self):
        require(self.table)
        x, _ = self.table.popitem()
        if self.bag[x] > 0:
            self.bag.subtract([x])
        self.seen ^= {x}
        if self.same:
            self.same.popleft()

    @action
    def around(self):
        seen = self.seen
        self.seen = {*self.bag}
        seen.add("a")
        self.bag = Counter(seen)

    @invariant
    def ordered(self):
        return list(self.seen) == sorted(self.seen) and list(self.bag) == sorted(self.bag)

    @step_property
    def no_leap(self, after):
        return len(after.queue) - len(self.queue) in (-1, 0, 1)

    @invariant
    def short(self):
        return len(self.queue) < 2 or self.n == 0


@frozen
class Letter:
    src: int
    dst: int
    n: int


class Talking(Spec):
    """The ready-made parts."""

    def init(self):
        self.net = Network(nodes=(0, 1), losses=1, duplications=1, partitions=1)
        self.line = FifoNetwork(nodes=(0, 1), losses=1)
        self.history = History.of(Register(0))
        self.sent = 0

    @action
    def send(self):
        require(self.sent < 2)
        self.net.send(Letter(0, 1, self.sent))
        self.line.send(Letter(1, 0, self.sent))
        if 0 not in self.history.pending:
            self.history.invoke(0, "write", 1)
        self.sent += 1

    @action(lambda self: self.net.deliverable())
    def hear(self, m):
        self.net.receive(m)
        if 1 not in self.history.pending:
            self.history.invoke(1, "read")

    @action(lambda self: self.line.deliverable())
    def answer(self, m):
        self.line.receive(m)
        require(1 in self.history.pending)
        self.history.complete(1, choose((0, 1, 2)))


@pytest.mark.parametrize("make", [Whole, Everything, Talking])
def test_both_kinds_of_run_come_to_the_same(make, runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same states, steps, verdicts and shortest traces."""
    reports = []
    for generous in (ALWAYS, NEVER):
        monkeypatch.setattr(recorder, "GENEROUS", generous)
        report = check(make(), keep_going=True, limits=Limits(depth=9))
        reports.append((report.states, report.generated, report.depth, [(a.name, a.enabled) for a in report.actions]))
        reports[-1] += tuple((p.name, p.verdict, p.trace and len(p.trace.steps)) for p in report.properties)
        if generous == ALWAYS:
            assert sum(plain for _, plain in runs.values()) > sum(recorded for recorded, _ in runs.values())
    assert reports[0] == reports[1]


class Mistake(Whole):
    """A mistake in a state that is met late."""

    kind: str = "raises"

    def step(self, i):
        super().step(i)
        if sum(self.c.values()) == 9:
            getattr(self, self.kind)()

    def raises(self):
        raise KeyError("late")

    def adds(self):
        self.d = 1

    def changes_a_constant(self):
        self.limit = 3

    def changes_keys(self):
        del self.c[0]

    def moves_a_key(self):
        self.c[0] = self.c.pop(0)

    def stores_a_list(self):
        self.c[0] = []

    def changes_the_kind(self):
        self.c = 3


@pytest.mark.parametrize("kind", ["raises", "adds", "changes_a_constant", "changes_keys", "moves_a_key", "stores_a_list", "changes_the_kind"])
def test_mistakes_are_told_alike(kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a recorded run refuses, a plain one does not pass over."""
    told = []
    for generous in (ALWAYS, NEVER):
        monkeypatch.setattr(recorder, "GENEROUS", generous)
        with pytest.raises(ModelcheckError) as caught:
            check(Mistake(kind=kind))
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_a_property_that_changes_the_state_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a late state, too."""

    class Changing(Whole):
        def few(self):
            if sum(self.c.values()) == 9:
                self.c[0] = 0
            return True

    monkeypatch.setattr(recorder, "GENEROUS", ALWAYS)
    with pytest.raises(ModelcheckError, match="only actions change the state"):
        check(Changing())


def test_what_is_no_function_of_the_state_is_found_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that are not recorded are made twice now and then."""
    calls = [0]

    class Impure(Whole):
        def step(self, i):
            calls[0] += 1
            super().step(i)
            if calls[0] > 3_000 and calls[0] % 2:
                self.c[i] = 0

    monkeypatch.setattr(recorder, "GENEROUS", ALWAYS)
    with pytest.raises(ModelcheckError, match="does not depend on the state alone"):
        check(Impure(members=6))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_loop_without_end_is_ended(workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit of time, as in a recorded run."""

    class Endless(Whole):
        def step(self, i):
            super().step(i)
            while sum(self.c.values()) == 9:
                pass

    monkeypatch.setattr(recorder, "GENEROUS", ALWAYS)
    report = check(Endless(), limits=Limits(time_s=0.6), workers=workers)
    assert report.verdict is Verdict.UNKNOWN
    assert report.seconds < 5


def test_a_counterexample_leads_through_plain_runs(runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choices in it are those that were made."""

    class Chosen(Whole):
        def step(self, i):
            super().step(i)
            by = choose((0, 2, 1))
            self.c[i] = (self.c[i] + by) % self.limit

        def few(self):
            return sum(self.c.values()) < 12

    monkeypatch.setattr(recorder, "GENEROUS", ALWAYS)
    report = check(Chosen())
    [few] = [each for each in report.properties if each.name == "few"]
    monkeypatch.setattr(recorder, "GENEROUS", NEVER)
    [recorded] = [each for each in check(Chosen()).properties if each.name == "few"]
    assert few.trace is not None
    assert recorded.trace is not None
    assert few.trace.steps == recorded.trace.steps
    assert (2,) in {step.choices for step in few.trace.steps}
    assert runs["step"][1] > 100


class Late(Spec):
    """A property looks at a second variable only where a first one is set, in runs that are not recorded."""

    def init(self) -> None:
        self.first = 0
        self.second = 0

    @action
    def set_first(self) -> None:
        self.first = 1

    @action
    def set_second(self) -> None:
        self.second = 1

    @terminal
    def anywhere(self) -> bool:
        return True

    @invariant
    def not_both(self) -> bool:
        return not (self.first and self.second)

    @step_property
    def not_both_by_a_step(self, after: Late) -> bool:
        return not (after.first and after.second)


@pytest.mark.parametrize("generous", [0, 1, 2, 3])
def test_what_a_run_read_that_was_not_recorded_may_have_changed(generous, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property is asked again after a step that writes only what no recorded run of it has read."""
    monkeypatch.setattr(recorder, "GENEROUS", generous)
    found = {each.name: (each.verdict, len(each.trace.steps)) for each in check(Late(), keep_going=True).properties if each.trace}
    assert found == {"not_both": (Verdict.VIOLATED, 2), "not_both_by_a_step": (Verdict.VIOLATED, 2)}
