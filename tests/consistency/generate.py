"""Random histories: operations that took effect somewhere between call and return, some lost, some falsified."""

from __future__ import annotations

from attrs import evolve

from modelcheck.consistency import (
    UNKNOWN,
    CasRegister,
    Counter,
    FetchAndAdd,
    FifoQueue,
    KeyValue,
    MultiRegister,
    Mutex,
    Operation,
    PriorityQueue,
    ReentrantLock,
    Register,
    SequentialObject,
    SetObject,
    Stack,
)
from modelcheck.consistency.history import in_order

OBJECTS = (
    Register(0), CasRegister(0), KeyValue(), Counter(), FetchAndAdd(), SetObject(), FifoQueue(), PriorityQueue(), Stack(), Mutex(),
    ReentrantLock(), MultiRegister(),
)  # fmt: skip


class MaxRegister(SequentialObject):
    """A register that only grows, as a user would write it."""

    name = "max-register"
    operations = ("read", "raise_to")
    reads = frozenset({"read"})
    initial = 0

    def apply(self, state, operation, argument):
        return (state, state) if operation == "read" else (max(state, argument), None)


class Account(SequentialObject):
    """A balance that may not be overdrawn; nothing but the step is told."""

    name = "account"
    operations = ("balance", "deposit", "withdraw")
    initial = 1

    def apply(self, state, operation, argument):
        if operation == "withdraw":
            return (state - argument, True) if argument <= state else (state, False)
        return (state + argument, None) if operation == "deposit" else (state, state)


WRITTEN_BY_USERS = (MaxRegister(), Account())
NO_ARGUMENT = {"dequeue", "pop", "delete_min"}


def argument_of(random, object_, name, client, values):
    """A random argument for an operation."""
    value = random.randrange(values)
    if name == "cas":
        return (random.randrange(values), value)
    if isinstance(object_, KeyValue):
        return "k" if name == "get" else ("k", str(value))
    if isinstance(object_, MultiRegister):
        key = random.choice("xy")
        if name == "txn":
            return tuple((random.choice("rw"), random.choice("xy"), random.choice([None, value])) for _ in range(2))
        return key if name == "read" else (key, value)
    if isinstance(object_, ReentrantLock):
        return client
    return None if name in NO_ARGUMENT or name == "read" or isinstance(object_, Mutex) else value


def executed(random, object_, plan, lost):
    """What a store that behaves as the object would have recorded for (instant, client, name, argument, call, finish)."""
    state, recorded = object_.initial, []
    for _, client, name, argument, call, finish in sorted(plan, key=lambda entry: entry[0]):
        is_lost = random.random() < lost
        if not is_lost or random.random() < 0.5:
            state, result = object_.apply(state, name, argument)
        if is_lost:
            recorded.append(Operation(client, name, argument, UNKNOWN, call, None))
        else:
            recorded.append(Operation(client, name, argument, result, call, finish))
    return recorded


def falsified(random, operations, times):
    """Exchange the results of some operations of one name."""
    for _ in range(times if operations else 0):
        one, other = random.choice(range(len(operations))), random.choice(range(len(operations)))
        a, b = operations[one], operations[other]
        if a.name == b.name and a.finish is not None and b.finish is not None:
            operations[one], operations[other] = evolve(a, result=b.result), evolve(b, result=a.result)
    return operations


def random_history(random, object_, *, operations=9, clients=5, values=3, lost=0.0, wrong=0):
    """A random history of an object."""
    free, plan = [0] * clients, []
    for _ in range(operations):
        client = random.randrange(clients)
        call = free[client] + random.randint(1, 4)
        finish = call + random.randint(1, 8)
        free[client] = finish
        name = random.choice(object_.operations)
        argument = argument_of(random, object_, name, client, values)
        plan.append((random.uniform(call, finish), client, name, argument, call, finish))
    return in_order(falsified(random, executed(random, object_, plan, lost), wrong))


UNIQUE = {
    Register: ("write", "read"),
    KeyValue: ("put", "get"),
    FifoQueue: ("enqueue", "dequeue"),
    PriorityQueue: ("insert", "delete_min"),
    Stack: ("push", "pop"),
}


def unique_history(random, object_, *, operations=9, clients=5, lost=0.0, wrong=0):
    """A random history in which every value enters the object once."""
    put, take = UNIQUE[type(object_)]
    fresh = list(range(1, operations + 1))
    random.shuffle(fresh)
    free, plan, width = [0] * clients, [], random.choice([2, 4, 8, 14])
    for _ in range(operations):
        client = random.randrange(clients)
        call = free[client] + random.randint(0, 3)
        finish = call + random.randint(0, width)
        free[client] = finish + 1
        name = random.choice([put, take])
        value = fresh.pop() if name == put else None
        argument = (("k", value) if name == put else "k") if isinstance(object_, KeyValue) else value
        plan.append((random.uniform(call, finish), client, name, argument, call, finish))
    return in_order(falsified(random, executed(random, object_, plan, lost), wrong))


