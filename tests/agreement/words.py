"""Values for the random specs, the same for all that run them."""

from enum import Enum, IntEnum
from typing import NamedTuple

from attrs import field, frozen

NODES = (0, 1)


class Colour(Enum):
    """An enum."""

    RED = 1
    BLUE = 2


@frozen
class Message:
    """A message."""

    src: int
    dst: int
    body: str = ""


class Rank(IntEnum):
    """Equal to numbers, and no numbers."""

    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    """Equal to a pair, and no pair."""

    x: int
    y: int


@frozen
class Parcel:
    """A message with a set in it."""

    src: int
    dst: int
    content: frozenset[str] = field(default=frozenset(), repr=lambda content: repr(sorted(content)))  # Python shows it in any order.
