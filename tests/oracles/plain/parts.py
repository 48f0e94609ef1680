"""Stand-ins for the parts that are ready-made, and for the objects of histories."""

from __future__ import annotations

from collections import Counter, deque
from itertools import chain, combinations, permutations

from .language import Fixed, Part, action, invariant, require
from .values import SortedFrozenSet, key


class RefusedError(Exception):
    """What a part does not take."""


class Faulty(Part):
    """What the networks have in common: budgets of faults, and one cut at a time."""

    nodes: Fixed[tuple] = ()
    losses: int = 0
    duplications: int = 0
    partitions: int = 0
    isolated: frozenset = SortedFrozenSet()

    def connected(self, src, dst):
        return not self.isolated or (src in self.isolated) == (dst in self.isolated)

    def passes(self, message):
        return not self.nodes or self.connected(message.src, message.dst)

    def sides(self):
        others = self.nodes[1:]
        return [SortedFrozenSet(side) for side in chain.from_iterable(combinations(others, n + 1) for n in range(len(others)))]

    @action(sides)
    def partition(self, side):
        require(self.partitions > 0 and not self.isolated)
        self.partitions -= 1
        self.isolated = side

    @action
    def heal(self):
        require(self.isolated)
        self.isolated = SortedFrozenSet()

    def broadcast(self, messages):
        for message in messages:
            self.send(message)


class Network(Faulty):
    """Messages in a bag."""

    duplicating: Fixed[bool] = False
    copies: Fixed[int] = None
    messages: Counter = Counter()

    def has_room(self, message):
        most = 1 if self.duplicating else self.copies
        return most is None or self.messages[message] < most

    def send(self, message):
        if self.has_room(message):
            self.messages[message] += 1

    def take(self, message):
        self.messages[message] -= 1
        if not self.messages[message]:
            del self.messages[message]

    def in_flight(self):
        return self.messages

    def deliverable(self):
        return [message for message in self.messages if self.passes(message)]

    def receive(self, message):
        require(message in self.messages)
        if not self.duplicating:
            self.take(message)

    @action(in_flight)
    def lose(self, m):
        require(self.losses > 0)
        self.losses -= 1
        self.take(m)

    @action(in_flight)
    def duplicate(self, m):
        require(self.duplications > 0 and self.has_room(m))
        self.duplications -= 1
        self.messages[m] += 1


class FifoNetwork(Faulty):
    """Messages in a queue for each ordered pair of nodes."""

    channels: dict = {}

    def made(self):
        self.channels = {(src, dst): deque() for src in self.nodes for dst in self.nodes if src != dst}

    def send(self, message):
        if (message.src, message.dst) not in self.channels:
            raise RefusedError(message)
        self.channels[message.src, message.dst].append(message)

    def deliverable(self):
        return [queue[0] for queue in self.channels.values() if queue and self.passes(queue[0])]

    def receive(self, message):
        if (message.src, message.dst) not in self.channels:
            raise RefusedError(message)
        queue = self.channels[message.src, message.dst]
        require(queue and queue[0] == message)
        queue.popleft()

    def busy(self):
        return [pair for pair, queue in self.channels.items() if queue]

    @action(busy)
    def lose(self, channel):
        require(self.losses > 0)
        self.losses -= 1
        self.channels[channel].popleft()

    @action(busy)
    def duplicate(self, channel):
        require(self.duplications > 0)
        self.duplications -= 1
        self.channels[channel].append(self.channels[channel][0])


class Crashes(Part):
    """Stops processes and starts them again."""

    processes: dict = None
    crashes: int = 0
    restarts: Fixed[bool] = True

    def names(self):
        return list(self.processes)

    @action(names)
    def crash(self, p):
        require(self.crashes > 0)
        self.processes[p].crash()
        self.crashes -= 1

    @action(names)
    def restart(self, p):
        require(self.restarts)
        self.processes[p].restart()


class Register:
    """A cell."""

    def __init__(self, initial=None):
        self.initial = initial

    def apply(self, state, operation, argument):
        return {"read": (state, state), "write": (argument, None)}[operation]


class CasRegister(Register):
    """A cell that is changed if it holds what is expected."""

    def apply(self, state, operation, argument):
        if operation == "cas":
            return (argument[1], True) if key(state) == key(argument[0]) else (state, False)
        return super().apply(state, operation, argument)


class History(Part):
    """What clients saw; each explanation is a state of the object, and what operations in flight have returned in it."""

    object: Fixed[object] = None
    pending: dict = {}
    explanations: tuple = ()

    @classmethod
    def of(cls, sequential):
        return cls(object=sequential, explanations=((sequential.initial, SortedFrozenSet()),))

    def invoke(self, client, operation, argument=None):
        if client in self.pending:
            raise RefusedError(client)
        self.pending[client] = (operation, argument)

    def complete(self, client, result=None):
        found = {}
        for state, returned in self.explanations:
            for after, results in self.orders(client, state, dict(returned)):
                if key(results.pop(client)) == key(result):
                    left = (after, frozenset(results.items()))
                    found[key(after), frozenset((who, key(value)) for who, value in results.items())] = left
        self.explanations = tuple(found[each] for each in sorted(found, key=repr))
        del self.pending[client]

    def orders(self, client, state, returned):
        """Each way to let operations in flight take effect, that of the client last, if it has not yet."""
        if client in returned:
            yield state, dict(returned)
            return
        others = [who for who in self.pending if who not in returned and who != client]
        for size in range(len(others) + 1):
            for order in permutations(others, size):
                after, results = state, dict(returned)
                for who in (*order, client):
                    after, results[who] = self.object.apply(after, *self.pending[who])
                yield after, results

    @invariant
    def linearizable(self):
        return len(self.explanations) > 0


class Timers(Part):
    """Timers that end early or late, each with the ticks that must pass and those that may."""

    names: Fixed[tuple] = ()
    drift: Fixed[int] = 0
    running: dict = {}

    def made(self):
        self.running = dict.fromkeys(self.names)

    def start(self, name, ticks, *, drift=None, deadline=True):
        off = self.drift if drift is None else drift
        self.running[name] = (max(ticks - off, 0), ticks + off if deadline else None)

    def stop(self, name):
        self.running[name] = None

    def runs(self, name):
        return self.running[name] is not None

    def ended(self):
        return [name for name in self.running if self.runs(name) and self.running[name][0] == 0]

    def end(self, name):
        require(name in self.ended())
        self.running[name] = None

    @action
    def tick(self):
        after = {name: left and (max(left[0] - 1, 0), None if left[1] is None else left[1] - 1) for name, left in self.running.items()}
        require(after != self.running and all(left is None or left[1] is None or left[1] >= 0 for left in after.values()))
        self.running = after
