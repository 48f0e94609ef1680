"""The states of a spec that explain what was seen so far.

A spec may have several steps that look the same from outside, and a log tells only a part of each. So what is kept is the set of all states that some
behaviour with these observations ends in (Cirstea and others, "Validating Traces of Distributed Programs Against TLA+ Specifications", SEFM 2024, do
this with TLC). An observation that leaves none is one that no behaviour explains.

*Cost.* An observation costs a walk of one decision tree in each state kept, some microseconds; one state is what a log that tells the actions with
their arguments leaves. States are told apart by their fingerprints of 64 bits, as in a search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from modelcheck.conformance.behaviours import Behaviours
from modelcheck.conformance.matching import Matching
from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.spec.loading import source_file
from modelcheck.statespace.stepper import Position
from modelcheck.trace import Reason, Trace
from modelcheck.trace.explanation.blocked import why_not
from modelcheck.trace.observation import Observation, state_differences, step_differences

ALLOWED = 12
_LOOKED_AT = 200


@frozen
class Behaviour:
    """A behaviour that explains what was seen.

    Attributes:
        positions: Its states, the initial one first.
        steps: Its steps.
    """

    positions: list[Position]
    steps: list[Step]

    @property
    def states(self) -> list[State]:
        """The states themselves."""
        return [position.state for position in self.positions]

    def trace(self, machine: Machine, what: str, observed: Mapping[str, Any] | None = None) -> Trace:
        """The trace of a ``log`` or of a test of ``conformance``, and what was seen after it that nothing explains."""
        states, steps = tuple(self.states), tuple(self.steps)
        return Trace(
            machine.cls.__name__, source_file(machine.cls), machine.constants, what, "log", states, steps, found_by=what, observed=observed
        )


@frozen
class Unexplained:
    """What no behaviour explains.

    Attributes:
        observation: What was seen.
        allowed: The steps that the spec allows there, the first few.
        more: How many more there are.
        nearest: The step that comes nearest.
        differences: How that differs from what was seen.
        guards: What stops the action that was seen, with the arguments that were seen; nothing if it can be taken.
        before: The behaviour that it continues.
    """

    observation: Observation
    allowed: tuple[Step, ...]
    more: int
    nearest: Step | None
    differences: tuple[str, ...]
    guards: tuple[Reason, ...]
    before: Behaviour

    def trace(self, explaining: Explaining, what: str) -> Trace:
        """The behaviour as a trace that tells what was seen after it."""
        hidden = {"hidden": explaining.hidden} if explaining.hidden else {}
        return self.before.trace(explaining.machine, what, {**self.observation.as_json(), **hidden})


class Explaining:
    """The states that explain what was seen.

    Args:
        machine: The spec.
        hidden: The names of actions that are not seen; any number of them may be taken before each observation.
        most: How many states are kept at most. Where there are more, a part of them is kept.
        between: Called now and then; what it raises ends the search.

    Attributes:
        hidden: The hidden actions.
        is_exact: Whether no state was left out.
    """

    def __init__(self, machine: Machine, *, hidden: Iterable[str] = (), most: int = 10_000, between: Callable[[], object] = bool) -> None:
        self.machine = machine
        self.most = most
        self.is_exact = True
        self._behaviours = Behaviours(machine)
        self._behaviours.between = between
        self._matching = Matching(self._behaviours)
        self._closing = [machine.find(name, machine.actions) for name in hidden]
        self.hidden = [action.name for action in self._closing]
        self.stepper = self._behaviours.stepper

    def begin(self) -> None:
        """Forget what was seen."""
        self._behaviours.begin()
        self.is_exact = True

    def __len__(self) -> int:
        return len(self._behaviours)

    def positions(self, most: int) -> Iterator[Position]:
        """The states, the first few."""
        return map(self._behaviours.position, range(min(len(self), most)))

    def behaviour(self, index: int = 0) -> Behaviour:
        """A behaviour that ends in one of the states."""
        return Behaviour(*self._behaviours.way(index))

    def see(self, observation: Observation) -> bool:
        """Take an observation into account. False, and the states as they were, if none of them explains it.

        Raises:
            SpecError: if the spec's code raises.
        """
        behaviours = self._behaviours
        if self._closing:
            behaviours.close(self._closing, self.most)
            self.is_exact &= not behaviours.is_truncated
        action = None if observation.action is None else self.machine.find(observation.action, self.machine.actions)
        found = behaviours.observe(action, self._matching.pattern(observation), self._matching.tests(observation), self.most)
        self.is_exact &= not behaviours.is_truncated
        return found

    @property
    def is_cut(self) -> bool:
        """Whether a bound cut a step that fits what was observed, so that there may be more explanations."""
        return self._behaviours.is_cut

    def unexplained(self, observation: Observation) -> Unexplained:
        """What is wrong with an observation that was not explained."""
        options: list[tuple[int, Step | None, Position]] = []
        for number, position in enumerate(self.positions(_LOOKED_AT)):
            self._behaviours.between()
            if observation.action is None:
                options.append((number, None, position))
            else:
                options += [(number, step, after) for step, after in self.stepper.steps(position)]
        distances = [self._distance(observation, step, position) for _, step, position in options]
        ranked = sorted(zip(distances, range(len(options)), strict=True))
        steps = [step for _, number in ranked if (step := options[number][1]) is not None]
        same = [step for step in steps if step.action == observation.action]
        shown = list({repr(step): step for step in (same or steps)}.values())
        if not ranked:
            return Unexplained(observation, (), 0, None, (), self._guards(observation, 0), self.behaviour())
        number, nearest, position = options[ranked[0][1]]
        told = tuple(self._told(observation, nearest, position))
        more = max(len(shown) - ALLOWED, 0)
        guards = () if same and ranked[0][0][1] == 0 else self._guards(observation, number)
        return Unexplained(observation, tuple(shown[:ALLOWED]), more, nearest, told, guards, self.behaviour(number))

    def _guards(self, observation: Observation, number: int) -> tuple[Reason, ...]:
        """Why the action that was seen cannot be taken in one of the states."""
        if observation.action is None:
            return ()

        def fits(arguments: Mapping[str, Any]) -> bool:
            differing = tuple(step_differences(observation, Step(action.name, arguments)))
            others.append((len(differing), differing))
            return not differing

        others: list[tuple[int, tuple[str, ...]]] = []
        action = self.machine.find(observation.action, self.machine.actions)
        found = why_not(self.machine, action, self._behaviours.position(number).state, fits)
        if found or not others:
            return tuple(found)
        nearest = dict.fromkeys(differing for count, differing in others if count == min(others)[0])
        because = tuple(Reason("; ".join(differing)) for differing in list(nearest)[:ALLOWED])
        return (Reason(f"{action.name}: it has no such arguments there", because),)

    def _distance(self, observation: Observation, step: Step | None, position: Position) -> tuple[int, int, int]:
        """How far a step is from what was seen: first its action, then its arguments, then the state after it."""
        other = observation.action is not None and (step is None or step.action != observation.action)
        arguments = 0 if other or step is None else sum(1 for _ in step_differences(observation, step))
        return (int(other), arguments, sum(1 for _ in state_differences(observation, position.state)))

    def _told(self, observation: Observation, step: Step | None, position: Position) -> Iterator[str]:
        if observation.action is not None and step is not None:
            if step.action != observation.action:
                yield f"the action is {step.action}, not {observation.action}"
                return
            yield from step_differences(observation, step)
        yield from state_differences(observation, position.state)

    def violation(self) -> tuple[Behaviour, Declaration] | None:
        """A property that is false where the last observation is explained, if one is however that is done; and such a behaviour."""
        if self._behaviours.is_fine:
            return None
        for index in range(len(self)):
            self._behaviours.between()
            found = self.behaviour(index)
            before = found.positions[-2] if found.steps else None
            declared = self.stepper.false_property(found.positions[-1], before)
            if declared is not None:
                return found, declared
        return None