def text_history(random, *, operations=9, clients=5, lost=0.0, wrong=0):
    """A random history of one key whose text is put, lengthened by single letters, and read."""
    free, plan, width = [0] * clients, [], random.choice([2, 4, 8, 14])
    for at in range(operations):
        client = random.randrange(clients)
        call = free[client] + random.randint(0, 3)
        finish = call + random.randint(0, width)
        free[client] = finish + 1
        name = random.choice(["get", "get", "append", "append", "put"])
        plan.append(
            (random.uniform(call, finish), client, name, "k" if name == "get" else ("k", chr(97 + at)), call, finish)
        )
    return in_order(falsified(random, executed(random, KeyValue(), plan, lost), wrong))


def drawn_transactions(random, model, size):
    """Transactions whose reads see versions drawn each on its own: of the key's present one, one nearby, or any.

    Unlike snapshots of one state these make cycles of many lengths through several choices.
    """
    write, keys = ("append" if model == "list-append" else "w"), "xyz"[: random.randint(1, 3)]
    drift, fresh = random.choice([0.1, 0.3, 0.6]), iter(range(1, 1000))
    plan = [
        [(write, key, next(fresh)) if random.random() < 0.5 else ("r", key, None) for key in random.choices(keys, k=random.randint(1, 3))]
        for _ in range(size)
    ]  # fmt: skip
    versions = {key: _versions(plan, key, model) for key in keys}
    present, free, done = dict.fromkeys(keys, 0), [0] * random.randint(1, 4), []
    for at, steps in enumerate(plan):
        lost = random.random() < 0.08
        seen = _drawn(random, steps, versions, present, drift, model)
        for key in {key for kind, key, _ in steps if kind != "r"}:
            present[key] += 1
        process = random.randrange(len(free))
        call = max(free[process], 10 * at - random.randint(0, 40)) + 1
        free[process] = finish = call + random.randint(1, 30)
        done.append(Operation(process, "txn", seen, UNKNOWN if lost else None, call, None if lost else finish))
    return in_order(done)


def _versions(plan, key, model):
    """What each transaction in turn leaves of a key, from nothing on."""
    found = [() if model == "list-append" else None]
    for steps in plan:
        own = [value for kind, k, value in steps if kind != "r" and k == key]
        if own:
            found.append((*found[-1], *own) if model == "list-append" else own[-1])
    return found


def _drawn(random, steps, versions, present, drift, model):
    """A transaction's steps with what its reads see."""
    known, own, found = {}, {}, []
    for kind, key, written in steps:
        if kind != "r":
            own.setdefault(key, []).append(written)
            found.append((kind, key, written))
            continue
        if key not in known or random.random() < 0.1:
            far = random.random() < drift
            at = random.randrange(len(versions[key])) if far else max(0, present[key] - random.choice([0, 0, 0, 1]))
            known[key] = versions[key][at]
        if model == "list-append":
            found.append((kind, key, (*known[key], *own.get(key, ()))))
        else:
            found.append((kind, key, own[key][-1] if key in own else known[key]))
    return tuple(found)


def drawn_accesses(random, size):
    """Reads and writes of one or two registers by a few clients; reads see the last write, an old one, or one to come."""
    free, done, fresh = [0] * random.randint(2, 4), [], iter(range(1, 100))
    keys, drift, width = random.choice(["x", "xxy"]), random.choice([0.2, 0.5, 0.9]), random.choice([2, 12])
    written, seen = {key: [None] for key in "xy"}, []
    for _ in range(size):
        client, key = random.randrange(len(free)), random.choice(keys)
        call = free[client] + random.randint(1, 5)
        free[client] = finish = call + random.randint(1, width)
        if random.random() < 0.5:
            written[key].append(next(fresh))
            lost = random.random() < 0.15
            argument = key, written[key][-1]
            done.append(Operation(client, "write", argument, UNKNOWN if lost else None, call, None if lost else finish))
        else:
            seen.append((len(done), len(written[key])))
            done.append(Operation(client, "read", key, None, call, finish))
    for at, count in seen:
        versions = written[done[at].argument]
        far = random.choice(versions[: count + 1]) if random.random() < drift else versions[count - 1]
        done[at] = evolve(done[at], result=far)
    return in_order(done)
