"""What a check of a history found."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from attrs import frozen

from modelcheck.consistency.history import Operation
from modelcheck.verdict import Verdict


@frozen
class Configuration:
    """One way to explain the history up to the return that nothing explains.

    Args:
        order: The operations that took effect, in this order.
        state: Of the object after them.
    """

    order: tuple[Operation, ...]
    state: Any


@frozen
class Start:
    """Where an explanation begins, if not at the beginning of the history.

    Args:
        states: Of the object: every explanation of the operations before leads to one of them.
        returned: How many operations had returned by then.
    """

    states: tuple[Any, ...]
    returned: int


@frozen
class Explanation:
    """Why a history is not linearizable.

    Args:
        core: Operations that cannot all be right, whatever all others did (all others since ``start``, if there is one).
            As few as could be found in the time.
        unexplained: The operation whose return is the first that nothing explains.
        prefix: The operations called before that return.
        configurations: Some ways to explain everything before it.
        others: Operations outside the core that may have taken effect at any time after their calls, or never.
        key: The part of the object they all belong to, or ``None``.
        method: What found the core.
        start: Where the core begins to matter, if not at the beginning.
        is_first: Whether it was shown that everything before the return of ``unexplained`` can be explained.
    """

    core: tuple[Operation, ...]
    unexplained: Operation
    prefix: tuple[Operation, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    others: tuple[Operation, ...] = ()
    key: Hashable | None = None
    method: str = "frontier"
    start: Start | None = None
    is_first: bool = True


@frozen
class Edge:
    """Why one transaction or operation comes before another.

    Args:
        before: The index of the one.
        after: The index of the other.
        kind: ``ww``, ``wr``, ``rw``, ``session``, ``realtime`` or ``causal``.
        reason: In words.
    """

    before: int
    after: int
    kind: str
    reason: str = ""


@frozen
class Anomaly:
    """Something that a consistency model forbids.

    Args:
        name: Adya's name, or Elle's.
        operations: Those that take part, in the order of the cycle if there is one.
        edges: The cycle.
        message: In words.
    """

    name: str
    operations: tuple[Operation, ...]
    edges: tuple[Edge, ...] = ()
    message: str = ""


@frozen
class HistoryResult:
    """The answer to one question about one history.

    Args:
        verdict: Holds, violated or unknown.
        consistency: Which consistency model was asked for.
        model: The object, or the kind of transactions.
        operations: How many operations there were.
        procedure: What decided.
        reason: Why the verdict is unknown, or a sentence on the violation.
        linearization: An order of all operations that took effect, if it holds and one was asked for.
        explanation: For objects, if it is violated.
        anomalies: For transactions, all kinds that were found.
        hint: What would make it hold, in words, where that is a question of what the object holds at first.
        strongest: For transactions, if it is violated: the strongest levels below the one asked for that still hold.
        seconds: How long it took.
    """

    verdict: Verdict
    consistency: str
    model: str
    operations: int
    procedure: str
    reason: str | None = None
    linearization: tuple[Operation, ...] | None = None
    explanation: Explanation | None = None
    anomalies: tuple[Anomaly, ...] = ()
    hint: str | None = None
    strongest: tuple[str, ...] = ()
    seconds: float = 0.0
