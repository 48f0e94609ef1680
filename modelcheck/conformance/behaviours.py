"""Behaviours that fit what was observed: the states in which they end, found natively.

What is observed of a step is *pattern* and *tests*: predicates on its arguments and on places of the state after it. The kernel walks the action's
decision tree in each state kept, without the elements whose message or key is known not to fit; a predicate is evaluated in Python once for each
value that it meets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from modelcheck.conformance.kernel import _behaviours as native
from modelcheck.spec import STEPS, Declaration, Machine, Role, State, Step
from modelcheck.spec.shapes.shape import Shape
from modelcheck.statespace.cells import Cell
from modelcheck.statespace.kernel import _kernel as kernel
from modelcheck.statespace.recording.runs import Run
from modelcheck.statespace.stepper import Position, Stepper

Predicate = Callable[[Any], bool]
_LAST_BIT = 29
_BATCH = 256


class Behaviours:
    """The states in which all behaviours of a machine end that fit what was observed.

    Args:
        machine: The machine.

    Attributes:
        between: Called every few hundred states; what it raises ends the search.
        stepper: Takes single steps of the same machine.
    """

    def __init__(self, machine: Machine) -> None:
        self.between: Callable[[], object] = bool
        self.stepper = Stepper(machine)
        self._recorder = self.stepper.recorder
        self._native = native.Behaviours(self._recorder.space)
        self._trees = {tree.declared.name: index for index, tree in self._recorder.trees.items() if tree.declared}
        self._properties = [
            self._trees[found.name] for found in machine.properties if found.role in (Role.INVARIANT, *STEPS)
        ]
        self._initial = self.stepper.initial()
        self._runs: list[tuple[str, Run]] = []
        self._patterns: list[Mapping[str, Predicate]] = []
        self._tests: list[tuple[Shape | None, Predicate]] = []
        self._matches: dict[tuple[int, int], bool] = {}
        self.begin()

    def begin(self) -> None:
        """Forget all observations."""
        self._native.clear()
        for number, position in enumerate(self._initial):
            self._native.add_initial(dict(position.ids), number)

    def __len__(self) -> int:
        return len(self._native)

    # Observing --------------------------------------------------------------------------------------------------------------------------------

    def add_pattern(self, arguments: Mapping[str, Predicate]) -> int:
        """A pattern: which arguments fit. A predicate is taken for the same as any other that is the same object."""
        self._patterns.append(arguments)
        return self._native.add_pattern()

    def add_test(self, shape: Shape | None, predicate: Predicate) -> int:
        """A test of the value of a shape that has no shapes inside, or of the whole state."""
        self._tests.append((shape, predicate))
        if shape is None:
            return self._native.add_test(native.OF_STATE, 0)
        place = self._recorder.layout.place(shape)
        return self._native.add_test(native.OF_CELL if isinstance(place, Cell) else native.OF_COLLECTION, place.index)

    def observe(self, action: Declaration | None, pattern: int | None, tests: Sequence[int], most: int) -> bool:
        """Take a step of an action that fits (or none), to a state that passes the tests. False, and all as before, if there is no such.

        Args:
            action: The action.
            pattern: The pattern that its arguments fit.
            tests: The tests.
            most: How many states are kept at most.

        Raises:
            SpecError: if the spec's code raises.
        """
        tree = -1 if action is None else self._trees[action.name]
        self._native.begin(tree, -1 if pattern is None else pattern, tests, self._properties, most)
        self._run()
        return self._native.commit()

    def close(self, actions: Iterable[Declaration], most: int) -> None:
        """Let any number of steps of these actions be taken, as long as there are fewer states than `most`."""
        self._native.begin_closure([self._trees[action.name] for action in actions], most)
        self._run()

    @property
    def is_truncated(self) -> bool:
        """Whether the last observation or closure left states out."""
        return self._native.truncated

    @property
    def is_cut(self) -> bool:
        """Whether a bound cut a step that fits what was observed, so that there may be more behaviours."""
        return self._native.cut

    @property
    def is_fine(self) -> bool:
        """Whether the last observation is explained without an invariant or step property being false."""
        return self._native.fine

    # The states -------------------------------------------------------------------------------------------------------------------------------

    def position(self, index: int) -> Position:
        """A state."""
        return self.stepper.position(self._native.state(index))

    def way(self, index: int) -> tuple[list[Position], list[Step]]:
        """The states and steps of a behaviour that ends in a state, from the initial state to that."""
        first, *paths = self._native.way(index)
        positions, steps = [self._initial[first]], []
        for path in paths:
            name, run = self._runs[path]
            steps.append(Step(name, dict(run.arguments), run.choices))
            positions.append(self.stepper.after(run, positions[-1]))
        return positions, steps

    # What the kernel misses -------------------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        search = self._native
        while (code := search.run(_BATCH)) != kernel.LEVEL_DONE:
            self.between()
            if code == kernel.MORE:
                continue
            kind, which, key, paths = search.missing()
            if kind == kernel.MISS_MATCH:
                for path in paths:
                    self._match(which, path)
            elif kind == kernel.MISS_TEST:
                search.set_answer(which, key, self._answer(which))
            else:
                run = self._recorder.supply(search, 0)
                if run is not None:
                    declared = self._recorder.trees[which].declared
                    assert declared is not None
                    self._runs.append((declared.name, run))

    def _match(self, pattern: int, path: int) -> None:
        _, run = self._runs[path]
        differing = 0
        for number, (parameter, value) in enumerate(run.arguments.items()):
            predicate = self._patterns[pattern].get(parameter)
            if predicate is not None and not self._fits(predicate, value):
                differing |= 1 << min(number, _LAST_BIT)
        self._native.set_match(pattern, path, run.inside == len(run.arguments), differing)

    def _fits(self, predicate: Predicate, value: Any) -> bool:
        """Whether an argument fits. Both objects are kept, in patterns and runs, so their numbers stay theirs."""
        key = (id(predicate), id(value))
        found = self._matches.get(key)
        if found is None:
            found = self._matches[key] = predicate(value)
        return found

    def _answer(self, test: int) -> bool:
        shape, predicate = self._tests[test]
        ids = self._native.missing_state()
        layout = self._recorder.layout
        value: State | Any = layout.snapshot(ids) if shape is None else layout.content(shape, ids)
        return predicate(value)
