"""`identity`, `order_key` and `kept` as laws, over values of all kinds."""

from __future__ import annotations

import itertools
import random
from typing import Any

from hypothesis import given, settings

from modelcheck.values import identity, kept, order_key, ordered, show, value_problem

from .given import ATOMS, alike, seen, values

_MANY = settings(max_examples=400, deadline=None)


def test_atoms_are_one_value_exactly_if_code_cannot_tell_them_apart():
    pairs = list(itertools.product(ATOMS, repeat=2))
    assert len(pairs) > 5000
    wrong = [(a, b) for a, b in pairs if (identity(a) == identity(b)) != (seen(a) == seen(b))]
    assert not wrong


@_MANY
@given(alike())
def test_two_are_one_value_exactly_if_code_cannot_tell_them_apart(pair: tuple[Any, Any]):
    one, other = pair
    assert (identity(one) == identity(other)) == (seen(one) == seen(other))


@_MANY
@given(alike())
def test_the_order_ties_exactly_what_is_one_value(pair: tuple[Any, Any]):
    one, other = pair
    assert (order_key(one) == order_key(other)) == (identity(one) == identity(other))


def test_the_order_of_atoms_does_not_depend_on_how_they_come():
    wanted = list(map(seen, ordered(ATOMS)))
    for seed in range(20):
        mixed = random.Random(seed).sample(ATOMS, len(ATOMS))
        assert list(map(seen, ordered(mixed))) == wanted


@_MANY
@given(values(), values(), values())
def test_the_order_is_total_and_transitive(one: Any, two: Any, three: Any):
    a, b, c = map(order_key, (one, two, three))
    assert (a < b) + (a == b) + (b < a) == 1
    assert not (a <= b <= c) or a <= c


@_MANY
@given(values())
def test_what_is_kept_is_the_same_value(value: Any):
    twin = kept(value)
    assert identity(twin) == identity(value)
    assert twin == value
    assert hash(twin) == hash(value)


@_MANY
@given(values())
def test_every_set_in_a_kept_value_has_the_total_order(value: Any):
    for found in _sets(kept(value)):
        assert [*found] == ordered(found)


def _sets(value: Any) -> Any:
    if isinstance(value, frozenset):
        yield value
    for part in [*(value if isinstance(value, (tuple, frozenset)) else ()), *vars_of(value)]:
        yield from _sets(part)


def vars_of(value: Any) -> list[Any]:
    return [getattr(value, name) for name in ("n", "low") if hasattr(value, name) and not isinstance(value, type)]


def test_generated_values_may_be_stored():
    assert [value for value in ATOMS if value_problem(value) is not None] == []


def test_what_is_shown_of_two_values_differs_where_their_texts_do():
    unlike = [(1, 1.0), (1, True), (0.0, -0.0)]
    assert all(show(a) != show(b) for a, b in unlike)
