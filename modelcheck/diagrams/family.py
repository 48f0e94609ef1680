"""The sets of states of one machine: which of them take a step, and of which a property is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from modelcheck.diagrams.footprints import Footprints
from modelcheck.diagrams.kernel._diagrams import Diagrams, States
from modelcheck.spec import STEPS, Declaration, Role
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.recorder import Recorder

Taken = tuple[States, int]
"""Some states that take a step, and the number of the list of what it writes."""


class _WiderError(Exception):
    """A run of a property of steps has read what none before it has."""


class Family:
    """The sets of states of a machine.

    Args:
        recorder: Has the trees, and supplies their paths.
        poll: Called many times a second; what it raises ends what is done.
        memory_bytes: That the diagrams may take; None: any number.
        footprints: Those of an earlier family with the same recorder.

    Attributes:
        recorder: See above.
        diagrams: The sets, natively.
        footprints: What trees were seen to read and write.
        inits: The trees of the initialiser.
        actions: Those of actions.
    """

    def __init__(self, recorder: Recorder, poll: Callable[[], None], memory_bytes: int | None, footprints: Footprints | None = None) -> None:
        self.recorder = recorder
        self._poll, self._memory_bytes = poll, memory_bytes
        self.footprints = footprints or Footprints()
        self._stepping: int | None = None
        self.diagrams = Diagrams(recorder.space, supply=self._supply, poll=poll, memory_limit_bytes=memory_bytes or 0)
        self.inits = self._trees(lambda declared: declared is None)
        self.actions = self._trees(lambda declared: declared is not None and declared.role is Role.ACTION)
        self._constraints = self._trees(lambda declared: declared is not None and declared.role is Role.CONSTRAINT)
        self._terminals = self._trees(lambda declared: declared is not None and declared.role is Role.TERMINAL)

    def _trees(self, wanted: Callable[[Declaration | None], bool]) -> list[int]:
        return [index for index, tree in self.recorder.trees.items() if wanted(tree.declared)]

    def _supply(self) -> None:
        run = self.recorder.supply(self.diagrams, 0)
        if run is not None:
            tree = self.diagrams.missing(0)[1]
            wider = self.footprints.note(tree, run)
            if wider and tree == self._stepping:
                raise _WiderError

    def reordered(self, order: Sequence[int]) -> Family:
        """The sets of states with another order of cells; sets of the one mean nothing to the other."""
        other = Family(self.recorder, self._poll, self._memory_bytes, self.footprints)
        other.diagrams.set_order([*order, *range(len(order), self.recorder.space.cells)])
        return other

    @property
    def made(self) -> int:
        """How many nodes were made so far, which is a measure of work that is the same on every machine."""
        return self.diagrams.stats()["made"]

    def tree_of(self, declared: Declaration) -> int:
        """The tree of a property."""
        return next(index for index, tree in self.recorder.trees.items() if tree.declared is declared)

    def one(self, states: States) -> States:
        """The set of one of the states."""
        return self.diagrams.state(states.pick())

    def nothing(self) -> States:
        """The empty set."""
        return self.diagrams.nothing()

    # Steps -----------------------------------------------------------------------------------------------------------------------------------------

    def initial(self) -> States:
        """The initial states within bounds."""
        void, found = self.diagrams.state({}), self.nothing()
        for tree in self.inits:
            found |= self.diagrams.successors(tree, void)
        return self.within(found)

    def within(self, states: States) -> States:
        """Those of the states that satisfy the constraints."""
        for tree in self._constraints:
            states -= self.diagrams.having(tree, states, kernel.FALSE)
        return states

    @property
    def constrained(self) -> bool:
        """Whether there are constraints."""
        return bool(self._constraints)

    def successors(self, states: States) -> States:
        """Where the actions lead, out of bounds too."""
        found = self.nothing()
        for tree in self.actions:
            found |= self.diagrams.successors(tree, states)
        return found

    def count_initial(self, within: States) -> tuple[int, int]:
        """How many runs of the initialiser lead into a set, and how many elsewhere."""
        void = self.diagrams.state({})
        counts = [self.diagrams.transitions(tree, void, within)[:2] for tree in self.inits]
        return sum(inside for inside, _ in counts), sum(outside for _, outside in counts)

    def count(self, states: States, within: States) -> dict[int, tuple[int, int, int]]:
        """For each action's tree its transitions: those that lead into a set, those that lead elsewhere, and those that a bound cuts."""
        target = within if self.constrained else None
        return {tree: self.diagrams.transitions(tree, states, target) for tree in self.actions}

    # What is true ----------------------------------------------------------------------------------------------------------------------------------

    def deciding(self, declared: Declaration, states: States, within: States) -> States:
        """Those of the states that decide a property: they violate it, take a step within a set that does, or are to be reached.

        Args:
            declared: The property.
            states: The states.
            within: Where steps lead that are asked about.
        """
        tree = self.tree_of(declared)
        if declared.role in STEPS:
            return self._violating_steps(tree, states, within)
        return self.diagrams.having(tree, states, kernel.TRUE if declared.role is Role.REACHABLE else kernel.FALSE)

    def deadlocked(self, states: States) -> States:
        """The states that no action leaves, and that are no fine place to end."""
        for tree in self.actions:
            states -= self.diagrams.enabled(tree, states)
        for tree in self._terminals:
            states = self.diagrams.having(tree, states, kernel.FALSE)
        return states

    def taken(self, states: States, within: States) -> list[Taken]:
        """The steps from some states that lead into a set."""
        found: dict[int, States] = {}
        for tree in self.actions:
            for those, writes in self.diagrams.steps(tree, states):
                found[writes] = found[writes] | those if writes in found else those
        if self.constrained:
            found = {writes: self.diagrams.leading(those, within, writes) for writes, those in found.items()}
        return [(those, writes) for writes, those in found.items() if those]

    def _violating_steps(self, tree: int, states: States, within: States) -> States:
        """The states that take a step that violates a property of steps.

        A step that changes nothing that the property looks at is the same to it as one that changes nothing. So steps are taken together
        that write the same to the cells that runs of the property have read, until no run reads any others.
        """
        taken = self.taken(states, within)
        self._stepping = tree
        try:
            while True:
                with suppress(_WiderError):
                    return self._union(
                        self.diagrams.having_step(tree, self._union(those for those, _ in steps), writes, steps, kernel.FALSE)
                        for writes, steps in self._alike(tree, taken).items()
                    )
        finally:
            self._stepping = None

    def _alike(self, tree: int, taken: Sequence[Taken]) -> dict[int, list[Taken]]:
        """Steps by what they write to the cells that a tree reads."""
        found: dict[int, list[Taken]] = {}
        for those, writes in taken:
            seen = [(cell, ident) for cell, ident in self.diagrams.writes(writes) if self.footprints.reads(tree, self.recorder.layout.cells[cell])]
            found.setdefault(self.diagrams.writing(seen), []).append((those, writes))
        return found

    def _union(self, several: Iterable[States]) -> States:
        found = self.nothing()
        for each in several:
            found |= each
        return found

    def close(self) -> None:
        """Let go of what refers to each other. Nothing can be asked afterwards."""
        self.diagrams.close()
