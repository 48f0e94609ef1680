"""Consistency models of registers, by trying every order of a few reads and writes. Values are written once per key."""

from __future__ import annotations

from itertools import chain, combinations

GUARANTEES = ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")


def keeps(operations, consistency):
    """Whether operations on registers that hold nothing at first keep a consistency model.

    Args:
        operations: ``read`` of a key, and ``write`` of a pair of a key and a value. Those that did not return may be left out.
        consistency: Which.
    """
    sure = [o for o in operations if o.finish is not None]
    lost = [o for o in operations if o.finish is None and o.name == "write"]
    subsets = chain.from_iterable(combinations(lost, n) for n in range(len(lost) + 1))
    return any(Recording([*sure, *extra]).keeps(consistency) for extra in subsets)


class Recording:
    """Operations that all took effect."""

    def __init__(self, operations):
        self.all = sorted(operations, key=lambda o: o.call)
        self.writes = [o for o in self.all if o.name == "write"]
        self.reads = [o for o in self.all if o.name == "read"]
        self.sessions = {(id(a), id(b)) for a in self.all for b in self.all if self.is_next(a, b)}
        self.real_time = {(id(a), id(b)) for a in self.all for b in self.all if a.finish is not None and a.finish < b.call}

    @staticmethod
    def is_next(a, b):
        return a.process == b.process and a.call < b.call and a.finish is not None

    def keeps(self, consistency):  # noqa: C901 - one line for each model
        """Whether the operations keep a model."""
        if any(r.result is not None and self.source(r) is None for r in self.reads):
            return False
        if consistency == "linearizable":
            return some_order(self.all, self.real_time)
        if consistency == "sequential":
            return some_order(self.all, self.sessions)
        if consistency.endswith("-atomic"):
            return some_order(self.all, self.real_time, depth=int(consistency[0]))
        if consistency == "regular":
            return any(self.is_regular(order) for order in orders(self.writes, self.real_time))
        chains = closed(self.sessions | {(id(self.source(r)), id(r)) for r in self.reads if r.result is not None})
        if any((one, one) in chains for one, _ in chains) and consistency.startswith("causal"):
            return False
        if consistency == "causal+":
            return any(self.converges(order, chains) for order in orders(self.writes, chains))
        kept = {"pram": self.sessions, "causal": chains}.get(consistency)
        for client in {o.process for o in self.reads}:
            own = [r for r in self.reads if r.process == client]
            if kept is not None and not some_order([*self.writes, *own], kept):
                return False
            if kept is None and not self.guarantees(own, consistency):
                return False
        return True

    def source(self, read):
        """The write that a read saw."""
        return next((w for w in self.writes if w.argument == (read.argument, read.result)), None)

    def is_regular(self, order):
        place = {id(w): at for at, w in enumerate(order)}
        for r in self.reads:
            source = self.source(r)
            if source is not None and source.call > r.finish:
                return False
            for w in self.writes:
                is_later = source is None or place[id(w)] > place[id(source)]
                if w.argument[0] == r.argument and w is not source and (id(w), id(r)) in self.real_time and is_later:
                    return False
        return True

    def converges(self, order, chains):
        seen = {id(r): {id(w) for w in self.writes if (id(w), id(r)) in chains} for r in self.reads}
        return all(self.is_last(r, seen[id(r)], order) for r in self.reads)

    def is_last(self, read, seen, order):
        """Whether a read saw the last write of its key among those seen, or a later one."""
        source = self.source(read)
        after = order if source is None else order[order.index(source) + 1 :]
        return not any(w.argument[0] == read.argument and id(w) in seen and w is not source for w in after)

    def guarantees(self, own, consistency):
        kept = set()
        if consistency == "monotonic-writes":
            kept = {(id(a), id(b)) for a in self.writes for b in self.writes if self.is_next(a, b)}
        if consistency == "writes-follow-reads":
            kept = {(a, id(b)) for b in self.writes for a in self.seen_before(b) if a != id(b)}
            if any(id(b) in self.seen_before(b) for b in self.writes):
                return False
        seen = {id(r): self.must_see(r, own, consistency) for r in own}
        return any(all(self.is_last(r, seen[id(r)], order) for r in own) for order in orders(self.writes, kept))

    def seen_before(self, operation):
        """What the client of an operation had read before it."""
        return {id(self.source(r)) for r in self.reads if self.is_next(r, operation) and r.result is not None}

    def must_see(self, read, own, consistency):
        observed = [self.source(r) for r in own if (r is read or self.is_next(r, read)) and r.result is not None]
        if consistency == "read-your-writes":
            return {id(w) for w in self.writes if self.is_next(w, read)}
        if consistency == "monotonic-reads":
            return self.seen_before(read)
        if consistency == "monotonic-writes":
            return {id(w) for b in observed for w in self.writes if self.is_next(w, b)}
        return {one for b in observed for one in self.seen_before(b)}


def closed(pairs):
    """The transitive closure."""
    found = set(pairs)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


def orders(items, before):
    """All orders of items that keep some pairs."""
    if not items:
        yield []
    for item in items:
        rest = [other for other in items if other is not item]
        if not any((id(other), id(item)) in before for other in rest):
            for order in orders(rest, before):
                yield [item, *order]


def some_order(items, before, depth=1):
    """Whether some order keeps pairs, and lets every read see one of the last writes of its key."""

    def go_on(left, last):
        if not left:
            return True
        for item in left:
            if any((id(other), id(item)) in before for other in left if other is not item):
                continue
            rest = [other for other in left if other is not item]
            if item.name == "write":
                key, value = item.argument
                if go_on(rest, {**last, key: (value, *last.get(key, (None,)))[:depth]}):
                    return True
            elif item.result in last.get(item.argument, (None,)) and go_on(rest, last):
                return True
        return False

    return go_on(list(items), {})
