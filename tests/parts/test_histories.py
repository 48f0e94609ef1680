"""What a history in a spec accepts: sequences of calls and returns, against all orders of the operations."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from modelcheck import History, Spec, action, require, terminal
from modelcheck.consistency.objects import Register

VALUES = (0, False, 1, True, 1.0, None)


def scripted(events, initial):
    """A spec that makes these calls and returns, one a step."""

    class Scripted(Spec):
        def init(self):
            self.at = 0
            self.history = History.of(Register(initial))

        @action
        def go(self):
            require(self.at < len(events))
            client, what, value = events[self.at]
            if what == "return":
                self.history.complete(client, value)
            else:
                self.history.invoke(client, what, value)
            self.at += 1

        @terminal
        def done(self):
            return True

    return Scripted()


def accepted(events, initial) -> bool:
    """Whether the last state's history is linearizable, as the spec's own states say."""
    spec = scripted(events, initial)
    [state] = spec.initial_states()
    for _ in events:
        state = spec.step(state, "go")
    return len(state.history.explanations) > 0


def linearizable(events, initial) -> bool:
    """By trying all orders of the operations, of which those that have not returned may be left out."""
    calls = []
    for at, (client, what, value) in enumerate(events):
        if what == "return":
            last = max(i for i, call in enumerate(calls) if call["client"] == client)
            calls[last].update(end=at, result=value)
        else:
            calls.append({"client": client, "what": what, "value": value, "start": at, "end": None, "result": None})
    open_calls = [i for i, call in enumerate(calls) if call["end"] is None]
    for size in range(len(open_calls) + 1):
        for left in permutations(open_calls, size):
            chosen = [i for i, call in enumerate(calls) if call["end"] is not None or i in left]
            if any(fits([calls[i] for i in order], initial) for order in permutations(chosen)):
                return True
    return False


def fits(order, initial) -> bool:
    """Whether operations in this order give their results, and none comes before one that had returned when it was called."""
    if any(b["end"] is not None and b["end"] < a["start"] for i, a in enumerate(order) for b in order[i + 1 :]):
        return False
    value = initial
    for call in order:
        result = value if call["what"] == "read" else None
        if call["end"] is not None and (type(result), repr(result)) != (type(call["result"]), repr(call["result"])):
            return False
        value = call["value"] if call["what"] == "write" else value
    return True


def random_events(chance: random.Random):
    """Calls and returns of three clients, with results that are often right."""
    events, pending, written = [], {}, [None]
    pool = chance.choice([(0, False), (1, True, 1.0), VALUES])
    for _ in range(chance.randint(4, 9)):
        client = chance.randrange(3)
        if client in pending:
            what = pending.pop(client)
            right = chance.choice(written[-3:]) if chance.random() < 0.6 else chance.choice(VALUES)
            result = right if what == "read" else None
            events.append((client, "return", result))
        elif len([e for e in events if e[1] != "return"]) < 5:
            what = pending[client] = chance.choice(["read", "write"])
            value = chance.choice(pool) if what == "write" else None
            written += [value] if what == "write" else []
            events.append((client, what, value))
    return events


def test_random_histories_are_judged_as_all_orders_say():
    """With values that are equal and not the same; of the histories many are of each kind."""
    chance = random.Random(7)
    counts = {True: 0, False: 0}
    for _ in range(250):
        events = random_events(chance)
        expected = linearizable(events, None)
        assert accepted(events, None) == expected, events
        counts[expected] += 1
    assert min(counts.values()) >= 40, counts


@pytest.mark.parametrize(
    ("initial", "result", "right"),
    [(1, True, False), (1, 1, True), (0, False, False), (1.0, 1, False), (None, None, True), (0, None, False)],
)
def test_a_read_returns_the_very_value(initial, result, right):
    """``True`` is not 1, in an object's initial value as in results."""
    assert accepted([(0, "read", None), (0, "return", result)], initial) == right


@pytest.mark.parametrize("last", [1, True, 1.0, 2])
@pytest.mark.parametrize("first", [1, True, 1.0])
def test_what_the_object_may_hold_is_told_apart(first, last):
    """After two writes at once it holds the one or the other, and they are two, though Python holds them for equal."""
    writes = [(0, "write", first), (1, "write", True), (0, "return", None), (1, "return", None)]
    events = [*writes, (2, "read", None), (2, "return", last)]
    assert accepted(events, 0) == any(type(last) is type(held) and last == held for held in (first, True))
