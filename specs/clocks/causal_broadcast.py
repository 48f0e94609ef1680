"""Causal broadcast: who answers a message is never heard before it.

Birman, Schiper and Stephenson, "Lightweight Causal and Atomic Group Multicast", 1991, section 5.1, the CBCAST
protocol. A message carries the vector time of its sender, who counts its broadcasts; it is delivered when it is the
next one of its sender, and all that the sender had delivered before it is delivered.

*Choices.* The network loses nothing and delivers in any order. A process delivers its own message when it sends it.
What happened before a broadcast is kept by an observer, as the set of the broadcasts that its sender had delivered.

*Bounds.* So many broadcasts in all.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, invariant, reachable, require, terminal

Vector = tuple[int, ...]
Name = tuple[int, int]


@frozen
class Message:
    """A broadcast on its way to one process: its sender, its vector time, and the broadcasts before it, which only the observer looks at."""

    src: int
    dst: int
    vector: Vector
    before: frozenset[Name]

    @property
    def name(self) -> Name:
        """Which broadcast of its sender it is."""
        return self.src, self.vector[self.src]


class CausalBroadcast(Spec):
    """The protocol, for a number of processes."""

    processes: int = 3
    broadcasts: int = 3

    def init(self) -> None:
        """Nothing was sent."""
        self.time: dict[int, Vector] = dict.fromkeys(self.everybody(), (0,) * self.processes)
        self.delivered: dict[int, frozenset[Name]] = dict.fromkeys(self.everybody(), frozenset())
        self.network: Network[Message] = Network()
        self.left = self.broadcasts
        self.early: frozenset[Name] = frozenset()

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.processes)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.processes) if q != p]

    def arriving(self) -> Iterable[Message]:
        """What has arrived or will, and is not delivered."""
        return self.network.deliverable()

    @action(everybody)
    def broadcast(self, p: int) -> None:
        """A process increments its component of its vector time, and sends it with the message."""
        require(self.left > 0)
        self.left -= 1
        self.time[p] = tuple(n + (q == p) for q, n in enumerate(self.time[p]))
        self.network.broadcast(Message(p, q, self.time[p], self.delivered[p]) for q in self.others(p))
        self.delivered[p] |= {(p, self.time[p][p])}

    @action(arriving)
    def deliver(self, m: Message) -> None:
        """A message is delivered when its time has come."""
        require(self.is_next(self.time[m.dst], m))
        self.network.receive(m)
        self.time[m.dst] = tuple(max(a, b) for a, b in zip(self.time[m.dst], m.vector, strict=True))
        if not m.before <= self.delivered[m.dst]:
            self.early |= {m.name}
        self.delivered[m.dst] |= {m.name}

    def is_next(self, time: Vector, m: Message) -> bool:
        """VT(m)[k] = VT(p)[k] + 1 for the sender k, and VT(m)[k] <= VT(p)[k] otherwise."""
        return all(n == time[k] + 1 if k == m.src else n <= time[k] for k, n in enumerate(m.vector))

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant
    def causal_delivery(self) -> bool:
        """If m happened before n, every process delivers m before n."""
        return not self.early

    @reachable
    def waits(self) -> bool:
        """A message can have to wait for one that it answers."""
        return any((m.src + 1) % self.processes == m.dst and not self.is_next(self.time[m.dst], m) for m in self.network.in_flight())

    @terminal
    def everything_is_delivered(self) -> bool:
        """No message waits for ever."""
        return not list(self.network.in_flight())
