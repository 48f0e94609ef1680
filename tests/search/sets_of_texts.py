"""Random specs that loop over sets of texts wherever such sets can be, and keep what came first."""

from __future__ import annotations

import random

_HEAD = """
from collections import Counter, deque
from enum import Enum
from typing import Any
from attrs import frozen
from modelcheck import Network, Record, Spec, action, choose, invariant, reachable, require, terminal

class Name(Enum):
    ANN = 1
    BOB = 2
    EVE = 3

@frozen
class Message:
    names: frozenset
    at: Any = ""

class Node(Record):
    heard: set = set()
    kept: frozenset = frozenset()
"""
_SPEC = """
class S{number}(Spec):
    peers: frozenset = frozenset({names})

    def init(self):
        self.names = set()
        self.frozen = frozenset()
        self.pair = (0, frozenset())
        self.table = {{}}
        self.node = {{"n": Node(), "m": Node()}}
        self.bag = Counter()
        self.queue = deque()
        self.network = Network()
        self.last = None
        self.turn = 0

    def everyone(self):
        return self.peers

    @action(everyone)
    def put(self, who):
        require(self.turn < {turns})
        require(who not in self.frozen)
        self.turn += 1
        {puts}

    @action
    def take(self):
        require(self.last is None)
        {take}

    @invariant
    def never(self):
        return self.last != {one}

    @invariant
    def seldom(self):
        return not ({expression}) or self.last is None or self.turn < 2

    @reachable
    def found(self):
        return self.last == {other}

    @terminal
    def end(self):
        return True
"""
_PUTS = [
    "self.names.add(who)", "self.frozen |= {who}", "self.frozen = self.frozen.union([who])", "self.pair = (1, self.pair[1] | {who})",
    "self.table[who] = self.frozen | {who}", "self.table[self.frozen] = frozenset({who})", "self.node['n'].heard.add(who)",
    "self.node['m'].kept |= frozenset([who])", "self.bag[who] += 1", "self.bag[self.frozen | {who}] += 1",
    "self.queue.append(self.frozen | {who})", "self.network.send(Message(self.frozen | {who}, who))", "self.names ^= {who}",
]  # fmt: skip
_SETS = [
    "self.names", "self.frozen", "self.pair[1]", "self.peers", "self.node['n'].heard", "self.node['m'].kept", "self.table",
    "self.table.keys()", "self.bag", "self.bag.keys()", "frozenset().union(*self.queue)", "self.queue[0]",
    "next(iter(self.network.messages)).names", "max(self.table.values(), key=len)",
]  # fmt: skip
_TAKES = [
    "for each in {s}:\n            self.last = each\n            break", "for each in {s}:\n            self.last = each",
    "self.last = next(iter({s}))", "self.last = list({s})[0]", "self.last = min({s}, key=lambda x: 0)",
    "self.last = max({s}, key=lambda x: len(str(x)))", "self.last = tuple({s})", "[self.last] = {s}", "self.last = (*{s},)[-1]",
    "self.last = {{x: 0 for x in {s}}}.popitem()[0]", "self.last = ''.join(map(str, {s}))", "self.last = choose(list({s}))",
]  # fmt: skip


def source(seed: int, count: int) -> str:
    """A module with random specs ``S0``, ``S1`` and so on."""
    chance = random.Random(seed)
    return _HEAD + "".join(_spec(chance, number) for number in range(count))


def _spec(chance: random.Random, number: int) -> str:
    members = ["Name.ANN", "Name.BOB", "Name.EVE"] if chance.random() < 0.3 else ["'ann'", "'bob'", "'eve'", "'dan'"]
    puts = chance.sample(_PUTS, chance.randint(2, 5))
    expression = _expression(chance)
    return _SPEC.format(
        number=number, names="{" + ", ".join(members) + "}", turns=chance.randint(2, 3), puts="\n        ".join(puts),
        take=f"require({_guard(expression)})\n        " + chance.choice(_TAKES).format(s=expression),
        one=chance.choice(members), other=chance.choice(members), expression=_expression(chance, safe=True),
    )  # fmt: skip


def _guard(expression: str) -> str:
    needs = [name for name in ("self.queue", "self.network.messages", "self.table") if name in expression]
    return " and ".join([*needs, expression])


def _expression(chance: random.Random, *, safe: bool = False) -> str:
    sets = _SETS[:6] if safe else _SETS
    one = chance.choice(sets)
    if chance.random() < 0.5 or one in ("self.table", "self.bag"):
        return one
    return f"({one} {chance.choice('|&-^')} {chance.choice(_SETS[:6])})"
