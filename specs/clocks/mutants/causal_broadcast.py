"""Causal broadcast with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.clocks.causal_broadcast import CausalBroadcast, Message, Vector


@fails("causal_delivery", steps=3)
class DeliversAtOnce(CausalBroadcast):
    """Messages are delivered as they arrive: caught by causal_delivery."""

    def is_next(self, time: Vector, m: Message) -> bool:
        """Wrong: nothing waits."""
        return True


@fails("causal_delivery", steps=4)
class OnlyFifo(CausalBroadcast):
    """The order of each sender is kept, and an answer is heard before the question: caught by causal_delivery."""

    def is_next(self, time: Vector, m: Message) -> bool:
        """Wrong: what the sender had delivered is not looked at."""
        return m.vector[m.src] == time[m.src] + 1


@fails("causal_delivery", steps=3)
class SkipsOwnOrder(CausalBroadcast):
    """What the sender had delivered is waited for, and its own earlier messages are not: caught by causal_delivery."""

    def is_next(self, time: Vector, m: Message) -> bool:
        """Wrong: the sender's component may be any."""
        return all(k == m.src or n <= time[k] for k, n in enumerate(m.vector))


@fails("deadlock", steps=3)
class WaitsForItself(CausalBroadcast):
    """A message waits until its own time is reached, and nothing is ever delivered: a deadlock."""

    def is_next(self, time: Vector, m: Message) -> bool:
        """Wrong: the sender's component counts as a dependency."""
        return all(n <= time[k] for k, n in enumerate(m.vector))
