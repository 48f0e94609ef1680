"""Isolation levels of transactional histories."""

from __future__ import annotations

import random
from collections import Counter
from itertools import permutations

import pytest
from attrs import evolve

from modelcheck.consistency import UNKNOWN, History, Operation, check_history
from modelcheck.consistency.isolation.transactions import LEVELS
from modelcheck.errors import HistoryError, UsageError
from modelcheck.limits import Limits
from modelcheck.verdict import Verdict

from ..oracles.isolation import Orders, external, is_internal, keeps, run, snapshots
from .generate import drawn_transactions
from .transactions import transaction

MODELS = ["list-append", "rw-register"]


def random_transactions(chance, model):
    """A few transactions on old states, some aborted or of unknown outcome, some reads falsified; and those that failed."""
    write = "append" if model == "list-append" else "w"
    state, fresh, done, failed, old, free = {}, iter(range(1, 100)), [], [], [{}], [0, 0, 0]
    for at in range(chance.randint(2, 4)):
        base = dict(chance.choice(old[-3:]) if chance.random() < 0.4 else state)
        steps, begun = [], dict(base)
        for _ in range(chance.randint(1, 3)):
            key = chance.choice("xy")
            seen = base.get(key, () if model == "list-append" else None)
            seen = falsified(chance, seen, model) if chance.random() < 0.08 else seen
            step = ("r", key, seen) if chance.random() < 0.55 else (write, key, next(fresh))
            steps.append(step)
            if step[0] != "r":
                base = run(base, [step], model)
        written = {key: base[key] for kind, key, _ in steps if kind != "r"}
        if model == "list-append":
            added = {key: base[key][len(begun.get(key, ())) :] for key in written}
            written = {key: (*state.get(key, ()), *values) for key, values in added.items()}
        outcome = chance.random()
        if outcome > 0.2 or chance.random() < 0.5:
            part = dict(list(written.items())[: chance.randint(0, 2)]) if outcome < 0.2 else written
            state = {**state, **part}
        old.append(dict(state))
        process = chance.randrange(3)
        call = max(free[process], 10 * at - chance.randint(0, 15)) + 1
        free[process] = finish = call + chance.randint(1, 30)
        steps = tuple(steps)
        if outcome < 0.1:
            failed.append(transaction(process, call, finish, *steps))
        elif outcome < 0.2:
            done.append(Operation(process, "txn", steps, UNKNOWN, call, None))
        else:
            done.append(transaction(process, call, finish, *steps))
    return sorted(done, key=lambda t: t.call), failed


def falsified(chance, seen, model):
    """Another value in place of one that was read."""
    if model == "rw-register":
        return chance.choice([None, chance.randint(1, 5), 99])
    return chance.choice([seen[:-1], seen[1:], (*seen, chance.randint(1, 5)), (*seen, 99), seen[::-1]])


def is_compatible(transactions):
    """Whether all lists read of a key begin with each other, so that read-uncommitted knows their order."""
    lists, committed = {}, [t for t in transactions if t.finish is not None]
    for key, value in (read for t in committed for read in external(t, "list-append")):
        lists.setdefault(key, []).append(value)
    if any(len(set(step[2])) < len(step[2]) for t in committed for step in t.argument if step[0] == "r"):
        return False
    pairs = [(short, long) for group in lists.values() for short in group for long in group if len(short) <= len(long)]
    return all(long[: len(short)] == short for short, long in pairs)


def agree(model, level, seeds):
    """Compare a level with trying every order, on random transactions; the answers that came up."""
    found = set()
    for seed in seeds:
        transactions, failed = random_transactions(random.Random(f"{model} {seed}"), model)
        if level == "read-uncommitted" and model == "list-append" and not is_compatible(transactions):
            continue
        expected = keeps(transactions, failed, model, level)
        verdict = check_history(History(transactions, failed), model, consistency=level).verdict
        assert (verdict is Verdict.HOLDS) == expected, (seed, level, list(map(str, transactions)), list(map(str, failed)))
        found.add(expected)
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", MODELS)
def test_a_level_agrees_with_trying_every_order(model, level):
    """A few random transactions keep a level exactly if some order of them explains what was read."""
    assert agree(model, level, range(250)) == {True, False}


