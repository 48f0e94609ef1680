"""A write-through cache: each processor has copies of its own, and all agree with one memory.

Lamport, "Specifying Systems", 2002, sections 5.6 to 5.8: the write-through cache. A write changes all copies at once
and goes into a queue to the memory; a read that misses goes into the same queue. With two processors, one address and
two values, this has as many states as Lamport's specification. The mutants are what write-back and read-through
caches do that nobody told of each other.

*Choices.* As there: a response or request is told to the outside by ``interface``, the last one of them. The history
of what clients saw is not kept; that the caches implement a memory is what coherence and ``reads_what_was_written``
come to.

*Bounds.* The queue to the memory has room for ``queue`` requests.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import Spec, action, choose, invariant, reachable, require


class Control(Enum):
    """What a processor's request is waiting for."""

    READY = "ready"
    BUSY = "busy"
    WAITING = "waiting"
    DONE = "done"


@frozen
class Read:
    """A processor asks for the value at an address."""

    address: int


@frozen
class Write:
    """A processor gives an address a value."""

    address: int
    value: int


Request = Read | Write


@frozen
class Queued:
    """A request on its way to the memory."""

    processor: int
    request: Request


class WriteThroughCache(Spec):
    """The cache, for numbers of processors, addresses and values."""

    processors: int = 2
    addresses: int = 1
    values: int = 2
    queue: int = 1

    def init(self) -> None:
        """The memory holds anything; nothing is cached."""
        self.memory = {a: choose(range(self.values)) for a in self.all_addresses()}
        self.interface: tuple[int, Request | int | None] = (0, None)
        self.control = dict.fromkeys(self.everybody(), Control.READY)
        self.buffer: dict[int, Request | int | None] = dict.fromkeys(self.everybody())
        self.cache: dict[int, dict[int, int | None]]
        self.cache = {p: dict.fromkeys(self.all_addresses()) for p in self.everybody()}
        self.to_memory: deque[Queued] = deque()

    def everybody(self) -> Iterable[int]:
        """The processors."""
        return range(self.processors)

    def all_addresses(self) -> Iterable[int]:
        """The addresses."""
        return range(self.addresses)

    def requests(self) -> Iterable[Request]:
        """What a processor can ask for."""
        reads = [Read(a) for a in range(self.addresses)]
        return [*reads, *(Write(a, v) for a in range(self.addresses) for v in range(self.values))]

    def waiting_request(self, p: int) -> Request:
        """The request of a processor, if it has one that is not done."""
        request = self.buffer[p]
        require(isinstance(request, Read | Write))
        assert isinstance(request, Read | Write)
        return request

    @action(everybody, requests)
    def ask(self, p: int, request: Request) -> None:
        """A processor issues a request."""
        require(self.control[p] is Control.READY)
        self.interface = (p, request)
        self.buffer[p] = request
        self.control[p] = Control.BUSY

    @action(everybody)
    def respond(self, p: int) -> None:
        """The cache answers a processor."""
        require(self.control[p] is Control.DONE)
        answer = self.buffer[p]
        self.interface = (p, answer)
        self.control[p] = Control.READY

    @action(everybody)
    def miss(self, p: int) -> None:
        """A read of what is not cached goes to the memory."""
        require(self.control[p] is Control.BUSY)
        request = self.waiting_request(p)
        require(isinstance(request, Read))
        require(self.cache[p][request.address] is None)
        require(len(self.to_memory) < self.queue)
        self.to_memory.append(Queued(p, request))
        self.control[p] = Control.WAITING

    @action(everybody)
    def read(self, p: int) -> None:
        """A read of what is cached."""
        require(self.control[p] in (Control.BUSY, Control.WAITING))
        request = self.waiting_request(p)
        require(isinstance(request, Read))
        value = self.cache[p][request.address]
        require(value is not None)
        self.buffer[p] = value
        self.control[p] = Control.DONE

    @action(everybody)
    def write(self, p: int) -> None:
        """A write goes into all copies that there are, into the writer's own cache, and to the memory."""
        require(self.control[p] is Control.BUSY)
        request = self.waiting_request(p)
        if isinstance(request, Read):
            require(False)
            return
        require(len(self.to_memory) < self.queue)
        for q in self.everybody():
            if p == q or self.updates(q, request.address):
                self.cache[q][request.address] = request.value
        self.to_memory.append(Queued(p, request))
        self.buffer[p] = None
        self.control[p] = Control.DONE

    def updates(self, q: int, address: int) -> bool:
        """Whether another cache has a copy, which changes with the write."""
        return self.cache[q][address] is not None

    @action
    def memory_writes(self) -> None:
        """The memory takes a write from the queue."""
        require(self.to_memory)
        request = self.to_memory[0].request
        if isinstance(request, Read):
            require(False)
            return
        self.to_memory.popleft()
        self.memory[request.address] = request.value

    @action
    def memory_reads(self) -> None:
        """The memory answers a read: with what the writes that are still queued will make of it."""
        require(self.to_memory)
        queued = self.to_memory[0]
        require(isinstance(queued.request, Read))
        self.to_memory.popleft()
        self.cache[queued.processor][queued.request.address] = self.latest(queued.request.address)

    def latest(self, address: int) -> int:
        """The value in memory when the queue is empty."""
        written = [q.request.value for q in self.to_memory if isinstance(q.request, Write) and q.request.address == address]
        return written[-1] if written else self.memory[address]

    @action(everybody, all_addresses)
    def evict(self, p: int, a: int) -> None:
        """A cache drops a copy, unless its processor waits for it."""
        if self.control[p] is Control.WAITING:
            require(self.waiting_request(p).address != a)
        self.cache[p][a] = None

    # Properties -------------------------------------------------------------------------------------------------------

    def before(self, p: int) -> Iterable[int]:
        """The processors before one."""
        return range(p)

    @invariant(everybody, before, all_addresses)
    def coherence(self, p: int, q: int, a: int) -> bool:
        """Two copies of an address are the same."""
        one, other = self.cache[p][a], self.cache[q][a]
        return one is None or other is None or one == other

    @invariant(everybody, all_addresses)
    def reads_what_was_written(self, p: int, a: int) -> bool:
        """A copy is what the memory has, or will have when the queue is empty."""
        return self.cache[p][a] is None or self.cache[p][a] == self.latest(a)

    @reachable
    def memory_is_behind(self) -> bool:
        """A read can be answered with a value that the memory does not have yet."""
        return any(value is not None and value != self.memory[a] for copies in self.cache.values() for a, value in copies.items())
