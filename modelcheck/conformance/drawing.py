"""Which step a random run takes next.

One number is drawn per step, and it stands for one of the steps that are enabled. It is no index into their list, where it would mean
another step as soon as an earlier one is left out: it stands for the step that it likes best (rendezvous hashing), which remains the same
as long as that step is enabled. So Hypothesis can leave out steps of a failing run, and the others stay what they were.

*Tastes.* Uniformly random steps rarely do several rare things in a row. So each run has tastes, which follow from one more number: each
feature of a step (the action, each argument, the class of a message and each of its fields) gets a random weight, and steps are drawn with
the product of their features' weights (weighted rendezvous hashing: the largest of ``log weight - log(-log u)``, where u is uniform). So in one
run nothing crashes, in the next one messages to some server are late, and so on: swarm testing (Groce and others, "Swarm Testing", ISSTA
2012) with weights in place of switches. With large weights a run follows priorities (Burckhardt and others, "A Randomized Scheduler with
Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).

*One step ahead.* A step that violates a property is taken where there is one. To look for it costs little beside the steps themselves.

The steps of a state are kept, with all that is asked of them, so that coming to a state again costs no Python of the spec.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from math import log
from typing import Any

from modelcheck.errors import ModelcheckError
from modelcheck.spec import Declaration, Role, Step
from modelcheck.statespace.stepper import Position, Stepper
from modelcheck.values import fields_of, order_key

SCALES = (2.0, 4.0)
_KEPT = 20_000


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
    """

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._known: dict[Any, list[Option] | ModelcheckError] = {}
        self._steps_matter = any(declared.role is Role.STEP for declared in stepper.machine.properties)
        self._violated: dict[Any, Declaration | None] = {}
        self._kept = 0

    def of(self, position: Position) -> list[Option]:
        """The steps that can be taken in a state and lead to one that the constraints allow, in the order of the actions' definition.

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
        return [
            Option(step, after, self.violated(after, position))
            for step, after in self._stepper.steps(position)
            if self._stepper.allows(after)
        ]

    def violated(self, position: Position, before: Position | None) -> Declaration | None:
        """An invariant that is false in a state, or a property that is false of the step to it."""
        key = (position.key, before.key if before is not None and self._steps_matter else None)
        if key not in self._violated:
            self._violated[key] = self._stepper.false_property(position, before)
        return self._violated[key]


class Tastes:
    """What a run likes.

    Args:
        seed: Everything follows from it; 0 likes all steps the same.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._scale = SCALES[seed % len(SCALES)] if seed else 0.0
        self._weights: dict[int, float] = {}

    def choice(self, number: int, options: Sequence[Option]) -> Option:
        """The option that a number stands for."""
        return max(options, key=lambda option: self._weight(option) - log(-log(uniform(number, option.code))))

    def _weight(self, option: Option) -> float:
        """The logarithm of the weight."""
        found = self._weights.get(option.code)
        if found is None:
            found = sum(_normal(self._seed, feature) for feature in option.features) * self._scale
            self._weights[option.code] = found
        return found


def uniform(number: int, code: int) -> float:
    """As good as a random number between 0 and 1, and always the same one."""
    mixed = (code ^ (number * 0x9E3779B1)) * 0x85EBCA6B & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 0xC2B2AE35 & 0xFFFFFFFF
    return ((mixed ^ mixed >> 16) + 0.5) / 0x100000000


def _normal(number: int, code: int) -> float:
    """The same with mean 0 and variance 1, nearly normally distributed: a sum of four uniform ones."""
    parts = (uniform(number * 4 + part, code) for part in range(4))
    return float(sum(parts) - 2) * 3**0.5


_CODES: dict[int, tuple[Step, int]] = {}


def code_of(step: Step) -> int:
    """A number that tells steps apart, the same in every process."""
    found = _CODES.get(id(step))
    if found is None or found[0] is not step:
        if len(_CODES) > _KEPT:
            _CODES.clear()
        keys = [order_key(value) for value in (*step.arguments.values(), *step.choices)]
        found = _CODES[id(step)] = (step, _crc((step.action, keys)))
    return found[1]


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
