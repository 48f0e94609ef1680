"""Which consistency implies which."""

from __future__ import annotations

import random

import pytest

from modelcheck.consistency import History, Operation, check_history
from modelcheck.consistency.hierarchy import LISTS, TRANSACTIONS, below, implies, incomparable
from modelcheck.consistency.isolation.transactions import LEVELS
from modelcheck.limits import Limits
from modelcheck.verdict import Verdict

from ..oracles.isolation import keeps
from .generate import drawn_transactions

MODELS = ["list-append", "rw-register"]


def drawn(model, seed):
    """Few random transactions."""
    chance = random.Random(f"hierarchy {model} {seed}")
    return drawn_transactions(chance, model, chance.randint(2, 5))


def kept(transactions, model):
    """The levels that transactions keep, as the oracle says."""
    return {level for level in LEVELS if keeps(transactions, (), model, level)}


def long_fork(model):
    """Two readers that see two writes in opposite orders."""
    write, one, none = ("append", (1,), ()) if model == "list-append" else ("w", 1, None)
    steps = [
        ((write, "x", 1),),
        ((write, "y", 1),),
        (("r", "x", one), ("r", "y", none)),
        (("r", "x", none), ("r", "y", one)),
    ]
    return [Operation(at, "txn", own, None, at, 100 + at) for at, own in enumerate(steps)]


@pytest.mark.parametrize("model", MODELS)
def test_what_a_level_implies_follows(model):
    """Whatever keeps a level keeps all that it implies, as the oracle says."""
    answered = 0
    for seed in range(700):
        levels = kept(drawn(model, seed), model)
        for level in levels:
            weaker = {other for other in LEVELS if implies(level, other, model)}
            assert weaker <= levels, (seed, level, weaker - levels)
            answered += len(weaker) > 1
    assert answered > 3000


TELLING = {
    "list-append": (5, 9, 17, 21, 47, 62, 68, 72, 74, 194, 645, 2238),
    "rw-register": (1, 2, 6, 15, 19, 25, 58, 66, 254, 350, 506, 660, 683),
}
"""Of thousands of random histories those that tell two levels apart that no earlier one does."""


@pytest.mark.parametrize("model", MODELS)
def test_no_level_implies_more(model):
    """Where one level does not imply another, some history keeps the one and not the other."""
    open_ = {(a, b) for a in LEVELS for b in LEVELS if not implies(a, b, model)}
    for transactions in (long_fork(model), *(drawn(model, seed) for seed in TELLING[model])):
        holds = {
            level: check_history(History(transactions), model, consistency=level, explanation=False).verdict
            for level in LEVELS
        }
        open_ -= {(a, b) for a, b in open_ if holds[a] is Verdict.HOLDS and holds[b] is Verdict.VIOLATED}
        if not open_:
            break
    assert not open_


@pytest.mark.parametrize(("arrows", "model"), [(LISTS, "list-append"), (TRANSACTIONS, "rw-register")])
def test_every_level_has_its_place(arrows, model):
    """The hierarchy knows every level, and its strongest implies all."""
    assert set(arrows) == set(LEVELS)
    assert set(below("strict-serializable", model)) == set(LEVELS) - {"strict-serializable"}


def test_serializable_says_nothing_of_sessions():
    """A client that reads its own later answer is serializable, and neither causal nor read-atomic: they do not compare."""
    history = History(
        [
            Operation(2, "txn", (("append", "a", 1),), None, 10, 11),
            Operation(1, "txn", (("r", "a", (1,)), ("append", "b", 1)), None, 0, 5),
            Operation(2, "txn", (("r", "b", (1,)),), None, 6, 7),
        ]
    )
    verdicts = {
        level: check_history(history, "list-append", consistency=level).verdict.value
        for level in ("serializable", "read-atomic", "causal", "strong-session-serializable")
    }
    assert verdicts == {
        "serializable": "holds",
        "read-atomic": "violated",
        "causal": "violated",
        "strong-session-serializable": "violated",
    }
    assert {"read-atomic", "causal"} <= set(incomparable("serializable", "list-append"))


def test_real_time_answers_serializability():
    """Thousands of transactions that ran one by one in real time are serializable at once, though no session helps."""
    chance, state, done = random.Random(4), {}, []
    for at in range(6000):
        steps = []
        for number in range(3):
            key = chance.randrange(1000)
            steps.append(("r", key, state.get(key)) if chance.random() < 0.6 else ("w", key, 10 * at + number))
            state.update({k: v for kind, k, v in steps[-1:] if kind == "w"})
        done.append(Operation(at % 20, "txn", tuple(steps), None, 10 * at, 10 * at + chance.randint(1, 150)))
    done = [Operation(at, "txn", t.argument, None, t.call, t.finish) for at, t in enumerate(done)]
    result = check_history(History(sorted(done, key=lambda t: t.call)), "rw-register", limits=Limits(time_s=20))
    assert result.verdict is Verdict.HOLDS
