"""Sets of states as decision diagrams, and the decision trees of a space walked over them.

A set is kept as a zero-suppressed decision diagram over pairs of a cell and an id (Minato, DAC 1993); equal sets are one
diagram. A walk splits a set where the tree reads a cell. Where a branch is missing, `supply` is called in the midst of the
walk; it may ask `missing`, `missing_state` and `missing_content`, as of an `Explorer`.
"""

from collections.abc import Callable, Mapping, Sequence

from modelcheck.statespace.kernel._kernel import Space

class States:
    """A set of states. ``|``, ``&`` and ``-`` make others; empty sets are false."""

    def __or__(self, other: States) -> States: ...
    def __and__(self, other: States) -> States: ...
    def __sub__(self, other: States) -> States: ...
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def count(self) -> int:
        """How many states there are."""
    def nodes(self) -> int:
        """How many nodes the diagram has."""
    def pick(self) -> dict[int, int]:
        """One of the states, as ``{cell: id}`` of the cells that are not 0. The set is not empty."""

class Diagrams:
    """Sets of states of a space.

    Args:
        space: With its cells and trees.
        supply: Called when something is missing; an error that it raises ends the operation that it was called from.
        poll: Called many times a second in long operations; an error that it raises ends the operation.
        memory_limit_bytes: Of the diagrams; 0: none. Beyond it operations raise MemoryError.
    """

    def __init__(
        self, space: Space, *, supply: Callable[[], None], poll: Callable[[], None], memory_limit_bytes: int = 0
    ) -> None: ...
    def missing(self, worker: int) -> tuple[int, int, int, list[int]]: ...
    def missing_state(self, worker: int, *, following: bool = False) -> dict[int, int]: ...
    def missing_content(self, worker: int, collection: int, *, following: bool = False) -> int: ...
    def nothing(self) -> States:
        """The empty set."""
    def state(self, ids: Mapping[int, int]) -> States:
        """The set of one state, given by the cells that are not 0."""
    def successors(self, tree: int, states: States) -> States:
        """Where the steps of an action lead, those aside that a bound cuts. Of an INIT tree and the state of zeros: the initial states."""
    def predecessors(self, tree: int, states: States, target: States) -> States:
        """Those of the states that a step of an action leads to one of ``target``."""
    def enabled(self, tree: int, states: States) -> States:
        """Those of the states in which an action can be taken, be it that a bound cuts it."""
    def having(self, tree: int, states: States, outcome: int) -> States:
        """Those of the states in which a predicate has a leaf TRUE, or one FALSE."""
    def asked(self, tree: int) -> bool:
        """Whether a walk over a tree ever came to a leaf but DISABLED."""
    def steps(self, tree: int, states: States) -> list[tuple[States, int]]:
        """The steps of an action: the states that take one, and the number of the list of its writes."""
    def writes(self, number: int) -> list[tuple[int, int]]:
        """A list of writes as ``(cell, id)``."""
    def writing(self, writes: Sequence[tuple[int, int]]) -> int:
        """The number of a list of writes."""
    def leading(self, states: States, target: States, writes: int) -> States:
        """Those of the states that a list of writes turns into states of ``target``."""
    def after(self, states: States, writes: int) -> States:
        """What a list of writes makes of the states."""
    def having_step(self, tree: int, states: States, writes: int, steps: Sequence[tuple[States, int]], outcome: int) -> States:
        """Those of the states in which a predicate of a step has a certain leaf.

        All states take one of the steps; those of its writes that the predicate is known to look at are ``writes``. A run that is missing is
        asked for with a state and one of the steps that it takes.
        """
    def transitions(self, tree: int, states: States, within: States | None = None) -> tuple[int, int, int]:
        """How many transitions an action makes: those that lead into ``within`` (or anywhere), those that do not, and those that a bound cuts."""
    def script(self, tree: int, state: States, target: States) -> list[int] | None:
        """The choices by which an action leads from a single state to another one; None if it does not."""
    def close(self) -> None:
        """Forget ``supply`` and ``poll``; nothing is asked any more."""
    def order(self) -> list[int]:
        """The cells in the order in which diagrams look at them."""
    def set_order(self, cells: Sequence[int]) -> None:
        """Before there is a set: change it."""
    def stats(self) -> dict[str, int]:
        """``nodes`` that are needed now or were lately, ``peak`` of these, ``made`` ever, ``bytes``, ``peak_bytes``, ``collections`` of garbage."""
