"""Which step a random run takes next.

What is drawn for a step is a number that is the step's own, whatever else is enabled: the only one of its kind, which follows from the action and its
arguments. Where that step is not enabled, the number stands for nothing. So Hypothesis can leave out steps of a failing run, and the others stay what
they were. Small numbers are places in the list of enabled steps, of which those that violate a property come first: shrinking comes to them last, and
makes what is left regular.

*Tastes.* Uniformly random steps rarely do several rare things in a row. So each run has tastes, which follow from one more number: each
feature of a step (the action, each argument, the class of a message and each of its fields) gets a random weight, and steps are drawn with
the product of their features' weights. So in one run nothing crashes, in the next one messages to some server are late, and so on: swarm testing
(Groce and others, "Swarm Testing", ISSTA 2012) with weights in place of switches. With large weights a run follows priorities (Burckhardt and
others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010). Tastes decide what is drawn and not what a place stands
for, so they are no hindrance to shrinking.

*One step ahead.* A step that violates a property is mostly taken where there is one. To look for it costs little beside the steps themselves.

The steps of a state are kept, with all that is asked of them, so that coming to a state again costs no Python of the spec.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import exp
from typing import Any, Generic, TypeVar

from modelcheck.errors import ModelcheckError
from modelcheck.spec import STEPS, Declaration, Step
from modelcheck.statespace.stepper import Position, Stepper
from modelcheck.values import fields_of, order_key

T = TypeVar("T")

SCALES = (2.0, 4.0)
_KEPT = 20_000

# 0 is nothing, which lets shrinking leave a step out. Then come places in the list of options; from here on are the numbers of steps.
_FIRST = 2**20
NUMBERS = 2**33 + _FIRST


class Option:
    """A step that can be taken.

    Attributes:
        step: The step.
        position: Where it leads.
        violated: The property that it violates.
        code: Tells steps apart; the same in every process.
        features: What it has in common with other steps, as such codes.
    """

    __slots__ = ("code", "features", "position", "step", "violated")

    def __init__(self, step: Step, position: Position, violated: Declaration | None) -> None:
        self.step = step
        self.position = position
        self.violated = violated
        self.features = tuple(map(_crc, _features(step)))
        self.code = code_of(step)


class Options:
    """The steps of states, and whether they violate anything.

    Args:
        stepper: Takes the steps.

    Attributes:
        enabled: The actions that some state enabled.
    """

    def __init__(self, stepper: Stepper) -> None:
        self.enabled: set[str] = set()
        self._stepper = stepper
        self._known: dict[Any, list[Option] | ModelcheckError] = {}
        self._steps_matter = any(declared.role in STEPS for declared in stepper.machine.properties)
        self._violated: dict[Any, Declaration | None] = {}
        self._kept = 0

    def of(self, position: Position) -> list[Option]:
        """The steps that can be taken in a state and lead to one that the constraints allow: those that violate something, then the others.

        Raises:
            ModelcheckError: if the spec has a mistake; whenever this state is asked for again, too. An action that depends on something besides
                the state may raise once and never again, which Hypothesis would only call flaky.
        """
        found = self._known.get(position.key)
        if found is None:
            try:
                found = self._looked_up(position)
            except ModelcheckError as error:
                found = error
            self._kept += len(found) if isinstance(found, list) else 1
            if self._kept > _KEPT:
                self._known, self._violated, self._kept = {}, {}, 0
            self._known[position.key] = found
        if isinstance(found, ModelcheckError):
            raise found.with_traceback(None)
        return found

    def _looked_up(self, position: Position) -> list[Option]:
        steps = self._stepper.steps(position)
        self.enabled.update(step.action for step, _ in steps)
        found = [
            Option(step, after, self.violated(after, position))
            for step, after in steps
            if self._stepper.allows(after)
        ]
        return sorted(found, key=lambda option: option.violated is None)

    def violated(self, position: Position, before: Position | None) -> Declaration | None:
        """An invariant that is false in a state, or a property that is false of the step to it."""
        key = (position.key, before.key if before is not None and self._steps_matter else None)
        if key not in self._violated:
            self._violated[key] = self._stepper.false_property(position, before)
        return self._violated[key]


class Menu(Generic[T]):
    """What can be drawn, by its numbers.

    Args:
        options: The options with their codes; equal codes are told apart by the order of the options.
    """

    def __init__(self, options: Iterable[tuple[int, T]]) -> None:
        self._options: dict[int, T] = {}
        for code, option in options:
            number = _FIRST + code
            while number in self._options:
                number += 1
            self._options[number] = option
        self.numbers = list(self._options)

    def chosen(self, number: int) -> T | None:
        """What a number stands for; None if for nothing."""
        if 0 < number <= len(self.numbers):
            return self._options[self.numbers[number - 1]]
        return self._options.get(number)


class Tastes:
    """What a run likes.

    Args:
        seed: Everything follows from it; 0 likes all steps the same.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._scale = SCALES[seed % len(SCALES)] if seed else 0.0
        self._liking: dict[int, float] = {}

    def shares(self, options: Sequence[Option], liked: Callable[[Option], bool]) -> list[float]:
        """The probability of each option, among those that are liked; of the others it is 0."""
        weights = [self._weight(option) if liked(option) else None for option in options]
        most = max((weight for weight in weights if weight is not None), default=0.0)
        found = [0.0 if weight is None else exp(weight - most) for weight in weights]
        whole = sum(found) or 1.0
        return [share / whole for share in found]

    def _weight(self, option: Option) -> float:
        """The logarithm of the weight."""
        return sum(map(self._feature, option.features)) * self._scale

    def _feature(self, feature: int) -> float:
        found = self._liking.get(feature)
        if found is None:
            found = self._liking[feature] = _normal(self._seed, feature)
        return found


def code_of(step: Step) -> int:
    """A number of 32 bits that tells steps apart, the same in every process."""
    return _crc((step.action, [order_key(value) for value in (*step.arguments.values(), *step.choices)]))


def mixed(shares: Sequence[float], others: Sequence[float], part: float) -> list[float]:
    """Probabilities that are the others in a part of all cases."""
    return [share * (1 - part) + other * part for share, other in zip(shares, others, strict=True)]


def _uniform(number: int, code: int) -> float:
    """As good as a random number between 0 and 1, and always the same one."""
    mixed = (code ^ (number * 0x9E3779B1)) * 0x85EBCA6B & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 0xC2B2AE35 & 0xFFFFFFFF
    return ((mixed ^ mixed >> 16) + 0.5) / 0x100000000


def _normal(number: int, code: int) -> float:
    """The same with mean 0 and variance 1, nearly normally distributed: a sum of four uniform ones."""
    parts = (_uniform(number * 4 + part, code) for part in range(4))
    return float(sum(parts) - 2) * 3**0.5


def _features(step: Step) -> Iterator[Any]:
    yield (step.action,)
    for name, value in step.arguments.items():
        fields = fields_of(value)
        if fields is not None:
            kind = type(value).__name__
            yield (kind,)
            for field, inner in fields.items():
                yield (kind, field, order_key(inner))
        else:
            yield (step.action, name, order_key(value))
    for number, value in enumerate(step.choices):
        yield (step.action, number, order_key(value))


def _crc(described: Any) -> int:
    return zlib.crc32(repr(described).encode())
