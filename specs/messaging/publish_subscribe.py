"""Publish and subscribe: every subscriber sees the events of a key in the order in which they were published.

Kreps, Narkhede and Rao, "Kafka: a Distributed Messaging System for Log Processing", 2011, section 3.2. A topic has
partitions, each of them a log; the key of an event says which partition it goes to. A subscriber reads every
partition in order, at its own pace, so the events of one key come in order, and those of different keys in any.

*Choices.* One publisher. Subscribers are independent of each other, and begin at the start of the logs. Nothing is
lost.

*Bounds.* ``events`` of each key.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from modelcheck import Spec, action, invariant, reachable, require, terminal


@frozen
class Event:
    """An event: its key, and its number among those of the key."""

    key: int
    number: int


class PublishSubscribe(Spec):
    """A topic, a publisher and some subscribers."""

    keys: int = 2
    partitions: int = 2
    events: int = 2
    subscribers: int = 2

    def init(self) -> None:
        """Nothing is published."""
        self.published = dict.fromkeys(range(self.keys), 0)
        self.log: dict[int, tuple[Event, ...]] = dict.fromkeys(self.all_partitions(), ())
        self.offset = {s: dict.fromkeys(self.all_partitions(), 0) for s in self.everybody()}
        self.seen: dict[int, tuple[Event, ...]] = dict.fromkeys(self.everybody(), ())

    def all_keys(self) -> Iterable[int]:
        """The keys."""
        return range(self.keys)

    def all_partitions(self) -> Iterable[int]:
        """The partitions."""
        return range(self.partitions)

    def everybody(self) -> Iterable[int]:
        """The subscribers."""
        return range(self.subscribers)

    @action(all_keys)
    def publish(self, key: int) -> None:
        """The publisher publishes the next event of a key."""
        require(self.published[key] < self.events)
        event = Event(key, self.published[key])
        self.published[key] += 1
        self.log[self.partition(event)] += (event,)

    def partition(self, event: Event) -> int:
        """A hash of the key."""
        return event.key % self.partitions

    @action(everybody, all_partitions)
    def read(self, s: int, p: int) -> None:
        """A subscriber reads on in a partition."""
        require(self.offset[s][p] < len(self.log[p]))
        event = self.next_event(s, p)
        self.offset[s][p] += 1
        self.seen[s] += (event,)

    def next_event(self, s: int, p: int) -> Event:
        """The one at its offset."""
        return self.log[p][self.offset[s][p]]

    # Properties -------------------------------------------------------------------------------------------------------

    @invariant(everybody, all_keys)
    def order_per_key(self, s: int, key: int) -> bool:
        """A subscriber has seen the first events of a key, in their order."""
        numbers = [event.number for event in self.seen[s] if event.key == key]
        return numbers == list(range(len(numbers)))

    @reachable
    def subscribers_differ(self) -> bool:
        """Two subscribers can see the events of different keys in different orders."""
        return len(self.seen[0]) == len(self.seen[1]) == self.keys * self.events and self.seen[0] != self.seen[1]

    @terminal
    def all_is_seen(self) -> bool:
        """Every subscriber has seen every event."""
        return all(len(seen) == self.keys * self.events for seen in self.seen.values())
