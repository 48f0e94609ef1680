"""Lamport's logical clocks: what happened before has a smaller time; the converse is not true.

Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978: implementation rules 1 and 2, and
the Clock Condition.

*Choices.* An event is a local step, the sending of a message, or its receipt. What happened before an event is kept
by an observer as the set of these events, by definition: those before it at the same process, and those before the
sending of what it receives. Messages arrive in any order.

*Bounds.* So many events in all.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Network, Spec, action, bound, invariant, reachable, terminal


@frozen
class Event:
    """An event: where it happened, as which of that process, its time, and the events that happened before it."""

    process: int
    number: int
    time: int
    before: frozenset[tuple[int, int]]

    @property
    def name(self) -> tuple[int, int]:
        """What names it."""
        return self.process, self.number


@frozen
class Message:
    """A message with the time of its sending; the observer knows which event that was."""

    dst: int
    time: int
    sending: Event


class LamportClocks(Spec):
    """The clocks, for a number of processes."""

    processes: int = 3
    events: int = 4

    def init(self) -> None:
        """Nothing has happened."""
        self.clock = dict.fromkeys(self.everybody(), 0)
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
        self.clock[p] += 1
        self.happen(p)

    @action(everybody, others)
    def send(self, p: int, q: int) -> None:
        """A process sends a message."""
        self.clock[p] += 1
        self.network.send(Message(q, self.clock[p], self.happen(p)))

    @action(arriving)
    def receive(self, m: Message) -> None:
        """A process gets a message."""
        self.network.receive(m)
        self.clock[m.dst] = self.time_of_receipt(self.clock[m.dst], m.time)
        self.happen(m.dst, m.sending)

    def time_of_receipt(self, mine: int, time: int) -> int:
        """Rule 2: later than the message's timestamp, and than all that happened here before."""
        return max(mine, time) + 1

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
    def clock_condition(self, a: Event, b: Event) -> bool:
        """For any events a, b: if a happened before b then C(a) < C(b)."""
        return a.name not in b.before or a.time < b.time

    @reachable(all_events, all_events)
    def orders_concurrent_events(self, a: Event, b: Event) -> bool:
        """Of two events neither of which happened before the other, one can have the smaller time."""
        return a.time < b.time and a.name not in b.before

    @terminal
    def all_has_happened(self) -> bool:
        """The bound is reached."""
        return True
