"""Histories that are hard to decide: clients that are always busy, operations that never returned, and one wrong result."""

from __future__ import annotations

import random

from attrs import evolve

from modelcheck.consistency import UNKNOWN, Operation
from modelcheck.consistency.history import in_order

from .generate import argument_of


def busy_history(object_, *, clients, operations, lost, values=5, seed=0, wrong_at=None, wrong=None):
    """Each client calls again as soon as it may; ``wrong_at`` is the share of the history before the wrong result."""
    chance = random.Random(f"{object_.name} {clients} {operations} {lost} {values} {seed}")
    state, now, left, found = object_.initial, 0, operations, []
    running, names = {}, list(range(clients))
    while left or running:
        now += 1
        lane = chance.randrange(clients)
        if lane not in running:
            if left:
                left -= 1
                name = chance.choice(object_.operations)
                running[lane] = [name, argument_of(chance, object_, name, names[lane], values), now, None, False]
            continue
        name, argument, call, result, is_done = running[lane]
        if is_done:
            found.append(Operation(names[lane], name, argument, result, call, now))
            del running[lane]
        elif chance.random() < lost:
            if chance.random() < 0.5:
                state, _ = object_.apply(state, name, argument)
            found.append(Operation(names[lane], name, argument, UNKNOWN, call, None))
            names[lane] += clients
            del running[lane]
        else:
            state, result = object_.apply(state, name, argument)
            running[lane][3:] = [result, True]
    found = list(in_order(found))
    if wrong_at is not None:
        told = [at for at, o in enumerate(found) if o.finish is not None and o.result is not None]
        at = told[int(wrong_at * (len(told) - 1))]
        found[at] = evolve(found[at], result=wrong)
    return found
