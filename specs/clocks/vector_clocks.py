"""Vector clocks: one event has the smaller vector exactly if it happened before the other.

Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", 1988; Mattern, "Virtual Time and
Global States of Distributed Systems", 1989, section 4. A process counts its own events, and knows of the others' what
messages have told it.

*Choices.* An event is a local step, the sending of a message, or its receipt. What happened before an event is kept
by an observer as the set of these events, by definition: those before it at the same process, and those before the
sending of what it receives. Messages arrive in any order.

*Bounds.* So many events in all.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, bound, invariant, reachable, terminal

Vector = tuple[int, ...]


@frozen
class Event:
    """An event: where it happened, as which of that process, its vector, and the events that happened before it."""

    process: int
    number: int
    vector: Vector
    before: frozenset[tuple[int, int]]

    @property
    def name(self) -> tuple[int, int]:
        """What names it."""
        return self.process, self.number


@frozen
class Message:
    """A message with the vector of its sending; the observer knows which event that was."""

    dst: int
    vector: Vector
    sending: Event


def is_less(one: Vector, other: Vector) -> bool:
    """The order of vectors: nowhere larger, and somewhere smaller."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


class VectorClocks(Spec):
    """The clocks, for a number of processes."""

    processes: int = 3
    events: int = 4

    def init(self) -> None:
        """Nothing has happened."""
        self.clock: dict[int, Vector] = dict.fromkeys(self.everybody(), (0,) * self.processes)
        self.last: dict[int, Event | None] = dict.fromkeys(self.everybody())
        self.happened: set[Event] = set()
        self.network: Network[Message] = Network()
        self.left = self.events

    def everybody(self) -> Iterable[int]:
        """The processes."""
        return range(self.processes)

    def others(self, p: int) -> Iterable[int]:
        """The processes but one."""
        return [q for q in range(self.processes) if q != p]

    def arriving(self) -> Iterable[Message]:
        """The messages under way."""
        return self.network.deliverable()

    @action(everybody)
    def local(self, p: int) -> None:
        """Something happens at a process."""
        self.count(p)
        self.happen(p)

    @action(everybody, others)
    def send(self, p: int, q: int) -> None:
        """A process sends a message."""
        self.count(p)
        self.network.send(Message(q, self.clock[p], self.happen(p)))

    @action(arriving)
    def receive(self, m: Message) -> None:
        """A process gets a message, and learns what its sender knew."""
        self.network.receive(m)
        self.clock[m.dst] = self.merged(self.clock[m.dst], m.vector)
        self.count(m.dst)
        self.happen(m.dst, m.sending)

    def count(self, p: int) -> None:
        """A process counts its own event."""
        self.clock[p] = tuple(n + (q == p) for q, n in enumerate(self.clock[p]))

    def merged(self, mine: Vector, theirs: Vector) -> Vector:
        """Of each component the larger."""
        return tuple(max(a, b) for a, b in zip(mine, theirs, strict=True))

    def happen(self, p: int, sending: Event | None = None) -> Event:
        """The observer notes an event at p, with what happened before it."""
        bound(self.left > 0)
        self.left -= 1
        last = self.last[p]
        causes = [cause for cause in (last, sending) if cause is not None]
        before = frozenset(name for cause in causes for name in (*cause.before, cause.name))
        event = Event(p, 0 if last is None else last.number + 1, self.clock[p], before)
        self.last[p] = event
        self.happened.add(event)
        return event

    # Properties -------------------------------------------------------------------------------------------------------

    def all_events(self) -> Iterable[Event]:
        """The events so far."""
        return self.happened

    @invariant(all_events, all_events)
    def exactly_causality(self, a: Event, b: Event) -> bool:
        """V(a) < V(b) if and only if a happened before b."""
        return is_less(a.vector, b.vector) == (a.name in b.before)

    @reachable(all_events, all_events)
    def learns_by_hearsay(self, a: Event, b: Event) -> bool:
        """A process can know of an event of another one that has never written to it."""
        return a.name in b.before and not any(a.process == m.sending.process for m in self.network.in_flight()) and b.vector[a.process] > 1

    @terminal
    def all_has_happened(self) -> bool:
        """The bound is reached."""
        return True
