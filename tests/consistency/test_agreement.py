"""The native procedures, z3 and a search in forty lines give the same verdicts on random histories."""

from __future__ import annotations

import random
from collections import Counter as Counts

import pytest
from attrs import evolve

from modelcheck.consistency import (
    Counter,
    FifoQueue,
    History,
    KeyValue,
    Operation,
    PriorityQueue,
    Register,
    Stack,
    check_history,
)
from modelcheck.consistency.history import in_order
from modelcheck.consistency.linearizability.counters import decide_counter
from modelcheck.consistency.linearizability.kernel._linearizability import Outcome
from modelcheck.consistency.linearizability.kernel._texts import decide_texts
from modelcheck.consistency.linearizability.problem import Problem
from modelcheck.consistency.linearizability.procedures import Part, decide_part, parts_of
from modelcheck.consistency.linearizability.queues import decide_queue
from modelcheck.consistency.linearizability.solver import ask_solver
from modelcheck.consistency.linearizability.unique import decide_unique
from modelcheck.consistency.objects.sequential import UNKNOWN
from modelcheck.limits.deadline import Allowance, Deadline
from modelcheck.verdict import Verdict

from ..oracles.linearizability import linearizable
from .generate import OBJECTS, WRITTEN_BY_USERS, executed, falsified, random_history, text_history, unique_history

MEMORY = 1 << 30
NAMES = [type(object_).__name__ for object_ in OBJECTS]
ALL = (*OBJECTS, *WRITTEN_BY_USERS)
ALL_NAMES = [object_.name for object_ in ALL]


