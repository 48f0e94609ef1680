"""Quantifiers taken out of a question before z3 gets it.

What is to be refuted is *there is a step from a state in which the lemmas are true to one in which the property is
not*. A lemma about all messages in flight is a conjunction over all integers; the negated property names one integer.
z3 instantiates the lemmas by search, and now and then loses its way. So the negated property gets a name for its
integer, and the lemmas are instantiated for all integers that the question speaks of. If that is unsatisfiable, so is
the question. If not, z3 is asked the question itself.
"""

from __future__ import annotations

import itertools
from typing import Any

import z3

_MOST_INSTANCES = 3000
_MOST_KNOWN = 200_000
# Whether a term has a quantifier, by its id; the term is kept, so that the id stays its own.
_known: dict[int, tuple[Any, bool]] = {}
# Instances by the ids of what they are made from, which is kept as well.
_instances: dict[tuple[int, ...], tuple[Any, Any, Any]] = {}


def named(term: Any, *, positive: bool = True, names: list[Any]) -> Any:
    """The term with a fresh constant for whatever it says there is; ``names`` gets the constants."""
    if z3.is_quantifier(term):
        if term.is_forall() == positive:
            return term
        fresh = [z3.Const(f"some!{len(names) + at}", term.var_sort(at)) for at in range(term.num_vars())]
        names.extend(fresh)
        return named(z3.substitute_vars(term.body(), *reversed(fresh)), positive=positive, names=names)
    return _walked(term, positive, lambda each, polarity: named(each, positive=polarity, names=names))


def instantiated(term: Any, grounds: list[Any], *, positive: bool = True) -> Any:
    """The term with each "for all" replaced by its instances for the given integers."""
    if z3.is_quantifier(term):
        if term.is_forall() != positive:
            return term
        if len(grounds) ** term.num_vars() > _MOST_INSTANCES:
            return term
        choices = list(itertools.product(grounds, repeat=term.num_vars()))
        bodies = [_instance(term, chosen) for chosen in choices]
        inner = [instantiated(body, grounds, positive=positive) for body in bodies]
        return z3.And(*inner) if positive else z3.Or(*inner)
    return _walked(term, positive, lambda each, polarity: instantiated(each, grounds, positive=polarity))


def over_integers(term: Any, integers: list[Any]) -> Any:
    """The term as it is if the given integers are all there are."""
    if not has_quantifier(term):
        return term
    if z3.is_quantifier(term):
        choices = itertools.product(integers, repeat=term.num_vars())
        instances = [over_integers(_instance(term, chosen), integers) for chosen in choices]
        return z3.And(*instances) if term.is_forall() else z3.Or(*instances)
    return term.decl()(*(over_integers(each, integers) for each in term.children()))


def in_one_quantifier(term: Any) -> Any:
    """A "for all" with those joined to it by "or" inside it made one."""
    if not z3.is_quantifier(term) or not term.is_forall():
        return term
    names, body = _opened(term)
    parts = []
    for each in body.children() if z3.is_or(body) else [body]:
        inner = in_one_quantifier(each)
        if z3.is_quantifier(inner) and inner.is_forall():
            more, inner = _opened(inner)
            names += more
        parts.append(inner)
    return z3.ForAll(names, z3.Or(*parts))


def _opened(term: Any) -> tuple[list[Any], Any]:
    """Variables of a quantifier as constants of their own, and what it says of them."""
    names = [z3.FreshConst(term.var_sort(at), "?joined") for at in range(term.num_vars())]
    return names, z3.substitute_vars(term.body(), *reversed(names))


def _instance(term: Any, chosen: tuple[Any, ...]) -> Any:
    key = (term.get_id(), *(each.get_id() for each in chosen))
    if key not in _instances:
        if len(_instances) >= _MOST_KNOWN:
            _instances.clear()
        _instances[key] = (z3.substitute_vars(term.body(), *reversed(chosen)), term, chosen)
    return _instances[key][0]


def _walked(term: Any, positive: bool, visit: Any) -> Any:
    if not has_quantifier(term):
        return term
    if z3.is_not(term):
        return z3.Not(visit(term.arg(0), not positive))
    if z3.is_and(term):
        return z3.And(*(visit(each, positive) for each in term.children()))
    if z3.is_or(term):
        return z3.Or(*(visit(each, positive) for each in term.children()))
    if z3.is_implies(term):
        return z3.Implies(visit(term.arg(0), not positive), visit(term.arg(1), positive))
    return term


def conjuncts(term: Any) -> list[Any]:
    """The parts of a conjunction."""
    if not z3.is_and(term):
        return [term]
    return [part for each in term.children() for part in conjuncts(each)]


def has_quantifier(term: Any) -> bool:
    """Whether there is a quantifier anywhere in a term."""
    key = term.get_id()
    if key not in _known:
        found = z3.is_quantifier(term) or any(has_quantifier(each) for each in term.children())
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = (term, found)
    return _known[key][1]


def subterms(term: Any) -> list[Any]:
    """All subterms, bodies of quantifiers included, each once."""
    seen: dict[int, Any] = {}
    todo = [term]
    while todo:
        each = todo.pop()
        if each.get_id() not in seen:
            seen[each.get_id()] = each
            todo.extend([each.body()] if z3.is_quantifier(each) else each.children())
    return list(seen.values())


def integers_in(terms: list[Any]) -> list[Any]:
    """The integers that terms speak of: their constants, and what they look up in arrays, as long as no variable is in it."""
    found: dict[int, Any] = {}
    for term in terms:
        for each in subterms(term):
            indexes = [each.arg(1)] if z3.is_select(each) or z3.is_store(each) else []
            if z3.is_const(each) and z3.is_int(each) and not z3.is_int_value(each):
                indexes.append(each)
            for index in indexes:
                if not any(z3.is_var(inner) for inner in subterms(index)):
                    found[index.get_id()] = index
    return list(found.values())
