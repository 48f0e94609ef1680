"""What the random specs are written with: the language, and records of their own. The oracle runs this text with a language of its own."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from attrs import define, evolve, field

from modelcheck import (
    Durable,
    Fixed,
    Part,
    Process,
    Record,
    Spec,
    action,
    always_eventually,
    bound,
    choose,
    constraint,
    eventually,
    eventually_always,
    fair,
    invariant,
    leads_to,
    reachable,
    require,
    step_property,
    strongly_fair,
    terminal,
)
from modelcheck.consistency.objects import CasRegister, Register
from modelcheck.parts.crashes import Crashes
from modelcheck.parts.history import History
from modelcheck.parts.network import FifoNetwork, Network

from .words import NODES, Colour, Message, Parcel, Point, Rank


class Server(Process):
    """A process with a field of every kind."""

    term: Durable[int] = 0
    vote: int | None = None
    votes: set[int] = set()
    log: Durable[list[int]] = []
    seen: Counter[str] = Counter()
    known: dict[int, int] = {}


@define
class Note:
    """An attrs class with slots."""

    colour: Colour = Colour.RED
    marks: set[int] = field(factory=lambda: {1})


@dataclass
class Slip:
    """A dataclass."""

    number: int
    queue: deque[int]
    size: int = 0


class Pair(Record):
    """A record."""

    left: int = 0
    right: frozenset[int] = frozenset()
    fixed: Fixed[int] = 7


class Booter(Process):
    """A process with a dict whose keys it gets in ``init``."""

    peers: dict[int, int] = {}
    saved: Durable[dict[int, int]] = {}


class Desk(Record):
    """A record with one in it."""

    pair: Pair = Pair()
    tray: list[int] = []
    drawers: dict[int, set[int]] = {}


class Clock(Part):
    """Counts, and may jump back."""

    now: int = 0
    jumps: int = 0

    def unused(self):
        return frozenset() if self.jumps else frozenset({"jump", "jumps"})

    @action
    def tick(self):
        require(self.now < 2)
        self.now += 1

    @action((1, 2))
    def jump(self, by):
        require(self.jumps > 0)
        self.jumps -= 1
        self.now = max(self.now - by, 0)

    @step_property
    def grows(self, after):
        return after.now >= self.now or after.jumps < self.jumps


class Wall(Part):
    """A part with one in it."""

    clock: Clock = Clock(jumps=1)
    shown: int = 0

    @action
    def show(self):
        self.shown = self.clock.now

    @reachable
    def late(self):
        return self.shown > self.clock.now


class Hub(Record):
    """A record with a part in it."""

    net: Network = Network(nodes=NODES)
    load: int = 0
