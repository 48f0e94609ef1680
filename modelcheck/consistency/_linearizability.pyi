from array import array
from collections.abc import Callable, Sequence
from enum import IntEnum

NEVER: int

class Nature(IntEnum):
    pure = 0
    overwrite = 1
    general = 2

class Outcome(IntEnum):
    holds = 0
    violated = 1
    time_out = 2
    memory_out = 3
    truncated = 4
    failed = 5

class Search:
    def __init__(
        self,
        calls: array[int],
        returns: array[int],
        kinds: array[int],
        natures: array[int],
        initial: int,
        step: Callable[[int, int], int],
        actions: array[int] | None = None,
    ) -> None: ...
    @property
    def asked(self) -> int: ...
    def frontier(
        self, *, width: int, seconds: float, memory: int
    ) -> tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]: ...
    def wing_gong(
        self, *, seconds: float, memory: int, steps: int = 0
    ) -> tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]: ...
    def explains(self, order: Sequence[int]) -> bool: ...

def register_holds(clusters: array[int]) -> bool: ...
def queue_holds(values: array[int], empties: array[int]) -> bool: ...
def priority_queue_holds(values: array[int], empties: array[int]) -> bool: ...
def stack_holds(values: array[int], empties: array[int], *, seconds: float) -> bool | None: ...