def draw(seed, object_):
    """A random history that depends on nothing but the seed; at times empty, with unknown results, or with equal times."""
    chance = random.Random(f"{seed} {object_.name}")
    history = random_history(
        chance,
        object_,
        operations=chance.randint(0, 9),
        clients=chance.randint(1, 6),
        values=chance.randint(1, 4),
        lost=chance.choice([0, 0, 0.2, 0.5]),
        wrong=chance.choice([0, 1, 3]),
    )
    if chance.random() < 0.2:
        history = [evolve(o, result=UNKNOWN) if chance.random() < 0.3 else o for o in history]
    if chance.random() < 0.2:
        history = [evolve(o, call=o.call // 3, finish=o.finish and o.finish // 3) for o in history]
    return history


def agree(object_, seeds):
    """Compare the native searches, each forced, with the oracle."""
    verdicts = set()
    for seed in seeds:
        history = draw(seed, object_)
        expected = linearizable(history, object_)
        is_part = object_.name in ("register", "cas-register", "kv", "max-register")
        search = Problem(history, object_, is_part=is_part).search
        for answer in (
            search.frontier(width=0, seconds=60, memory=MEMORY),
            search.wing_gong(seconds=60, memory=MEMORY),
            search.frontier(width=2, seconds=60, memory=MEMORY),
            search.relaxed(width=8, seconds=60, memory=MEMORY),
            search.relaxed(width=8, seconds=60, memory=MEMORY, rounds=1),
        ):
            if answer[0] != Outcome.truncated:
                assert (answer[0] == Outcome.holds) == expected, (seed, list(map(str, history)))
            if answer[0] == Outcome.holds:
                assert search.explains(answer[1]), seed
        verdicts.add(expected)
    assert verdicts == {True, False}


@pytest.mark.parametrize("object_", ALL, ids=ALL_NAMES)
def test_the_native_searches_agree_with_the_oracle(object_):
    """Frontier, relaxed frontier and depth-first search give the oracle's verdict, and orders that explain the history."""
    agree(object_, range(400))


@pytest.mark.slow
@pytest.mark.parametrize("object_", ALL, ids=ALL_NAMES)
def test_the_searches_agree_on_many_histories(object_):
    """The native searches give the oracle's verdict on 20,000 histories of every object."""
    agree(object_, range(1000, 21_000))


def agrees_with_solver(object_, seeds):
    """Compare z3 with the oracle; its core must be contradictory whatever the other operations did."""
    verdicts = set()
    for seed in seeds:
        chance = random.Random(f"z3 {seed} {object_.name}")
        history = random_history(chance, object_, operations=5, clients=3, values=2, lost=0.2, wrong=2)
        answer = ask_solver(history, object_, Allowance(60))
        verdicts.add(answer.verdict)
        assert (answer.verdict is Verdict.HOLDS) == linearizable(history, object_), (seed, list(map(str, history)))
        if answer.verdict is Verdict.VIOLATED:
            relaxed = [o if o in answer.core else o.optional() for o in history]
            assert not linearizable(relaxed, object_), seed
    return verdicts


def test_z3_agrees_with_the_oracle():
    """z3 gives the oracle's verdict for every object."""
    verdicts = set()
    for object_ in ALL:
        verdicts |= agrees_with_solver(object_, range(4))
    assert verdicts == {Verdict.HOLDS, Verdict.VIOLATED}


@pytest.mark.slow
@pytest.mark.parametrize("object_", ALL, ids=ALL_NAMES)
def test_z3_agrees_on_many_histories(object_):
    """z3 gives the oracle's verdict on 300 histories of every object."""
    assert agrees_with_solver(object_, range(1000, 1300)) == {Verdict.HOLDS, Verdict.VIOLATED}


def unique(history, object_):
    """What the near-linear procedures say."""
    if object_.name == "register":
        return Problem(history, object_, is_part=True).unique()
    return decide_unique(history, object_, Deadline(60))


@pytest.mark.parametrize(
    "object_", [Register(0), KeyValue(0), FifoQueue(), PriorityQueue(), Stack()], ids=lambda o: o.name
)
def test_unique_values_are_decided_as_the_oracle_does(object_):
    """The near-linear procedures give the oracle's verdict on thousands of histories with unique values."""
    decided = set()
    for seed in range(3000):
        chance = random.Random(f"unique {seed} {object_.name}")
        history = unique_history(
            chance,
            object_,
            operations=chance.randint(1, 10),
            clients=chance.randint(1, 6),
            lost=chance.choice([0, 0, 0.15]),
            wrong=chance.choice([0, 2, 4]),
        )
        found = unique(history, object_)
        if found is not None:
            assert found[0] == linearizable(history, object_), (seed, list(map(str, history)))
            decided.add(found[0])
    assert decided == {True, False}


def test_queues_with_repeated_values_are_decided_as_the_oracle_does():
    """The order of the dequeues gives the oracle's verdict, and orders that explain the history."""
    found = Counts()
    for seed in range(1500):
        chance = random.Random(f"queue {seed}")
        size, wrong = chance.randint(0, 9), chance.choice([1, 3, 6])
        lost = chance.choice([0, 0.1, 0.3])
        history = random_history(
            chance, FifoQueue(), operations=size, clients=chance.randint(1, 6), values=chance.randint(1, 4), lost=lost, wrong=wrong
        )  # fmt: skip
        order = decide_queue(history, FifoQueue(), Deadline(60))
        assert (order is not False) == linearizable(history, FifoQueue()), (seed, list(map(str, history)))
        assert order is False or Problem(history, FifoQueue(), is_part=False).search.explains(order), seed
        found[order is not False] += 1
    assert min(found[True], found[False]) > 30


@pytest.mark.parametrize("strange", [{"argument": None}, {"result": True}, {"result": UNKNOWN}])
def test_a_queue_that_says_less_than_its_values_is_left_to_the_general_searches(strange):
    """A null that was enqueued looks like an empty queue, and another result of enqueue than null is a mistake."""
    history = [
        evolve(Operation("a", "enqueue", 1, None, call=0, finish=1), **strange),
        Operation("b", "dequeue", None, strange.get("argument", 1), call=2, finish=3),
    ]
    assert decide_queue(history, FifoQueue(), Deadline(60)) is None


def counted(chance, counter, name, argument):
    """A random history of one kind of addition, in which reads may see one addition more or less."""
    history = random_history(
        chance, counter, operations=chance.randint(0, 9), clients=chance.randint(1, 6), lost=chance.choice([0, 0.1, 0.4])
    )
    state, found = counter.initial, []
    for operation in sorted(history, key=lambda o: chance.uniform(o.call, o.call + 8 if o.finish is None else o.finish)):
        if operation.name != "read":
            found.append(evolve(operation, name=name, argument=argument))
            is_done = operation.finish is not None or chance.random() < 0.5
            state = counter.apply(state, name, argument)[0] if is_done else state
        elif operation.finish is None:
            found.append(operation)
        else:
            found.append(evolve(operation, result=state + chance.choice([0] * 8 + [1, -1, 2, -2])))
    return in_order(found)


@pytest.mark.parametrize(("name", "argument"), [("increment", None), ("decrement", None), ("add", 2), ("add", -1)])
def test_counters_of_equal_steps_are_decided_as_the_oracle_does(name, argument):
    """Additions that are as late as they can be give the oracle's verdict."""
    found = Counts()
    for seed in range(400):
        chance = random.Random(f"{name} {argument} {seed}")
        counter = Counter(chance.choice([0, 3]))
        history = counted(chance, counter, name, argument)
        holds = decide_counter(history, counter)
        if holds is not None:
            assert holds == linearizable(history, counter), (seed, list(map(str, history)))
            found[holds] += 1
    assert min(found[True], found[False]) > 50


def test_a_read_of_more_than_was_added_is_refuted_as_the_oracle_does():
    """What is out of bounds is never what the oracle explains."""
    refuted = 0
    for seed in range(4000):
        history = draw(seed, Counter())
        holds = decide_counter(history, Counter())
        assert holds is None or holds == linearizable(history, Counter()), (seed, list(map(str, history)))
        refuted += holds is False
    assert refuted > 20


def test_unique_texts_are_decided_as_the_oracle_does():
    """Epochs of texts give the oracle's verdict on thousands of histories of put, append and get."""
    decided = set()
    for seed in range(4000):
        chance = random.Random(f"texts {seed}")
        history = text_history(
            chance, operations=chance.randint(1, 10), lost=chance.choice([0, 0.2]), wrong=chance.choice([0, 2])
        )
        found = decide_texts(history, Deadline(60))
        assert found == linearizable(history, KeyValue()), (seed, list(map(str, history)))
        decided.add(found)
    assert decided == {True, False}


def test_a_whole_decision_agrees_with_the_oracle():
    """The choice of procedures gives the oracle's verdict whichever procedure it falls on."""
    for object_ in ALL:
        for seed in range(200):
            history = draw(f"whole {seed}", object_)
            verdicts = [decide_part(part, object_, Allowance(60)).verdict for part in parts_of(history, object_)]
            assert (Verdict.all_of(verdicts) is Verdict.HOLDS) == linearizable(history, object_)


def test_several_keys_agree_with_the_oracle():
    """A key-value map of two keys gets the oracle's verdict, in the order of the calls or key by key."""
    verdicts, procedures = set(), set()
    for seed in range(1500):
        chance = random.Random(f"keys {seed}")
        plan, now = [], 0
        for client in range(chance.randint(1, 9)):
            now += chance.randint(1, 4)
            name, key = chance.choice(["get", "get", "put", "append"]), chance.choice("xy")
            finish = now + chance.choice([0, 3, 9])
            argument = key if name == "get" else (key, chance.choice("abc"))
            plan.append((chance.uniform(now, finish), client, name, argument, now, finish))
        history = in_order(
            falsified(chance, executed(chance, KeyValue(), plan, chance.choice([0, 0.3])), chance.choice([0, 2]))
        )
        found = check_history(History(history), KeyValue(), linearization=True, explanation=False)
        assert (found.verdict is Verdict.HOLDS) == linearizable(history, KeyValue()), (seed, list(map(str, history)))
        if found.linearization is not None:
            assert linearizable([evolve(o, call=2 * at, finish=2 * at + 1) for at, o in enumerate(found.linearization)], KeyValue())
        verdicts.add(found.verdict)
        procedures |= {"calls" in found.procedure}
    assert verdicts == {Verdict.HOLDS, Verdict.VIOLATED}
    assert procedures == {True, False}


def test_a_history_without_a_key_is_one_part():
    """A multi-register transaction touches several keys, so its history is not split."""
    object_ = OBJECTS[NAMES.index("MultiRegister")]
    history = draw(3, object_)
    if any(operation.name == "txn" for operation in history):
        assert parts_of(history, object_) == [Part(None, tuple(history))]


@pytest.mark.parametrize("object_", OBJECTS[:2], ids=NAMES[:2])
def test_operations_with_equal_times_overlap(object_):
    """Where many calls and returns have one time, the frontier still agrees with the oracle."""
    verdicts = set()
    for seed in range(2500):
        history = [
            evolve(o, call=o.call // 4, finish=o.finish and o.finish // 4) for o in draw(f"ties {seed}", object_)
        ]
        expected = linearizable(history, object_)
        search = Problem(history, object_, is_part=True).search
        assert (search.frontier(width=0, seconds=60, memory=MEMORY)[0] == Outcome.holds) == expected, seed
        verdicts.add(expected)
    assert verdicts == {True, False}