def agree_on_drawn(model, level, seeds, most):
    """The same with transactions whose reads are drawn each on its own; how often each answer came up."""
    found = Counter()
    for seed in seeds:
        chance = random.Random(f"drawn {model} {seed}")
        transactions = drawn_transactions(chance, model, chance.randint(4, most))
        if level == "read-uncommitted" and model == "list-append" and not is_compatible(transactions):
            continue
        expected = keeps(transactions, (), model, level)
        verdict = check_history(History(transactions), model, consistency=level, explanation=False).verdict
        assert (verdict is Verdict.HOLDS) == expected, (seed, level, list(map(str, transactions)))
        found[expected] += 1
    return found


MOST = {level: 7 if level.endswith("snapshot-isolation") else 11 for level in LEVELS}
"""Transactions for which the oracle is quick."""


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", MODELS)
def test_a_level_agrees_on_reads_drawn_each_on_its_own(model, level):
    """A dozen transactions that see versions of many states keep a level exactly if some order explains what was read."""
    found = agree_on_drawn(model, level, range(200), MOST[level])
    assert min(found[True], found[False]) >= 8


@pytest.mark.parametrize("level", ["serializable", "strong-session-serializable", "strict-serializable"])
def test_serializability_of_more_transactions(level):
    """Up to 15 transactions on registers are serializable exactly if some order explains what was read."""
    found = agree_on_drawn("rw-register", level, range(1000, 1300), 12 if level == "serializable" else 15)
    assert min(found[True], found[False]) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", MODELS)
def test_a_level_agrees_at_length(model, level):
    """The same, on many histories."""
    agree(model, level, range(1000, 11000))
    agree_on_drawn(model, level, range(1000, 6000), MOST[level])


@pytest.mark.parametrize("model", MODELS)
def test_axioms_of_snapshots_agree_with_running_them(model):
    """The oracle's axioms of snapshot isolation say what running transactions on snapshots says."""
    found = set()
    for seed in range(300):
        chance = random.Random(f"snapshots {model} {seed}")
        done = [evolve(t, finish=t.finish or 10**6) for t in drawn_transactions(chance, model, chance.randint(2, 5))]
        if all(is_internal(t, model, "snapshot-isolation") for t in done):
            axioms = Orders(done, model, "strong-session-snapshot-isolation").explain()
            assert axioms == snapshots(done, model, "strong-session-snapshot-isolation"), seed
            found.add(axioms)
    assert found == {True, False}


def test_a_value_written_twice_is_refused():
    """A history in which a key gets one value twice cannot be decided, and the message says why."""
    history = [transaction(0, 0, 1, ("w", "x", 1)), transaction(1, 0, 1, ("w", "x", 1))]
    with pytest.raises(HistoryError, match="written to the key 'x' twice"):
        check_history(History(history), "rw-register")


def test_a_level_for_transactions_is_not_one_of_objects():
    """Asking whether a register is serializable is a mistake with a remedy."""
    with pytest.raises(UsageError, match="cannot be 'serializable'"):
        check_history(History([]), "register", consistency="serializable")


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        ("list-append", (("r", "x", 5),)),
        ("list-append", (("w", "x", 5),)),
        ("list-append", (("append", "x"),)),
        ("rw-register", (("append", "x", 5),)),
        ("rw-register", (("frob", "x", 5),)),
        ("rw-register", ((("r",), "x", 5),)),
        ("rw-register", "rwx"),
        ("rw-register", 3),
    ],
)
def test_what_is_no_transaction_is_refused(model, steps):
    """A step of the wrong kind or shape is named with its place."""
    operation = Operation(0, "txn", steps, None, 0, 1, "some.json:7")
    with pytest.raises(HistoryError, match=r"some.json:7: .* is no transaction"):
        check_history(History([operation]), model)


def test_times_beyond_64_bits_are_refused():
    """A time that cannot be compared natively is an error with its place."""
    with pytest.raises(HistoryError, match="more than 64 bits"):
        check_history(History([transaction(0, 0, 1 << 70, ("w", "x", 1))]), "rw-register")


