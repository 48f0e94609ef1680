"""What the random specs are written with: the language, and records of their own. The oracle runs this text with a language of its own."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from attrs import define, evolve

from modelcheck import (
    Durable,
    Fixed,
    Part,
    Process,
    Record,
    Spec,
    action,
    choose,
    constraint,
    invariant,
    reachable,
    require,
    step_property,
    terminal,
)
from modelcheck.consistency.objects import Register
from modelcheck.parts.crashes import Crashes
from modelcheck.parts.history import History
from modelcheck.parts.network import FifoNetwork, Network

from .words import NODES, Colour, Message


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
    marks: set[int] = {1}


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
