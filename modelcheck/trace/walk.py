"""A walk along a run: forward and back, what else could have happened, and on from there.

Whoever lets a person step through a spec needs this, at a prompt or on a page; it shows nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from modelcheck.errors import UsageError
from modelcheck.spec import STEPS, Declaration, Machine, Role, State, Step
from modelcheck.trace.trace import Trace


class Walk:
    """A place on a run, which can be left.

    Args:
        machine: The spec.
        trace: The run.
        at: The step to begin after.

    Attributes:
        states: The states of the run as it is now, the initial one first.
        steps: Its steps; step i leads from state i to state i + 1.
        at: How many steps have been taken.
        left: After how many steps the recorded run was left; None on the recorded run.
    """

    def __init__(self, machine: Machine, trace: Trace, at: int = 0) -> None:
        self.machine = machine
        self.recorded = trace
        self.states: list[State] = list(trace.unrolled().states)
        self.steps: list[Step] = list(trace.steps)
        self.left: int | None = None
        self.at = at

    @property
    def state(self) -> State:
        """The state that the walk is in."""
        return self.states[self.at]

    @property
    def is_at_the_end(self) -> bool:
        """Whether the run has no further step."""
        return self.at == len(self.steps) and self.loop is None

    @property
    def loop(self) -> int | None:
        """After how many steps begins what repeats for ever; None if nothing does, or the recorded run was left."""
        return self.recorded.loop if self.left is None and self.recorded.closes else None

    @property
    def following(self) -> Step | None:
        """The next step of the run."""
        if self.at < len(self.steps):
            return self.steps[self.at]
        return None if self.loop is None else self.steps[self.loop]

    # Moving -------------------------------------------------------------------------------------------------------------------------------------

    def go(self, number: int) -> None:
        """To the state after so many steps.

        Raises:
            UsageError: if the run has fewer.
        """
        if not 0 <= number <= len(self.steps):
            raise UsageError(f"the run has {len(self.steps)} steps")
        self.at = number

    def forward(self) -> None:
        """The next step; after the last of a loop, its first once more.

        Raises:
            UsageError: at the end of the run.
        """
        if self.is_at_the_end:
            raise UsageError("this is the end of the run", remedy="e lists what can be taken here, t N takes it.")
        self.at = self.at + 1 if self.at < len(self.steps) or self.loop is None else self.loop + 1

    def take(self, number: int) -> None:
        """Take the step of that number among the `options` here, the first being 1; the rest of the run is left.

        Raises:
            UsageError: if there is none.
        """
        options = self.options()
        if not options:
            raise UsageError("nothing can be taken here", remedy="Go back a step.")
        if not 1 <= number <= len(options):
            raise UsageError(f"there is no step {number} to take here", remedy=f"Those that can be taken have the numbers 1 to {len(options)}.")
        step, state = options[number - 1]
        if self.left is None:
            self.left = self.at
        self.steps = [*self.steps[: self.at], step]
        self.states = [*self.states[: self.at + 1], state]
        self.at += 1

    def rejoin(self) -> None:
        """Back to the recorded run, where it was left.

        Raises:
            UsageError: if it was not.
        """
        if self.left is None:
            raise UsageError("this is the recorded run")
        self.states, self.steps, self.at, self.left = list(self.recorded.unrolled().states), list(self.recorded.steps), self.left, None

    # Looking ------------------------------------------------------------------------------------------------------------------------------------

    def options(self) -> list[tuple[Step, State]]:
        """Every step that can be taken here, and where it leads."""
        return list(self.machine.successors(self.state))

    def false(self, at: int | None = None) -> Iterator[Declaration]:
        """The properties that are false here, or after so many steps: of the state, or of the step to it."""
        at = self.at if at is None else at
        for declared in self.machine.properties:
            if declared.role is Role.INVARIANT:
                looked_at = self.states[at : at + 1]
            elif declared.role in STEPS and (at > 0 or declared.role is Role.REFINES):
                looked_at = self.states[max(at - 1, 0) : at + 1]
            else:
                continue
            if self.machine.failing(declared, *looked_at) is not None:
                yield declared

    def run(self) -> Trace:
        """The run as a trace of what its end shows: what was recorded, another property that is false there, a deadlock, or just a run."""
        if self.left is None:
            return self.recorded
        run = evolve(self.recorded, states=tuple(self.states), steps=tuple(self.steps))
        false = next(self.false(len(self.steps)), None)
        name, kind = ("log", "log") if false is None else (false.name, false.role.value)
        if false is None and self.machine.is_stuck(self.states[-1]):
            name = kind = "deadlock"
        return evolve(run, property=name, kind=kind, arguments={}, loop=None, found_by="replay", observed=None)
