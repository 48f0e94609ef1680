"""The states of a spec that explain what was seen so far.

A spec may have several steps that look the same from outside, and a log tells only a part of each. So what is kept is the set of all states that some
behaviour with these observations ends in (Cirstea and others, "Validating Traces of Distributed Programs Against TLA+ Specifications", SEFM 2024, do
this with TLC). An observation that leaves none is one that no behaviour explains.

*Cost.* A line costs the outcomes of one action in each state kept; one state is what a log that tells the actions with their arguments leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from modelcheck.conformance.observation import Observation, state_differences, step_differences
from modelcheck.spec import Declaration, Machine, State, Step
from modelcheck.statespace.stepper import Position, Stepper

ALLOWED = 12
_LOOKED_AT = 200


class TooManyError(Exception):
    """More states explain what was seen than may be kept."""


class Node:
    """A state that explains what was seen, and how it was reached."""

    __slots__ = ("above", "position", "step")

    def __init__(self, position: Position, step: Step | None = None, above: Node | None = None) -> None:
        self.position = position
        self.step = step
        self.above = above

    def run(self) -> tuple[list[State], list[Step]]:
        """The states and steps from the initial state to here."""
        states: list[State] = []
        steps: list[Step] = []
        node: Node | None = self
        while node is not None:
            states.append(node.position.state)
            if node.step is not None:
                steps.append(node.step)
            node = node.above
        return states[::-1], steps[::-1]


@frozen
class Unexplained:
    """What no behaviour explains.

    Attributes:
        observation: What was seen.
        allowed: The steps that the spec allows there, the first few.
        more: How many more there are.
        nearest: The step that comes nearest.
        differences: How that differs from what was seen.
        before: How the behaviour that it continues got there.
    """

    observation: Observation
    allowed: tuple[Step, ...]
    more: int
    nearest: Step | None
    differences: tuple[str, ...]
    before: Node | None


class Explaining:
    """The states that explain what was seen.

    Args:
        machine: The spec.
        hidden: The names of actions that are not seen; any number of them may be taken before each observation.
        most: How many states are kept at most.
    """

    def __init__(self, machine: Machine, *, hidden: Iterable[str] = (), most: int = 100_000) -> None:
        self.machine = machine
        self.stepper = Stepper(machine)
        self.nodes: list[Node] = [Node(position) for position in self.stepper.initial()]
        self._hidden = [machine.find(name, machine.actions) for name in hidden]
        self._most = most

    def see(self, observation: Observation) -> Unexplained | None:
        """Take an observation into account; returns what is wrong with it if no behaviour explains it, and keeps the states as they were.

        Raises:
            TooManyError: if more states would have to be kept than allowed.
        """
        before = self._with_hidden(self.nodes)
        found: dict[Any, Node] = {}
        for node in self._candidates(before, observation):
            if node.position.key not in found and not (observation.state and any(state_differences(observation, node.position.state))):
                found[node.position.key] = node
                if len(found) > self._most:
                    raise TooManyError
        if not found:
            return self._unexplained(before, observation)
        self.nodes = list(found.values())
        return None

    def _candidates(self, before: Sequence[Node], observation: Observation) -> Iterator[Node]:
        """The states after what was seen, without a look at what was seen of them."""
        if observation.action is None:
            yield from before
            return
        action = self.machine.find(observation.action, self.machine.actions)
        for node in before:
            for step, position in self.stepper.outcomes(node.position, action):
                if not (observation.arguments and any(step_differences(observation, step))):
                    yield Node(position, step, node)

    def _with_hidden(self, nodes: list[Node]) -> list[Node]:
        """The nodes and what hidden actions lead to from them."""
        if not self._hidden:
            return nodes
        found = {node.position.key: node for node in nodes}
        waiting = list(nodes)
        while waiting:
            node = waiting.pop(0)
            for action in self._hidden:
                for step, position in self.stepper.outcomes(node.position, action):
                    if position.key not in found:
                        waiting.append(found.setdefault(position.key, Node(position, step, node)))
                        if len(found) > self._most:
                            raise TooManyError
        return list(found.values())

    def _unexplained(self, before: Sequence[Node], observation: Observation) -> Unexplained:
        options: list[tuple[Node, Step | None, Position]] = []
        for node in before[:_LOOKED_AT]:
            if observation.action is None:
                options.append((node, node.step, node.position))
            else:
                options += [(node, step, position) for step, position in self.stepper.steps(node.position)]
        distances = [self._distance(observation, step, position) for _, step, position in options]
        ranked = sorted(zip(distances, range(len(options)), strict=True))
        steps = [step for _, number in ranked if (step := options[number][1]) is not None]
        same = [step for step in steps if step.action == observation.action]
        shown = list({repr(step): step for step in (same or steps)}.values())
        if observation.action is None:
            shown = []
        if not ranked:
            return Unexplained(observation, (), 0, None, (), before[0] if before else None)
        node, nearest, position = options[ranked[0][1]]
        told = tuple(self._told(observation, nearest, position))
        return Unexplained(observation, tuple(shown[:ALLOWED]), max(len(shown) - ALLOWED, 0), nearest, told, node)

    def _distance(self, observation: Observation, step: Step | None, position: Position) -> tuple[int, int, int]:
        """How far a step is from what was seen: first its action, then its arguments, then the state after it."""
        other = observation.action is not None and (step is None or step.action != observation.action)
        arguments = 0 if other or step is None else sum(1 for _ in step_differences(observation, step))
        return (int(other), arguments, sum(1 for _ in state_differences(observation, position.state)))

    def _told(self, observation: Observation, step: Step | None, position: Position) -> Iterator[str]:
        if observation.action is not None and step is not None:
            if step.action == observation.action:
                yield from step_differences(observation, step)
            else:
                yield f"the action is {step.action}, not {observation.action}"
        yield from state_differences(observation, position.state)

    def certainly_false(self) -> tuple[Node, Declaration] | None:
        """A property that is false however what was seen came about: one that is false in each of the states."""
        found: list[tuple[Node, Declaration]] = []
        for node in self.nodes:
            declared = self.stepper.false_property(node.position, None if node.above is None else node.above.position)
            if declared is None or (found and declared is not found[0][1]):
                return None
            found.append((node, declared))
        return found[0] if found else None
