"""What the networks have in common: their faults, each bounded by a budget, and what a message must be."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, ClassVar

from modelcheck.errors import SpecError
from modelcheck.parts.budget import check_budgets, left_out
from modelcheck.spec.choice import require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part
from modelcheck.values import Interchangeable, problem_of, show

_FROZEN = (
    "Messages are immutable: an attrs.frozen class, with tuples for lists, frozensets for sets, "
    "and classes of their own or tuples of pairs for dicts."
)


class Faults(Part):
    """What the two kinds of network have in common.

    Each budget is a number, or None: as often as may be.

    Attributes:
        nodes: Who is connected; needed by a FIFO network and for partitions.
        losses: How many messages may still be lost.
        duplications: How many messages may still be duplicated.
        corruptions: How many messages may still be corrupted. What one can become, its method ``corrupted()`` says.
        partitions: How often the network may still be cut in two.
        one_way: Whether a cut stops only what the side sends to the others, and lets through what it is sent.
        isolated: The nodes on one side of the present cut; empty when all are connected.
    """

    FAULTS: ClassVar[frozenset[str]] = frozenset({"lose", "duplicate", "corrupt", "partition"})

    nodes: Fixed[tuple[Any, ...]] = ()
    losses: int | None = 0
    duplications: int | None = 0
    corruptions: int | None = 0
    partitions: int | None = 0
    one_way: Fixed[bool] = False
    isolated: frozenset[Any] = frozenset()

    def unused(self) -> frozenset[str]:
        """The faults whose budget is 0 from the start, and the budgets that are never spent."""
        check_budgets(self, "a network", ("losses", "duplications", "corruptions", "partitions"))
        if self.partitions != 0 and not self.nodes:
            raise SpecError(
                "a network with partitions needs to know its nodes",
                remedy="Write Network(nodes=(0, 1, 2), partitions=1).",
            )
        connected = self.partitions == 0 and not self.isolated
        return frozenset(
            (
                *left_out(self.losses, "lose", "losses"),
                *left_out(self.duplications, "duplicate", "duplications"),
                *left_out(self.corruptions, "corrupt", "corruptions"),
                *left_out(self.partitions, "partition", "partitions"),
                *(("heal", "isolated") if connected else ()),
            )
        )

    def connected(self, src: Any, dst: Any) -> bool:
        """Whether a message can pass from src to dst now."""
        if self.one_way:
            return not self.isolated or src not in self.isolated or dst in self.isolated
        return not self.isolated or (src in self.isolated) == (dst in self.isolated)

    def cuts(self) -> Iterable[frozenset[Any]]:
        """Every way to cut the nodes in two, named by the side without the first node.

        Of interchangeable names none is the first: a cut is named by its smaller side, and by each of two halves. One that works one way is named
        by the side that is not heard.
        """
        if self.one_way:
            return [frozenset(side) for size in range(1, len(self.nodes)) for side in itertools.combinations(self.nodes, size)]
        if self.nodes and isinstance(self.nodes[0], Interchangeable):
            return [frozenset(side) for size in range(1, len(self.nodes) // 2 + 1) for side in itertools.combinations(self.nodes, size)]
        others = self.nodes[1:]
        return [frozenset(side) for size in range(1, len(others) + 1) for side in itertools.combinations(others, size)]

    @action(cuts)
    def partition(self, side: frozenset[Any]) -> None:
        """Cut the nodes of one side off from the others; messages between the sides wait, those to it not if the cut works one way."""
        require(self.partitions is None or self.partitions > 0)
        require(not self.isolated)
        if self.partitions is not None:
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


def concerns(message: Any, node: Any) -> bool:
    """Whether a message is from a node or to it."""
    return node in (message.src, message.dst)


def _stranger(message: Any, end: str, node: Any, nodes: tuple[Any, ...]) -> SpecError:
    return SpecError(
        f"{show(message)} has {end}={show(node)}, which is none of the nodes {show(nodes)} of its network",
        remedy="Give the network all nodes that send or receive: clients, too.",
    )


def refuse_mutable(message: Any) -> None:
    """Say of a message that cannot be hashed what in it is mutable.

    Raises:
        SpecError: if something is.
    """
    problem = problem_of(message)
    if problem is not None:
        raise SpecError(f"the message {show(message)} cannot be sent: {problem.what}", remedy=problem.remedy or _FROZEN)


def garbled_from(message: Any) -> list[Any]:
    """What a message says that it can become.

    Raises:
        SpecError: if it says nothing.
    """
    become = getattr(message, "corrupted", None)
    if not callable(become):
        raise SpecError(
            f"{show(message)} does not say what it can become when it is corrupted",
            remedy="Give its class a method corrupted() that returns all such messages; none if a checksum finds it.",
        )
    return [other for other in become() if other != message]
