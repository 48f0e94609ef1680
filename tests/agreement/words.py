"""Values for the random specs, the same for all that run them."""

from enum import Enum

from attrs import frozen

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
