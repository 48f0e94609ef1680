"""The steps of one state at a time, by decision trees kept in Python.

An exploration expands millions of states and leaves that to the kernel. Random runs and whoever holds a single state want the
same trees for one state: what can be taken here, where it leads, and which property is false there. A walk down a tree costs a
dictionary access per node, some hundred times less than running the spec's Python, which is run where a path is missing. Ten
thousand states of Raft take a second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelcheck.spec import STEPS, Declaration, Machine, Role, State, Step
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.layout import Layout
from modelcheck.statespace.recording.recorder import Recorder
from modelcheck.statespace.recording.runs import Run
from modelcheck.values import order_key

_READS = frozenset({kernel.READ, kernel.READ_NEXT})
_WHOLES = frozenset({kernel.WHOLE, kernel.WHOLE_NEXT})
_NEXT = frozenset({kernel.READ_NEXT, kernel.WHOLE_NEXT})
_KEPT = 20_000


class Position:
    """A state, as the ids of its cells.

    Attributes:
        ids: The ids that are not 0.
    """

    __slots__ = ("_key", "_layout", "_state", "ids")

    def __init__(self, ids: Mapping[int, int], layout: Layout) -> None:
        self.ids = ids
        self._key: frozenset[tuple[int, int]] | None = None
        self._layout = layout
        self._state: State | None = None

    @property
    def key(self) -> frozenset[tuple[int, int]]:
        """Equal for equal states."""
        if self._key is None:
            self._key = frozenset(self.ids.items())
        return self._key

    @property
    def state(self) -> State:
        """The state itself."""
        if self._state is None:
            self._state = self._layout.snapshot(self.ids)
        return self._state

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class _Node:
    __slots__ = ("children", "detail", "kind", "where")

    def __init__(self, kind: int, where: int, detail: int) -> None:
        self.kind = kind
        self.where = where
        self.detail = detail
        self.children: dict[int, _Node | Run] = {}


class _Tree:
    """A decision tree; the root hangs below a node that is never looked at."""

    __slots__ = ("declared", "index", "top")

    def __init__(self, index: int, declared: Declaration) -> None:
        self.index = index
        self.declared = declared
        self.top = _Node(-1, 0, 0)


class Stepper:
    """Runs a machine, a state at a time.

    Args:
        machine: The machine.

    Attributes:
        recorder: Runs the spec's Python.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.recorder = Recorder(
            machine, [*machine.actions, *machine.properties, *machine.terminals, *machine.constraints], kernel.Space()
        )
        self._layout = self.recorder.layout
        self._trees = {
            tree.declared.name: _Tree(index, tree.declared)
            for index, tree in self.recorder.trees.items()
            if tree.declared
        }
        self._projected: dict[tuple[int, int], int] = {}
        self._updated: dict[tuple[int, int], int] = {}
        self._contents: dict[Any, int] = {}
        self._ordered: dict[int, list[int]] = {}
        self._taken: dict[tuple[Any, str], list[tuple[Step, Position]]] = {}

    # Positions --------------------------------------------------------------------------------------------------------------------------------

    def initial(self) -> list[Position]:
        """The initial states, without repeats."""
        return [self.position(state) for state in dict.fromkeys(self.machine.each_initial_state())]

    def starts(self) -> list[Position]:
        """The initial states that the constraints allow."""
        return [each for each in self.initial() if self.allows(each)]

    def allows(self, position: Position) -> bool:
        """Whether the constraints are true in a state."""
        return all(self.holds(constraint, position) for constraint in self.machine.constraints)

    def position(self, state: State | Mapping[int, int]) -> Position:
        """The position of a state, which may be given by the ids of its cells."""
        return Position(self._layout.ids(state) if isinstance(state, State) else state, self._layout)

    def after(self, run: Run, position: Position) -> Position:
        """Where a recorded run leads."""
        ids = dict(position.ids)
        for cell, update, ident in run.writes:
            new = self._update(update, ids.get(cell, 0)) if update else ident
            if new:
                ids[cell] = new
            else:
                ids.pop(cell, None)
        return Position(ids, self._layout)

    # Steps ------------------------------------------------------------------------------------------------------------------------------------

    def steps(self, position: Position) -> list[tuple[Step, Position]]:
        """Every step that can be taken, and where it leads, in the order of the actions' definition."""
        return [found for action in self.machine.actions for found in self.outcomes(position, action)]

    def outcomes(self, position: Position, action: Declaration) -> list[tuple[Step, Position]]:
        """Every way in which an action can be taken, and where it leads.

        Raises:
            SpecError: if the action raises.
        """
        key = (position.key, action.name)
        found = self._taken.get(key)
        if found is None:
            if len(self._taken) > _KEPT:
                self._taken.clear()
            tree = self._trees[action.name]
            found = self._taken[key] = [
                (Step(action.name, dict(run.arguments), run.choices), self.after(run, position))
                for run in self._leaves(tree, position)
                if run.outcome == kernel.EFFECT
            ]
        return found

    def _update(self, update: int, ident: int) -> int:
        found = self._updated.get((update, ident))
        if found is None:
            found = self._updated[update, ident] = self.recorder._registry.updates[update].supply(ident)
        return found

    # Properties -------------------------------------------------------------------------------------------------------------------------------

    def false_property(self, position: Position, before: Position | None = None) -> Declaration | None:
        """An invariant that is false in a state, or a property that is false of the step to it."""
        for declared in self.machine.properties:
            if declared.role is Role.INVARIANT and not self.holds(declared, position):
                return declared
            if declared.role in STEPS and before is not None and not self.holds(declared, before, position):
                return declared
            if declared.role is Role.REFINES and before is None and self.machine.failing(declared, position.state) is not None:
                return declared
        return None

    def holds(self, declared: Declaration, position: Position, after: Position | None = None) -> bool:
        """Whether a property, a constraint or a terminal predicate is true: for all its arguments, or for one if it is to be reachable."""
        outcomes = (run.outcome == kernel.TRUE for run in self._leaves(self._trees[declared.name], position, after))
        return any(outcomes) if declared.role is Role.REACHABLE else all(outcomes)

    def is_terminal(self, position: Position) -> bool:
        """Whether a state without steps is a fine place to end."""
        return any(self.holds(declared, position) for declared in self.machine.terminals)

    def is_stuck(self, position: Position) -> bool:
        """Whether nothing can be taken in a state where a run is not to end, and nothing was cut at a bound."""
        return not self.is_terminal(position) and not any(
            run.outcome in (kernel.EFFECT, kernel.CUT) for action in self.machine.actions for run in self._leaves(self._trees[action.name], position)
        )

    # Walking ----------------------------------------------------------------------------------------------------------------------------------

    def _leaves(  # noqa: C901 - one loop, since it is where the time goes.
        self, tree: _Tree, position: Position, after: Position | None = None
    ) -> Iterator[Run]:
        """The outcomes of a tree in a state: one for each way in which its choices can come out, those that are not enabled left out."""
        stack: list[tuple[_Node, int, list[int]]] = [(tree.top, 0, [])]
        while stack:
            node, found, script = stack.pop()
            while True:
                child = node.children.get(found)
                if child is None:
                    child = self._supply(tree, position, after, script, node, found)
                if child is None:
                    break
                if isinstance(child, Run):
                    if child.outcome != kernel.DISABLED:
                        yield child
                    break
                kind = child.kind
                if kind == kernel.CHOOSE:
                    stack.extend((child, option, [*script, option]) for option in reversed(range(child.detail)))
                    break
                subject = after if after is not None and kind in _NEXT else position
                if kind in _READS:
                    found = subject.ids.get(child.where, 0)
                    if child.detail:
                        found = self._project(child.detail, found)
                elif kind in _WHOLES:
                    found = self._content(subject, child.where, child.detail)
                else:
                    cells = [cell for cell in self._cells_of(child.where) if cell in position.ids]
                    stack.extend((child, cell, [*script, cell]) for cell in reversed(cells))
                    break
                node = child

    def _project(self, projection: int, ident: int) -> int:
        found = self._projected.get((projection, ident))
        if found is None:
            found = self._projected[projection, ident] = self.recorder._registry.projections[projection].result_id(
                ident
            )
        return found

    def _cells_of(self, collection: int) -> list[int]:
        """The cells of a collection in the order of their elements, so that the order of steps does not depend on earlier runs."""
        cells = self._layout.collections[collection].cells
        found = self._ordered.get(collection, [])
        if len(found) != len(cells):
            found = self._ordered[collection] = [
                cell.index for cell in sorted(cells.values(), key=lambda cell: order_key(cell.element))
            ]
        return found

    def _content(self, position: Position, collection: int, passing: int = 0) -> int:
        """A number that tells the contents of a collection apart, or those of what passes a filter."""
        if passing:
            return self.recorder.filters.content(passing, position.ids)
        present = frozenset((cell, position.ids[cell]) for cell in self._cells_of(collection) if cell in position.ids)
        return self._contents.setdefault((collection, present), len(self._contents))

    def _supply(
        self, tree: _Tree, position: Position, after: Position | None, script: list[int], above: _Node, found: int
    ) -> _Node | Run | None:
        """Run the spec's Python on a path that is missing, add the path, and return what is now below the node."""
        content: Callable[[int], int] = lambda collection: self._content(position, collection)  # noqa: E731
        following: Callable[[int], int] = lambda collection: self._content(after or position, collection)  # noqa: E731
        recorded = self.recorder.trees[tree.index]
        run = self.recorder.run(
            recorded, script, position.ids, None if after is None else after.ids, content, following
        )
        self.recorder.repeats.repeat(recorded, run, position.ids, None if after is None else after.ids)
        node, at = tree.top, 0
        for kind, where, detail, ident in run.events:
            child = node.children.get(at)
            if child is None:
                child = node.children[at] = _Node(kind, where, detail)
            if isinstance(child, Run) or (child.kind, child.where, child.detail) != (kind, where, detail):
                raise self.recorder.repeats.impure(
                    recorded, "in two runs that were the same up to there it looked at different things", run
                )
            node, at = child, ident
        if at != -1:
            node.children[at] = run
        below = above.children.get(found)
        if below is None and at != -1:
            raise self.recorder.repeats.impure(
                recorded, "in two runs that were the same up to there it looked at different things", run
            )
        return below
