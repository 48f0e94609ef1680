"""A spec with something of every kind of variable; the traces beside it were written by earlier versions."""

from collections import Counter, deque
from enum import Enum

from attrs import frozen

from modelcheck import Process, Spec, action, choose, invariant, reachable, require, step_property


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
    """Lights switch, notes are sent and read."""

    nodes: int = 2
    first: Light = Light.GREEN
    label: str = "town"
    rate: float = 0.5

    def init(self) -> None:
        self.light = choose([self.first, Light.GREEN])
        self.node = {n: Node() for n in self.names()}
        self.notes: Counter[Note] = Counter()
        self.queue: deque[int] = deque()
        self.done: set[int] = set()
        self.last: tuple[int, Note] | None = None
        self.rates = (self.rate, b"x", True)

    def names(self):
        return range(self.nodes)

    def waiting(self):
        return self.notes

    @action
    def switch(self) -> None:
        require(len(self.queue) == 0)
        self.light = Light.GREEN if self.light is Light.RED else Light.RED

    @action(names)
    def send(self, n: int) -> None:
        require(self.light is Light.GREEN)
        require(self.notes.total() < 2)
        note = Note(n, choose(["hello", "bye"]))
        self.notes[note] += 1
        self.queue.append(n)
        self.last = (n, note)

    @action(waiting)
    def read(self, note: Note) -> None:
        require(self.notes[note] > 0)
        require(note.text == "hello")
        self.notes[note] -= 1
        self.node[note.to].seen += 1
        self.done.add(note.to)

    @invariant
    def calm(self) -> bool:
        return sum(node.seen for node in self.node.values()) < 2

    @step_property
    def forward(self, after) -> bool:
        return len(after.queue) <= len(self.queue)

    @reachable
    def read_once(self) -> bool:
        return len(self.done) > 0
