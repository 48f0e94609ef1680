"""Sequential and causal consistency of objects."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from modelcheck.consistency import UNKNOWN, History, KeyValue, MultiRegister, Operation, Register, check_history
from modelcheck.consistency.hierarchy import OBJECTS as ARROWS
from modelcheck.consistency.hierarchy import implies
from modelcheck.consistency.objects.sequential import agrees
from modelcheck.consistency.ordering import ORDERINGS
from modelcheck.consistency.report.text import described
from modelcheck.errors import HistoryError, UsageError
from modelcheck.limits import Limits
from modelcheck.verdict import Verdict

from ..oracles.orderings import keeps
from .generate import OBJECTS, drawn_accesses, random_history

ALL = ("linearizable", *ORDERINGS)


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
    tried = set()

    def go_on(left, state):
        if all(o.finish is None for o in left):
            return True
        if (left, state) in tried:
            return False
        tried.add((left, state))
        for operation in left:
            if any(o.process == operation.process and o.call < operation.call and o.finish is not None for o in left):
                continue
            new, result = object_.apply(state, operation.name, operation.argument)
            if (operation.finish is None or agrees(operation.result, result)) and go_on(left - {operation}, new):
                return True
        return False

    return go_on(frozenset(operations), object_.initial)


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


def verdict(history, consistency, object_=None):
    """What a check says."""
    return check_history(History(history), object_ or MultiRegister(), consistency=consistency, explanation=False).verdict


def agree_on_accesses(consistency, seeds):
    """Compare a model with the oracle on random reads and writes; how often each answer came up."""
    found = Counter()
    for seed in seeds:
        chance = random.Random(f"accesses {seed}")
        history = drawn_accesses(chance, chance.randint(2, 7))
        expected = keeps(history, consistency)
        assert (verdict(history, consistency) is Verdict.HOLDS) == expected, (seed, list(map(str, history)))
        found[expected] += 1
    return found


@pytest.mark.parametrize("consistency", ALL)
def test_a_model_agrees_with_trying_every_order(consistency):
    """A few reads and writes keep a model exactly if some order of them, or one for each client, explains what was read."""
    found = agree_on_accesses(consistency, range(1000))
    assert min(found[True], found[False]) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("consistency", ALL)
def test_a_model_agrees_at_length(consistency):
    """The same, on 30,000 histories."""
    agree_on_accesses(consistency, range(10_000, 40_000))


def write(client, key, value, call, finish):
    return Operation(client, "write", (key, value), None, call, finish)


def read(client, key, value, call, finish):
    return Operation(client, "read", key, value, call, finish)


ANSWER = [
    write("a", "x", 1, 0, 1),
    read("b", "x", 1, 2, 3),
    write("b", "y", 2, 4, 5),
    read("c", "y", 2, 6, 7),
    read("c", "x", None, 8, 9),
]
"""Who sees the answer does not see the question."""

OPPOSITE = [
    write("a", "x", 1, 0, 1),
    write("b", "x", 2, 0, 1),
    read("c", "x", 1, 2, 3),
    read("c", "x", 2, 4, 5),
    read("d", "x", 2, 2, 3),
    read("d", "x", 1, 4, 5),
]
"""Two clients see two writes in opposite orders."""

REORDERED = [
    write("a", "z", 1, 0, 1),
    write("a", "x", 1, 2, 3),
    write("a", "y", 1, 4, 5),
    write("b", "x", 2, 0, 1),
    read("b", "z", None, 2, 3),
    read("b", "y", 1, 6, 7),
    read("b", "x", 2, 8, 9),
]
"""A write that a client made first comes last in the end (Bouajjani and others 2017)."""

LONG = [
    write("a", "x", 9, 0, 99),
    read("b", "x", 9, 1, 2),
    *(write("c", "x", value, 10 * value, 10 * value + 1) for value in range(1, 5)),
    write("e", "z", 5, 0, 99),
    read("b", "z", 5, 46, 47),
    write("b", "y", 1, 50, 51),
    read("d", "y", 1, 60, 61),
    read("d", "z", None, 66, 67),
    read("d", "x", 4, 62, 63),
    read("d", "x", 9, 64, 65),
]
"""Writes under way for long are seen, not seen, and seen again."""

OLD = [
    write("a", "x", 1, 0, 1),
    write("a", "y", 1, 2, 3),
    read("c", "y", 1, 4, 5),
    read("c", "x", None, 6, 7),
]
"""The last but one value is still seen after an answer to the last."""


@pytest.mark.parametrize(
    ("history", "holds", "violated"),
    [
        (ANSWER, {"pram", "monotonic-reads", "read-your-writes"}, {"causal", "causal+", "writes-follow-reads"}),
        (OPPOSITE, {"causal", "pram"}, {"causal+", "sequential"}),
        (REORDERED, {"causal+", "writes-follow-reads", "monotonic-writes"}, {"causal", "pram"}),
        (LONG, {"regular"}, {"2-atomic", "3-atomic", "writes-follow-reads"}),
        (OLD, {"2-atomic", "3-atomic"}, {"regular", "monotonic-writes", "linearizable"}),
    ],
    ids=["answer", "opposite", "reordered", "long", "old"],
)
def test_what_tells_models_apart(history, holds, violated):
    """Histories that one model allows and another forbids."""
    for consistency in holds | violated:
        expected = Verdict.HOLDS if consistency in holds else Verdict.VIOLATED
        assert verdict(history, consistency) is expected, consistency
        assert keeps(history, consistency) == (expected is Verdict.HOLDS), consistency


def test_the_models_of_objects_imply_what_is_written_and_no_more():
    """Along the arrows a history that keeps a model keeps the weaker; for each other pair one tells them apart."""
    assert set(ARROWS) == set(ALL)
    open_ = {(a, b) for a in ALL for b in ALL if not implies(a, b, "register")}
    answered = 0
    drawn = (drawn_accesses(random.Random(f"arrows {seed}"), 2 + seed % 6) for seed in range(900))
    for history in (ANSWER, OPPOSITE, REORDERED, LONG, OLD, *drawn):
        kept = {consistency for consistency in ALL if verdict(history, consistency) is Verdict.HOLDS}
        for one in kept:
            weaker = {other for other in ALL if implies(one, other, "register")}
            assert weaker <= kept, (one, weaker - kept, list(map(str, history)))
            answered += len(weaker) > 1
        open_ -= {(a, b) for a, b in open_ if a in kept and b not in kept}
    assert not open_
    assert answered > 1_800


def test_one_writer_may_repeat_itself():
    """A regular register whose writes do not overlap is decided whatever is written; k-atomicity always is."""
    history = [
        Operation("a", "write", 1, None, 0, 1),
        Operation("a", "write", 2, None, 2, 3),
        Operation("a", "write", 1, None, 4, 9),
        Operation("b", "read", None, 2, 5, 6),
        Operation("b", "read", None, 1, 7, 8),
        Operation("b", "read", None, 2, 10, 11),
    ]
    assert verdict(history[:5], "regular", Register(0)) is Verdict.HOLDS
    assert verdict(history, "regular", Register(0)) is Verdict.VIOLATED
    assert verdict(history, "2-atomic", Register(0)) is Verdict.HOLDS


def test_which_write_was_seen_must_be_clear():
    """A value that was written twice, or that was there at first, is refused where it was read."""
    history = [Operation("a", "write", 0, None, 0, 1), Operation("b", "read", None, 0, 2, 3)]
    with pytest.raises(HistoryError, match="there at first"):
        verdict(history, "causal", Register(0))
    with pytest.raises(HistoryError, match="another operation writes too"):
        verdict([*history, Operation("c", "write", 0, None, 0, 1)], "pram", Register(None))


def test_what_nobody_wrote_is_never_right():
    """A read of a value that nobody wrote violates every model."""
    history = [read("a", "x", 7, 0, 1)]
    for consistency in ALL:
        assert verdict(history, consistency) is Verdict.VIOLATED, consistency


@pytest.mark.parametrize("consistency", ["sequential", "causal", "causal+", "pram"])
def test_a_client_went_on_without_what_never_returned(consistency):
    """A lost write may come after what its client did next, and not before what it had done."""
    lost = Operation("a", "write", ("x", 1), UNKNOWN, 2, None)
    assert verdict([lost, read("a", "x", None, 3, 4), read("b", "x", 1, 5, 6)], consistency) is Verdict.HOLDS
    assert verdict([read("a", "x", 1, 0, 1), lost], consistency) is Verdict.VIOLATED


def test_linearizability_answers_sequential_consistency():
    """Two thousand swaps by 40 clients that are linearizable are sequentially consistent at once."""
    chance, object_ = random.Random(8), OBJECTS[1]
    history = random_history(chance, object_, operations=2000, clients=40, values=4)
    found = check_history(History(history), object_, consistency="sequential", limits=Limits(time_s=10), linearization=True)
    assert (found.verdict, found.procedure[:12]) == (Verdict.HOLDS, "linearizable")
    assert len(found.linearization) == 2000


@pytest.mark.parametrize("consistency", ORDERINGS)
def test_a_violation_names_operations(consistency):
    """Whatever is violated is told with operations, and with words."""
    history = [write("a", "x", 1, 0, 1), write("a", "x", 2, 2, 3), write("a", "x", 3, 4, 5), write("a", "x", 4, 6, 7)]
    history += [read("a", "x", 4, 8, 9), read("a", "x", None, 10, 11), read("b", "x", 4, 12, 13)]
    history += [write("b", "y", 1, 14, 15), read("c", "y", 1, 16, 17), read("c", "x", None, 18, 19)]
    history += [write("d", "p", 1, 0, 1), write("d", "q", 1, 2, 3), read("c", "q", 1, 20, 21), read("c", "p", None, 22, 23)]
    found = check_history(History(history), MultiRegister(), consistency=consistency)
    assert found.verdict is Verdict.VIOLATED
    assert found.anomalies[0].operations
    assert str(found.anomalies[0].operations[0]) in described(found)
