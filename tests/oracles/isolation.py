"""Isolation levels of a few transactions, by trying every order of their commits.

An order of commits names the versions: those of a key are written in the order of their writers. A history keeps a level if
some order of the transactions that committed, with or without those that may have, explains its reads: whoever wrote a key
and is visible to a reader of it comes before the writer that it read from (Biswas and Enea 2019). What is visible makes
the level; it is known as soon as all that commits before the reader is.

Snapshot isolation has a second oracle, :func:`snapshots`, which runs the transactions.
"""

from __future__ import annotations

from itertools import chain, combinations

from modelcheck.consistency import UNKNOWN, Operation

REAL_TIME = ("strict-serializable", "strong-snapshot-isolation")
SERIALIZABLE = ("serializable", "repeatable-read", "strong-session-serializable", "strict-serializable")
WITH_SESSIONS = (
    "monotonic-atomic-view",
    "read-atomic",
    "causal",
    "prefix",
    "parallel-snapshot-isolation",
    "strong-session-snapshot-isolation",
    "strong-session-serializable",
    *REAL_TIME,
)
LOOSE = ("read-uncommitted", "read-committed", "monotonic-atomic-view", "cursor-stability")


def keeps(transactions, failed, model, level):
    """Whether transactions keep a level."""
    sure = [t for t in transactions if t.finish is not None]
    if not all(is_internal(t, model, level) for t in sure):
        return False
    if level == "read-uncommitted" and model == "rw-register":
        return True
    seen = {(k, v) for t in sure for k, value in external(t, model) for v in (value if isinstance(value, tuple) else (value,))}
    maybe = [t for t in transactions if t.finish is None] + outsiders(transactions, failed)
    sure += [t for t in maybe if any((k, v) in seen for kind, k, v in t.argument if kind != "r")]
    maybe = [t for t in maybe if t not in sure]
    subsets = chain.from_iterable(combinations(maybe, n) for n in range(len(maybe) + 1))
    return any(Orders([*sure, *extra], model, level).explain() for extra in subsets)


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
    now, own = {}, {}
    for at, (kind, key, value) in enumerate(transaction.argument):
        if kind == "w":
            now[key], own[key] = value, [value]
        elif kind == "append":
            own.setdefault(key, []).append(value)
        elif model == "rw-register":
            if key not in now and ("w", key, value) in transaction.argument[at:]:
                return False
            if now.setdefault(key, value) != value and (key in own or level not in LOOSE):
                return False
        else:
            mine = tuple(own.get(key, ()))
            base = value[: max(0, len(value) - len(mine))]
            if base + mine != value or (now.setdefault(key, base) != base and level not in LOOSE):
                return False
            if set(base) & {v for kind, k, v in transaction.argument if kind == "append" and k == key}:
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


def is_next(a, b):
    """Whether one client did one transaction before the other; after one that did not return it went on without it."""
    return a.process == b.process and a.call < b.call and a.finish is not None


