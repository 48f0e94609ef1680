"""What a network answers in the midst of an action: as a bag of messages, or a queue per channel, would.

Random programs of sends, receipts and faults run within one action, in the search, on plain objects, and on lists that share no code with the
networks.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from attrs import frozen

from modelcheck import FifoNetwork, Limits, Network, Spec, action, check, invariant, require, terminal
from modelcheck.errors import SpecError

NODES = (0, 1, 2)
RUNS = 50


@frozen
class Note:
    """A message."""

    src: int
    dst: int
    text: str = "a"


NOTES = (Note(0, 1), Note(1, 0), Note(1, 2), Note(0, 1, "b"))


class Running(Spec):
    """Runs a program on a network, and notes what it answers after each line."""

    program: tuple = ()
    wanted: tuple = ()
    fifo: bool = False
    duplicating: bool = False
    copies: int | None = None

    def init(self):
        faults = {"nodes": NODES, "losses": 9, "duplications": 9, "partitions": 9}
        self.network = (
            FifoNetwork(**faults) if self.fifo else Network(**faults, duplicating=self.duplicating, copies=self.copies)
        )
        self.network.send(NOTES[0])
        self.answers = ()

    @action
    def run(self):
        require(not self.answers)
        for name, *arguments in self.program:
            getattr(self.network, name)(*arguments)
            self.answers += (self.answer(),)

    def answer(self):
        """What is in flight, and what can be received."""
        receivable = tuple(sorted(map(repr, self.network.deliverable())))
        if self.fifo:
            return tuple(tuple(queue) for queue in self.network.channels.values()), receivable
        messages = self.network.messages
        counts = tuple(sorted((repr(note), messages[note]) for note in NOTES if note in messages))
        return counts, tuple(sorted(map(repr, self.network.in_flight()))), len(messages), messages.total(), receivable

    @invariant
    def right(self):
        return self.answers in ((), self.wanted)

    @terminal
    def end(self):
        return True


class Lists:
    """The same on a list of messages per network or channel."""

    def __init__(self, fifo, duplicating, copies):
        self.fifo, self.duplicating, self.copies = fifo, duplicating, 1 if duplicating else copies
        self.queues = {(s, d): [] for s in NODES for d in NODES if s != d}
        self.cut = frozenset()
        self.send(NOTES[0])

    def queue(self, note):
        return self.queues[note.src, note.dst]

    def send(self, note):
        queue = self.queue(note)
        if self.copies is None or queue.count(note) < self.copies:
            queue.append(note)
        return True

    def receive(self, note):
        queue = self.queue(note)
        if note not in queue or (self.fifo and queue[0] != note):
            return False
        if not self.duplicating:
            queue.remove(note)
        return True

    def lose(self, which):
        queue = self.queues[which] if self.fifo else self.queue(which)
        if not queue or (not self.fifo and which not in queue):
            return False
        queue.remove(queue[0] if self.fifo else which)
        return True

    def duplicate(self, which):
        queue = self.queues[which] if self.fifo else self.queue(which)
        if not queue or (not self.fifo and which not in queue):
            return False
        if not self.fifo and self.copies is not None and queue.count(which) >= self.copies:
            return False
        queue.append(queue[0] if self.fifo else which)
        return True

    def partition(self, side):
        fine = not self.cut
        self.cut = self.cut or side
        return fine

    def heal(self):
        fine = bool(self.cut)
        self.cut = frozenset()
        return fine

    def answer(self):
        passing = [queue for (s, d), queue in self.queues.items() if not self.cut or (s in self.cut) == (d in self.cut)]
        if self.fifo:
            receivable = tuple(sorted(repr(queue[0]) for queue in passing if queue))
            return tuple(tuple(self.queues[key]) for key in sorted(self.queues)), receivable
        counts = Counter(note for queue in self.queues.values() for note in queue)
        receivable = tuple(sorted({repr(note) for queue in passing for note in queue}))
        listed = tuple(sorted((repr(note), count) for note, count in counts.items()))
        return listed, tuple(sorted(map(repr, counts))), len(counts), sum(counts.values()), receivable


def program(rng, lists):
    """A program all of whose lines are enabled, and what it answers."""
    lines, answers = [], []
    while len(lines) < rng.randint(3, 8):
        name = rng.choice(["send", "send", "receive", "receive", "receive", "lose", "duplicate", "partition", "heal"])
        channel = rng.choice(list(lists.queues)) if lists.fifo and name in {"lose", "duplicate"} else rng.choice(NOTES)
        arguments = {"heal": (), "partition": (frozenset(rng.sample(NODES[1:], rng.randint(1, 2))),)}.get(name, (channel,))
        if getattr(lists, name)(*arguments):
            lines.append((name, *arguments))
            answers.append(lists.answer())
    return tuple(lines), tuple(answers)


KINDS = [(True, False, None), (False, False, None), (False, False, 1), (False, False, 2), (False, True, None)]


@pytest.mark.parametrize(("fifo", "duplicating", "copies"), KINDS)
def test_a_network_answers_within_a_step_as_lists_do(fifo, duplicating, copies):
    """In the search and on plain objects."""
    rng = random.Random(f"{fifo}{duplicating}{copies}")
    compared = 0
    for _ in range(RUNS):
        lines, answers = program(rng, Lists(fifo, duplicating, copies))
        spec = Running(program=lines, wanted=answers, fifo=fifo, duplicating=duplicating, copies=copies)
        [state] = spec.initial_states()
        assert spec.step(state, "run").answers == answers
        report = check(spec, properties=["right"], limits=Limits(depth=2))  # The network does nothing before the program.
        assert report.properties[0].trace is None
        assert [each.enabled for each in report.actions if each.name == "run"] == [1]
        compared += len(answers)
    assert compared > 4 * RUNS


@pytest.mark.parametrize(
    "line",
    [
        "self.bag['a'] -= 1",
        "self.bag['a'] = 0",
        "del self.bag['a']",
        "self.bag.subtract(['a'])",
        "self.bag -= Counter('a')",
    ],
)
def test_what_comes_to_zero_is_gone_at_once(line):
    """In the search and on plain objects, as at the end of the step."""

    class Bag(Spec):
        def init(self):
            self.bag = Counter("ab")
            self.seen = None

        @action
        def take(self):
            require(self.seen is None)
            exec(line)
            self.seen = (len(self.bag), "a" in self.bag, tuple(self.bag), self.bag["a"], "a" in self.bag.copy())

        @invariant
        def right(self):
            return self.seen in (None, (1, False, ("b",), 0, False))

        @terminal
        def end(self):
            return True

    spec = Bag()
    assert spec.step(spec.initial_states()[0], "take").seen == (1, False, ("b",), 0, False)
    assert check(spec).properties[0].trace is None


@pytest.mark.parametrize("line", ["self.bag['a'] -= 3", "self.bag['a'] = -1", "self.bag.subtract({'c': 1})", "self.bag.update({'a': -2})"])
def test_a_count_below_zero_is_refused_at_once(line):
    """Even if the action is not enabled in the end, or makes up for it."""

    class Bag(Spec):
        def init(self):
            self.bag = Counter("ab")

        @action
        def take(self):
            exec(line)
            require(False)

    spec = Bag()
    for run in (lambda: check(spec), lambda: spec.enabled(spec.initial_states()[0])):
        with pytest.raises(SpecError, match=r"bag holds '[ac]' -\d times"):
            run()
