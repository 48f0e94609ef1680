"""Isolation levels of a few transactions, by trying every order of them.

An order names the versions: those of a key are written in the order of their writers. A history keeps a level if some
order of the transactions that committed, with or without those that may have, explains its reads.
"""

from __future__ import annotations

from itertools import chain, combinations, permutations

from modelcheck.consistency import UNKNOWN, Operation

REAL_TIME = ("strict-serializable", "strong-snapshot-isolation")


def keeps(transactions, failed, model, level):
    """Whether transactions keep a level."""
    if level == "read-uncommitted" and model == "rw-register":
        return True
    sure = [t for t in transactions if t.finish is not None]
    if not all(is_internal(t, model, level) for t in sure):
        return False
    seen = {(k, v) for t in sure for k, value in external(t, model) for v in (value if isinstance(value, tuple) else (value,))}
    maybe = [t for t in transactions if t.finish is None] + outsiders(transactions, failed)
    sure += [t for t in maybe if any((k, v) in seen for kind, k, v in t.argument if kind != "r")]
    maybe = [t for t in maybe if t not in sure]
    subsets = chain.from_iterable(combinations(maybe, n) for n in range(len(maybe) + 1))
    explains = snapshots if level.endswith("snapshot-isolation") else some_order
    return any(explains(sorted([*sure, *extra], key=lambda t: t.call), model, level) for extra in subsets)


def outsiders(transactions, failed):
    """For each value that was read and that nobody in the history wrote, somebody outside."""
    written = {(k, v) for t in (*transactions, *failed) for kind, k, v in t.argument if kind != "r"}
    seen = {}
    for t in transactions:
        for kind, key, value in t.argument:
            for v in value if isinstance(value, tuple) else (value,):
                if kind == "r" and t.finish is not None and v is not None and (key, v) not in written:
                    kind_of_write = "append" if isinstance(value, tuple) else "w"
                    seen[key, v] = Operation(f"outside {key} {v}", "txn", ((kind_of_write, key, v),), UNKNOWN)
    return list(seen.values())


def is_internal(transaction, model, level):
    """Whether a transaction sees its own writes, and what it saw before."""
    now, own, late = {}, {}, model == "rw-register" and level == "read-committed"
    for at, (kind, key, value) in enumerate(transaction.argument):
        if kind == "w":
            now[key] = value
        elif kind == "append":
            own.setdefault(key, []).append(value)
        elif model == "rw-register":
            if key not in now and ("w", key, value) in transaction.argument[at:]:
                return False
            if now.setdefault(key, value) != value and not late:
                return False
        else:
            mine = tuple(own.get(key, ()))
            base = value[: max(0, len(value) - len(mine))]
            if base + mine != value or now.setdefault(key, base) != base:
                return False
    return True


def external(transaction, model):
    """The reads of what others wrote: key and value, a list without what the transaction appended itself."""
    now, own = {}, {}
    for kind, key, value in transaction.argument:
        if kind == "append":
            own[key] = own.get(key, 0) + 1
        elif kind == "w":
            now[key] = value
        elif model == "list-append":
            yield key, value[: max(0, len(value) - own.get(key, 0))]
        elif (key not in now or now[key] != value) and ("w", key, value) not in transaction.argument:
            yield key, value
            now.setdefault(key, value)


def some_order(transactions, model, level):
    """Whether some order of all transactions explains the reads."""
    before = [(a, b) for a in transactions for b in transactions if must_precede(a, b, model, level)]
    for order in permutations(transactions):
        place = {id(t): at for at, t in enumerate(order)}
        if all(place[id(a)] < place[id(b)] for a, b in before) and explains(order, model, level):
            return True
    return False


def is_weak(model, level):
    """Whether a level is one of those that Biswas and Enea define; read-committed of lists is Adya's."""
    return level in ("read-atomic", "causal") or (level == "read-committed" and model == "rw-register")


def is_next(a, b):
    """Whether one client did one transaction before the other."""
    return a.process == b.process and a.call < b.call


def must_precede(a, b, model, level):
    """Whether the level asks for an order of two transactions that does not depend on what they read."""
    if (is_weak(model, level) or level.startswith("strong-session") or level in REAL_TIME) and is_next(a, b):
        return True
    return level in REAL_TIME and a.finish is not None and a.finish < b.call


