"""Chandy and Lamport's snapshot: the recorded states of processes and channels are one state that the system could have been in.

Chandy and Lamport, "Distributed Snapshots: Determining Global States of Distributed Systems", 1985, section 3; the
system is the single-token conservation system of section 2, with any number of tokens. A process records its state
and sends a marker along each channel before anything else; who gets a marker records its state if it has not, and
what arrives on a channel after that and before the channel's marker is the state of the channel.

*Choices.* Channels are FIFO and lose nothing, and join all processes. Tokens are sent one at a time. One process
begins, at any time. ``seen`` is an observer's: how many tokens a process has sent to and got from each other one when
it records its state.

*Bounds.* The number of tokens and of sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from modelcheck import (
    FifoNetwork,
    Network,
    Record,
    Spec,
    action,
    eventually,
    fair,
    invariant,
    reachable,
    require,
    terminal,
)


class Kind(Enum):
    """What a message is."""

    TOKEN = "token"  # noqa: S105
    MARKER = "marker"


@frozen
class Message:
    """A token, or a marker."""

    src: int
    dst: int
    kind: Kind


class Process(Record):
    """A process: its tokens; what it has recorded of itself and of each channel that leads to it; from whom a marker has come."""

    tokens: int = 0
    recorded: int | None = None
    channel: dict[int, int] = {}
    marked: frozenset[int] = frozenset()
    sent: dict[int, int] = {}
    got: dict[int, int] = {}
    seen_sent: tuple[int, ...] = ()
    seen_got: tuple[int, ...] = ()


class Snapshot(Spec):
    """The algorithm, for a number of processes."""

    processes: int = 3
    tokens: int = 1
    sends: int = 3

    def init(self) -> None:
        """Process 0 has all tokens."""
        self.process = {
            p: Process(
                tokens=self.tokens if p == 0 else 0,
                channel=dict.fromkeys(self.others(p), 0),
                sent=dict.fromkeys(self.everybody(), 0),
                got=dict.fromkeys(self.everybody(), 0),
            )
            for p in self.everybody()
        }
        self.network = self.channels()
        self.left = self.sends
        self.begun = False

    def channels(self) -> FifoNetwork[Message] | Network[Message]:
        """A channel for each ordered pair of processes."""
        return FifoNetwork(nodes=tuple(self.everybody()))

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.processes)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.processes) if q != p]

    def arriving(self) -> Iterable[Message]:
        """The oldest message of each channel."""
        return self.network.deliverable()

    @action(everybody, others)
    def send_token(self, p: int, q: int) -> None:
        """A process passes a token on."""
        process = self.process[p]
        require(process.tokens > 0)
        require(self.left > 0)
        self.left -= 1
        process.tokens -= 1
        process.sent[q] += 1
        self.network.send(Message(p, q, Kind.TOKEN))

    @fair
    @action(everybody)
    def begin(self, p: int) -> None:
        """A process records its state by itself."""
        require(not self.begun)
        self.begun = True
        self.record(p)

    def record(self, p: int) -> None:
        """Marker-sending rule: p records its state, and sends a marker along each channel before any further message."""
        process = self.process[p]
        process.recorded = process.tokens
        process.seen_sent = tuple(process.sent[q] for q in self.everybody())
        process.seen_got = tuple(process.got[q] for q in self.everybody())
        self.network.broadcast(Message(p, q, Kind.MARKER) for q in self.others(p))

    @fair
    @action(arriving)
    def receive(self, m: Message) -> None:
        """A token arrives, or a marker."""
        self.network.receive(m)
        if m.kind is Kind.MARKER:
            self.receive_marker(m.dst, m.src)
        else:
            self.receive_token(m.dst, m.src)

    def receive_marker(self, p: int, q: int) -> None:
        """Marker-receiving rule: p records its state if it has not, the channel being empty; else the channel's state is complete."""
        if self.process[p].recorded is None:
            self.record(p)
        self.process[p].marked |= {q}

    def receive_token(self, p: int, q: int) -> None:
        """A token that comes after p has recorded its state, and before the marker, was in the channel."""
        process = self.process[p]
        process.tokens += 1
        process.got[q] += 1
        if process.recorded is not None and q not in process.marked:
            process.channel[q] += 1

    # Properties -------------------------------------------------------------------------------------------------------

    def is_complete(self) -> bool:
        """All states and channels are recorded."""
        return all(len(process.marked) == self.processes - 1 for process in self.process.values())

    @invariant
    def conservation(self) -> bool:
        """The recorded state has as many tokens as the system."""
        if not self.is_complete():
            return True
        processes = self.process.values()
        return self.tokens == sum((p.recorded or 0) + sum(p.channel.values()) for p in processes)

    @invariant(everybody, others)
    def consistent_cut(self, p: int, q: int) -> bool:
        """No message is recorded as received that is not recorded as sent; what lies between is the state of the channel."""
        src, dst = self.process[p], self.process[q]
        if src.recorded is None or dst.recorded is None:
            return True
        under_way = src.seen_sent[q] - dst.seen_got[p]
        return under_way >= 0 and (p not in dst.marked or dst.channel[p] == under_way)

    @reachable
    def catches_token_under_way(self) -> bool:
        """A token can be recorded in a channel."""
        return self.is_complete() and any(sum(p.channel.values()) for p in self.process.values())

    @eventually
    def is_taken(self) -> bool:
        """The snapshot is complete at last: somebody begins, and messages arrive."""
        return self.is_complete()

    @terminal
    def recorded(self) -> bool:
        """The snapshot is complete, and everything has arrived."""
        return self.is_complete()
