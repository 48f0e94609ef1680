"""Lemmas instantiated where they match what a question looks up.

A lemma about all messages in flight is true of infinitely many, but a step looks up a few: those that it receives, sends
and counts. An instance is made where a place in an array that the lemma speaks of for any integers is one that the
question, or an instance made before, speaks of: e-matching (Detlefs, Nelson and Saxe, "Simplify: A Theorem Prover for
Program Checking", 2005, section 5.2), by equal terms only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import z3
from attrs import frozen

from modelcheck.symbolic.proof.quantifiers import conjuncts, has_quantifier, subterms

_MOST_ROUNDS = 6
_MOST_INSTANCES = 3000
# A place in an array: the array's name, and the indexes, one for each dimension.
Place = tuple[str, tuple[Any, ...]]
Key = tuple[str, tuple[int, ...]]
Binding = dict[int, Any]


@frozen(eq=False)
class _Rule:
    """A "for all" of a lemma.

    Attributes:
        lemma: The number of the lemma.
        term: The "for all".
        patterns: The places that it speaks of, of which at least one index is any integer.
    """

    lemma: int
    term: Any
    patterns: tuple[Place, ...]

    def bindings(self, known: Sequence[Place]) -> Iterator[Binding]:
        """What its variables can stand for, so that it speaks of places that are known."""
        arity = self.term.num_vars()
        found = [[each for place in known for each in _match(pattern, place)] for pattern in self.patterns]
        complete = [each for each in found if each and len(each[0]) == arity]
        if complete or any(_variables(pattern) == arity for pattern in self.patterns):
            for each in complete:
                yield from each
            return
        partial: list[Binding] = [{}]
        for each in found:
            if len(partial) * len(each) > _MOST_INSTANCES:
                return
            partial = [{**one, **other} for one in partial for other in each if _agree(one, other)] or partial
        yield from (each for each in partial if len(each) == arity)


class Matching:
    """Lemmas, to be instantiated for one question after the other.

    Args:
        lemmas: The lemmas.
    """

    def __init__(self, lemmas: Sequence[Any]) -> None:
        self._rules: list[_Rule] = []
        self._plain: list[tuple[int, Any]] = []
        self._instances: dict[tuple[int, ...], Any] = {}
        self._places: dict[int, tuple[Any, dict[Key, Place]]] = {}
        for number, lemma in enumerate(lemmas):
            for part in conjuncts(lemma):
                patterns = _patterns(part) if z3.is_quantifier(part) and part.is_forall() else ()
                if patterns:
                    self._rules.append(_Rule(number, part, patterns))
                else:
                    self._plain.append((number, part))

    def instances(self, question: Iterable[Any]) -> list[tuple[int, Any]]:
        """The lemmas without their "for all", and the instances that match a question: the number of the lemma, and the term."""
        found = list(self._plain)
        known: dict[Key, Place] = {}
        for term in [*question, *(term for _, term in self._plain)]:
            known |= self._looked_up(term)
        made: set[tuple[int, ...]] = set()
        for _ in range(_MOST_ROUNDS):
            by_array: dict[str, list[Place]] = {}
            for place in known.values():
                by_array.setdefault(place[0], []).append(place)
            new = [each for rule in self._rules for each in self._of(rule, by_array, made)]
            if not new or len(found) + len(new) > _MOST_INSTANCES:
                break
            found += new
            for _, term in new:
                known |= self._looked_up(term)
        return found

    def _of(
        self, rule: _Rule, by_array: dict[str, list[Place]], made: set[tuple[int, ...]]
    ) -> Iterator[tuple[int, Any]]:
        names = dict.fromkeys(array for array, _ in rule.patterns)
        for binding in rule.bindings([place for name in names for place in by_array.get(name, [])]):
            chosen = [binding[at] for at in range(rule.term.num_vars())]
            key = (rule.term.get_id(), *(each.get_id() for each in chosen))
            if key not in made:
                made.add(key)
                if key not in self._instances:
                    self._instances[key] = z3.substitute_vars(rule.term.body(), *chosen)
                yield rule.lemma, self._instances[key]

    def _looked_up(self, term: Any) -> dict[Key, Place]:
        if term.get_id() not in self._places:
            self._places[term.get_id()] = (term, {_key(place): place for place in _places(term)})
        return self._places[term.get_id()][1]


def _key(place: Place) -> Key:
    return place[0], tuple(index.get_id() for index in place[1])


def _match(pattern: Place, place: Place) -> Iterator[Binding]:
    if pattern[0] != place[0] or len(pattern[1]) != len(place[1]):
        return
    binding: Binding = {}
    for index, ground in zip(pattern[1], place[1], strict=True):
        if z3.is_var(index):
            at = z3.get_var_index(index)
            if at in binding and not binding[at].eq(ground):
                return
            binding[at] = ground
    yield binding


def _agree(one: Binding, other: Binding) -> bool:
    return all(other[at].eq(ground) for at, ground in one.items() if at in other)


def _variables(place: Place) -> int:
    return len({z3.get_var_index(index) for index in place[1] if z3.is_var(index)})


def _patterns(rule: Any) -> tuple[Place, ...]:
    """The places with variables that a "for all" speaks of; none where it has another quantifier in it."""
    body = rule.body()
    if has_quantifier(body):
        return ()
    places = {_key(place): place for place in _places(body, open_terms=True) if _variables(place)}
    bound = {z3.get_var_index(index) for _, indexes in places.values() for index in indexes if z3.is_var(index)}
    return tuple(places.values()) if len(bound) == rule.num_vars() else ()


def _places(term: Any, *, open_terms: bool = False) -> Iterator[Place]:
    """The places in arrays that are looked up or written in a term; those with variables only where they are asked for."""
    for each in subterms(term):
        if z3.is_array(each) or not z3.is_app(each):
            reached = _written(each) if z3.is_store(each) and not z3.is_array(each.arg(2)) else []
        else:
            reached = _reached(each) if z3.is_select(each) else []
        for array, indexes in reached:
            if open_terms or not any(_is_open(index) for index in indexes):
                yield array, indexes


def _written(store: Any) -> list[Place]:
    return [(array, (*indexes, store.arg(1))) for array, indexes in _reached(store.arg(0))]


def _reached(term: Any) -> list[Place]:
    """The places that a lookup can come from, whatever was written over them."""
    if z3.is_select(term):
        return [(array, (*indexes, term.arg(1))) for array, indexes in _reached(term.arg(0))]
    if z3.is_store(term):
        return _reached(term.arg(0))
    if z3.is_app(term) and term.decl().kind() == z3.Z3_OP_ITE:
        return [*_reached(term.arg(1)), *_reached(term.arg(2))]
    return [(str(term), ())] if z3.is_const(term) and z3.is_array(term) else []


def _is_open(term: Any) -> bool:
    return any(z3.is_var(each) for each in subterms(term))
