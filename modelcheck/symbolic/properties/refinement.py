"""A refinement as a property of a step: seen through the map, it is a step of the abstract spec or changes nothing there.

The map is run on the symbolic state before a step and on that after it, and each action of the abstract spec on what the map makes of the
first. The step is allowed where what comes out is what the map makes of the second, whatever the abstract action chooses for it.
"""

from __future__ import annotations

from typing import Any

import z3

from modelcheck.spec import Declaration, Machine
from modelcheck.spec.choice import choosing
from modelcheck.spec.refinement import Refinement
from modelcheck.symbolic import operators
from modelcheck.symbolic.paths import Paths
from modelcheck.symbolic.present import decide
from modelcheck.symbolic.properties.arguments import options
from modelcheck.symbolic.session import SymbolicChooser
from modelcheck.symbolic.terms import FALSE, TRUE, UnsupportedError, conj, disj, exists
from modelcheck.symbolic.values.equality import equality
from modelcheck.symbolic.values.kinds import SymUnion
from modelcheck.symbolic.values.scalars import is_bool
from modelcheck.symbolic.views.collection import Collection
from modelcheck.symbolic.views.layout import ContainerSlot, SymbolicMap
from modelcheck.symbolic.views.queues import SymbolicQueue
from modelcheck.symbolic.views.records import RecordSlot
from modelcheck.values import identity

_ATOMS = (bool, int, float, str, bytes, type(None))


def allowed(declared: Refinement, paths: Paths, live: Any, after: Any) -> z3.BoolRef:
    """When a step is mapped to a step of the abstract spec, or to none.

    Raises:
        UnsupportedError: if it cannot be followed. A bound of the abstract spec is: what it cuts is not told from what is not allowed.
    """
    machine = declared.abstract.machine
    before, then = _image(declared, live), _image(declared, after)
    return disj(
        _same(machine, before, then), *(_leads_there(declared, action, paths, live, then) for action in machine.actions)
    )


def _image(declared: Refinement, live: Any) -> Any:
    """What the map makes of a state: an object of the abstract spec, of its own, which an action may change."""
    made = operators.call(getattr(live, declared.method))
    machine = declared.abstract.machine
    if type(made) is not machine.cls or not all(name in made.__dict__ for name in machine.variables):
        raise UnsupportedError(
            f"the map {declared.name} does not always make the same kind of object",
            place=declared.place,
            remedy=f"Make one {machine.cls.__name__}, set all its variables, and return it.",
        )
    handed_on = next((name for name in machine.variables if _is_of_the_state(made.__dict__[name])), None)
    if handed_on is not None:  # An abstract action would change the state of the spec itself.
        raise UnsupportedError(
            f"the map {declared.name} hands on a container or record of the state itself as {handed_on}",
            place=declared.place,
            remedy="Copy it, as in dict(self.owner) or set(self.messages).",
        )
    return made


def _is_of_the_state(value: Any) -> bool:
    """Whether a value is, or holds, a container or record that a live state changes in its place."""
    if isinstance(value, (Collection, SymbolicMap, SymbolicQueue)):
        return True
    if isinstance(value, dict):
        return any(map(_is_of_the_state, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_is_of_the_state, value))
    return any(isinstance(each, (RecordSlot, ContainerSlot)) for each in vars(type(value)).values())


def _leads_there(declared: Refinement, action: Declaration, paths: Paths, live: Any, then: Any) -> z3.BoolRef:
    """When an action of the abstract spec leads from what the map makes of a state to what it makes of the next one."""
    machine, known = declared.abstract.machine, len(paths.inputs)

    def run() -> z3.BoolRef:
        moved = _image(declared, live)
        subject = action.subject(moved)
        arguments: list[Any] = []
        with choosing(SymbolicChooser(paths)):
            for domain in action.domains:
                arguments.append(operators.chosen(options(domain, subject, arguments)))
            operators.call(getattr(subject, action.method), *arguments)
        return _same(machine, moved, then)

    outcomes = paths.explore(run, alone=True, acts=True)
    for each in outcomes:
        if each.error is not None:
            operators.check_error(each.error)
            if decide(each.condition):
                raise each.error
    found = disj(*(conj(each.condition, each.value) for each in outcomes if each.error is None))
    chosen = tuple(paths.inputs[known:])
    del paths.inputs[known:]
    return exists(chosen, found)


def _same(machine: Machine, one: Any, other: Any) -> z3.BoolRef:
    return conj(*(_identical(one.__dict__[name], other.__dict__[name]) for name in machine.variables))


def _identical(one: Any, other: Any) -> z3.BoolRef:
    """When two values are the same for a state: equal, and a number is not a truth value."""
    for union, value in ((one, other), (other, one)):
        if isinstance(union, SymUnion):
            return disj(*(conj(guard, _identical(each, value)) for guard, each in union.alternatives))
    if isinstance(one, _ATOMS) and isinstance(other, _ATOMS):
        return TRUE if identity(one) == identity(other) else FALSE
    if is_bool(one) != is_bool(other):
        return FALSE
    if type(one) is type(other) is dict:
        same_keys = identity(frozenset(one)) == identity(frozenset(other))
        return conj(*(_identical(value, other[key]) for key, value in one.items())) if same_keys else FALSE
    if type(one) is type(other) and type(one) in (list, tuple):
        return conj(*map(_identical, one, other)) if len(one) == len(other) else FALSE
    return equality(one, other)
