"""Places in a state space, each named by the way there: which initial state, then which outcome of which action.

A path is text such as ``0_2.1_0.0``: the first initial state, then the second outcome of the third action, then the first outcome of the first one.
It means the same as long as the spec is the same, so it can stand in an address.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice

from attrs import frozen

from modelcheck.errors import UsageError
from modelcheck.spec import STEPS, Machine, Role, State, Step
from modelcheck.statespace.stepper import Position, Stepper

_PATH = re.compile(r"\d{1,9}(_\d{1,4}\.\d{1,9})*")
_STARTS = 1_000
_KEPT = 2_000


@frozen
class Place:
    """A state, and how it was reached.

    Attributes:
        path: The way as text.
        positions: The states on the way, the initial one first.
        steps: The steps between them.
    """

    path: str
    positions: tuple[Position, ...]
    steps: tuple[Step, ...]

    @property
    def here(self) -> Position:
        """The state itself."""
        return self.positions[-1]

    @property
    def states(self) -> tuple[State, ...]:
        """The states on the way."""
        return tuple(position.state for position in self.positions)


@frozen
class Option:
    """A step that can be taken.

    Attributes:
        name: What is put behind the path to take it: the number of the action and of its outcome.
        step: The step.
        position: Where it leads.
    """

    name: str
    step: Step
    position: Position


class Walker:
    """Finds the way in the states of a machine.

    Args:
        machine: The machine.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.stepper = Stepper(machine)
        states = dict.fromkeys(islice(machine.each_initial_state(), _STARTS))
        positions = [self.stepper.position(state) for state in states]
        self.starts = [position for position in positions if self.stepper.allows(position)]
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._false: dict[object, tuple[str, ...]] = {}

    def place(self, path: str) -> Place:
        """The place that a path leads to.

        Raises:
            UsageError: if there is no such way.
        """
        found = self._places.get(path)
        if found is not None:
            self._places.move_to_end(path)
            return found
        if not _PATH.fullmatch(path):
            raise UsageError(f"{path[:80]!r} is no path", remedy="A path begins with the number of an initial state.")
        start, *names = path.split("_")
        known = next((at for at in range(len(names) - 1, 0, -1) if "_".join([start, *names[:at]]) in self._places), 0)
        place = self._places["_".join([start, *names[:known]])] if known else self._start(int(start))
        positions, steps = list(place.positions), list(place.steps)
        for number, name in enumerate(names[known:], known + 1):
            option = self._named(positions[-1], name, number)
            positions.append(option.position)
            steps.append(option.step)
        return self._keep(Place(path, tuple(positions), tuple(steps)))

    def known(self, path: str) -> Place | None:
        """As much of a path as has been walked before, for which no code needs to be run; None if nothing of it was."""
        names = path.split("_")
        prefixes = ("_".join(names[:at]) for at in range(len(names), 0, -1))
        return next((self._places[prefix] for prefix in prefixes if prefix in self._places), None)

    def _keep(self, place: Place) -> Place:
        self._places[place.path] = place
        while len(self._places) > _KEPT:
            self._places.popitem(last=False)
        return place

    def _start(self, number: int) -> Place:
        if number >= len(self.starts):
            raise UsageError(f"there is no initial state {number}", remedy=f"Those that there are have the numbers 0 to {len(self.starts) - 1}.")
        return Place(str(number), (self.starts[number],), ())

    def _named(self, position: Position, name: str, number: int) -> Option:
        action, _, outcome = name.partition(".")
        found = self._outcomes(position, int(action)) if int(action) < len(self.machine.actions) else []
        if int(outcome) >= len(found):
            remedy = "The spec or its constants have changed since the path was made."
            raise UsageError(f"the path leads nowhere at step {number}", remedy=remedy)
        return found[int(outcome)]

    def _outcomes(self, position: Position, action: int) -> list[Option]:
        found = self.stepper.outcomes(position, self.machine.actions[action])
        return [Option(f"{action}.{number}", step, after) for number, (step, after) in enumerate(found)]

    def options(self, position: Position) -> Iterator[Option]:
        """Every step that can be taken, in the order of the actions' definition; none from a state that a constraint excludes."""
        if self.is_inside(position):
            for action in range(len(self.machine.actions)):
                yield from self._outcomes(position, action)

    def is_inside(self, position: Position) -> bool:
        """Whether the constraints allow a state."""
        return self.stepper.allows(position)

    def false(self, position: Position, before: Position | None = None) -> tuple[str, ...]:
        """The names of the properties that are false in a state, or of the step to it."""
        key = (position.key, None if before is None else before.key)
        if key not in self._false:
            if len(self._false) > 10 * _KEPT:
                self._false.clear()
            self._false[key] = tuple(self._failing(position, before))
        return self._false[key]

    def _failing(self, position: Position, before: Position | None) -> Iterator[str]:
        for declared in self.machine.properties:
            is_false = False
            if declared.role is Role.INVARIANT:
                is_false = not self.stepper.holds(declared, position)
            elif declared.role in STEPS and before is not None:
                is_false = not self.stepper.holds(declared, before, position)
            elif declared.role is Role.REFINES:
                is_false = self.machine.failing(declared, position.state) is not None
            if is_false:
                yield declared.name

    def follow(self, place: Place, steps: Sequence[Step], states: Sequence[State] | None = None) -> tuple[Place, int]:
        """Go on from a place by steps that are given, as far as they can be taken; returns where that leads and how many were.

        Args:
            place: Where to begin.
            steps: The steps, compared by their text, so that they may come from another version of the spec.
            states: Where each leads, for those that alone do not decide it.
        """
        for number, step in enumerate(steps):
            text = repr(step)
            fitting = [option for option in self.options(place.here) if repr(option.step) == text]
            exact = [option for option in fitting if states is None or option.position.state == states[number]]
            if not fitting:
                return place, number
            option = (exact or fitting)[0]
            place = self._keep(Place(f"{place.path}_{option.name}", (*place.positions, option.position), (*place.steps, option.step)))
        return place, len(steps)

    def start_like(self, state: State) -> Place | None:
        """The initial state that equals a state; None if there is none."""
        text = repr(state)
        found = next((number for number, position in enumerate(self.starts) if repr(position.state) == text), None)
        return None if found is None else self._start(found)
