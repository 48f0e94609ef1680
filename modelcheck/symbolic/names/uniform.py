"""Whether what ``init`` makes of symbolic sizes is of one kind for all of them, so that the places of a small size are those of every size."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import z3

from modelcheck.spec import Machine
from modelcheck.spec.shapes.shape import MapShape, QueueShape, RecordShape, SetShape, Shape
from modelcheck.symbolic.names.functions import SymFunction
from modelcheck.symbolic.terms import UnsupportedError
from modelcheck.symbolic.values.kinds import is_setlike, is_symbolic
from modelcheck.values import show

_REMEDY = "Let init make the same for each size, or prove it at one size."


def check_uniform(machine: Machine, made: Mapping[str, Any], functions: Mapping[int, tuple[Shape, z3.ArithRef]]) -> None:
    """Make sure that one way through ``init`` makes what the shape of a machine says.

    Args:
        machine: The machine at a small size.
        made: The variables.
        functions: The dicts over names by the ids of their shapes, with the shape of what they have for a name, and the size.

    Raises:
        UnsupportedError: if it makes something else, which another size may have.
    """
    _same_keys(machine, "the state", set(made), set(machine.shape.fields))
    for name, shape in machine.shape.fields.items():
        _check(machine, shape, made[name], functions)
    for declared in (*machine.actions, *machine.properties, *machine.constraints):
        if declared.owner is not None and any(isinstance(way, tuple) for way in declared.owner.ways):
            raise UnsupportedError(
                f"{declared.name} belongs to a record in a dict, of which there is one at each size only",
                place=declared.place,
                remedy="Write it as an action or property of the spec, with a name as its parameter.",
            )


def _check(machine: Machine, shape: Shape, value: Any, functions: Mapping[int, tuple[Shape, z3.ArithRef]]) -> None:
    if isinstance(shape, RecordShape):
        _check_record(machine, shape, value, functions)
    elif id(shape) in functions:
        first, size = functions[id(shape)]
        if not isinstance(value, SymFunction) or not value.size.eq(size):
            raise other_at(machine, shape.path)
        _check(machine, first, value.value, functions)
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            raise other_at(machine, shape.path)
        _same_keys(machine, shape.path, set(value), set(shape.items))
        for key, each in shape.items.items():
            _check(machine, each, value[key], functions)
    elif isinstance(shape, SetShape):
        if not is_setlike(value):
            raise other_at(machine, shape.path)
    elif isinstance(value, SymFunction) or isinstance(value, (list, deque)) != isinstance(shape, QueueShape):
        raise other_at(machine, shape.path)


def _check_record(machine: Machine, shape: RecordShape, value: Any, functions: Mapping[int, tuple[Shape, z3.ArithRef]]) -> None:
    if type(value) is not shape.cls:
        raise other_at(machine, shape.path)
    for name, constant in shape.constants.items():
        found = getattr(value, name, constant)
        if is_symbolic(found) or show(found) != show(constant):
            raise other_at(machine, f"{shape.path}.{name}")
    for name, each in shape.fields.items():
        _check(machine, each, getattr(value, name), functions)


def _same_keys(machine: Machine, path: str, keys: set[Any], wanted: set[Any]) -> None:
    if keys != wanted:
        raise other_at(machine, path)


def other_at(machine: Machine, path: str) -> UnsupportedError:
    """The error that a place is not the same for every size."""
    return UnsupportedError(f"what init makes of {path} depends on the size in more than how many names it has", place=machine.place, remedy=_REMEDY)
