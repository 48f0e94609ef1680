"""A small spec that every test of traces can use, and the traces that a search would find in it."""

import itertools
from collections import Counter, deque
from enum import Enum

import pytest
from attrs import frozen

from modelcheck.spec import (
    Process,
    Spec,
    action,
    choose,
    invariant,
    machine_of,
    reachable,
    require,
    step_property,
    terminal,
)
from modelcheck.trace import Trace


class Light(Enum):
    GREEN = 1
    RED = 2


@frozen
class Note:
    to: int
    text: str = "hello"


class Node(Process):
    seen: int = 0


class Town(Spec):
    """Lights switch, notes are sent and read: something of every kind of variable."""

    nodes: int = 2
    first: Light = Light.GREEN
    label: str = "town"

    def init(self):
        self.light = choose([self.first, Light.RED])
        self.node = {n: Node() for n in self.names()}
        self.notes = Counter()
        self.queue = deque()
        self.done = set()
        self.last = None

    def names(self):
        return range(self.nodes)

    def waiting(self):
        return self.notes

    @action
    def switch(self):
        self.light = Light.GREEN if self.light is Light.RED else Light.RED

    @action(names)
    def send(self, n):
        require(self.light is Light.GREEN)
        require(self.notes.total() < 2)
        note = Note(n, choose(["hello", "bye"]))
        self.notes[note] += 1
        self.queue.append(n)
        self.last = (n, note)

    @action(waiting)
    def read(self, note):
        require(self.notes[note] > 0)
        self.notes[note] -= 1
        self.node[note.to].seen += 1
        self.done.add(note.to)

    @invariant
    def calm(self):
        return sum(node.seen for node in self.node.values()) < 2

    @invariant(names)
    def unseen(self, n):
        return self.node[n].seen == 0

    @step_property
    def forward(self, after):
        return len(after.queue) <= len(self.queue)

    @reachable
    def read_once(self):
        return len(self.done) > 0

    @terminal
    def never(self):
        return False


def found(machine, name, kind, shows, *, longest=6):
    """The first trace of a breadth-first search whose end shows something."""
    level = [((state,), ()) for state in dict.fromkeys(machine.initial_states())]
    for _ in range(longest):
        following = []
        for states, steps in level:
            arguments = shows(states)
            if arguments is not None:
                return Trace(machine.cls.__name__, __file__, machine.constants, name, kind, states, steps, arguments)
            following += [((*states, after), (*steps, step)) for step, after in machine.successors(states[-1])]
        level = list(itertools.islice(following, 20_000))
    raise AssertionError(name)


def counterexample(machine, name):
    """The shortest counterexample to an invariant or step property, or the witness of a reachable one."""
    declared = machine.find(name, machine.properties)
    kind = declared.role.value

    def shows(states):
        if kind == "step property":
            return machine.failing(declared, states[-2], states[-1]) if len(states) > 1 else None
        if kind == "reachable":
            return {} if machine.satisfied(declared, states[-1]) else None
        return machine.failing(declared, states[-1])

    return found(machine, name, kind, shows)


@pytest.fixture
def town():
    return machine_of(Town())


@pytest.fixture
def trace(town):
    return counterexample(town, "calm")
