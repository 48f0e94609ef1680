"""Processes that may do anything: which ones is a choice, and what they may say is a domain that the spec gives.

Lamport, Shostak and Pease, "The Byzantine Generals Problem", 1982: section 2 without signatures (oral messages, whose sender is known), section
4 with signatures. A Byzantine process says different things to different processes, the same thing twice, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

from modelcheck.errors import SpecError
from modelcheck.parts.budget import check_budgets, left_out
from modelcheck.parts.network import FifoNetwork, Network
from modelcheck.spec.choice import require
from modelcheck.spec.declare import action
from modelcheck.spec.record import Fixed, Part
from modelcheck.values import show

M = TypeVar("M")


class Byzantine(Part, Generic[M]):
    """Lets up to so many processes become Byzantine, and send any message of a domain.

    What the honest ones do is for the spec to say: their actions begin with ``require(p not in self.byzantine.faulty)``. What is sent to a Byzantine
    process need not be received by anybody.

    Attributes:
        network: The spec's own network, on which they send.
        nodes: The processes of which some may be Byzantine.
        most: How many, f in the literature.
        messages: All that a Byzantine process could say: immutable messages with attributes ``src`` and ``dst``.
        forging: Whether it may name another process as the sender. Without, as on a line whose ends are known or with signatures, only one that
            is Byzantine too.
        lies: How many messages they may still send; None: as many as may be.
        faulty: Those that are Byzantine by now.
    """

    ELSEWHERE: ClassVar[frozenset[str]] = frozenset({"network"})
    FAULTS: ClassVar[frozenset[str]] = frozenset({"turn", "send"})

    network: Network[M] | FifoNetwork[M]
    nodes: Fixed[tuple[Any, ...]] = ()
    most: Fixed[int] = 0
    messages: Fixed[frozenset[M]] = frozenset()
    forging: Fixed[bool] = False
    lies: int | None = None
    faulty: frozenset[Any] = frozenset()

    def unused(self) -> frozenset[str]:
        """Both actions where nobody can be Byzantine, and what is sent where the budget is 0 from the start."""
        check_budgets(self, "Byzantine", ("lies",))
        self._check()
        if not self.most and not self.faulty:
            return frozenset({"turn", "send", "lies", "faulty"})
        return frozenset(("turn",) if len(self.faulty) >= self.most else ()) | frozenset(left_out(self.lies, "send", "lies"))

    def _check(self) -> None:
        if type(self.most) is not int or not 0 <= self.most <= len(self.nodes):
            raise SpecError(
                f"most={show(self.most)} of {len(self.nodes)} nodes are to be Byzantine", remedy="Write Byzantine(nodes=(0, 1, 2, 3), most=1, ...)."
            )
        if not isinstance(self.messages, frozenset):
            raise SpecError(
                f"the messages are {show(self.messages)}, and no frozenset", remedy="Write messages=frozenset(...) of all that can be said."
            )
        for message in self.messages:
            if not (hasattr(message, "src") and hasattr(message, "dst")):
                raise SpecError(
                    f"{show(message)} says neither whom it is from nor whom it is for",
                    remedy="What a Byzantine process can say has attributes src and dst.",
                )

    def honest(self) -> Iterable[Any]:
        """The nodes that are not Byzantine by now: a domain for the actions of the protocol."""
        return [node for node in self.nodes if node not in self.faulty]

    @action(honest)
    def turn(self, p: Any) -> None:
        """A process becomes Byzantine."""
        require(len(self.faulty) < self.most)
        self.faulty |= {p}

    def lines(self) -> Iterable[M]:
        """What could be said, by whomever."""
        return self.messages

    @action(lines)
    def send(self, m: M) -> None:
        """A Byzantine process sends a message."""
        require(self.faulty)
        require(self.forging or m.src in self.faulty)  # type: ignore[attr-defined]
        require(self.lies is None or self.lies > 0)
        if self.lies is not None:
            self.lies -= 1
        self.network.send(m)