def source(order, reader, key, value, model):
    """The writer of what was read: an index, -1 for nobody, or ``None`` if there is no such version."""
    if value in (None, ()):
        return -1
    written = ()
    for at, t in enumerate(order):
        mine = tuple(v for kind, k, v in t.argument if kind != "r" and k == key)
        if t is not reader and mine:
            written = written + mine if model == "list-append" else mine[-1]
            if written == value:
                return at
        elif mine and model == "list-append":
            return None
    return None


def explains(order, model, level):
    """Whether every read is of a version that the level lets it see."""
    writes = [{k for kind, k, _ in t.argument if kind != "r"} for t in order]
    if level == "read-uncommitted":
        return appends_in_order(order)
    committed = {at: t for at, t in enumerate(order) if t.finish is not None}
    reads = {at: [(k, source(order, t, k, v, model)) for k, v in external(t, model)] for at, t in committed.items()}
    if any(s is None for found in reads.values() for _, s in found):
        return False
    if is_weak(model, level):
        return weakly(order, writes, reads, level)
    for at, found in reads.items():
        for key, s in found:
            if s >= at or (level != "read-committed" and any(key in writes[other] for other in range(s + 1, at))):
                return False
    return True


def weakly(order, writes, reads, level):
    """The axioms of Biswas and Enea, with the order as that of commits."""
    direct = {(s, at) for at, found in reads.items() for _, s in found if s >= 0}
    if any(a >= b for a, b in direct):
        return False
    direct |= {(a, b) for b in range(len(order)) for a in range(b) if is_next(order[a], order[b])}
    behind = [set() for _ in order]
    for b in range(len(order)):
        for a in (a for a, c in direct if c == b):
            behind[b] |= {a} | (behind[a] if level == "causal" else set())
    for at, found in reads.items():
        for number, (key, s) in enumerate(found):
            earlier = {other for _, other in found[:number]}
            visible = earlier if level == "read-committed" else behind[at]
            if any(key in writes[t] and t > s for t in visible if t >= 0):
                return False
    return True


def appends_in_order(order):
    """Whether the longest list read of each key shows its writers in this order, those that nobody read last."""
    longest, seen = {}, {v for t in order if t.finish is not None for _, value in external(t, "list-append") for v in value}
    order = [t for t in order if t.finish is not None or any(v in seen for kind, _, v in t.argument if kind != "r")]
    for t in order:
        for key, value in external(t, "list-append") if t.finish is not None else ():
            longest[key] = max(longest.get(key, ()), value, key=len)
    for key in {k for t in order for kind, k, _ in t.argument if kind != "r"}:
        shown = longest.get(key, ())
        writer = {v: at for at, t in enumerate(order) for kind, k, v in t.argument if kind != "r" and k == key}
        places = [writer[v] for v in shown if v in writer]
        last = {at for v, at in writer.items() if v not in shown} - set(places)
        if places != sorted(places) or (places and last and min(last) < places[-1]):
            return False
    return True


def run(state, steps, model):
    """Execute a transaction's steps; its new state, or ``None`` if a read differs."""
    state = dict(state)
    for kind, key, value in steps:
        if kind == "r":
            if state.get(key, () if model == "list-append" else None) != value:
                return None
        else:
            state[key] = (*state.get(key, ()), value) if kind == "append" else value
    return state


def snapshots(transactions, model, level):
    """Whether some interleaving of starts and commits gives all reads from snapshots at the start, first committer wins."""
    each = range(len(transactions))
    before = {b: {a for a in each if must_precede(transactions[a], transactions[b], model, level)} for b in each}

    def explore(state, running, left):
        if not running and not left:
            return True
        for at in left:
            if before[at] & (left | running.keys()):
                continue
            steps = transactions[at].argument
            if transactions[at].finish is None:
                steps = [step for step in steps if step[0] != "r"]
            new = run(state, steps, model)
            if new is not None and explore(state, {**running, at: (new, frozenset())}, left - {at}):
                return True
        for at, (new, overwritten) in running.items():
            written = {key for kind, key, _ in transactions[at].argument if kind != "r"}
            if written & overwritten:
                continue
            rest = {other: (s, keys | written) for other, (s, keys) in running.items() if other != at}
            if explore({**state, **{key: new[key] for key in written}}, rest, left):
                return True
        return False

    return explore({}, {}, frozenset(range(len(transactions))))
