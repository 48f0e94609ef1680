"""Observations as the kernel takes them: predicates on arguments and on places of the state.

What was seen of the state is taken apart down to single variables of it, so that most states are told apart by the id of a cell. The lines of a log
repeat themselves; what was made for one serves for all that say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from modelcheck.conformance.behaviours import Behaviours, Predicate
from modelcheck.spec.shapes.shape import AliasShape, MapShape, RecordShape, Shape
from modelcheck.trace.observation import Observation, called, differences, is_encoded, keys_by_name
from modelcheck.values import identity

Place = tuple[Shape, Any]


class Matching:
    """Patterns and tests for observations.

    Args:
        behaviours: What they are for.
    """

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._shapes = behaviours.stepper.machine.shape.fields
        self._made: dict[Hashable, Any] = {}

    def pattern(self, observation: Observation) -> int | None:
        """The pattern of what was seen of the arguments; None if nothing was."""
        if not observation.arguments:
            return None
        found: int = self._once(("pattern", observation.action), observation.arguments, self._pattern)
        return found

    def _pattern(self, seen: Mapping[str, Any]) -> int:
        return self._behaviours.add_pattern({name: self._once("argument", inner, _predicate) for name, inner in seen.items()})

    def tests(self, observation: Observation) -> list[int]:
        """The tests for what was seen of the state."""
        return [test for name, seen in observation.state.items() for test in self._once(("tests", name), seen, partial(self._tests, name))]

    def _tests(self, name: str, seen: Any) -> list[int]:
        shape = self._shapes.get(name)
        places = None if shape is None else _places(shape, seen)
        if places is None:
            return [self._behaviours.add_test(None, lambda state: fits(state[name], seen))]
        return [self._once(("test", place.path), inner, partial(self._test, place)) for place, inner in places]

    def _test(self, place: Shape, seen: Any) -> int:
        return self._behaviours.add_test(place, _predicate(seen))

    def _once(self, what: Hashable, seen: Any, make: Callable[[Any], Any]) -> Any:
        """What was made for something that was seen, if that was seen before."""
        try:
            key = (what, _key(seen))
            found = self._made.get(key)
        except TypeError:
            return make(seen)
        if found is None:
            found = self._made[key] = make(seen)
        return found


def _predicate(seen: Any) -> Predicate:
    return lambda value: fits(value, seen)


def fits(value: Any, seen: Any) -> bool:
    """Whether a value is as it was seen."""
    return next(differences(value, seen, ""), None) is None


def _places(shape: Shape, seen: Any) -> list[Place] | None:
    """What was seen, by the places that have no shapes inside; None if it cannot be told apart."""
    if not isinstance(shape, (RecordShape, MapShape)):
        return None if isinstance(shape, AliasShape) else [(shape, seen)]
    if not isinstance(seen, Mapping) or is_encoded(seen):
        return None
    inside = shape.fields if isinstance(shape, RecordShape) else {name: shape.items[key] for name, key in keys_by_name(shape.items).items()}
    found: list[Place] = []
    for name, inner in ((called(key), inner) for key, inner in seen.items()):
        below = _places(inside[name], inner) if name in inside else None
        if below is None:
            return None
        found += below
    return found


def _key(seen: Any) -> Any:
    """Equal for two things that say the same.

    Raises:
        TypeError: if there is no telling.
    """
    if isinstance(seen, Mapping):
        return frozenset((key, _key(inner)) for key, inner in seen.items()), type(seen)
    if isinstance(seen, Sequence) and not isinstance(seen, str):
        return tuple(map(_key, seen)), type(seen)
    return identity(seen)
