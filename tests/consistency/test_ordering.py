"""Sequential and causal consistency of objects."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from modelcheck.consistency import History, KeyValue, Operation, Register, check_history
from modelcheck.consistency.objects.sequential import agrees
from modelcheck.errors import UsageError
from modelcheck.verdict import Verdict

from .generate import OBJECTS, random_history


def test_a_stale_read_is_sequentially_consistent():
    """A client may lag behind the others, as long as it never goes back."""
    history = [
        Operation("a", "write", 1, None, 0, 1),
        Operation("b", "read", None, 0, 2, 3),
        Operation("b", "read", None, 1, 4, 5),
    ]
    assert check_history(History(history), Register(0), consistency="linearizable").verdict is Verdict.VIOLATED
    assert check_history(History(history), Register(0), consistency="sequential").verdict is Verdict.HOLDS
    assert check_history(History(history), Register(0), consistency="causal").verdict is Verdict.HOLDS


def test_two_clients_that_see_writes_in_opposite_orders():
    """Concurrent writes seen in opposite orders are causal, and not sequentially consistent."""
    history = [
        Operation("a", "put", ("x", 1), None, 0, 9),
        Operation("b", "put", ("x", 2), None, 0, 9),
        Operation("c", "get", "x", 1, 1, 2),
        Operation("c", "get", "x", 2, 3, 4),
        Operation("d", "get", "x", 2, 1, 2),
        Operation("d", "get", "x", 1, 3, 4),
    ]
    assert check_history(History(history), KeyValue(0), consistency="sequential").verdict is Verdict.VIOLATED


def test_causality_is_kept():
    """Who has seen an answer must see the question."""
    history = [
        Operation("a", "put", ("question", 1), None, 0, 1),
        Operation("b", "get", "question", 1, 2, 3),
        Operation("b", "put", ("answer", 2), None, 4, 5),
        Operation("c", "get", "answer", 2, 6, 7),
        Operation("c", "get", "question", 0, 8, 9),
    ]
    assert check_history(History(history), KeyValue(0), consistency="causal").verdict is Verdict.VIOLATED


def sequential(operations, object_):
    """Whether some order keeps each client's own and gives every result; lost operations may be left out."""
    for order in permutations(operations):
        if any(
            a.process == b.process and b.call < a.call and b.finish is not None and a.finish is not None
            for at, a in enumerate(order)
            for b in order[at + 1 :]
        ):
            continue
        for left_out in range(2 ** sum(o.finish is None for o in order)):
            state, lost, fits = object_.initial, 0, True
            for operation in order:
                if operation.finish is None:
                    lost += 1
                    if left_out >> (lost - 1) & 1:
                        continue
                state, result = object_.apply(state, operation.name, operation.argument)
                fits = fits and (operation.finish is None or agrees(operation.result, result))
            if fits:
                return True
    return False


def test_sequential_consistency_agrees_with_trying_every_order():
    """The search over clients gives the verdict of trying every order."""
    found = set()
    for seed in range(360):
        chance = random.Random(f"sequential {seed}")
        object_ = OBJECTS[seed % len(OBJECTS)]
        history = random_history(chance, object_, operations=5, clients=3, values=2, lost=0.1, wrong=4)
        expected = sequential(history, object_)
        assert (
            check_history(History(history), object_, consistency="sequential").verdict is Verdict.HOLDS
        ) == expected, seed
        found.add(expected)
    assert found == {True, False}


def test_causality_of_a_queue_is_not_offered():
    """What cannot be decided is refused, with what can."""
    with pytest.raises(UsageError, match="cannot be decided"):
        check_history(History([Operation("a", "enqueue", 1, None, 0, 1)]), "queue", consistency="causal")
