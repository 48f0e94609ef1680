"""Topics that do not keep the order of a key; ``order_per_key`` catches them all."""

from modelcheck import fails
from specs.messaging.publish_subscribe import Event, PublishSubscribe


@fails("order_per_key", steps=3)
class RoundRobin(PublishSubscribe):
    """Events go to the partitions in turn: caught by order_per_key."""

    def partition(self, event: Event) -> int:
        """Wrong: the key is not looked at."""
        return event.number % self.partitions


@fails("order_per_key", steps=3)
class Repartitioned(PublishSubscribe):
    """The number of partitions grows while events are unread, and a key moves to another one: caught by order_per_key."""

    def partition(self, event: Event) -> int:
        """Wrong: at first there was one partition."""
        return event.key % (1 if event.number == 0 else self.partitions)


@fails("order_per_key", steps=3)
class NewestFirst(PublishSubscribe):
    """A subscriber that has fallen behind reads the newest event first: caught by order_per_key."""

    def next_event(self, s: int, p: int) -> Event:
        """Wrong: not the one at its offset."""
        return self.log[p][-1]