class Orders:
    """The search for an order of commits.

    Args:
        transactions: All that committed.
        model: ``list-append`` or ``rw-register``.
        level: Of isolation.
    """

    def __init__(self, transactions, model, level):
        self.all, self.model, self.level = transactions, model, level
        each = range(len(transactions))
        sessions = level in WITH_SESSIONS or (level == "read-committed" and model == "rw-register")
        self.writes = [{} for _ in each]  # by transaction and key: what it wrote, in order
        for at in each:
            for kind, key, value in transactions[at].argument:
                if kind != "r":
                    self.writes[at].setdefault(key, []).append(value)
        self.reads = [list(external(t, model)) if t.finish is not None else [] for t in transactions]
        self.before = [
            {a for a in each if (sessions and is_next(transactions[a], transactions[b])) or self.is_earlier(a, b)} for b in each
        ]
        self.source = [[self.writer(key, value) for key, value in self.reads[at]] for at in each]
        self.dead = set()

    def is_earlier(self, a, b):
        one, other = self.all[a], self.all[b]
        return self.level in REAL_TIME and one.finish is not None and one.finish < other.call

    def writer(self, key, value):
        """Whose last version of a key was read: -1 for nobody's, ``None`` if there is no such transaction."""
        if value in (None, ()):
            return -1
        last = value[-1] if self.model == "list-append" else value
        return next((at for at, own in enumerate(self.writes) if own.get(key, [None])[-1] == last), None)

    def explain(self):
        """Whether some order of commits is one of the level."""
        if self.level == "read-uncommitted":
            self.reads = [[] for _ in self.reads] if not self.shows_appends() else self.reads
            return self.shows_appends()
        if any(s is None or s == at for at, sources in enumerate(self.source) for s in sources):
            return False
        return self.go_on((), {})

    def go_on(self, order, lists):
        """Whether an order can be completed, given what was written so far by key."""
        if len(order) == len(self.all):
            return all(self.is_shown(lists.get(key, ()), value) for reads in self.reads for key, value in reads)
        state = self.state(order, lists)
        if state in self.dead:
            return False
        for at in range(len(self.all)):
            if at in order or not self.before[at] <= set(order) or not set(self.source[at]) <= {-1, *order}:
                continue
            new = {**lists, **{key: (*lists.get(key, ()), tuple(own)) for key, own in self.writes[at].items()}}
            if self.may_follow(order, at) and self.is_compatible(new) and self.go_on((*order, at), new):
                return True
        self.dead.add(state)
        return False

    def state(self, order, lists):
        """What of an order matters for what can follow."""
        if self.level in (*SERIALIZABLE, "cursor-stability"):
            return frozenset(order), tuple(sorted((key, own[-1]) for key, own in lists.items()))
        return order

    def is_shown(self, versions, value):
        """Whether a list that was read is what some of the versions made."""
        if self.model == "rw-register":
            return True
        sums = [()]
        for own in versions:
            sums.append(sums[-1] + own)
        return value in sums

    def is_compatible(self, lists):
        """Whether what was appended so far and what was read begin alike."""
        if self.model == "rw-register":
            return True
        for key, value in (read for reads in self.reads for read in reads):
            flat = tuple(v for own in lists.get(key, ()) for v in own)
            length = min(len(flat), len(value))
            if flat[:length] != value[:length]:
                return False
        return True

    def may_follow(self, order, at):
        """Whether a transaction reads what it may when it commits after those of an order."""
        place = {other: number for number, other in enumerate(order)}
        place[-1] = -1
        for number, (key, _) in enumerate(self.reads[at]):
            source = self.source[at][number]
            for other in self.visible(order, at, number):
                if key in self.writes[other] and place[other] > place[source]:
                    return False
            if self.level == "cursor-stability" and key in self.writes[at] and self.is_last(at, number):
                between = order[place[source] + 1 :]
                if any(key in self.writes[other] for other in between):
                    return False
        return True

    def is_last(self, at, number):
        return all(key != self.reads[at][number][0] for key, _ in self.reads[at][number + 1 :])

    def visible(self, order, at, number):
        """Whom the level lets a read see, of those that committed before."""
        direct = self.direct(at)
        match self.level:
            case "cursor-stability":
                return set()
            case "read-committed" if self.model == "list-append":
                return set()
            case "read-committed" | "monotonic-atomic-view":
                return set(self.source[at][:number]) - {-1}
            case "read-atomic":
                return direct
            case "causal":
                return self.closed(direct)
            case "parallel-snapshot-isolation":
                return self.seen(order, at)
            case "prefix":
                return self.up_to(order, direct)
        if self.level in SERIALIZABLE:
            return set(order)
        return self.up_to(order, direct | {other for other in order if self.writes[other].keys() & self.writes[at].keys()})

    def direct(self, at):
        return self.before[at] | (set(self.source[at]) - {-1})

    def closed(self, some):
        """Whoever comes before some transactions along sessions and reads, with them."""
        found = set(some)
        for at in some:
            found |= self.closed(self.direct(at))
        return found

    def up_to(self, order, some):
        """All that committed before the last of some, with it."""
        return set(order[: max((order.index(other) + 1 for other in some), default=0)])

    def seen(self, order, at):
        """What a transaction sees when it sees all that whom it sees sees, and the earlier writers of its keys."""
        own = self.direct(at) | {other for other in order if self.writes[other].keys() & self.writes[at].keys()}
        return own | {far for other in own for far in self.seen(order[: order.index(other)], other)}

    def shows_appends(self):
        """Whether the longest list read of each key shows writers in some order, those that nobody read last."""
        shown = {}
        for key, value in (read for reads in self.reads for read in reads):
            shown[key] = max(shown.get(key, ()), value, key=len)
        after = {(a, b) for a in range(len(self.all)) for b in range(len(self.all)) if a != b and self.comes_before(a, b, shown)}
        left = set(range(len(self.all)))
        while free := [b for b in left if not any((a, b) in after for a in left)]:
            left -= set(free)
        return not left

    def comes_before(self, a, b, shown):
        """Whether a list shows an element of one before one of the other, or only one of them at all."""
        for key in self.writes[a].keys() & self.writes[b].keys():
            seen = shown.get(key, ())
            for v in self.writes[a][key]:
                for w in self.writes[b][key]:
                    if v in seen and (w not in seen or seen.index(v) < seen.index(w)):
                        return True
        return False


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


def snapshots(transactions, model, level):  # noqa: C901 - two kinds of steps of one search
    """Whether some interleaving of starts and commits gives all reads from snapshots at the start, first committer wins."""
    each = range(len(transactions))
    before = Orders(transactions, model, level).before
    dead = set()

    def explore(state, running, left):
        if not running and not left:
            return True
        place = (tuple(sorted(state.items())), tuple(sorted((at, keys) for at, (_, keys) in running.items())), left)
        if place in dead:
            return False
        dead.add(place)
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

    return explore({}, {}, frozenset(each))
