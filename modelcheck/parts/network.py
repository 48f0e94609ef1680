"""Networks, ready-made: unordered or FIFO, losing, duplicating, partitioned, each fault bounded by a budget.

A network is a `Part`: assign one to an attribute in ``init``, send with ``self.network.send(message)``, let an action
range over ``self.network.deliverable()``, and take the message out with ``self.network.receive(message)``. What the
network may do by itself (``lose``, ``duplicate``, ``corrupt``, ``partition``, ``heal``) are actions of the spec under
the attribute's name, as in ``network.lose(m=...)``.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

from modelcheck.errors import SpecError
from modelcheck.parts.faults import Faults, concerns, garbled_from, refuse_mutable
from modelcheck.spec.choice import choose, require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.values import show

M = TypeVar("M")


class Choices(Iterable[M], Generic[M]):
    """Options that are chosen in a way of their own, so that a run looks at no more of the state than it must.

    Args:
        pick: Chooses one, by `choose` and `require`.
        everything: Lists all of them.
    """

    def __init__(self, pick: Callable[[], M], everything: Callable[[], Iterable[M]]) -> None:
        self._pick = pick
        self._everything = everything

    def __choose__(self) -> M:
        return self._pick()

    def __iter__(self) -> Iterator[M]:
        return iter(self._everything())


class Network(Faults, Generic[M]):
    """An unordered network: messages arrive in any order, or never.

    Messages need attributes ``src`` and ``dst`` only if the network knows its nodes.

    Attributes:
        duplicating: A message stays in flight when it is received, and can be received again at any time.
        copies: At most so many copies of one message are in flight; a further one is as good as lost. None: no bound.
        messages: The messages in flight, and how often each.
    """

    duplicating: Fixed[bool] = False
    copies: Fixed[int | None] = None
    messages: Counter[M] = PositiveCounter()

    def unused(self) -> frozenset[str]:
        """See above."""
        if self.copies is not None and (type(self.copies) is not int or self.copies < 1):
            raise SpecError(
                f"a network has the bound copies={show(self.copies)}, which is no number from 1",
                remedy="Give how many copies of one message may be in flight, from 1, or None: no bound.",
            )
        return super().unused()

    def send(self, message: M) -> None:
        """Put a message in flight."""
        try:
            self._addressed(message)
            self._put(message)
        except TypeError:
            refuse_mutable(message)
            raise

    def _put(self, message: M) -> None:
        bound = self._most_copies()
        if bound == 1:
            self.messages[message] = 1
        elif bound is None or self.messages[message] < bound:
            self.messages.update((message,))

    def _most_copies(self) -> int | None:
        return 1 if self.duplicating else self.copies

    def broadcast(self, messages: Iterable[M]) -> None:
        """Put several messages in flight."""
        for message in messages:
            self.send(message)

    def deliverable(self) -> Iterable[M]:
        """The messages that can be received now: a domain for the action that receives."""
        return Choices(self._pick, lambda: [message for message in self.messages if self._can_pass(message)])

    def in_flight(self) -> Iterable[M]:
        """All messages in flight, those that wait at a cut included."""
        return cast("Iterable[M]", self.messages)

    def receive(self, message: M) -> None:
        """Take a message out, unless the network duplicates; enabled while it is in flight."""
        require(self.messages[message] > 0)
        if not self.duplicating:
            self.messages[message] -= 1

    def _pick(self) -> M:
        message = choose(cast("Iterable[M]", self.messages))
        require(self._can_pass(message))
        return message

    @action(in_flight)
    def lose(self, m: M) -> None:
        """Lose a message."""
        require(self.losses is None or self.losses > 0)
        if self.losses is not None:
            self.losses -= 1
        self.messages[m] -= 1

    def garbled(self, m: M) -> Iterable[M]:
        """What a message in flight can become."""
        return garbled_from(m) if self.corruptions != 0 else ()

    @action(in_flight, garbled)
    def corrupt(self, m: M, into: M) -> None:
        """A message in flight becomes another one."""
        require(self.corruptions is None or self.corruptions > 0)
        if self.corruptions is not None:
            self.corruptions -= 1
        self.messages[m] -= 1
        self.send(into)

    def disconnect(self, node: Any) -> None:
        """Lose what is in flight from a node and to it, as when the connections of a process break."""
        for message in list(self.messages):
            if concerns(message, node):
                self.messages[message] = 0

    @action(in_flight)
    def duplicate(self, m: M) -> None:
        """Put a second copy of a message in flight, if there may be one."""
        require(self.duplications is None or self.duplications > 0)
        bound = self._most_copies()
        require(bound is None or self.messages[m] < bound)
        if self.duplications is not None:
            self.duplications -= 1
        self.messages[m] += 1


class FifoNetwork(Faults, Generic[M]):
    """A network with one FIFO channel from each node to each other one: messages have attributes ``src`` and ``dst``.

    Attributes:
        links: The channels that there are, as ``(src, dst)``; by default one from each node to each other one.
        channels: The messages in flight from src to dst, oldest first, under the key ``(src, dst)``.
    """

    links: Fixed[tuple[tuple[Any, Any], ...] | None] = None
    channels: dict[tuple[Any, Any], deque[M]] = {}  # noqa: RUF012 - Record copies the default for each network.

    def __attrs_post_init__(self) -> None:
        if not self.nodes:
            raise SpecError("a FifoNetwork needs to know its nodes", remedy="Write FifoNetwork(nodes=(0, 1)).")
        links = itertools.permutations(self.nodes, 2) if self.links is None else self.links
        self.channels = {(src, dst): deque() for src, dst in links}
        for link in self.channels:
            stranger = next((end for end in link if end not in self.nodes), None)
            if stranger is not None:
                raise SpecError(
                    f"the link {show(link)} has the end {show(stranger)}, which is none of the nodes {show(self.nodes)}",
                    remedy="Give the network all nodes.",
                )

    def send(self, message: M) -> None:
        """Put a message at the end of its channel."""
        try:
            self._channel(message).append(message)
        except TypeError:
            refuse_mutable(message)
            raise

    def broadcast(self, messages: Iterable[M]) -> None:
        """Put several messages in flight."""
        for message in messages:
            self.send(message)

    def deliverable(self) -> Iterable[M]:
        """The oldest message of each channel: a domain for the action that receives."""
        return Choices(self._pick, lambda: (ch[0] for ch in self.channels.values() if ch and self._can_pass(ch[0])))

    def busy(self) -> Iterable[tuple[Any, Any]]:
        """The channels, as ``(src, dst)``."""
        return self.channels

    def receive(self, message: M) -> None:
        """Take a message out of its channel; enabled while it is the oldest there."""
        channel = self._channel(message)
        require(channel)
        require(channel[0] == message)
        channel.popleft()

    def _pick(self) -> M:
        src, dst = choose(self.busy())
        require(self.connected(src, dst))
        channel = self.channels[src, dst]
        require(channel)
        return channel[0]

    def _channel(self, message: M) -> deque[M]:
        address = getattr(message, "src", None), getattr(message, "dst", None)
        if address not in self.channels:
            self._addressed(message)
            if address[0] != address[1]:
                raise SpecError(
                    f"there is no channel for {show(message)} among the links of its network",
                    remedy=f"Add the link {show(address)}.",
                )
            raise SpecError(
                f"there is no channel for {show(message)}, which a node sends to itself",
                remedy="A FifoNetwork joins different nodes; what a node tells itself can be done in the same step.",
            )
        return self.channels[address]

    @action(busy)
    def lose(self, channel: tuple[Any, Any]) -> None:
        """Lose the oldest message of a channel."""
        require(self.losses is None or self.losses > 0)
        require(self.channels[channel])
        if self.losses is not None:
            self.losses -= 1
        self.channels[channel].popleft()

    def garbled(self, channel: tuple[Any, Any]) -> Iterable[M]:
        """What the oldest message of a channel can become."""
        return garbled_from(self.channels[channel][0]) if self.corruptions != 0 and self.channels[channel] else ()

    @action(busy, garbled)
    def corrupt(self, channel: tuple[Any, Any], into: M) -> None:
        """The oldest message of a channel becomes another one of the same channel."""
        require(self.corruptions is None or self.corruptions > 0)
        if self.corruptions is not None:
            self.corruptions -= 1
        if (into.src, into.dst) != channel:  # type: ignore[attr-defined]
            raise SpecError(
                f"{show(self.channels[channel][0])} is corrupted into {show(into)}, which is none of the same channel",
                remedy="A channel knows its ends: let corrupted() leave src and dst as they are.",
            )
        self.channels[channel].popleft()
        self.channels[channel].appendleft(into)

    def disconnect(self, node: Any) -> None:
        """Lose what is in flight from a node and to it, as when the connections of a process break."""
        for link, channel in self.channels.items():
            if node in link:
                channel.clear()

    @action(busy)
    def duplicate(self, channel: tuple[Any, Any]) -> None:
        """Send the oldest message of a channel once more."""
        require(self.duplications is None or self.duplications > 0)
        require(self.channels[channel])
        if self.duplications is not None:
            self.duplications -= 1
        self.channels[channel].append(self.channels[channel][0])
