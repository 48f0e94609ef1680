"""From a model that z3 found back to states: what leaves and symbolic values are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import z3

from modelcheck.spec import State
from modelcheck.symbolic.leaves import Leaf
from modelcheck.symbolic.system import System
from modelcheck.symbolic.values.kinds import SymBool, SymInt, SymSet, SymUnion, field_values, is_symbolic, rebuilt
from modelcheck.values import OrderedFrozenSet, show

Renaming = list[tuple[Any, Any]]


class InfiniteSetError(Exception):
    """A set of a model has infinitely many members."""


def state_of(
    system: System, model: z3.ModelRef, renaming: Renaming | None = None, indexes: Iterable[int] = ()
) -> State:
    """The state that the leaves have in a model.

    Args:
        system: The system.
        model: The model.
        renaming: What the leaves are called in it, if not by their own names.
        indexes: The integers to keep of a set that holds all but finitely many.
    """
    names = {str(old): new for old, new in renaming or []}

    def read(leaf: Leaf) -> Any:
        value = model.eval(names.get(leaf.name, leaf.constant), model_completion=True)
        if z3.is_array(value):
            return _array(model, value, list(indexes))
        return value.as_long() if z3.is_int_value(value) else z3.is_true(value)

    return system.decode(read)


def _array(model: z3.ModelRef, array: Any, indexes: list[int]) -> list[tuple[tuple[int, ...], Any]]:
    """The indexes at which an array is not false or 0, with what it is there."""
    default = _default(model, array)
    keys = sorted(_keys(model, array) | (set(indexes) if default else set()))
    found: list[tuple[tuple[int, ...], Any]] = []
    for key in keys:
        value = z3.simplify(model.eval(z3.Select(array, z3.IntVal(key)), model_completion=True))
        if z3.is_array(value):
            found += [((key, *rest), kept) for rest, kept in _array(model, value, indexes)]
        else:
            kept = value.as_long() if z3.is_int_value(value) else z3.is_true(value)
            if kept:
                found.append(((key,), kept))
    return found


def _keys(model: z3.ModelRef, array: Any) -> set[int]:
    found: set[int] = set()
    todo = [array]
    while todo:
        each = todo.pop()
        if z3.is_store(each):
            key = model.eval(each.arg(1), model_completion=True)
            found.add(key.as_long())
            todo.append(each.arg(0))
        elif z3.is_as_array(each):
            interpretation = model[z3.get_as_array_func(each)]
            found |= {interpretation.entry(at).arg_value(0).as_long() for at in range(interpretation.num_entries())}
        elif z3.is_quantifier(each) or (z3.is_app(each) and each.decl().kind() == z3.Z3_OP_ITE):
            found |= _integers(each)
    return found


def _integers(term: Any) -> set[int]:
    found: set[int] = set()
    todo = [term]
    while todo:
        each = todo.pop()
        if z3.is_int_value(each):
            found.add(each.as_long())
        todo.extend([each.body()] if z3.is_quantifier(each) else each.children())
    return found


def _default(model: z3.ModelRef, array: Any) -> bool:
    far = max((abs(key) for key in _keys(model, array)), default=0) + 1000003
    value = z3.simplify(model.eval(z3.Select(array, z3.IntVal(far)), model_completion=True))
    if z3.is_array(value):
        return bool(_default(model, value) or _keys(model, value))
    return bool(z3.is_true(value) or (z3.is_int_value(value) and value.as_long() != 0))


def value_of(value: Any, evaluate: Callable[[Any], Any]) -> Any:
    """What a symbolic value is in a model; ``evaluate`` gives a z3 term's value."""
    if isinstance(value, SymBool):
        return z3.is_true(evaluate(value.term))
    if isinstance(value, SymInt):
        return evaluate(value.term).as_long()
    if isinstance(value, SymUnion):
        chosen = next(
            (each for guard, each in value.alternatives if z3.is_true(evaluate(guard))), value.alternatives[-1][1]
        )
        return value_of(chosen, evaluate)
    if isinstance(value, SymSet):
        return OrderedFrozenSet(value_of(each, evaluate) for guard, each in value.items if z3.is_true(evaluate(guard)))
    if isinstance(value, tuple):
        return tuple(value_of(each, evaluate) for each in value)
    if is_symbolic(value):
        return rebuilt(value, {name: value_of(each, evaluate) for name, each in field_values(value).items()})
    return value


def arguments_of(arguments: Mapping[str, Any], model: z3.ModelRef, renaming: Renaming | None = None) -> dict[str, Any]:
    """The arguments of a step in a model."""

    def evaluate(term: Any) -> Any:
        return model.eval(z3.substitute(term, *renaming) if renaming else term, model_completion=True)

    return {name: value_of(value, evaluate) for name, value in arguments.items()}


def differences(before: State, after: State) -> list[tuple[str, str, str]]:
    """What a step changed: the place, what it held and what it holds."""
    found: list[tuple[str, str, str]] = []
    for name in before:
        _differ(name, before[name], after[name], found)
    return found


def _differ(path: str, old: Any, new: Any, found: list[tuple[str, str, str]]) -> None:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and list(old) == list(new) and old:
        for key in old:
            attribute = isinstance(key, str) and hasattr(old, "_fields")
            _differ(f"{path}.{key}" if attribute else f"{path}[{show(key)}]", old[key], new[key], found)
        return
    found.append((path, show(old), show(new)))
