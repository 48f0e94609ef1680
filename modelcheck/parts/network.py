"""Networks, ready-made: unordered or FIFO, losing, duplicating, partitioned, each fault bounded by a budget.

A network is a `Part`: assign one to an attribute in ``init``, send with ``self.network.send(message)``, let an action
range over ``self.network.deliverable()``, and take the message out with ``self.network.receive(message)``. What the
network may do by itself (``lose``, ``duplicate``, ``partition``, ``heal``) are actions of the spec under the
attribute's name, as in ``network.lose(m=...)``.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Generic, TypeVar, cast

from modelcheck.errors import SpecError
from modelcheck.spec.choice import choose, require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part
from modelcheck.spec.shapes.positive_counter import PositiveCounter
from modelcheck.values import Interchangeable, problem_of, show

_FROZEN = (
    "Messages are immutable: an attrs.frozen class, with tuples for lists, frozensets for sets, "
    "and classes of their own or tuples of pairs for dicts."
)
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


class _Faults(Part):
    """What the two kinds of network have in common.

    Attributes:
        nodes: Who is connected; needed by a FIFO network and for partitions.
        losses: How many messages may still be lost.
        duplications: How many messages may still be duplicated.
        partitions: How often the network may still be cut in two.
        isolated: The nodes on one side of the present cut; empty when all are connected.
    """

    FAULTS: ClassVar[frozenset[str]] = frozenset({"lose", "duplicate", "partition"})

    nodes: Fixed[tuple[Any, ...]] = ()
    losses: int = 0
    duplications: int = 0
    partitions: int = 0
    isolated: frozenset[Any] = frozenset()

    def unused(self) -> frozenset[str]:
        """The faults whose budget is 0 from the start, and their budgets."""
        for name in ("losses", "duplications", "partitions"):
            budget = getattr(self, name)
            if type(budget) is not int or budget < 0:
                raise SpecError(
                    f"a network has the budget {name}={show(budget)}", remedy="A budget is a whole number from 0: so many in one run."
                )
        if self.partitions and not self.nodes:
            raise SpecError(
                "a network with partitions needs to know its nodes",
                remedy="Write Network(nodes=(0, 1, 2), partitions=1).",
            )
        faults = [
            (self.losses, ("lose", "losses")),
            (self.duplications, ("duplicate", "duplications")),
            (self.partitions, ("partition", "partitions")),
            (self.partitions or self.isolated, ("heal", "isolated")),
        ]
        return frozenset(name for budget, names in faults if not budget for name in names)

    def connected(self, src: Any, dst: Any) -> bool:
        """Whether a message can pass from src to dst now."""
        return not self.isolated or (src in self.isolated) == (dst in self.isolated)

    def cuts(self) -> Iterable[frozenset[Any]]:
        """Every way to cut the nodes in two, named by the side without the first node.

        Of interchangeable names none is the first: a cut is named by its smaller side, and by each of two halves.
        """
        if self.nodes and isinstance(self.nodes[0], Interchangeable):
            return [frozenset(side) for size in range(1, len(self.nodes) // 2 + 1) for side in itertools.combinations(self.nodes, size)]
        others = self.nodes[1:]
        return [frozenset(side) for size in range(1, len(others) + 1) for side in itertools.combinations(others, size)]

    @action(cuts)
    def partition(self, side: frozenset[Any]) -> None:
        """Cut the nodes of one side off from the others; messages between the sides wait."""
        require(self.partitions > 0)
        require(not self.isolated)
        self.partitions -= 1
        self.isolated = side

    @action
    def heal(self) -> None:
        """Connect all nodes again."""
        require(self.isolated)
        self.isolated = frozenset()

    def _addressed(self, message: Any) -> None:
        """Refuse a message that a network with nodes cannot place.

        Raises:
            SpecError: if it has no ``src`` and ``dst``, or one of them is none of the nodes.
        """
        if not self.nodes:
            return
        if not (hasattr(message, "src") and hasattr(message, "dst")):
            raise SpecError(
                f"{show(message)} says neither whom it is from nor whom it is for",
                remedy="Messages of a network that knows its nodes have attributes src and dst.",
            )
        if message.dst not in self.nodes:
            raise _stranger(message, "dst", message.dst, self.nodes)
        if message.src not in self.nodes:
            raise _stranger(message, "src", message.src, self.nodes)

    def _can_pass(self, message: Any) -> bool:
        return not self.nodes or self.connected(message.src, message.dst)


def _stranger(message: Any, end: str, node: Any, nodes: tuple[Any, ...]) -> SpecError:
    return SpecError(
        f"{show(message)} has {end}={show(node)}, which is none of the nodes {show(nodes)} of its network",
        remedy="Give the network all nodes that send or receive: clients, too.",
    )


def _refuse_mutable(message: Any) -> None:
    """Say of a message that cannot be hashed what in it is mutable.

    Raises:
        SpecError: if something is.
    """
    problem = problem_of(message)
    if problem is not None:
        raise SpecError(f"the message {show(message)} cannot be sent: {problem.what}", remedy=problem.remedy or _FROZEN)


class Network(_Faults, Generic[M]):
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
            _refuse_mutable(message)
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
        require(self.losses > 0)
        self.losses -= 1
        self.messages[m] -= 1

    @action(in_flight)
    def duplicate(self, m: M) -> None:
        """Put a second copy of a message in flight, if there may be one."""
        require(self.duplications > 0)
        bound = self._most_copies()
        require(bound is None or self.messages[m] < bound)
        self.duplications -= 1
        self.messages[m] += 1


class FifoNetwork(_Faults, Generic[M]):
    """A network with one FIFO channel from each node to each other one: messages have attributes ``src`` and ``dst``.

    Attributes:
        channels: The messages in flight from src to dst, oldest first, under the key ``(src, dst)``.
    """

    channels: dict[tuple[Any, Any], deque[M]] = {}  # noqa: RUF012 - Record copies the default for each network.

    def __attrs_post_init__(self) -> None:
        if not self.nodes:
            raise SpecError("a FifoNetwork needs to know its nodes", remedy="Write FifoNetwork(nodes=(0, 1)).")
        self.channels = {(src, dst): deque() for src in self.nodes for dst in self.nodes if src != dst}

    def send(self, message: M) -> None:
        """Put a message at the end of its channel."""
        try:
            self._channel(message).append(message)
        except TypeError:
            _refuse_mutable(message)
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
            raise SpecError(
                f"there is no channel for {show(message)}, which a node sends to itself",
                remedy="A FifoNetwork joins different nodes; what a node tells itself can be done in the same step.",
            )
        return self.channels[address]

    @action(busy)
    def lose(self, channel: tuple[Any, Any]) -> None:
        """Lose the oldest message of a channel."""
        require(self.losses > 0)
        require(self.channels[channel])
        self.losses -= 1
        self.channels[channel].popleft()

    @action(busy)
    def duplicate(self, channel: tuple[Any, Any]) -> None:
        """Send the oldest message of a channel once more."""
        require(self.duplications > 0)
        require(self.channels[channel])
        self.duplications -= 1
        self.channels[channel].append(self.channels[channel][0])
