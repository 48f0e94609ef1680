"""The native analysis of liveness: the graph of labelled steps that a search recorded, and its fair components.

States are numbered by the search. A row belongs to a state that was expanded: which predicates are true in it, as bits, and its steps
to other states, each with a label that tells the instance of the action. A step that leaves the state as it is is no step.
A step that leads out of the bounds counts as enabled, and as taken never.

Fairness is given as requirements: for each label the requirement that it belongs to, and for each requirement whether it is
strong. A weak requirement is met by a run that takes a step of it again and again, or comes again and again to a state in which it
is not enabled; a strong one by a run that takes a step of it again and again, or in which it is from some time on enabled in no state.

A property is violated by a fair run that stays for ever where it is pending: for EVENTUALLY where the goal was false from the
initial state on, for LEADS_TO where it was false since the premise was true, for ALWAYS_EVENTUALLY where it is false.
EVENTUALLY_ALWAYS is violated by a fair run on which the goal is false again and again. A run may stop where nothing fair is enabled.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence

EVENTUALLY: int
LEADS_TO: int
ALWAYS_EVENTUALLY: int
EVENTUALLY_ALWAYS: int

NO_REQUIREMENT: int  # of labels that nothing is required of

class Rows:
    """Rows that are written from Python, for tests. Numbers of states that follow each other are mostly ``stride`` apart."""

    def __init__(self, stride: int = 1) -> None: ...
    def add(
        self, source: int, *, bits: Iterable[int] = (), inside: Iterable[tuple[int, int]] = (), outside: Iterable[int] = ()
    ) -> None:
        """The row of a state: the predicates that are true, steps as ``(target, label)``, and labels of steps out of the bounds."""
    @property
    def bytes(self) -> int: ...

class Graph:
    """The states that were expanded, and the steps between them. Its length is the number of those states."""

    @staticmethod
    def of(rows: Sequence[Rows], initial: Sequence[int]) -> Graph: ...
    def __len__(self) -> int: ...
    @property
    def numbers(self) -> int:
        """More than the number of any state, expanded or not."""
    def steps(self, state: int) -> list[tuple[int | None, int]] | None:
        """The steps out of a state: where to, None for out of the bounds, and the label. None if it was not expanded."""
    def without_step(self, group_of: Iterable[int], groups: int) -> list[int]:
        """Which of so many groups of labels have no step, given the group of each label; a larger number is no group."""
    def bit(self, state: int, which: int) -> bool:
        """Whether a predicate is true in a state that was expanded."""

class Analysis:
    """One question asked of a graph.

    ``goal`` and ``premise`` are bits of the rows. ``poll`` is called now and then by whatever takes long; the exception that it raises
    ends that and is passed on, after which the object is of no more use.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        kind: int,
        goal: int,
        premise: int = 0,
        requirement_of: Iterable[int],
        strong: Iterable[bool],
        poll: Callable[[], object] | None = None,
    ) -> None: ...
    def run(self) -> None:
        """Find the answers, without the interpreter's lock."""
    @property
    def violated(self) -> bool: ...
    @property
    def premise_met(self) -> bool:
        """Whether the premise is true in some state; for the kinds without one always."""
    @property
    def leaving_steps(self) -> int:
        """How many steps lead out of the bounds from states in which the property is pending."""
    @property
    def fair_states(self) -> int:
        """The states of all fair components."""
    def lasso(self, fingerprints: array[int]) -> tuple[list[int], list[tuple[int, int]]]:
        """A fair run that violates the property: the states of the stem, and ``(label, state)`` for each step of the loop.

        The stem is a shortest one to a state of any fair component; ties are broken by the fingerprints, 64 bits for each number. The loop
        begins and ends in the stem's last state; it is empty where the run stops there.
        """
    def way_out(self, fingerprints: array[int]) -> tuple[list[int], list[int]]:
        """A shortest run to a pending state with steps out of the bounds, and the labels of those steps."""
