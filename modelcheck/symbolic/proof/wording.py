"""Invariants in the spec's own terms.

A clause is said as an implication: ``if inside[1] then next > serving``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from modelcheck.symbolic.proof.invariants import Cube
from modelcheck.symbolic.system import System
from modelcheck.symbolic.terms import neg

_PAIR = 2
_COMPARISONS = {z3.Z3_OP_LE: "<=", z3.Z3_OP_GE: ">=", z3.Z3_OP_LT: "<", z3.Z3_OP_GT: ">", z3.Z3_OP_EQ: "=="}
_OPPOSITES = {"<=": ">", ">=": "<", "<": ">=", ">": "<=", "==": "!="}
Texts = Mapping[str, str]


def in_words(system: System, cubes: Sequence[Cube]) -> tuple[str, ...]:
    """What an invariant says that excludes cubes: pairs that exclude each other are put together where there are three and more."""
    positive = [cube for cube in cubes if not any(z3.is_not(each) for each in cube)]
    pairs = {frozenset(map(str, cube)): cube for cube in positive if len(cube) == _PAIR}
    texts = {leaf.name: leaf.text for leaf in system.leaves.all.values()}
    order = {name: at for at, name in enumerate(texts)}
    groups = [sorted(group, key=lambda name: order[name]) for group in _groups(set(pairs), order)]
    grouped = {pair for pair in pairs if any(pair <= set(group) for group in groups)}
    lines = [f"at most one of: {', '.join(texts[name] for name in group)}" for group in groups]
    rest = [cube for cube in cubes if frozenset(map(str, cube)) not in grouped]
    return (*lines, *(_clause(texts, cube) for cube in rest))


def _groups(pairs: set[frozenset[str]], order: dict[str, int]) -> list[set[str]]:
    """Sets of three and more of which all pairs are given, which together have as many of the pairs as one after the other can get."""
    found: list[set[str]] = []
    names = sorted({name for pair in pairs for name in pair}, key=lambda name: order[name])
    left = set(pairs)
    while left:
        best: set[str] = set()
        for start in sorted(left, key=lambda pair: sorted(order[name] for name in pair)):
            group = set(start)
            for name in names:
                if name not in group and all(frozenset({name, other}) in pairs for other in group):
                    group.add(name)
            if len(group) > len(best):
                best = group
        if len(best) <= _PAIR:
            return found
        found.append(best)
        left -= {pair for pair in left if pair <= best}
    return found


def term_text(system: System, term: Any) -> str:
    """A part of an invariant, whatever it is made of."""
    texts = {leaf.name: leaf.text for leaf in system.leaves.all.values()}
    if z3.is_or(term):
        return _clause(texts, [neg(each) for each in term.children()])
    if z3.is_not(term) and z3.is_and(term.arg(0)):
        return _clause(texts, term.arg(0).children())
    return _said(texts, term)


def _clause(texts: Texts, cube: Sequence[Any]) -> str:
    """That not all of a cube is true, as an implication."""
    given = [_said(texts, each) for each in cube if not z3.is_not(each) and not _is_comparison(each)]
    then = [_said(texts, each.arg(0)) for each in cube if z3.is_not(each) and not _is_comparison(each.arg(0))]
    compared = [each for each in cube if _is_comparison(each.arg(0) if z3.is_not(each) else each)]
    if not then and compared:
        then.append(_said(texts, neg(compared.pop())))
    given += [_said(texts, each) for each in compared]
    if not given:
        return " or ".join(then)
    if not then:
        return f"not {given[0]}" if len(given) == 1 and " " not in given[0] else f"not ({' and '.join(given)})"
    return f"if {' and '.join(given)} then {' or '.join(then)}"


def _said(texts: Texts, term: Any, *, positive: bool = True) -> str:
    """A formula, or its opposite."""
    if z3.is_not(term):
        return _said(texts, term.arg(0), positive=not positive)
    if _is_comparison(term):
        operator = _COMPARISONS[term.decl().kind()]
        return _comparison(texts, term, operator if positive else _OPPOSITES[operator])
    if z3.is_and(term) or z3.is_or(term):
        word = " and " if z3.is_and(term) == positive else " or "
        return "(" + word.join(_said(texts, each, positive=positive) for each in term.children()) + ")"
    text = texts.get(str(term), str(term)) if z3.is_const(term) else _number(texts, term)
    return text if positive else f"not {text}" if " " not in text else f"not ({text})"


def _is_comparison(term: Any) -> bool:
    return z3.is_app(term) and term.decl().kind() in _COMPARISONS and z3.is_int(term.arg(0))


def _comparison(texts: Texts, term: Any, operator: str) -> str:
    """A comparison without a minus: what is subtracted on one side is added on the other."""
    sides: tuple[list[str], list[str]] = ([], [])
    for side in (0, 1):
        for factor, each in _summands(term.arg(side)):
            if z3.is_int_value(each):
                constant = factor * each.as_long()
                if constant:
                    sides[side if constant > 0 else 1 - side].append(str(abs(constant)))
                continue
            text = _number(texts, each)
            sides[side if factor > 0 else 1 - side].append(text if abs(factor) == 1 else f"{abs(factor)} * {text}")
    left, right = (" + ".join(side) or "0" for side in sides)
    return f"{left} {operator} {right}"


def _summands(term: Any, factor: int = 1) -> list[tuple[int, Any]]:
    """A sum as its parts and their factors."""
    if z3.is_add(term):
        return [part for each in term.children() for part in _summands(each, factor)]
    if z3.is_sub(term):
        first, *others = term.children()
        return _summands(first, factor) + [part for each in others for part in _summands(each, -factor)]
    if z3.is_mul(term) and term.num_args() == _PAIR and z3.is_int_value(term.arg(0)):
        return _summands(term.arg(1), factor * term.arg(0).as_long())
    return [(factor, term)]


def _number(texts: Texts, term: Any) -> str:
    if z3.is_const(term):
        return texts.get(str(term), str(term))
    if not z3.is_app(term):
        return _quantified(texts, term)
    inner = ", ".join(_number(texts, each) for each in term.children())
    return f"{term.decl().name()}({inner})" if inner else str(term)


def _quantified(texts: Texts, term: Any) -> str:
    """A formula with a quantifier, as z3 writes it, with the spec's names."""
    inside, named = [term], []
    while inside:
        each = inside.pop()
        if z3.is_const(each) and str(each) in texts:
            named.append((each, z3.Const(texts[str(each)], each.sort())))
        inside += each.children()
    return " ".join(str(z3.substitute(term, *named) if named else term).split())
