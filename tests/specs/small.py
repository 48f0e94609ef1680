"""Small systems whose counts are known from Stateright."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Spec, action, constraint, invariant, reachable, require, terminal
from modelcheck.parts.network import FifoNetwork, Network


class Increment(Spec):
    """Threads that increment a number by reading and writing it, and lose updates."""

    threads: int = 2

    def init(self) -> None:
        self.i = 0
        self.t = dict.fromkeys(self.all_threads(), 0)
        self.pc = dict.fromkeys(self.all_threads(), 1)

    def all_threads(self) -> Iterable[int]:
        return range(self.threads)

    @action(all_threads)
    def read(self, k: int) -> None:
        require(self.pc[k] == 1)
        self.t[k] = self.i
        self.pc[k] = 2

    @action(all_threads)
    def write(self, k: int) -> None:
        require(self.pc[k] == 2)
        self.i = self.t[k] + 1
        self.pc[k] = 3

    @invariant
    def fin(self) -> bool:
        return sum(pc == 3 for pc in self.pc.values()) == self.i

    @terminal
    def all_done(self) -> bool:
        return all(pc == 3 for pc in self.pc.values())


class IncrementLock(Spec):
    """The same under a lock."""

    threads: int = 3

    def init(self) -> None:
        self.i = 0
        self.locked = False
        self.t = dict.fromkeys(self.all_threads(), 0)
        self.pc = dict.fromkeys(self.all_threads(), 0)

    def all_threads(self) -> Iterable[int]:
        return range(self.threads)

    @action(all_threads)
    def lock(self, k: int) -> None:
        require(self.pc[k] == 0 and not self.locked)
        self.locked = True
        self.pc[k] = 1

    @action(all_threads)
    def read(self, k: int) -> None:
        require(self.pc[k] == 1)
        self.t[k] = self.i
        self.pc[k] = 2

    @action(all_threads)
    def write(self, k: int) -> None:
        require(self.pc[k] == 2)
        self.i = self.t[k] + 1
        self.pc[k] = 3

    @action(all_threads)
    def release(self, k: int) -> None:
        require(self.pc[k] == 3 and self.locked)
        self.locked = False
        self.pc[k] = 4

    @invariant
    def fin(self) -> bool:
        return sum(pc >= 3 for pc in self.pc.values()) == self.i

    @invariant
    def mutex(self) -> bool:
        return sum(1 <= pc < 4 for pc in self.pc.values()) <= 1

    @terminal
    def all_done(self) -> bool:
        return all(pc == 4 for pc in self.pc.values())


@frozen
class Ping:
    src: int
    dst: int
    k: int


@frozen
class Pong:
    src: int
    dst: int
    k: int


class PingPong(Spec):
    """Two processes that count, each on the message of the other."""

    max: int = 5
    fifo: bool = False
    duplicating: bool = False
    lossy: bool = False

    def init(self) -> None:
        self.counter = {0: 0, 1: 0}
        self.network: Network[Ping | Pong] | FifoNetwork[Ping | Pong]
        self.network = FifoNetwork(nodes=(0, 1)) if self.fifo else Network(duplicating=self.duplicating)
        self.last: Ping | Pong | None = None
        self.network.send(Ping(0, 1, 0))

    def deliverable(self) -> Iterable[Ping | Pong]:
        return self.network.deliverable()

    @action(deliverable)
    def deliver(self, m: Ping | Pong) -> None:
        require(m.k == self.counter[m.dst])
        self.network.receive(m)
        self.counter[m.dst] += 1
        self.network.send(Pong(m.dst, m.src, m.k) if isinstance(m, Ping) else Ping(m.dst, m.src, m.k + 1))
        if self.duplicating:
            self.last = m

    @action(deliverable)
    def drop(self, m: Ping | Pong) -> None:
        """Without a budget, other than the ready-made fault."""
        require(self.lossy and isinstance(self.network, Network))
        self.network.messages[m] = 0  # type: ignore[union-attr]

    @constraint
    def within_max(self) -> bool:
        return max(self.counter.values()) <= self.max

    @invariant
    def apart_by_one(self) -> bool:
        return self.counter[1] - self.counter[0] in (0, 1)

    @reachable
    def reaches_max(self) -> bool:
        return min(self.counter.values()) == self.max

    @terminal
    def dropped(self) -> bool:
        return self.lossy
