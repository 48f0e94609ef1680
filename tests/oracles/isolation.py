"""Serializability and snapshot isolation of a few transactions, by trying everything."""

from __future__ import annotations

from itertools import permutations


def run(state, steps, model):
    """Execute a transaction's steps; its new state, or ``None`` if a read differs."""
    state = dict(state)
    for kind, key, value in steps:
        if kind == "r":
            seen = state.get(key, () if model == "list-append" else None)
            if seen != (value if value is not None or model == "rw-register" else ()):
                return None
        else:
            state[key] = (*state.get(key, ()), value) if kind == "append" else value
    return state


def serializable(transactions, model, *, real_time):
    """Whether some order of all transactions, one after the other, gives every read."""
    for order in permutations(transactions):
        if real_time and any(b.finish < a.call for at, a in enumerate(order) for b in order[at + 1 :]):
            continue
        state = {}
        for transaction in order:
            state = run(state, transaction.argument, model)
            if state is None:
                break
        else:
            return True
    return False


def snapshot_isolated(transactions, model):
    """Whether some interleaving of starts and commits gives every read from the snapshot at the start, first committer wins."""
    count = len(transactions)

    def explore(state, running, left):
        if not running and not left:
            return True
        for at in left:
            if explore(state, {**running, at: (dict(state), set())}, left - {at}):
                return True
        for at, (snapshot, overwritten) in running.items():
            new = run(snapshot, transactions[at].argument, model)
            written = {key for kind, key, _ in transactions[at].argument if kind != "r"}
            if new is None or written & overwritten:
                continue
            rest = {other: (s, keys | written) for other, (s, keys) in running.items() if other != at}
            if explore({**state, **{key: new[key] for key in written}}, rest, left):
                return True
        return False

    return explore({}, {}, frozenset(range(count)))
