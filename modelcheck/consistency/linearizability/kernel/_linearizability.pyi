from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from modelcheck.consistency.history import Operation

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
    watch: Callable[[int], object] | None
    def __init__(self, operations: Sequence[Operation], reads: frozenset[str]) -> None: ...
    def define(self, *, natures: bytes, initial: int, step: Callable[[int, int], int]) -> None: ...
    @staticmethod
    def of_register(
        operations: Sequence[Operation], initial: Any, *, swaps: bool = False, pairs: bool = False
    ) -> Search | None: ...
    @property
    def operations(self) -> Sequence[Operation]: ...
    @property
    def kinds(self) -> list[tuple[str, Any, Any]]: ...
    @property
    def asked(self) -> int: ...
    def unique_values_hold(self) -> bool | None: ...
    def frontier(
        self, *, width: int, seconds: float, memory: int
    ) -> tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]: ...
    def wing_gong(
        self, *, seconds: float, memory: int, steps: int = 0
    ) -> tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]: ...
    def relaxed(
        self, *, width: int, seconds: float, memory: int, rounds: int = 0
    ) -> tuple[Outcome, list[int], int, list[tuple[int, list[int]]], int, int]: ...
    def explains(self, order: Sequence[int]) -> bool: ...

def replays(operations: Sequence[Operation], absent: Any) -> bool: ...