def test_limits_hold_in_every_phase():
    """A check that has no time, or no memory for its tables, says so."""
    history = History([transaction(at, at, 3000 + at, ("w", 0, at), ("r", 1, None)) for at in range(3000)])
    late = check_history(history, "rw-register", limits=Limits(time_s=0.0))
    assert (late.verdict, late.reason) == (Verdict.UNKNOWN, "the time limit was reached")
    large = check_history(history, "rw-register", consistency="causal", limits=Limits(memory_bytes=1000))
    assert (large.verdict, large.reason) == (Verdict.UNKNOWN, "the memory limit was reached")


@pytest.mark.parametrize("keys", [3, 20])
def test_what_ran_in_some_order_is_serializable(keys):
    """Transactions on registers that ran one by one are serializable, however they overlap, and have snapshots."""
    chance, state, done = random.Random(keys), {}, []
    for at in range(400):
        steps = []
        for number in range(3):
            key = chance.randrange(keys)
            steps.append(("r", key, state.get(key)) if chance.random() < 0.5 else ("w", key, 10 * at + number + 1))
            state.update({k: v for kind, k, v in steps[-1:] if kind == "w"})
        done.append(transaction(at, 0, 1, *steps))
    chance.shuffle(done)
    for level in ("serializable", "snapshot-isolation"):
        result = check_history(History(done[:40] if keys == 3 else done), "rw-register", consistency=level, limits=Limits(time_s=2))
        assert result.verdict is not Verdict.VIOLATED


SEVERAL_ORDERS = [
    (("r", "r", 22), ("r", "p", 46), ("r", "q", 10)),
    (("w", "r", 13), ("w", "q", 16), ("r", "p", 28)),
    (("w", "r", 19), ("r", "r", 19), ("w", "r", 22)),
    (("w", "p", 28), ("w", "q", 31), ("w", "r", 34)),
    (("r", "r", 34), ("w", "p", 37)),
    (("w", "r", 40), ("w", "r", 43), ("w", "p", 46)),
]


def test_an_order_that_was_given_up_is_looked_at_again():
    """Of the orders of two writers, one that a choice decided is open once the choice is taken back: it was said to hold."""
    several = [transaction(at, at, 100 + at, *steps) for at, steps in enumerate(SEVERAL_ORDERS)]
    assert check_history(History(several), "rw-register").verdict is Verdict.VIOLATED


@pytest.mark.parametrize("left_out", range(len(SEVERAL_ORDERS)))
def test_without_one_of_the_transactions_the_answer_is_that_of_all_orders(left_out):
    """The answer is that of trying them all."""
    several = [steps for at, steps in enumerate(SEVERAL_ORDERS) if at != left_out]
    written = {step[1:] for steps in several for step in steps if step[0] == "w"}
    read = [tuple(step for step in steps if step[0] == "w" or step[1:] in written) for steps in several]
    history = [transaction(at, at, 100 + at, *steps) for at, steps in enumerate(read) if steps]
    wanted = any(serial([operation.argument for operation in order]) for order in permutations(history))
    assert (check_history(History(history), "rw-register").verdict is Verdict.HOLDS) == wanted


def serial(order):
    """Whether each read of transactions in this order is of what was written last."""
    state = {}
    for steps in order:
        for kind, key, value in steps:
            if kind == "w":
                state[key] = value
            elif state.get(key) != value:
                return False
    return True


@pytest.mark.parametrize("first", [None, 5])
@pytest.mark.parametrize("swapped", [False, True])
def test_half_of_a_transaction_is_seen_in_either_order(first, swapped):
    """What is missed may be read before what is seen, or after: neither is atomic. Each value was committed, and only the second goes back."""
    older = [transaction("c", 0, 1, ("w", "x", first))] if first else []
    writes = transaction("a", 2, 3, ("r", "x", first), ("w", "x", 1), ("w", "y", 1))
    reads = [("r", "x", first), ("r", "y", 1)]
    history = History([*older, writes, transaction("b", 4, 5, *(reads[::-1] if swapped else reads))])
    assert check_history(history, "rw-register", consistency="read-atomic").verdict is Verdict.VIOLATED
    assert (check_history(history, "rw-register", consistency="read-committed").verdict is Verdict.HOLDS) != swapped
