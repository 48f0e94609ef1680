"""What a symbolic value can be, apart from its unbounded integers: skeletons with holes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import z3

from modelcheck.symbolic.terms import TRUE, UnsupportedError, conj, is_false, neg
from modelcheck.symbolic.values.kinds import (
    SymBool,
    SymInt,
    SymSet,
    SymUnion,
    is_compared_by_fields,
    is_symbolic,
    rebuilt,
)
from modelcheck.values import identity

_MOST_ALTERNATIVES = 400
_MOST_SUBSETS = 10


class _Hole:
    """Stands for an unbounded integer in an element of a collection."""

    def __repr__(self) -> str:
        return "·"


HOLE = _Hole()
Position = tuple[Any, ...]
Expanded = tuple[z3.BoolRef, Any, list[Any]]


def expand(value: Any, wide: set[Position] | None, at: Position) -> list[Expanded]:
    """What a value can be, apart from its unbounded integers: condition, skeleton with holes, and the terms in the holes.

    Args:
        value: The value.
        wide: The positions at which integers are unbounded; a symbolic integer at another one is added. None: symbolic integers only.
        at: The position of the value.
    """
    if isinstance(value, SymUnion):
        return [(conj(g, guard), s, h) for guard, each in value.alternatives for g, s, h in expand(each, wide, at)]
    if isinstance(value, SymBool):
        return [(value.term, True, []), (neg(value.term), False, [])]
    if value is HOLE:
        return [(TRUE, HOLE, [z3.IntVal(0)])]
    if isinstance(value, SymInt):
        if wide is not None:
            wide.add(at)
        return [(TRUE, HOLE, [value.term])]
    if type(value) is int and wide is not None and at in wide:
        return [(TRUE, HOLE, [z3.IntVal(value)])]
    if type(value) is tuple:
        return [
            (guard, tuple(parts), holes)
            for guard, parts, holes in _product([expand(each, wide, (*at, "[]")) for each in value])
        ]
    if is_compared_by_fields(value):
        names = [f.name for f in attrs.fields(type(value))]
        parts = [expand(getattr(value, name), wide, (*at, type(value).__qualname__, name)) for name in names]
        return [
            (guard, rebuilt(value, dict(zip(names, found, strict=True))), holes)
            for guard, found, holes in _product(parts)
        ]
    if isinstance(value, SymSet):
        return _subsets(value, at)
    return [(TRUE, value, [])]


def _product(parts: list[list[Expanded]]) -> list[tuple[z3.BoolRef, list[Any], list[Any]]]:
    found: list[tuple[z3.BoolRef, list[Any], list[Any]]] = [(TRUE, [], [])]
    for options in parts:
        found = [
            (both, [*values, s], [*holes, *h])
            for guard, values, holes in found
            for g, s, h in options
            if not is_false(both := conj(guard, g))
        ]
        if len(found) > _MOST_ALTERNATIVES * 10:
            raise UnsupportedError(
                f"an element can be one of more than {_MOST_ALTERNATIVES * 10} values",
                remedy="Send fewer things in one message.",
            )
    return found


def _subsets(value: SymSet, at: Position) -> list[Expanded]:
    if len(value.items) > _MOST_SUBSETS or any(is_symbolic(member) for _, member in value.items):
        raise UnsupportedError(
            f"an element holds a symbolic set of {len(value.items)} at {at}", remedy="Send the members one by one."
        )
    found: list[tuple[z3.BoolRef, frozenset[Any]]] = [(TRUE, frozenset())]
    for guard, member in value.items:
        found = [
            each
            for g, s in found
            for each in ((conj(g, guard), s | {member}), (conj(g, neg(guard)), s))
            if not is_false(each[0])
        ]
    return [(guard, members, []) for guard, members in found]


def fitted(skeleton: Any, terms: Iterator[Any], other: Any) -> tuple[z3.BoolRef, list[Any]] | None:
    """When a value is one that another skeleton stands for, and the terms in the holes of that; None if it is none.

    Args:
        skeleton: Of the value.
        terms: In its holes.
        other: The other skeleton. It may have an integer where the value has a hole.
    """
    if skeleton is HOLE or other is HOLE:
        number = next(terms) if skeleton is HOLE else z3.IntVal(skeleton) if type(skeleton) is int else None
        if number is None or not (other is HOLE or isinstance(other, int)):
            return None
        return (TRUE, [number]) if other is HOLE else (number == int(other), [])
    if type(skeleton) is not type(other):
        return None
    if type(skeleton) is tuple and len(skeleton) == len(other):
        pairs = list(zip(skeleton, other, strict=True))
    elif is_compared_by_fields(skeleton):
        pairs = [(getattr(skeleton, f.name), getattr(other, f.name)) for f in attrs.fields(type(skeleton))]
    else:
        return (TRUE, []) if identity(skeleton) == identity(other) else None
    parts = [fitted(one, terms, each) for one, each in pairs]
    found = [each for each in parts if each is not None]
    return (conj(*(c for c, _ in found)), [h for _, holes in found for h in holes]) if len(found) == len(parts) else None


def filled(skeleton: Any, terms: Iterator[Any]) -> Any:
    """The skeleton with values in its holes."""
    if skeleton is HOLE:
        return next(terms)
    if type(skeleton) is tuple:
        return tuple(filled(each, terms) for each in skeleton)
    if is_compared_by_fields(skeleton):
        return rebuilt(
            skeleton, {f.name: filled(getattr(skeleton, f.name), terms) for f in attrs.fields(type(skeleton))}
        )
    return skeleton
